"""Claims: what a lesson asserts after it has measured, as one line that is the same on any machine."""

from __future__ import annotations

import numpy as np


def claim(text: str, holds: bool | np.bool_) -> None:
    """Print "Holds: text", or raise AssertionError if it does not hold.

    A trained loss differs in its last digits from machine to machine; a claim with a margin does not.
    Raises TypeError if `holds` is not a truth value: a number or a text would hold by accident.

    >>> claim("two 3 × 3 filters have fewer weights than one 5 × 5", 2 * 3 * 3 < 5 * 5)
    Holds: two 3 × 3 filters have fewer weights than one 5 × 5
    """
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(f"holds must be True or False; got {holds!r}")
    if not holds:
        raise AssertionError(f"does not hold: {text}")
    print(f"Holds: {text}")
