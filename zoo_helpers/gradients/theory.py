"""Lesson 05's predictions: what a layer multiplies a gradient with, from its activation and its weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, repeat
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from zoo_helpers.core.arguments import number, switch, whole
from zoo_helpers.gradients.model import Activation, check_activation, scaling

ACTIVATIONS: MappingProxyType[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {
        "sigmoid": lambda s: 0.5 * (1 + np.tanh(s / 2)),
        "tanh": np.tanh,
        "relu": lambda s: np.maximum(s, 0),
    }
)

# A standard normal variable as points and their weights. Gauss and Hermite's own points are fewer, but a kink
# such as the ReLU's costs them three digits.
_POINTS = np.linspace(-10, 10, 2000)
_SHARES = np.exp(-(_POINTS**2) / 2) / np.exp(-(_POINTS**2) / 2).sum()
_FAR = 2000  # layers from the input


def remaining(factor: float, depth: int) -> np.ndarray:
    """What is left of 1 after 0, 1, … depth layers that multiply by `factor`, as float32 holds it.

    >>> remaining(0.5, 150)[[1, 149, 150]]
    array([5.e-01, 1.e-45, 0.e+00], dtype=float32)
    """
    factors = np.full(whole("depth", depth, low=0) + 1, number("factor", factor), np.float32)
    factors[0] = 1
    with np.errstate(over="ignore", under="ignore"):
        return np.multiply.accumulate(factors)


class Moments(NamedTuple):
    """Three means over normally distributed sums s: of f(s), of f(s)² and of f'(s)²."""

    mean: float
    square: float
    squared_slope: float


def moments(activation: Activation, variance: float) -> Moments:
    """What the activation f makes of sums s of this variance and mean 0.

    >>> round(moments("relu", 2.0).square, 9)
    1.0
    """
    check_activation(activation)
    f = ACTIVATIONS[activation] if isinstance(activation, str) else activation
    variance = number("variance", variance, above=0)
    s, step = np.sqrt(variance) * _POINTS, 1e-3 * np.sqrt(variance)
    values, above, below = (np.asarray(f(at)) for at in (s, s + step, s - step))
    slopes = (above - below) / (2 * step)
    return Moments(float(_SHARES @ values), float(_SHARES @ values**2), float(_SHARES @ slopes**2))


def predict_norms(
    activation: Activation, initializer: str | float, depth: int, batch_norm: bool = False
) -> np.ndarray:
    """The gradient's size at each hidden layer, (depth - 1,), over that at the last of them, by theory.

    Exact for infinitely many units with random weights, and images of mean square 1.
    Source: Schoenholz et al. 2017; with batch normalization and a ReLU, Yang et al. 2019.
    """
    hidden = whole("depth", depth, low=2) - 1
    ratios = list(islice(_ratios(activation, initializer, batch_norm), hidden))[
        :-1
    ]  # the last is the measure
    return np.append(np.cumprod(ratios[::-1])[::-1], 1.0)


def predicted_ratio(activation: Activation, initializer: str | float, batch_norm: bool = False) -> float:
    """The size of the gradient at a layer over that at the next, far from the input: below 1 it vanishes.

    activation  : "sigmoid", "tanh", "relu", or a function of an array
    initializer : "naive", "glorot", "he", or a number: n Var(w)
    batch_norm  : then the ratio depends on the activation alone

    >>> round(predicted_ratio("relu", "glorot"), 3)
    0.707
    """
    before = 0.0
    for ratio in islice(_ratios(activation, initializer, batch_norm), _FAR):
        if np.isclose(ratio, before, rtol=1e-9, atol=0):  # from here on nothing changes
            break
        before = ratio
    return float(ratio)


def _ratios(activation: Activation, initializer: str | float, batch_norm: bool) -> Iterator[float]:
    """What each layer, from the first on, multiplies a gradient's size with on its way back."""
    gain, batch_norm = scaling(initializer)[0], switch("batch_norm", batch_norm)
    if batch_norm:  # every sum is divided by its standard deviation, in which the weights' size cancels
        found = moments(activation, 1.0)
        yield from repeat(np.sqrt(found.squared_slope / (found.square - found.mean**2)))
    variance = gain  # of the first layer's sums: the images have mean square 1
    while True:
        found = moments(activation, variance)
        yield np.sqrt(gain * found.squared_slope)
        variance = np.clip(gain * found.square, 1e-12, 1e12)  # a ReLU's grows or shrinks without end
