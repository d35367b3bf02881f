"""The packages that a command reads: from a folder that holds them already, or fetched for this once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_of_packages(given: Path | None, fetch: Callable[[Path], None]) -> Iterator[Path]:
    """The folder that was given; without one a temporary folder, which `fetch` fills."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as temporary:
        fetch(Path(temporary))
        yield Path(temporary)
