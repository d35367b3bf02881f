"""VGG: six networks from one table, built from stacks of 3 by 3 convolutions.

Source: Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image recognition".

Differs from the paper:
- starts from Glorot's random weights, not from a trained A (test_weights_start_as_glorot_and_bengio_say)
- `build_mini` is ours: the same layers, narrower, on 32 by 32 (test_mini_is_the_same_network_but_narrower)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from types import MappingProxyType

from zoo_helpers.core.anatomy import Row, Totals, totals
from zoo_helpers.core.arguments import one_of, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trace import Trace
from zoo_helpers.vgg.weights import carry_weights

# Table 1, column by column, in its own words: five stages, each closed by a max pooling.
# "conv3-64" is a convolution with a 3 by 3 kernel and 64 channels.
CONFIGURATIONS = MappingProxyType(
    {
        "A": (
            "conv3-64",
            "conv3-128",
            "conv3-256 conv3-256",
            "conv3-512 conv3-512",
            "conv3-512 conv3-512",
        ),
        "A-LRN": (
            "conv3-64 LRN",
            "conv3-128",
            "conv3-256 conv3-256",
            "conv3-512 conv3-512",
            "conv3-512 conv3-512",
        ),
        "B": (
            "conv3-64 conv3-64",
            "conv3-128 conv3-128",
            "conv3-256 conv3-256",
            "conv3-512 conv3-512",
            "conv3-512 conv3-512",
        ),
        "C": (
            "conv3-64 conv3-64",
            "conv3-128 conv3-128",
            "conv3-256 conv3-256 conv1-256",
            "conv3-512 conv3-512 conv1-512",
            "conv3-512 conv3-512 conv1-512",
        ),
        "D": (
            "conv3-64 conv3-64",
            "conv3-128 conv3-128",
            "conv3-256 conv3-256 conv3-256",
            "conv3-512 conv3-512 conv3-512",
            "conv3-512 conv3-512 conv3-512",
        ),
        "E": (
            "conv3-64 conv3-64",
            "conv3-128 conv3-128",
            "conv3-256 conv3-256 conv3-256 conv3-256",
            "conv3-512 conv3-512 conv3-512 conv3-512",
            "conv3-512 conv3-512 conv3-512 conv3-512",
        ),
    }
)

# What people call them: by their layers with weights.
NAMES = MappingProxyType(
    {"A": "vgg-11", "A-LRN": "vgg-11-lrn", "B": "vgg-13", "C": "vgg-16-c", "D": "vgg-16", "E": "vgg-19"}
)


def build(config: str, classes: int = 1000) -> keras.Model:
    """The network of one column of Table 1, for images of 224 by 224 pixels; D is "vgg-16", E is "vgg-19".

    Raises ValueError that names the argument and what is allowed.
    """
    return _assemble(config, classes, side=224, width=64)


def build_mini(config: str = "A", classes: int = 10, width: int = 16) -> keras.Model:
    """The same network for images of 32 by 32 pixels, `width` channels in conv1_1, the others in step."""
    return _assemble(config, classes, side=32, width=width, ending="-mini")


def trace(config: str, classes: int = 1000, side: int = 224, width: int = 64) -> list[Row]:
    """The rows of `build` by arithmetic on the table; those of `build_mini` with its classes, side and width.

    >>> [row.receptive_field for row in trace("D") if row.name == "pool5"]
    [212]
    """
    cells, classes, side, width = _checked(config, classes, side, width)
    net = Trace(side)
    for name, cell in cells:
        if cell == "maxpool":
            net.pool(name, size=2, stride=2)
        elif cell == "LRN":
            net.layer(name, "LocalResponseNormalization")
        else:
            kernel, channels = _convolution(cell, width)
            net.conv(name, channels, kernel)
    net.flatten("flatten")
    for number in (6, 7):
        net.dense(f"fc{number}", 64 * width)
        net.layer(f"drop{number}", "Dropout")
    net.dense("fc8", classes)
    return net.rows


def trace_stack(depth: int, kernel: int, stride: int = 1) -> list[Row]:
    """The rows of `depth` convolutions in a row; their weights are those from one channel to one, so in C².

    >>> [row.receptive_field for row in trace_stack(3, kernel=3)]
    [3, 5, 7]
    """
    depth, kernel, stride = whole("depth", depth), whole("kernel", kernel), whole("stride", stride)
    net = Trace(side=224, width=1)
    return [net.conv(f"conv{number}", 1, kernel, stride=stride, bias=False) for number in range(1, depth + 1)]


def sum_stages(rows: Iterable[Row], column: str) -> dict[str, int]:
    """The sums of a column of `trace`'s rows over the five stages, and its values for fc6, fc7 and fc8."""
    one_of("column", column, [field.name for field in fields(Totals) if field.name in Row.__annotations__])
    sums = dict.fromkeys([f"stage {number}" for number in range(1, 6)], 0)
    for row in rows:
        if row.kind in ("Conv2D", "LocalResponseNormalization", "MaxPooling2D"):
            sums[f"stage {re.search('[1-5]', row.name)[0]}"] += getattr(row, column)
        elif row.kind == "Dense":
            sums[row.name] = getattr(row, column)
    return sums


