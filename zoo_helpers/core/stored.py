"""Arrays that ship with the package: `.npz` files, each beside a `.json` that says how it was made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo_helpers.core.arguments import one_of


@dataclass(frozen=True)
class Store:
    """The arrays in one folder, by name."""

    folder: Path

    def names(self) -> list[str]:
        """The names of all that is there."""
        return sorted(path.stem for path in self.folder.glob("*.npz"))

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """The arrays called `name`, each by its own name. Raises ValueError that lists the names."""
        with np.load(self._file(name, "npz")) as stored:
            return dict(stored)

    def about(self, name: str) -> dict[str, Any]:
        """How they came about. Raises ValueError that lists the names."""
        return json.loads(self._file(name, "json").read_text(encoding="utf-8"))

    def keep(self, name: str, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
        """Write both files."""
        np.savez_compressed(self.folder / f"{name}.npz", **arrays)
        text = json.dumps(about, indent=1) + "\n"
        (self.folder / f"{name}.json").write_text(text, encoding="utf-8")

    def _file(self, name: str, ending: str) -> Path:
        return self.folder / f"{one_of('name', name, self.names())}.{ending}"
