"""Export a learner's answers, or merge those of a class into one page: guesses, quiz, exercises, scoreboard.

`answers --mine` is the learner's part: it puts what they did into one small file without a name, to hand in.
`answers FOLDER` is the instructor's: it merges all files of a folder, such as a download of everything handed
in. The page needs no network and no server; a file that cannot be used gets one line, and the rest is merged.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from zoo_helpers.commands.lessons import Stop, lessons


def configure(parser: argparse.ArgumentParser) -> None:
    """What is merged, or whose answers are exported, and where the result goes."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--mine", action="store_true", help="export your own answers, from your copies' folder")
    what.add_argument("files", nargs="*", type=Path, default=[], help="files and folders of a class")
    parser.add_argument("--output", type=Path, default=Path("class-answers.html"), help="the class's page")


def run(options: argparse.Namespace) -> int:
    """Export one learner's answers, or merge those of a class."""
    from zoo_helpers.commands import handed_in

    if options.mine:
        return _export()
    learners, lines = handed_in.merge(options.files)
    for line in lines:
        print(line)
    if not learners:
        raise Stop("no file holds a learner's answers: nothing to show.")

    from zoo_helpers.commands.class_page import draw

    try:
        options.output.write_text(draw(learners, lines, lessons()), encoding="utf-8")
    except OSError as error:
        raise Stop(f"{options.output} could not be written: {error.strerror or error}") from None
    print(f"{options.output}: what {len(learners)} learners thought; open it in a browser.")
    return 0


def _export() -> int:
    from zoo_helpers.commands import copies, handed_in
    from zoo_helpers.core import diary
    from zoo_helpers.your_own import scoreboard

    here = any(file.exists() for file in (diary.FILE, scoreboard.FILE))  # called in a lesson, say
    try:
        path = handed_in.export(Path() if here else copies.default_folder(), Path())
    except OSError as error:
        raise Stop(f"the file could not be written: {error.strerror or error}") from None
    print(f"{path}: your answers, without your name. Hand in this file.")
    return 0
