"""Claims: what a lesson asserts after it has measured, as one line that is the same on any machine."""

from __future__ import annotations

import sys

import numpy as np

from zoo_helpers.core import arguments


def claim(text: str, holds: bool | np.bool_) -> None:
    """Print "Holds: text", or raise AssertionError if it does not hold.

    A trained loss differs in its last digits from machine to machine; a claim with a margin does not.
    Raises ValueError if `holds` is not True or False: a number or a text would hold by accident.

    >>> claim("two 3 × 3 filters have fewer weights than one 5 × 5", 2 * 3 * 3 < 5 * 5)
    Holds: two 3 × 3 filters have fewer weights than one 5 × 5
    """
    what = arguments.text("text", text)
    if not arguments.switch("holds", holds):
        raise AssertionError(f"does not hold: {what}")
    say(f"Holds: {what}")


def say(text: str) -> None:
    """Print a line; what the terminal cannot show is replaced by a question mark."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding, "replace"))


def in_a_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