def count_parameters(config: str) -> int:
    """The number of weights and biases, by arithmetic on the table.

    >>> count_parameters("D")
    138357544
    """
    return totals(trace(config)).parameters


def count_multiply_adds(config: str) -> int:
    """The multiply-adds for one image of 224 by 224 pixels, by arithmetic on the table.

    >>> count_multiply_adds("D")
    15470264320
    """
    return totals(trace(config)).multiply_adds


def as_convolutions(model: keras.Model) -> keras.Model:
    """The same network with its fully connected layers as convolutions, for images of any size.

    model : from `build` or `build_mini`, or another whose layers stand in one line, with Flatten before the
            fully connected ones; for images (side, side, 3)

    One crop (side, side, 3) gives the same answer, as a map (1, 1, classes). A larger image gives a map of
    answers, one for each place where the crop fits, 32 pixels apart; the paper takes their mean. In a smaller
    image it fits nowhere, and TensorFlow raises an error.
    Source: section 3.2.
    """
    line = _line(model)
    x = image = keras.Input((None, None, model.input_shape[-1]), name="image")
    kernel = 1
    for layer in line:
        if isinstance(layer, layers.Flatten):
            kernel = layer.input.shape[1:3]  # the next layer looks at the whole map of 7 by 7
        elif isinstance(layer, layers.Dense):
            x = layers.Conv2D(layer.units, kernel, activation=layer.activation, name=layer.name)(x)
            kernel = 1
        else:
            x = layer.from_config(layer.get_config())(x)
    sliding = keras.Model(image, x, name=f"{model.name}-as-convolutions")
    carry_weights(model, sliding)
    return sliding


def _line(model: keras.Model) -> list[keras.Layer]:
    """The model's layers after its input, if each takes what the one before it gives, through one Flatten."""
    inputs = isinstance(model, keras.Model) and getattr(model, "inputs", None)
    line = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)] if inputs else []
    given = [*(inputs or []), *(layer.output for layer in line)]
    flattened = [len(layer.input.shape) for layer in line if isinstance(layer, layers.Flatten)]
    if flattened != [4] or any(layer.input is not came for layer, came in zip(line, given, strict=False)):
        raise ValueError(f"model must have its layers in one line, one of them Flatten; got {model!r:.80}")
    return line


def _assemble(config: str, classes: int, side: int, width: int, ending: str = "") -> keras.Model:
    cells, classes, side, width = _checked(config, classes, side, width)
    x = image = keras.Input((side, side, 3), name="image")
    for name, cell in cells:
        if cell == "maxpool":
            x = layers.MaxPooling2D(2, name=name)(x)
        elif cell == "LRN":
            from zoo_helpers.alexnet.layers import LocalResponseNormalization  # it starts Keras

            x = LocalResponseNormalization(name=name)(x)
        else:
            kernel, channels = _convolution(cell, width)
            x = layers.Conv2D(channels, kernel, padding="same", activation="relu", name=name)(x)
    x = layers.Flatten(name="flatten")(x)
    for number in (6, 7):
        x = layers.Dense(64 * width, activation="relu", name=f"fc{number}")(x)
        x = layers.Dropout(0.5, name=f"drop{number}")(x)
    x = layers.Dense(classes, activation="softmax", name="fc8")(x)
    return keras.Model(image, x, name=NAMES[config] + ending)


def _checked(config: str, classes: int, side: int, width: int) -> tuple[list[tuple[str, str]], int, int, int]:
    """The layers before the fully connected ones, and the other options, all as they may be."""
    cells = list(_cells(one_of("config", config, CONFIGURATIONS)))
    return cells, whole("classes", classes), whole("side", side, low=32), whole("width", width)


def _cells(config: str) -> Iterator[tuple[str, str]]:
    """The layers before the fully connected ones, each as (name, cell of the table)."""
    for stage, cells in enumerate(CONFIGURATIONS[config], start=1):
        for number, cell in enumerate(cells.split(), start=1):
            yield (f"lrn{stage}" if cell == "LRN" else f"conv{stage}_{number}"), cell
        yield f"pool{stage}", "maxpool"


def _convolution(cell: str, width: int) -> tuple[int, int]:
    """Kernel and channels of a cell such as "conv3-256", in a network whose conv1 has `width` channels."""
    kernel, channels = cell.removeprefix("conv").split("-")
    return int(kernel), int(channels) * width // 64
