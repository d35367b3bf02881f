"""The ledger: every published number that a lesson quotes, with its paper and table (`papers.toml`)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LEDGER = Path(__file__).with_name("papers.toml")


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
    """One published table: each row is a dict from column to cell; an empty cell is None."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    unit: str
    paper: str
    where: str
    status: str
    note: str = ""

    @property
    def source(self) -> str:
        """The citation as a lesson prints it: authors, year, table or section."""
        return _cite(self)

    def row(self, name: Any) -> dict[str, Any]:
        """The first row whose first cell is `name`. Raises KeyError that lists the names."""
        names = self.column(self.columns[0])
        if name not in names:
            raise KeyError(f"row must be one of {', '.join(map(str, names))}; got {name!r}")
        return self.rows[names.index(name)]

    def column(self, name: str) -> list[Any]:
        """The cells of one column, from top to bottom. Raises KeyError that lists the columns."""
        if name not in self.columns:
            raise KeyError(f"column must be one of {', '.join(self.columns)}; got {name!r}")
        return [row[name] for row in self.rows]


def fact(name: str) -> Fact:
    """The fact called `name`, such as "human.top5_error". Raises KeyError that lists the names.

    >>> fact("human.top5_error").value
    5.1
    """
    return _named(name, Fact)


def table(name: str) -> Table:
    """The table called `name`, such as "ilsvrc.winners". Raises KeyError that lists the names.

    >>> table("ilsvrc.winners").row(2015)["network"]
    'ResNet'
    """
    return _named(name, Table)


def names() -> list[str]:
    """The names of all facts and tables, in the ledger's order."""
    return list(_ledger()[1])


def paper(key: str) -> Paper:
    """The bibliography's entry for a key such as "he2015". Raises KeyError that lists the keys."""
    papers = _ledger()[0]
    if key not in papers:
        raise KeyError(f"paper must be one of {', '.join(papers)}; got {key!r}")
    return papers[key]


def _named(name: str, kind: type) -> Any:
    entries = _ledger()[1]
    if not isinstance(entries.get(name), kind):
        known = ", ".join(key for key, entry in entries.items() if isinstance(entry, kind))
        raise KeyError(f"the name of a {kind.__name__.lower()} must be one of {known}; got {name!r}")
    return entries[name]


def _cite(entry: Fact | Table) -> str:
    cited = paper(entry.paper)
    return f"{cited.authors} {cited.year}, {entry.where}"


@cache
def _ledger() -> tuple[dict[str, Paper], dict[str, Fact | Table]]:
    with LEDGER.open("rb") as file:
        subjects = tomllib.load(file)
    papers = {key: Paper(**entry) for key, entry in subjects.pop("papers").items()}
    entries = {
        f"{subject}.{name}": _table(entry) if "columns" in entry else _fact(entry)
        for subject, named in subjects.items()
        for name, entry in named.items()
    }
    return papers, entries


def _fact(entry: dict[str, Any]) -> Fact:
    others = tuple(Reading(**reading) for reading in entry.pop("others", ()))
    return Fact(**entry, others=others)


def _table(entry: dict[str, Any]) -> Table:
    columns = tuple(entry.pop("columns"))
    rows = tuple(
        # TOML has no null: an empty string stands for an empty cell.
        {column: None if cell == "" else cell for column, cell in zip(columns, row, strict=True)}
        for row in entry.pop("rows")
    )
    return Table(columns=columns, rows=rows, **entry)
