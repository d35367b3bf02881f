"""The ledger: every published number that a lesson quotes, with its paper and table (`papers.toml`)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from zoo_helpers.core import shipped
from zoo_helpers.core.arguments import one_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")
LEDGER = "papers.toml"


@dataclass(frozen=True)
class Paper:
    """One entry of the bibliography."""

    authors: str
    year: int
    title: str
    venue: str

    def __str__(self) -> str:
        return f"{self.authors} {self.year}, “{self.title}”, {self.venue}"


@dataclass(frozen=True)
class Reading:
    """What another source says of the same fact, and why it differs."""

    value: Any
    source: str
    reason: str


@dataclass(frozen=True)
class Fact:
    """One published number.

    status is "verified" (found in two sources, or recomputed) or "one source".
    others holds the readings of sources that disagree.
    """

    value: Any
    unit: str
    paper: str
    where: str
    status: str
    note: str = ""
    others: tuple[Reading, ...] = ()

    @property
    def source(self) -> str:
        """The citation as a lesson prints it: authors, year, table or section."""
        return _cite(self)


@dataclass(frozen=True)
class Table:
    """One published table: each row maps columns to cells, for reading only; an empty cell is None."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    unit: str
    paper: str
    where: str
    status: str
    note: str = ""

    @property
    def source(self) -> str:
        """The citation as a lesson prints it: authors, year, table or section."""
        return _cite(self)

    def row(self, name: Any) -> Mapping[str, Any]:
        """The first row whose first cell is `name`. Raises ValueError for another."""
        names = self.column(self.columns[0])
        return self.rows[names.index(one_of("row", name, dict.fromkeys(names)))]

    def column(self, name: str) -> list[Any]:
        """The cells of one column, from top to bottom. Raises ValueError that lists the columns."""
        one_of("column", name, self.columns)
        return [row[name] for row in self.rows]


def fact(name: str) -> Fact:
    """The fact called `name`, such as "human.top5_error". Raises ValueError for another name.

    >>> fact("human.top5_error").value
    5.1
    """
    return _named(name, Fact)


def table(name: str) -> Table:
    """The table called `name`, such as "ilsvrc.winners". Raises ValueError for another name.

    >>> table("ilsvrc.winners").row(2015)["network"]
    'ResNet'
    """
    return _named(name, Table)


def names() -> list[str]:
    """The names of all facts and tables, in the ledger's order."""
    return list(_ledger().entries)


def paper(key: str) -> Paper:
    """The bibliography's entry for a key such as "he2015". Raises ValueError for another key."""
    papers = _ledger().papers
    return papers[one_of("key", key, papers)]


def _named(name: str, kind: type[T]) -> T:
    entries = _ledger().entries
    found = entries.get(name) if isinstance(name, str) else None
    if found is not None and not isinstance(found, kind):
        other = type(found).__name__.lower()
        raise ValueError(f"{name} is a {other}: papers.{other}({str(name)!r}) gives it")
    known = [key for key, entry in entries.items() if isinstance(entry, kind)]
    return entries[one_of(f"the name of a {kind.__name__.lower()} (see papers.names())", name, known)]


def _cite(entry: Fact | Table) -> str:
    cited = paper(entry.paper)
    return f"{cited.authors} {cited.year}, {entry.where}"


class Ledger(NamedTuple):
    """All that is published and quoted: the bibliography by key, the facts and tables by name."""

    papers: Mapping[str, Paper]
    entries: Mapping[str, Fact | Table]


@cache
def _ledger() -> Ledger:
    return parse(shipped.read(LEDGER))


def parse(content: bytes) -> Ledger:
    """The ledger from its file's content, for reading only.

    Raises ValueError that names the entry which lacks a key, or has one, or a cell in a row, that is unknown.
    """
    try:
        subjects = tomllib.loads(content.decode())
    except ValueError as error:  # of TOML or UTF-8
        raise ValueError(f"{LEDGER}: {error}") from None
    named = {
        f"{subject}.{name}": entry for subject in subjects for name, entry in _in(subject, subjects).items()
    }
    papers, entries = {}, {}
    for name, entry in ((name, _in(name, named)) for name in named):
        if name.startswith("papers."):
            papers[name.removeprefix("papers.")] = _made(name, Paper, entry)
        else:
            entries[name] = _entry(name, entry)
    for name, entry in entries.items():
        one_of(f"{LEDGER}: [{name}]: paper", entry.paper, papers)
    return Ledger(MappingProxyType(papers), MappingProxyType(entries))


def _in(name: str, section: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(section[name], dict):
        raise ValueError(f"{LEDGER}: {name} must be a section of its own, [{name}]; got {section[name]!r}")
    return section[name]


def _entry(name: str, entry: dict[str, Any]) -> Fact | Table:
    if "columns" in entry or "rows" in entry:
        _check_keys(name, Table, entry)
        rows = [_row(name, entry["columns"], row) for row in entry["rows"]]
        return _made(name, Table, {**entry, "rows": rows})
    others = [_made(f"{name}, others", Reading, reading) for reading in entry.get("others", ())]
    return _made(name, Fact, {**entry, "others": others})


def _row(name: str, columns: list[str], cells: list[Any]) -> Mapping[str, Any]:
    if not isinstance(cells, list) or len(cells) != len(columns):
        raise ValueError(f"{LEDGER}: [{name}]: a row must have {len(columns)} cells; got {cells}")
    # TOML has no null: an empty string stands for an empty cell.
    frozen = (None if cell == "" else _frozen(cell) for cell in cells)
    return MappingProxyType(dict(zip(columns, frozen, strict=True)))


def _made(name: str, kind: type[T], entry: dict[str, Any]) -> T:
    _check_keys(name, kind, entry)
    return kind(**{key: _frozen(value) for key, value in entry.items()})


def _check_keys(name: str, kind: type, entry: dict[str, Any]) -> None:
    known = {field.name: field.default is MISSING for field in fields(kind)}
    for key in entry:
        one_of(f"{LEDGER}: [{name}]: a key", key, known)
    if missing := [key for key, needed in known.items() if needed and key not in entry]:
        raise ValueError(f"{LEDGER}: [{name}]: {', '.join(missing)} must be there; got {', '.join(entry)}")


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
