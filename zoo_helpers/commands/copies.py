"""A learner's own copies of the lessons: made, brought up to date, started afresh; nothing of theirs is lost.

A small file among the copies remembers what each was made from. A copy whose text and code are still those
gives way to a new version; it is deleted only if it is, byte for byte, what was copied, and else kept beside
the new one, for its outputs are a learner's too. What a learner changed, made read-only, or cannot be read as
a notebook stays as it is, and the new version is put beside it.

Whatever stops this half-way leaves whole files: a new one is written under another name first, an old one is
moved before the new one takes its name, and a name is taken only where there is nothing, or an empty file.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from zoo_helpers.commands.lessons import Stop, checkout, lesson, lessons

FOLDER = "my-lessons"
MEMORY = ".zoo-copies.json"
LOCK = ".zoo-copies.lock"
HALF = ".zoo-half-"
UNREADABLE = b"?"


def default_folder() -> Path:
    """`my-lessons` in the project's folder, without a checkout in this one; or this one, if it has copies."""
    if root := checkout():
        return root / FOLDER
    return Path() if Path(MEMORY).exists() else Path(FOLDER)


def update(folder: Path, originals: Sequence[Path] = ()) -> list[str]:
    """Bring the copies in `folder` up to date with the lessons; what a learner should know of it, in lines.

    Raises Stop where there are no copies and none can be made.
    """
    originals = originals or lessons()
    try:
        with _alone(folder, originals):
            memory = _Memory(folder)
            done = [_bring_up_to_date(folder / original.name, original, memory) for original in originals]
    except OSError as error:
        why = f"{folder} cannot be written to ({error.strerror or error})"
        if not os.path.isfile(folder / originals[0].name):  # a Path's own is_file may raise
            raise Stop(f"{why}: free it, or name another folder with --folder.") from None
        return [f"{why}: the lessons open as they are; an update, and what you change, may not be kept."]
    copied = [original.stem for original, (what, _) in zip(originals, done, strict=True) if what == "copied"]
    lines = [line for _, line in done if line]
    if len(copied) == len(originals):
        return [f"{len(copied)} lessons copied to {folder}."]
    return [f"Copied to {folder}: {', '.join(copied)}."] * bool(copied) + lines


def start_afresh(folder: Path, number: int | str) -> str:
    """Put a new copy of one lesson in place of the old one, which is kept; what came of it, in a line."""
    original = lesson(number)
    path, new = folder / original.name, original.read_bytes()
    try:
        with _alone(folder, [original]):
            memory = _Memory(folder)
            if not _read(path):
                _place(path, new)
                line = f"{path.name} is new."
            elif kept := _replace(path, new, memory):
                line = f"{path.name} is new; the old copy is {kept.name}."
            else:
                line = f"{path.name} is new; there was nothing of yours in the old copy."
            memory.note_copy(path.name, new)
    except OSError as error:
        raise Stop(f"{folder} cannot be written to ({error.strerror or error}).") from None
    return line


