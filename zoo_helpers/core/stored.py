"""Arrays that ship with the package: `.npz` files, each beside a `.json` that says how it was made."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo_helpers.core import shipped
from zoo_helpers.core.arguments import one_of


@dataclass(frozen=True)
class Store:
    """The arrays in one folder of those that ship, by name; `shipped.read` names what is damaged."""

    folder: str

    def names(self) -> list[str]:
        """The names of all that ships in it, whether it is there or not."""
        return shipped.names(self.folder, ".npz")

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """The arrays called `name`, each by its own name, read anew. Raises ValueError for another name."""
        with np.load(io.BytesIO(self._read(name, "npz")), allow_pickle=False) as stored:
            return dict(stored)

    def about(self, name: str) -> dict[str, Any]:
        """How they came about. Raises ValueError for another name."""
        return json.loads(self._read(name, "json"))

    def keep(self, name: str, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
        """Write both files, and their lines in the list of what ships."""
        if objects := [key for key, array in arrays.items() if np.asarray(array).dtype.hasobject]:
            raise ValueError(f"arrays must hold numbers or strings; {objects[0]!r} holds objects")
        packed = io.BytesIO()
        np.savez_compressed(packed, **arrays)
        text = json.dumps(about, indent=1) + "\n"
        shipped.write(
            {f"{self.folder}/{name}.npz": packed.getvalue(), f"{self.folder}/{name}.json": text.encode()}
        )

    def _read(self, name: str, ending: str) -> bytes:
        return shipped.read(f"{self.folder}/{one_of('name', name, self.names())}.{ending}")
