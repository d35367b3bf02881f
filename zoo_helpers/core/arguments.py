"""What public functions say of a bad argument, in one form: its name, what is allowed, what came."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
MANY = 12  # names that a message lists; of more it suggests the nearest


def one_of(argument: str, value: T, allowed: Collection[T]) -> T:
    """`value`, if it is among the `allowed`; else a ValueError that lists them, or the nearest of many.

    >>> one_of("shortcut", "D", ("A", "B", "C"))
    Traceback (most recent call last):
    ValueError: shortcut must be one of A, B, C; got 'D'
    """
    if any(type(value) is type(one) and value == one for one in allowed) or _is_whole_of(value, allowed):
        return value
    raise ValueError(f"{argument} must be {_said(value, allowed)}; got {in_short(value)}")


def whole(argument: str, value: Any, low: int = 1, high: int | None = None) -> int:
    """`value` as Python's int, if it is a whole number from `low` to `high`; else a ValueError that says so.

    >>> whole("classes", 1.5)
    Traceback (most recent call last):
    ValueError: classes must be a whole number of at least 1; got 1.5
    """
    is_int = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_int or value < low or (high is not None and value > high):
        bounds = f"of at least {low}" if high is None else f"in {low}..{high}"
        raise ValueError(f"{argument} must be a whole number {bounds}; got {in_short(value)}")
    return int(value)


def switch(argument: str, value: Any) -> bool:
    """`value` as Python's bool, if it is True or False; else a ValueError that says so.

    >>> switch("residual", "no")
    Traceback (most recent call last):
    ValueError: residual must be True or False; got 'no'
    """
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{argument} must be True or False; got {in_short(value)}")
    return bool(value)


def number(
    argument: str,
    value: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    above: float | None = None,
) -> float:
    """`value` as Python's float, if it is a finite number within the bounds; else a ValueError that says so.

    >>> number("j", 0, above=0)
    Traceback (most recent call last):
    ValueError: j must be a number above 0; got 0
    """
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    too_low = is_number and ((low is not None and value < low) or (above is not None and value <= above))
    if not is_number or not math.isfinite(value) or too_low or (high is not None and value > high):
        bounds = f" in {low:g}..{high:g}" if low is not None and high is not None else ""
        bounds = bounds or ("" if low is None else f" of at least {low:g}")
        bounds = bounds or ("" if above is None else f" above {above:g}")
        raise ValueError(f"{argument} must be a number{bounds}; got {in_short(value)}")
    return float(value)


def text(argument: str, value: Any) -> str:
    """`value`, if it is a text that says something; else a ValueError that says so.

    >>> text("caption", None)
    Traceback (most recent call last):
    ValueError: caption must be a text; got None
    """
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{argument} must be a text; got {in_short(value)}")
    return value


def numbers(argument: str, values: Any, form: str = "", *axes: int | None) -> np.ndarray:
    """`values`, any array, tensor or list, as an array of integers or floats; else a ValueError that says so.

    form, axes : the shape that is allowed, in words and in numbers; None is any length but 0

    >>> numbers("images", np.zeros((28, 28)), "(N, 28, 28)", None, 28, 28).shape
    Traceback (most recent call last):
    ValueError: images must have shape (N, 28, 28); got shape (28, 28)
    """
    array = as_array(argument, values)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{argument} must be numbers, integer or float; got {kind_of(values, array)}")
    if not form:
        return array
    fits = len(axes) == array.ndim
    if not fits or any(n == 0 or axis not in (None, n) for n, axis in zip(array.shape, axes, strict=True)):
        least = " with nothing empty" if fits and 0 in array.shape else ""
        raise ValueError(f"{argument} must have shape {form}{least}; got shape {array.shape}")
    return array


def finite(argument: str, array: np.ndarray) -> np.ndarray:
    """`array`, if it holds neither NaN nor infinity; else a ValueError that says where the first one stands.

    >>> finite("images", np.array([[0, np.nan]]))
    Traceback (most recent call last):
    ValueError: images must be finite; got nan at [0, 1]
    """
    if not np.isfinite(array).all():
        place = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise ValueError(f"{argument} must be finite; got {array[place]} at {list(place)}")
    return array


def pixels(argument: str, values: Any, form: str, *axes: int | None) -> np.ndarray:
    """`values` as an array of this form, if they are pixels of 0..255; else a ValueError that says so.

    >>> pixels("images", np.full((1, 8, 8, 3), 0.5), "(N, H, W, 3)", None, None, None, 3)
    Traceback (most recent call last):
    ValueError: images must be pixels of 0..255; got numbers of 0.5 to 0.5
    """
    array = finite(argument, numbers(argument, values, form, *axes))
    low, high = array.min(), array.max()
    if low < 0 or (array.any() and not 1 < high <= 255):
        raise ValueError(f"{argument} must be pixels of 0..255; got numbers of {low:.3g} to {high:.3g}")
    return array


def generator(argument: str, value: Any) -> np.random.Generator:
    """`value`, if it is NumPy's generator of random numbers; else a ValueError that says how to make one.

    >>> generator("generator", 0)
    Traceback (most recent call last):
    ValueError: generator must be a generator, as np.random.default_rng(0) makes one; got 0
    """
    if not isinstance(value, np.random.Generator):
        made = "must be a generator, as np.random.default_rng(0) makes one"
        raise ValueError(f"{argument} {made}; got {in_short(value)}")
    return value


def as_array(argument: str, values: Any) -> np.ndarray:
    """Any array, tensor or list as an array; what NumPy would misread without a word is refused."""
    if np.ma.is_masked(values):
        raise ValueError(f"{argument} must have no masked entries; got a masked array with some")
    try:
        array = np.asarray(values)
    except ValueError:  # NumPy's words speak of an "inhomogeneous shape", and name no argument
        raise ValueError(f"{argument} must have rows of one length; got rows of different lengths") from None
    if array.dtype.kind == "V" and not array.dtype.names and array.dtype.type is not np.void:
        return array.astype(np.float32)  # bfloat16 and its kin, which NumPy knows by their size alone
    return array


def kind_of(values: Any, array: np.ndarray) -> str:
    """What came instead of numbers: its type, or itself if it is one thing."""
    return f"an array of {array.dtype}" if array.ndim else in_short(values)


def in_short(value: Any) -> str:
    """A value in at most 60 characters."""
    words = str(value) if isinstance(value, np.ndarray) else repr(value)
    words = " ".join(words.split())
    return words if len(words) <= 60 else f"{words[:57]}..."


def _is_whole_of(value: Any, allowed: Collection[Any]) -> bool:
    """NumPy's 50 is 50, and its "A" is "A"; but True is not 1, and 20.0 is not 20."""
    return isinstance(value, np.integer | np.str_) and value.item() in list(allowed)


def _said(value: Any, allowed: Collection[Any]) -> str:
    names = [f'"{one}"' if "," in str(one) else str(one) for one in allowed]
    if len(names) <= MANY:
        return f"one of {', '.join(names)}"
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(str(value).lower(), by_lower, n=3, cutoff=0.6)
    return f"one of {len(names)} names" + (
        f", such as {', '.join(by_lower[one] for one in near)}" if near else ""
    )
