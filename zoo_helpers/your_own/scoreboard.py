"""The scoreboard: a learner's ideas and their errors, in one small file beside the notebooks.

Each idea stands there under its name, with what was measured for each seed. Files of a class are merged; what
comes from others may be damaged, foreign or hostile, and is taken for nothing else than names and numbers.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from zoo_helpers.core.claims import say
from zoo_helpers.your_own.plan import MOST_PARAMETERS, SEEDS, STEPS

FILE = Path("zoo-scoreboard.json")  # in the folder that the lesson runs in
FORMAT = "zoo-scoreboard-1"
LARGEST = 1_000_000  # bytes that a file of a class may have
MOST = 200  # ideas of one file
WIDEST = 40  # characters of a name
LONGEST = 500  # of what to test next

_unsaved: dict[str, Any] = {}  # what could not be written: it lasts as long as the kernel


@dataclass(frozen=True)
class Idea:
    """One idea: its name, the network's weights, what tells its block from others, and what was measured.

    errors, seconds : seed -> share of the new images that are wrong; seconds of training
    """

    name: str
    parameters: int
    block: str = ""
    errors: Mapping[int, float] = field(default_factory=dict)
    seconds: Mapping[int, float] = field(default_factory=dict)

    @property
    def mean(self) -> float:
        """The mean error over its seeds."""
        return sum(self.errors.values()) / len(self.errors)


def read() -> list[Idea]:
    """The ideas kept so far, in the order in which they came."""
    return _read(FILE)[0]


def keep(name: str, parameters: int, block: str, seed: int, error: float, seconds: float) -> Idea:
    """Note what one seed gave; an idea whose block has changed loses its earlier seeds. What it has now."""
    ideas, wish = _read(FILE)
    named = {idea.name: idea for idea in ideas}
    name = clean(name)
    idea = named.get(name)
    if idea is None or idea.block != block:
        if idea is not None:
            say(f"“{name}” is another block now: what was measured of the old one is gone.")
        idea = Idea(name, parameters, block)
    idea = replace(
        idea, errors={**idea.errors, seed: error}, seconds={**idea.seconds, seed: round(seconds, 1)}
    )
    _write([*({**named, name: idea}).values()], wish)
    return idea


def forget(name: str) -> None:
    """Take an idea off the scoreboard."""
    ideas, wish = _read(FILE)
    left = [idea for idea in ideas if idea.name != clean(name)]
    if len(left) == len(ideas):
        say(f"There is no “{clean(name)}” on the scoreboard.")
        return
    _write(left, wish)


def keep_wish(words: str) -> None:
    """Keep what the learner would test next, and say so."""
    words = _visible(words)[:LONGEST] if isinstance(words, str) else ""
    if not words:
        say("Nothing yet: write a sentence between the quotes.")
        return
    if _write(read(), words):
        say(f"Kept in {FILE.name}.")


def tell(ideas: Iterable[Idea]) -> None:
    """Print the ideas, the best first, each with the number that stands for it where letters are missing."""
    numbered = sorted(enumerate(ideas, start=1), key=lambda pair: pair[1].mean)
    for number, idea in numbered:
        seeds = f"{len(idea.errors)} seed{'s' * (len(idea.errors) > 1)}"
        seconds = sum(idea.seconds.values()) / len(idea.seconds)
        cost = f"{idea.parameters:,} weights, {seconds:.0f} s a seed"
        say(f"{idea.mean:.1%} ({seeds}; {cost}): {number} {idea.name}")
    if not numbered:
        say("No idea was measured yet.")


def merge(*paths: str | Path) -> list[Idea]:
    """The ideas of many files, each named by its file, such as “kim: wider”; a folder stands for its files.

    A line is printed for each file that cannot be read as a scoreboard; the rest is merged.
    """
    found = [file for path in paths for file in _files(Path(path))]
    merged = []
    for path in found:
        try:
            ideas = _parse(_load(path))[0]
        except (OSError, ValueError, RecursionError) as error:
            say(f"{clean(path.name)}: left out, {_why(error)}")
            continue
        merged += [replace(idea, name=f"{clean(path.stem)}: {idea.name}") for idea in ideas]
    said = "1 file" if len(found) == 1 else f"{len(found)} files"
    say(f"{said}, {len(merged)} ideas" if found else "No scoreboards there: nothing to merge.")
    return merged


def parse(stored: Any) -> list[Idea]:
    """The ideas in what a scoreboard's file holds, each held against what it may be. Raises ValueError."""
    return _parse(stored)[0]


