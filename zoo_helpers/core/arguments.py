"""What public functions say of a bad argument, in one form: its name, what is allowed, what came."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

T = TypeVar("T")


def one_of(argument: str, value: T, allowed: Collection[T]) -> T:
    """`value`, if it is among the `allowed`; else a ValueError that lists them.

    >>> one_of("shortcut", "D", ("A", "B", "C"))
    Traceback (most recent call last):
    ValueError: shortcut must be one of A, B, C; got 'D'
    """
    if value not in list(allowed):
        raise ValueError(f"{argument} must be one of {', '.join(map(str, allowed))}; got {value!r}")
    return value
