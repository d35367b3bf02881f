"""ImageNet's 1,000 classes, photographs that show some of them, and what the bundled networks answered.

All tiles of the sheet stand in the order of the table, COLUMNS in a row: first the photographs under an
ImageNet class, by class number, then those of things that ImageNet has no class for. `data/DATA.md` says
where the photographs come from and how they were labelled. Only NumPy and Pillow are needed here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
from PIL import Image

from zoo_helpers.core import shipped
from zoo_helpers.core.arguments import in_short, number, one_of, text, whole
from zoo_helpers.core.papers import tomllib
from zoo_helpers.core.stored import Store

CLASSES = 1000
SIDE = 256
COLUMNS = 12
NAMES = "data/imagenet_classes.txt"
TABLE = "data/photographs.toml"
SHEET = "data/photographs.webp"
SCORES = "imagenet_scores"  # `data/imagenet_scores.npz`, and the `.json` that says how they were made
STORE = Store("data")
LICENCES = {
    "public domain": "",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 2.0": "https://creativecommons.org/licenses/by/2.0/",
    "CC BY 3.0": "https://creativecommons.org/licenses/by/3.0/",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A photograph's line in the table.

    name, title : a short name, and what is shown
    labels      : the numbers of all ImageNet classes that are right, one or more; () for an unknown thing
    thing       : what it is, where ImageNet has no class for it, such as "windmill"; "" otherwise
    file, crop  : what it is drawn from, and where the square stands along the longer side, from 0 to 1;
                  "pad" repeats the edge instead, so that all is seen
    """

    name: str
    title: str
    author: str
    licence: str
    source: str
    file: str
    labels: tuple[int, ...] = ()
    thing: str = ""
    crop: float | str = 0.5

    @property
    def credit(self) -> str:
        """What must be said where the photograph is shown: title, author, licence, source."""
        link = LICENCES[self.licence] and f" ({LICENCES[self.licence]})"
        return f"{self.title}: {self.author}, {self.licence}{link}, {self.source}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Photograph(Entry):
    """A photograph with its line in the table; `image` is uint8 (256, 256, 3) in RGB, for reading only."""

    image: np.ndarray = field(repr=False)


def photographs() -> tuple[Photograph, ...]:
    """The photographs under one or more ImageNet classes, by class number. Raises as `shipped.read` does."""
    return tuple(photo for photo in _all() if photo.labels)


def unknown_things() -> tuple[Photograph, ...]:
    """The photographs of things that ImageNet has no class for, by what they are in `thing`."""
    return tuple(photo for photo in _all() if photo.thing)


def photograph(name: str) -> Photograph:
    """The photograph called `name`, such as "grace hopper", under a class or not. ValueError for another."""
    named = {photo.name: photo for photo in _all()}
    return named[one_of("name", name, named)]


def credits() -> tuple[str, ...]:
    """Who made each photograph, under which licence, and where it is from, a line each.

    All were scaled and cut, or padded, to a square of 256 pixels.
    """
    return tuple(entry.credit for entry in _table())


def scores(name: str) -> np.ndarray:
    """The probabilities that a bundled network gave: float32 (N, 1000), the photographs in their order.

    name : "squeezenet" or "efficientnet-lite0" for `photographs()`; with "/unknown" behind it, such as
           "squeezenet/unknown", for `unknown_things()`

    Raises ValueError for another name and for scores of another sheet, and as `shipped.read` does.
    """
    arrays, about = STORE.arrays(SCORES), STORE.about(SCORES)
    if about["sheet"] != sheet_sum():
        raise ValueError(
            f"{SCORES} must be of {SHEET} as it is; make the scores anew with `{about['command']}`"
        )
    return arrays[one_of("name", name, arrays)].astype(np.float32)


def sheet_sum() -> str:
    """The sha256 of the sheet and its table: scores that bear it are of these photographs in this order."""
    order = "\n".join(entry.name for entry in _table())
    return sha256(shipped.read(SHEET) + order.encode()).hexdigest()


def __getattr__(name: str) -> Any:
    """`CLASS_NAMES`, the names of the classes by class number; the file is read at the first use."""
    if name == "CLASS_NAMES":
        return _class_names()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _class_names() -> tuple[str, ...]:
    # Keras' names; "crane" comes twice, 134 is the bird and 517 the machine, and so does "maillot".
    return tuple(shipped.read(NAMES).decode().splitlines())


@cache
def _table() -> tuple[Entry, ...]:
    return parse(shipped.read(TABLE))


@cache
def _all() -> tuple[Photograph, ...]:
    entries, sheet = _table(), np.asarray(Image.open(io.BytesIO(shipped.read(SHEET))).convert("RGB"))
    rows = -(-len(entries) // COLUMNS)
    if sheet.shape != (rows * SIDE, COLUMNS * SIDE, 3):
        raise ValueError(f"{SHEET} must hold {len(entries)} tiles of {SIDE} pixels; got shape {sheet.shape}")
    tiles = sheet.reshape(rows, SIDE, COLUMNS, SIDE, 3).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 3)
    tiles.setflags(write=False)
    return tuple(
        Photograph(**vars(entry), image=tile) for entry, tile in zip(entries, tiles, strict=False)
    )  # the last row may have empty tiles


def parse(content: bytes) -> tuple[Entry, ...]:
    """The table from its file's content.

    Raises ValueError that names the photograph, and its key or value that is not allowed or not there.
    """
    try:
        table = tomllib.loads(content.decode())
    except ValueError as error:  # of TOML or UTF-8
        raise ValueError(f"{TABLE}: {error}") from None
    if list(table) != ["photograph"]:
        raise ValueError(f"{TABLE}: [[photograph]] must be there, and it alone; got {in_short([*table])}")
    entries = tuple(map(_entry, table["photograph"]))
    names = [entry.name for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{TABLE}: each name must come once; got {', '.join(twice)} again")
    return entries


def _entry(row: Mapping[str, Any]) -> Entry:
    where = f"{TABLE}: {row.get('name', row)!r}"
    needed = {key.name: key.default is MISSING for key in fields(Entry)}
    for key in row:
        one_of(f"{where}: a key", key, needed)
    if missing := [key for key in needed if needed[key] and key not in row]:
        raise ValueError(f"{where}: {', '.join(missing)} must be there; got {', '.join(row)}")
    entry = Entry(**{**row, "labels": tuple(row.get("labels", ()))})
    for key in ("name", "title", "author", "source", "file"):
        text(f"{where}: {key}", getattr(entry, key))
    one_of(f"{where}: licence", entry.licence, LICENCES)
    for label in entry.labels:
        whole(f"{where}: a class number", label, 0, CLASSES - 1)
    if bool(entry.labels) == bool(entry.thing):
        came = "both" if entry.labels else "neither"
        raise ValueError(f"{where}: labels or a thing must be there; got {came}")
    if entry.crop != "pad":
        number(f"{where}: crop", entry.crop, 0, 1)
    return entry
