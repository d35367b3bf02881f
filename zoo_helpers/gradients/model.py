"""Lesson 05's network, a tower of equal dense layers, and three published ways to draw its first weights.

Sources: Glorot and Bengio 2010, equations 1, 12 and 16; He et al. 2015, *Delving deep into rectifiers*,
equation 10.

Differs from the paper:
- The tower is ours: both papers trained other networks. Each hidden layer has as many units as the input has
  numbers, so that every layer is like every other
  (test_every_layer_but_the_last_is_as_wide_as_the_input).
- Digits are halved to 16 by 16 pixels, each digit with mean 0 and mean square 1
  (test_digits_are_framed_halved_and_standardised).
- He's normal distribution is Keras', cut off at two standard deviations, and the variance made up for
  (test_weights_start_as_the_papers_say).
- Batch normalization and shortcuts, both of 2015 and of others, can be added (test_layers_have_addresses).
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

from zoo_helpers.core import arguments
from zoo_helpers.core.anatomy import Row
from zoo_helpers.core.arguments import finite, numbers, one_of, switch, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trace import Trace

Activation = str | Callable[[Any], Any]

SIDE = 16
WIDTH = SIDE * SIDE
CLASSES = 10
ACTIVATIONS = ("sigmoid", "tanh", "relu")

# name -> n Var(w), which n, and the distribution: the arguments of `keras.initializers.VarianceScaling`
INITIALIZERS = MappingProxyType(
    {
        "naive": (1 / 3, "fan_in", "uniform"),  # between -1 / sqrt(n) and 1 / sqrt(n)
        "glorot": (1.0, "fan_avg", "uniform"),
        "he": (2.0, "fan_in", "truncated_normal"),
    }
)


def prepare(images: np.ndarray) -> np.ndarray:
    """MNIST images as the towers take them: uint8 (N, 28, 28) to float32 (N, 256).

    With a margin of 2 pixels and halved to 16 by 16; each image has mean 0 and mean square 1.
    """
    images = finite("images", numbers("images", images, "(N, 28, 28)", None, 28, 28))
    framed = np.pad(images.astype(np.float32), ((0, 0), (2, 2), (2, 2)))
    halved = framed.reshape(-1, SIDE, 2, SIDE, 2).mean(axis=(2, 4)).reshape(-1, WIDTH)
    centred = halved - halved.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.mean(centred**2, axis=1, keepdims=True))
    if not spread.all():
        raise ValueError(f"images must show something; image {spread.argmin()} has one grey everywhere")
    return centred / spread


def build_tower(
    depth: int,
    activation: Activation,
    initializer: str | float,
    batch_norm: bool = False,
    residual: bool = False,
) -> keras.Model:
    """A tower of `depth` dense layers: (256,) numbers to ten probabilities, 256 units in every layer before.

    activation  : "sigmoid", "tanh", "relu", or a function that Keras can call
    initializer : "naive", "glorot", "he", or a number: n Var(w)
    batch_norm  : normalize each layer's output before its activation
    residual    : from the second layer on, add a layer's input to what its activation gives

    A layer `dense7` gives the pre-activation s; `bn7`, `act7` and `add7` are layers of their own.

    Raises ValueError that names the argument and what is allowed.
    """
    depth, batch_norm, residual = _checked(depth, batch_norm, residual)
    check_activation(activation)
    x = image = keras.Input((WIDTH,), name="image")
    for number in range(1, depth):
        before = x
        x = _dense(WIDTH, initializer, f"dense{number}", use_bias=not batch_norm)(x)
        if batch_norm:
            x = layers.BatchNormalization(epsilon=1e-5, name=f"bn{number}")(x)
        x = layers.Activation(activation, name=f"act{number}")(x)
        if residual and number > 1:
            x = layers.Add(name=f"add{number}")([before, x])
    x = _dense(CLASSES, initializer, f"dense{depth}", activation="softmax")(x)
    return keras.Model(image, x, name="tower")


def _dense(units: int, initializer: str | float, name: str, **options: Any) -> keras.layers.Dense:
    # An initializer for each layer: one that serves two layers gives both the same weights.
    kernel = keras.initializers.VarianceScaling(*scaling(initializer))
    return layers.Dense(units, kernel_initializer=kernel, name=name, **options)


def trace_tower(depth: int, batch_norm: bool = False, residual: bool = False) -> list[Row]:
    """The rows of `build_tower` by arithmetic; activation and weights change none of them."""
    depth, batch_norm, residual = _checked(depth, batch_norm, residual)
    net = Trace(width=WIDTH)
    for number in range(1, depth):
        before = net.rows[-1]
        net.dense(f"dense{number}", WIDTH, bias=not batch_norm)
        if batch_norm:
            net.batch_norm(f"bn{number}")
        activated = net.layer(f"act{number}", "Activation")
        if residual and number > 1:
            net.add(f"add{number}", before, activated)
    net.dense(f"dense{depth}", CLASSES)
    return net.rows


def _checked(depth: int, batch_norm: bool, residual: bool) -> tuple[int, bool, bool]:
    return whole("depth", depth), switch("batch_norm", batch_norm), switch("residual", residual)


def check_activation(activation: Activation) -> None:
    """Raise ValueError unless this is a function, or the name of one that is known here."""
    if not callable(activation) and not (isinstance(activation, str) and activation in ACTIVATIONS):
        raise ValueError(
            f"activation must be one of {', '.join(ACTIVATIONS)}, or a function; got {activation!r}"
        )


def scaling(initializer: str | float) -> tuple[float, str, str]:
    """The row of INITIALIZERS, or for a number above 0 one with this n Var(w); else a ValueError."""
    if isinstance(initializer, str):
        return INITIALIZERS[one_of("initializer", initializer, INITIALIZERS)]
    return arguments.number("initializer", initializer, above=0), "fan_in", "untruncated_normal"


def as_sigmoid(tower: keras.Model) -> keras.Model:
    """A tower of sigmoids that computes what a plain tower of tanh does, for tanh(s) = 2 sigmoid(2 s) - 1.

    Raises ValueError for any other tower.
    """
    names = [layer.name for layer in getattr(tower, "layers", ())]
    depth = sum(name.startswith("dense") for name in names)
    bends = [layer.activation for layer in getattr(tower, "layers", ()) if layer.name.startswith("act")]
    if names != [row.name for row in trace_tower(max(depth, 1))] or {*bends} - {keras.activations.tanh}:
        raise ValueError(f"tower must be a plain one of tanh; got {tower!r:.80}")
    twin = build_tower(depth, "sigmoid", "glorot")
    for number in range(1, depth + 1):
        kernel, bias = tower.get_layer(f"dense{number}").get_weights()
        if number > 1:  # its inputs were 2 g - 1 and are g
            kernel, bias = 2 * kernel, bias - kernel.sum(axis=0)
        if number < depth:  # its output s is wanted twice as large
            kernel, bias = 2 * kernel, 2 * bias
        twin.get_layer(f"dense{number}").set_weights([kernel, bias])
    return twin


def build_broken() -> keras.Model:
    """A tower of twenty ReLU layers with He's weights, one of which passes on next to nothing."""
    tower = build_tower(20, "relu", "he")
    kernel, bias = tower.get_layer("dense9").get_weights()
    tower.get_layer("dense9").set_weights([kernel / 1000, bias])
    return tower
