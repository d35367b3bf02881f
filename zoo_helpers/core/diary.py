"""What a learner has done, in one small file beside the notebooks: exercises, guesses, quiz questions.

It is written only from a notebook. A folder that cannot be written to is no reason to stop a lesson: then
nothing is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from zoo_helpers.core.claims import in_a_notebook

FILE = Path("zoo-diary.json")  # in the folder that the lesson runs in
KINDS = ("exercises", "guesses", "quiz")  # name -> verdict, question -> guess, question -> first choice


def read() -> dict[str, dict[str, str]]:
    """The diary: for each of KINDS what was noted, by name. One that cannot be read counts as empty."""
    try:
        stored = json.loads(FILE.read_text(encoding="utf-8"))
        return {kind: {str(name): str(what) for name, what in stored[kind].items()} for kind in KINDS}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {kind: {} for kind in KINDS}


def note(kind: str, name: str, what: str) -> None:
    """Write one thing down, in place of what stood under this name; what was passed stays passed."""
    if not in_a_notebook():
        return
    diary = read()
    if diary[kind].get(name) != "passed":
        diary[kind][name] = what
    half = FILE.with_name(f"{FILE.stem}-{os.getpid()}.half")  # who stops it never leaves half a diary
    with contextlib.suppress(OSError):
        half.write_text(json.dumps(diary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        half.replace(FILE)
