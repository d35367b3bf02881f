"""Where the lessons are: in a checkout its notebooks, else those that were installed with the package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


class Stop(ValueError):  # noqa: N818  (no error of the program)
    """What ends a command with one clear line: what is wrong, and the cure."""


def checkout() -> Path | None:
    """The folder of the project, or None where the package was installed without it."""
    root = PACKAGE.parent
    return root if (root / "zoo.py").is_file() and (root / "notebooks").is_dir() else None


PROGRAM = "python zoo.py" if checkout() else "cnn-zoo"  # what a learner types before the command


def lessons() -> tuple[Path, ...]:
    """The notebooks, in their order; never to be written to. Raises Stop where there are none."""
    folder = (checkout() or PACKAGE) / "notebooks"
    found = tuple(sorted(folder.glob("[0-9][0-9]_*.ipynb")))
    if not found:
        raise Stop(f"{folder} holds no lessons: install the package again.")
    return found


def lesson(number: int | str) -> Path:
    """The notebook of the lesson with this number, such as 3, "3" or "03". Raises Stop for another one."""
    for path in lessons():
        if str(number).isdecimal() and int(path.name[:2]) == int(number):
            return path
    raise Stop(f"lesson must be a number from 0 to {len(lessons()) - 1}; got {str(number)!r}.")