def what_it_says(content: bytes) -> str | None:
    """A hash of a notebook's text and code, cell by cell; None for what is no notebook.

    Outputs, counts, what is folded and empty cells are left out: who runs a lesson has not changed it.
    """
    try:
        cells = [
            (cell["cell_type"], "".join(cell["source"]), cell.get("attachments"))
            for cell in json.loads(content)["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return _digest(json.dumps([cell for cell in cells if cell[1].strip()], sort_keys=True).encode())


def _bring_up_to_date(path: Path, original: Path, memory: _Memory) -> tuple[str, str]:
    """What was done for one lesson, in a word, and a line on it where a learner should know."""
    new, old = original.read_bytes(), _read(path)
    if not old:
        _place(path, new)
        memory.note_copy(path.name, new)
        return "copied", ""
    says, origin = what_it_says(old), memory.copies.get(path.name, {})
    if says and says == what_it_says(new):
        memory.note_copy(path.name, new)
        return "left", ""
    if says and says == origin.get("says") and path.stat().st_mode & stat.S_IWUSR:
        kept = _replace(path, new, memory)
        memory.note_copy(path.name, new)
        return "updated", f"{path.name} is up to date" + (
            f"; what you ran before is kept as {kept.name}." if kept else "."
        )
    if not says:
        why, offer = "cannot be read as a notebook", _digest(new + old)  # a file that broke since is news
    elif says == origin.get("says"):
        why, offer = "is read-only", _digest(new)
    else:
        why, offer = "has changes of yours", _digest(new)
    if offer == memory.offers.get(path.name) or (says and _digest(new) == origin.get("bytes")):
        return "left", ""
    beside = _put_beside(path, new, memory)
    memory.note_offer(path.name, offer)
    return "beside", f"{path.name} {why}: it stays as it is, and a new copy is {beside.name}."


def _put_beside(path: Path, new: bytes, memory: _Memory) -> Path:
    """Put a new version under a name of its own, such as `01_topk_error-new.ipynb`; where it is now."""
    for number in count(1):
        beside = path.with_stem(f"{path.stem}-new" + (f"-{number}" if number > 1 else ""))
        there = _read(beside)
        if not there:
            _place(beside, new)
        elif _digest(there) == memory.copies.get(beside.name, {}).get("bytes"):
            _replace(beside, new, memory)  # nobody touched the one that was put here before
        elif there != new:
            continue
        memory.note_copy(beside.name, new)
        return beside


def _replace(path: Path, new: bytes, memory: _Memory) -> Path | None:
    """Put a new version in the place of an old one, which is kept as `01_topk_error-earlier-1.ipynb`.

    None, and nothing is kept, where the old one was what had been copied, to the byte. It is moved before it
    is looked at, so that what another program writes in this very moment is kept as well.
    """
    half = _write_half(path, new)
    kept = _take_a_name(path, "earlier")
    try:
        path.replace(kept)
    except OSError:
        kept.unlink()
        raise
    _put(half, path)
    if _digest(kept.read_bytes()) != memory.copies.get(path.name, {}).get("bytes"):
        return kept
    kept.unlink()
    return None


def _place(path: Path, new: bytes) -> None:
    """A new file, whole or not at all, where there is nothing or an empty one."""
    half = _write_half(path, new)
    if path.exists() and path.stat().st_size == 0:
        path.unlink()
    _put(half, path)


def _write_half(path: Path, new: bytes) -> Path:
    half = path.with_name(f"{HALF}{os.getpid()}")
    half.write_bytes(new)
    return half


def _put(half: Path, path: Path) -> None:
    path.open("xb").close()  # fails if somebody was faster
    half.replace(path)


def _take_a_name(path: Path, what: str) -> Path:
    """An empty file beside `path`, under a name that nothing had."""
    for number in count(1):
        with contextlib.suppress(FileExistsError):
            beside = path.with_stem(f"{path.stem}-{what}-{number}")
            beside.open("xb").close()
            return beside


def _read(path: Path) -> bytes:
    """What a file holds: nothing if it is not there, UNREADABLE if it is a folder, say."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError:
        return UNREADABLE


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class _Memory:
    """What each copy was made from, and which new version was offered last, in a file among the copies.

    One that cannot be read counts as empty: then all that differs from the lessons counts as a learner's.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / MEMORY
        self.copies: dict[str, dict[str, str]] = {}
        self.offers: dict[str, str] = {}
        with contextlib.suppress(FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            stored: dict[str, Any] = json.loads(self._path.read_bytes())
            offers = {str(name): str(offer) for name, offer in stored["offers"].items()}
            copies = {
                str(name): {key: str(one[key]) for key in ("bytes", "says")}
                for name, one in stored["copies"].items()
            }
            self.copies, self.offers = copies, offers

    def note_copy(self, name: str, content: bytes) -> None:
        noted = {"bytes": _digest(content), "says": what_it_says(content)}
        if self.copies.get(name) != noted:
            self.copies[name] = noted
            self._write()

    def note_offer(self, name: str, offer: str) -> None:
        self.offers[name] = offer
        self._write()

    def _write(self) -> None:
        half = self._path.with_name(f"{HALF}{os.getpid()}")
        half.write_text(json.dumps({"copies": self.copies, "offers": self.offers}, indent=1) + "\n", "utf-8")
        half.replace(self._path)


@contextlib.contextmanager
def _alone(folder: Path, originals: Sequence[Path]) -> Iterator[None]:
    """The folder, made if it is not there, while no other program of ours changes it.

    The lock is the system's, which takes it back from a program that dies; where a file system has none, the
    steps are still such that nothing is lost. Halves that an interrupted program left are swept away.
    """
    if folder.resolve() == originals[0].parent.resolve():
        raise Stop(f"{folder} holds the lessons themselves; `lab --sources` opens them.")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as file:
        with contextlib.suppress(OSError):
            _lock(file.fileno())
        try:
            yield
        finally:
            for half in folder.glob(f"{HALF}*"):
                half.unlink(missing_ok=True)


def _lock(descriptor: int) -> None:
    """Wait until this program alone has the file."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
