"""What learners hand in, one file each: their answers and their scoreboard; and the files of a class, merged.

A file of a class may be damaged, foreign or hostile. It is taken for nothing else than questions, answers,
names of ideas and numbers, and whatever is not that leaves the whole file out, with one line that says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from zoo_helpers.commands.lessons import Stop
from zoo_helpers.core import diary
from zoo_helpers.your_own import scoreboard
from zoo_helpers.your_own.scoreboard import Idea, clean

FORMAT = "zoo-answers-1"
PREFIX = "zoo-answers-"
LARGEST = 1_000_000  # bytes of a file
MOST = 1_000  # answers of one kind
LONGEST = 1_000  # characters of a question, an answer or an exercise's name


@dataclass(frozen=True)
class HandedIn:
    """What one learner did: kind -> question or exercise -> answer or verdict; and the ideas of lesson 08."""

    learner: str
    answers: dict[str, dict[str, str]]
    ideas: tuple[Idea, ...] = ()

    @property
    def size(self) -> int:
        """How much it holds."""
        return sum(map(len, self.answers.values())) + len(self.ideas)


def export(folder: Path, into: Path) -> Path:
    """Put a learner's diary and scoreboard, from the lessons' folder, into one file to hand in; its path.

    Raises Stop where nothing was done yet.
    """
    answers, learner = diary.read(folder), diary.learner(folder)
    try:
        scores = json.loads((folder / scoreboard.FILE).read_text(encoding="utf-8"))
        scoreboard.parse(scores)
    except (OSError, ValueError, RecursionError):
        scores = None
    if not any(answers.values()) and scores is None:
        raise Stop(f"{folder} holds no answers yet: they come with the first guess, exercise or quiz.")
    path = into / f"{PREFIX}{learner}.json"
    stored = {"format": FORMAT, "learner": learner, **answers, "scoreboard": scores}
    path.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def merge(paths: Iterable[Path]) -> tuple[list[HandedIn], list[str]]:
    """What the files hold, a learner once; and a line for each file that is left out."""
    learners: dict[str, tuple[str, HandedIn]] = {}
    lines = []
    for path in _files(paths):
        name = clean(path.name)
        try:
            one = read(path)
        except OSError as error:
            lines.append(f"{name}: left out, it cannot be read ({error.strerror or type(error).__name__}).")
            continue
        except ValueError as error:
            lines.append(f"{name}: left out, {error}.")
            continue
        if one.learner in learners:
            earlier, other = learners[one.learner]
            lines.append(f"{name}: the same learner as {earlier}; the fuller of the two counts.")
            if one.size <= other.size:
                continue
        learners[one.learner] = (name, one)
    return [one for _, one in learners.values()], lines


def read(path: Path) -> HandedIn:
    """What one file holds. Raises OSError, or a ValueError that says why it holds nothing."""
    content = _content(path)
    try:
        stored = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise ValueError("it is no text") from None
    except (ValueError, RecursionError):
        raise ValueError("it is damaged, or no file of these lessons") from None
    form = stored.get("format") if isinstance(stored, dict) else None
    if form == scoreboard.FORMAT:
        return HandedIn(_digest(content), _answers({}), _ideas(stored, path))
    if form != FORMAT and not (form is None and isinstance(stored, dict) and {*diary.KINDS} <= {*stored}):
        raise ValueError("it is no file of these lessons")
    learner = stored.get("learner", _digest(content))
    if not isinstance(learner, str) or len(learner) > 64:
        raise ValueError("its learner's number is damaged")
    scores = stored.get("scoreboard")
    return HandedIn(learner, _answers(stored), _ideas(scores, path) if scores is not None else ())


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, a folder's with those of its folders; hidden ones are nobody's answers."""
    for path in paths:
        if not path.exists():
            raise Stop(f"there is no file or folder “{clean(path)}”.")
        if not path.is_dir():
            yield path
            continue
        for below in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in below.relative_to(path).parts)
            if not hidden and not below.is_dir():
                yield below


def _content(path: Path) -> bytes:
    if not path.is_file():  # such as a pipe, which never ends
        raise ValueError("it is no file")
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("it is too large for a learner's answers")
    if not content.strip():
        raise ValueError("it is empty")
    return content


def _answers(stored: dict[str, Any]) -> dict[str, dict[str, str]]:
    answers = {kind: stored.get(kind, {}) for kind in diary.KINDS}
    for kind, noted in answers.items():
        if not isinstance(noted, dict) or not all(isinstance(what, str) for what in noted.values()):
            raise ValueError(f"its part “{kind}” is damaged")
        if len(noted) > MOST or any(len(words) > LONGEST for pair in noted.items() for words in pair):
            raise ValueError(f"its part “{kind}” is more than a learner writes")
    return answers


def _ideas(stored: Any, path: Path) -> tuple[Idea, ...]:
    """The ideas of a scoreboard, each named by its file."""
    try:
        ideas = scoreboard.parse(stored)
    except ValueError as error:
        raise ValueError(f"its scoreboard cannot be used: {error}") from None
    short = path.stem.removeprefix(PREFIX)
    short = short[:4] if diary.LEARNER.fullmatch(short) else short
    return tuple(replace(idea, name=f"{clean(short)}: {idea.name}") for idea in ideas)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _refuse(constant: str) -> None:
    """JSON has no NaN and no Infinity."""
    raise ValueError
