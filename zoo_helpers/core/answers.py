"""Whether an answer is the expected one, and how both are shown to a learner. Nothing here raises.

A right answer may come in another form: a list or a tensor for an array, NumPy's numbers for Python's, a
number rounded to four digits. Whole numbers are compared exactly.
"""

from __future__ import annotations

import inspect
import numbers
import re
import reprlib
from decimal import Decimal
from typing import Any

import numpy as np

LONGEST = 30  # numbers of an array that a message shows in full
WIDEST = 200  # characters of anything else
DEEPEST = 3  # lists in lists that are looked into: a list may hold itself


def agree(got: Any, expected: Any) -> bool:
    """Whether `got` is the expected answer."""
    try:
        return _agree(as_expected(got, expected), plain(expected))
    except Exception:  # an answer may fail in its own comparison
        return False


def _agree(got: Any, expected: Any) -> bool:
    if kind(got) != kind(expected):
        return False
    if isinstance(expected, list | tuple):
        return len(got) == len(expected) and all(map(agree, got, expected))
    if kind(expected) in ("an array", "a number"):
        return np.shape(got) == np.shape(expected) and bool(_near(got, expected).all())
    return bool(got == expected)


def _near(got: Any, expected: Any) -> np.ndarray:
    """Where numbers agree: whole ones exactly, others to half of the fourth decimal, or to four digits."""
    if np.asarray(expected).dtype.kind in "iu":
        return np.equal(got, expected)
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    within = np.maximum(1e-4 * np.abs(expected), np.where(np.abs(expected) > 0.05, 5.1e-5, 1e-9))
    with np.errstate(invalid="ignore"):
        near = np.abs(got - expected) <= np.where(np.isfinite(expected), within, 0)
    return near | (got == expected) | (np.isnan(got) & np.isnan(expected))


def plain(value: Any) -> Any:
    """A tensor as an array; NumPy's and other numbers as Python's."""
    if not isinstance(value, np.ndarray | np.generic) and hasattr(value, "__array__"):
        value = np.asarray(value)
    if isinstance(value, np.ndarray | np.generic) and value.ndim == 0:
        value = value.item()
    if isinstance(value, numbers.Rational | Decimal) and not isinstance(value, int):
        return float(value)
    return value


def as_expected(got: Any, expected: Any) -> Any:
    """`got` in the form that is expected, where it can be had without a guess; else as it is."""
    try:
        got = plain(got)
        if isinstance(got, np.ndarray) and got.dtype == object:
            got = got.tolist()
        if isinstance(expected, np.ndarray) and isinstance(got, list | tuple) and not deeper(got, 6):
            array = np.array([plain(one) for one in got])
            return array if array.dtype.kind in "iuf" else got
        if isinstance(expected, set) and isinstance(got, list | tuple | frozenset | np.ndarray):
            return set(map(plain, got))
        if isinstance(expected, list | tuple) and isinstance(got, list | tuple | np.ndarray):
            return type(expected)(map(plain, got))
    except Exception:  # such as lists of unequal lengths
        pass
    return got


def deeper(value: Any, levels: int) -> bool:
    """Whether lists in lists go deeper than so many levels: a list that holds itself always does."""
    return isinstance(value, list | tuple) and (levels < 1 or any(deeper(one, levels - 1) for one in value))


def is_unfinished(answer: Any, levels: int = DEEPEST) -> bool:
    """Whether there is still a `...` in the answer."""
    if isinstance(answer, np.ndarray) and answer.dtype == object:
        answer = answer.ravel().tolist()
    if isinstance(answer, list | tuple | set | frozenset):
        return levels > 0 and any(is_unfinished(one, levels - 1) for one in answer)
    return answer is ...


def kind(value: Any) -> str:
    """What a value is, with its article, as a learner would say it."""
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, np.ndarray) and value.ndim:
        of = {"U": "an array of strings", "O": "an array of objects", "b": "an array of True and False"}
        return (
            "an array"
            if value.dtype.kind in "iuf"
            else of.get(value.dtype.kind, f"an array of {value.dtype}")
        )
    if isinstance(value, numbers.Real):
        return "a number"
    names = {str: "a string", list: "a list", tuple: "a tuple", set: "a set", dict: "a dictionary"}
    name = type(value).__name__
    return names.get(type(value), f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}")


def difference(got: Any, expected: Any) -> str:
    """What is wrong with the form of an answer, if its form is wrong."""
    got, expected = as_expected(got, expected), plain(expected)
    if kind(got) != kind(expected):
        return f"That is {kind(got)}; the answer is {kind(expected)}."
    if isinstance(expected, list | tuple) and len(got) != len(expected):
        return f"Your {type(expected).__name__} has the length {len(got)}, not {len(expected)}."
    if isinstance(expected, np.ndarray) and got.shape != expected.shape:
        return f"Your shape is {got.shape}, not {expected.shape}."
    if isinstance(expected, list | tuple):  # what is in it may be of another kind
        return next(filter(None, map(difference, got, expected)), "")
    return ""


def contrast(expected: Any, got: Any) -> str:
    """What was expected and what came, with as many digits as tell them apart."""
    got, expected = as_expected(got, expected), plain(expected)
    if kind(got) == kind(expected) == "an array" and got.shape == expected.shape and expected.size > LONGEST:
        place = tuple(np.argwhere(~_near(got, expected))[0].tolist())
        return f"at {list(place)} {contrast(expected[place], got[place])}"
    for digits in range(4, 18):
        if shown(expected, digits) != shown(got, digits):
            break
    return f"expected {shown(expected, digits)}, got {shown(got, digits)}"


def shown(value: Any, digits: int = 6, levels: int = DEEPEST) -> str:
    """A value in words that fit a line or two."""
    try:
        return _shown(plain(value), digits, levels)
    except Exception:  # its own `__repr__` fails
        return kind(value)


def _shown(value: Any, digits: int, levels: int) -> str:
    if isinstance(value, np.ndarray):
        whole = value.size <= LONGEST
        first = value if whole else value.ravel()[:6]
        text = " ".join(np.array2string(first, precision=digits, separator=", ").split())
        text = re.sub(r"(?<=\[) | (?=[\],])", "", text)  # NumPy pads numbers to columns
        return text if whole else f"an array {value.shape} that begins {text[1:-1].strip()}"
    if isinstance(value, float):
        return (
            f"{value:.{digits}g}"
            if abs(value) < 10.0**digits
            else f"{value:,.{digits}f}".rstrip("0").rstrip(".")
        )
    if isinstance(value, list | tuple) and len(value) <= LONGEST:
        inner = ", ".join(shown(one, digits, levels - 1) for one in value) if levels else "…"
        return shorten(f"[{inner}]" if isinstance(value, list) else f"({inner})")
    if callable(value):
        return (inspect.getdoc(value) or "").split("\n")[0] or getattr(value, "__name__", kind(value))
    return shorten(repr(value) if isinstance(value, str) and len(value) < WIDEST else reprlib.repr(value))


def shorten(text: str) -> str:
    """The text on one line, its end cut where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= WIDEST else f"{line[:WIDEST]} …"
