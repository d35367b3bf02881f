"""Recorded runs: experiments over several seeds, kept with what is needed to record them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

FOLDER = Path(__file__).with_name("recordings")


class Recording(NamedTuple):
    """An experiment's results, the seeds along the first axis, and how they were made.

    arrays : name -> array (seeds, ...)
    about  : "seeds", "versions", "machine", "minutes", and the "command" that records it again
    """

    arrays: dict[str, np.ndarray]
    about: dict[str, Any]


def load(name: str) -> Recording:
    """The recording called `name`. Raises ValueError that lists the names."""
    known = names()
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}; got {name!r}")
    with np.load(FOLDER / f"{name}.npz") as stored:
        arrays = dict(stored)
    return Recording(arrays, json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def names() -> list[str]:
    """The recordings that ship with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.npz"))