def clean(name: Any) -> str:
    """A name as it is kept: one line of at most 40 characters, without what cannot be seen."""
    words = _visible(str(name)[: 10 * WIDEST])
    return (words if len(words) <= WIDEST else f"{words[: WIDEST - 1]}…") or "without a name"


def _visible(words: str) -> str:
    """The words on one line, without what cannot be printed, such as marks of direction."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


def _files(path: Path) -> list[Path]:
    if not path.exists():
        say(f"There is no file or folder “{clean(path)}” here.")
        return []
    return sorted(path.glob("*.json")) if path.is_dir() else [path]


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"it cannot be read ({error.strerror or type(error).__name__})."
    return f"{error}." if type(error) is ValueError else "it is damaged, or no scoreboard."


# --- The file ---------------------------------------------------------------------------------------------


def _load(path: Path) -> Any:
    """What stands in a file. Raises OSError or ValueError."""
    if path.is_file() and path.stat().st_size > LARGEST:
        raise ValueError("it is too large for a scoreboard")
    return json.loads(path.read_text(encoding="utf-8"))


def _parse(stored: Any) -> tuple[list[Idea], str]:
    """The ideas and the wish in what a scoreboard's file holds. Raises ValueError."""
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise ValueError("it is no scoreboard of this lesson")
    ideas, wish = stored.get("ideas"), stored.get("next", "")
    if not isinstance(ideas, list) or not isinstance(wish, str):
        raise ValueError("it is damaged")
    if len(ideas) > MOST:
        raise ValueError(f"it holds more than {MOST} ideas")
    if stored.get("steps") != STEPS:
        raise ValueError(f"its networks were not trained for {STEPS} steps")
    named = {idea.name: idea for idea in map(_idea, ideas)}
    return list(named.values()), wish[:LONGEST]


def _idea(stored: Any) -> Idea:
    try:
        parameters, errors, seconds = stored["parameters"], stored["errors"], stored["seconds"]
        if type(parameters) is not int or not 0 < parameters <= MOST_PARAMETERS:
            raise ValueError
        idea = Idea(
            clean(stored["name"]),
            parameters,
            str(stored["block"])[:64],
            {int(seed): _number(error, 1) for seed, error in errors.items()},
            {int(seed): _number(spent, 1e6) for seed, spent in seconds.items()},
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise ValueError("an idea in it is damaged") from None
    if not idea.errors or not set(idea.errors) <= set(SEEDS) or set(idea.errors) != set(idea.seconds):
        raise ValueError("an idea in it is damaged")
    return idea


def _number(value: Any, most: float) -> float:
    if isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError
    return float(value)


def _read(path: Path) -> tuple[list[Idea], str]:
    """The learner's own file; one that is damaged counts as empty."""
    if _unsaved:
        return _unsaved["ideas"], _unsaved["wish"]
    try:
        return _parse(_load(path))
    except (OSError, ValueError, RecursionError):
        return [], ""


def _write(ideas: Iterable[Idea], wish: str) -> bool:
    """Write the file; whether that was possible. What was no scoreboard is put aside, never overwritten."""
    ideas = list(ideas)
    half = FILE.with_name(f"{FILE.stem}-{os.getpid()}.half")  # who stops it never leaves half a scoreboard
    stored = {
        "format": FORMAT,
        "steps": STEPS,
        "ideas": [vars(idea) for idea in ideas],
        "next": wish,
    }
    try:
        _put_aside()
        half.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        half.replace(FILE)
    except OSError as error:
        with contextlib.suppress(OSError):
            half.unlink()
        if not _unsaved:
            say(
                f"{FILE.name} cannot be written ({error.strerror}): what comes is kept until the kernel ends."
            )
        _unsaved.update(ideas=ideas, wish=wish)
        return False
    _unsaved.clear()
    return True


def _put_aside() -> None:
    """Rename a file that cannot be read as a scoreboard."""
    try:
        _parse(_load(FILE))
    except FileNotFoundError:
        return
    except (ValueError, RecursionError) as error:
        names = (FILE.with_name(f"{FILE.stem}-damaged-{number}.json") for number in count(1))
        aside = next(name for name in names if not name.exists())
        FILE.replace(aside)
        say(f"{FILE.name} could not be used ({_why(error)[:-1]}); it is {aside.name} now.")
