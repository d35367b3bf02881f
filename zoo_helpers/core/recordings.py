"""Recorded runs: experiments over several seeds, kept with what is needed to record them again."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from zoo_helpers.core.stored import Store

STORE = Store("recordings")


class Recording(NamedTuple):
    """An experiment's results, the seeds along the first axis, and how they were made.

    arrays : name -> array (seeds, ...); what was measured of several networks is called "loss/plain-20"
    about  : "seeds", "versions", "machine", "minutes", and the "command" that records it again
    """

    arrays: dict[str, np.ndarray]
    about: dict[str, Any]

    def group(self, quantity: str) -> dict[str, np.ndarray]:
        """All that is called `quantity`/…, by what stands after the stroke, in the order of recording."""
        head = f"{quantity}/"
        return {
            name.removeprefix(head): array for name, array in self.arrays.items() if name.startswith(head)
        }


def load(name: str) -> Recording:
    """The recording called `name`, read anew: its arrays are the caller's to change.

    Raises ValueError for another name, and as `shipped.read` does.
    """
    return Recording(STORE.arrays(name), STORE.about(name))


def names() -> list[str]:
    """The recordings that ship with the package."""
    return STORE.names()
