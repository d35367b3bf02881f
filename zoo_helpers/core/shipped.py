"""What ships beside the code: images, recordings, weights, the ledger; each is read intact, or named.

`SHA256SUMS` lists them all, by their path in this folder; `sha256sum --check SHA256SUMS` reads it as well.
Its last line is the sha256 of the lines above, so that a damaged list is not taken for damaged files.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

CORE = Path(__file__).parent
LIST = "SHA256SUMS"
LAST_LINE = "# sha256 of the lines above: "
UPDATE = "python -m zoo_helpers.authoring.sums"


def read(filename: str) -> bytes:
    """The content of a file that ships, such as "data/labels.npz", held against its line in SHA256SUMS.

    Raises ValueError for a damaged file and FileNotFoundError, or another OSError, for one that is missing or
    cannot be read; so it does for SHA256SUMS itself. The message names the file and the cure.
    """
    expected = sums().get(filename)
    if expected is None:
        raise ValueError(f"{CORE / LIST} does not list {filename}; {_cure([LIST])}, or run `{UPDATE}`")
    content = _read(filename)
    if sha256(content).hexdigest() != expected:
        own = f"; if the change is yours, run `{UPDATE}`" if filename.endswith(".toml") else ""
        raise ValueError(f"{CORE / filename} is damaged: it does not match {LIST}; {_cure([filename])}{own}")
    return content


def names(folder: str, ending: str) -> list[str]:
    """What ships in a folder with this ending, by name: of "data/labels.npz" it is "labels"."""
    paths = map(Path, sums())
    return sorted(path.stem for path in paths if path.parent == Path(folder) and path.suffix == ending)


def check() -> None:
    """Read all that ships. Raises as `read` does; where several files are broken, one ValueError for all."""
    broken = {}
    for filename in sums():
        try:
            read(filename)
        except (OSError, ValueError) as error:
            broken[filename] = error
    if len(broken) == 1:
        raise next(iter(broken.values()))
    if broken:
        some, parts = CORE / next(iter(broken)), {filename.split("/")[0] for filename in broken}
        raise ValueError(
            f"{len(broken)} files are missing or damaged, such as {some}; {_cure(sorted(parts))}"
        )


def write(contents: Mapping[str, bytes]) -> None:
    """Write files, by their path in this folder, and their lines in SHA256SUMS."""
    new = sums()
    for filename, content in contents.items():
        (CORE / filename).parent.mkdir(exist_ok=True)
        (CORE / filename).write_bytes(content)
        new[filename] = sha256(content).hexdigest()
    write_list(new)


def sums() -> dict[str, str]:
    """The list: the sha256 of every file that ships, by its path in this folder."""
    text = _read(LIST).decode(errors="replace").replace("\r\n", "\n")
    *lines, last = text.removesuffix("\n").split("\n")
    if last != _last_line(lines):
        raise ValueError(f"{CORE / LIST} is damaged; {_cure([LIST])}")
    return {filename: digest for digest, filename in (line.split("  ", 1) for line in lines)}


def write_list(new: Mapping[str, str]) -> None:
    """Write SHA256SUMS, in the order of the paths."""
    lines = [f"{new[filename]}  {filename}" for filename in sorted(new)]
    half = CORE / f"half-{LIST}"
    half.write_text("".join(f"{line}\n" for line in [*lines, _last_line(lines)]), "utf-8", newline="\n")
    half.replace(CORE / LIST)


def _last_line(lines: Iterable[str]) -> str:
    return LAST_LINE + sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _read(filename: str) -> bytes:
    path = CORE / filename
    try:
        return path.read_bytes()
    except OSError as error:
        if path.is_dir():
            what = "is a folder; a file belongs there"
        elif os.path.lexists(path):
            what = f"cannot be read ({error.strerror})"
        else:
            what = "is missing"
        kind = FileNotFoundError if what == "is missing" else type(error)
        raise kind(f"{path} {what}; {_cure([filename])}") from None


def _cure(filenames: list[str]) -> str:
    paths = " ".join(_quoted(CORE / filename) for filename in filenames)
    what = "it" if len(filenames) == 1 else "them"
    return (
        f"restore {what} with `git checkout -- {paths}` in the project's folder, "
        "or reinstall the package where there is no git"
    )


def _quoted(path: Path) -> str:
    """A path as a shell takes it, whatever spaces and letters are in it."""
    special = os.name == "posix" and set('"$`\\!') & set(str(path))
    return shlex.quote(str(path)) if special else f'"{path}"'
