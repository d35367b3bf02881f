"""Claims: what a lesson asserts after it has measured, as one line that is the same on any machine."""

from __future__ import annotations

from typing import SupportsBool


def claim(text: str, holds: SupportsBool) -> None:
    """Print "Holds: text", or raise AssertionError if it does not hold.

    A trained loss differs in its last digits from machine to machine; a claim with a margin does not.

    >>> claim("two 3 × 3 filters have fewer weights than one 5 × 5", 2 * 3 * 3 < 5 * 5)
    Holds: two 3 × 3 filters have fewer weights than one 5 × 5
    """
    if not bool(holds):
        raise AssertionError(f"does not hold: {text}")
    print(f"Holds: {text}")
