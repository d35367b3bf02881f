"""VGG: six networks from one table, built from stacks of 3 by 3 convolutions.

Source: Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image recognition".

Differs from the paper:
- starts from Glorot's random weights, not from a trained A (test_weights_start_as_glorot_and_bengio_say)
- `build_mini` is ours: the same layers, narrower, on 32 by 32 (test_mini_is_the_same_network_but_narrower)
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.trace import Trace
from zoo_helpers.core.training import quiet_tensorflow
from zoo_helpers.core.weights import carry_weights

if TYPE_CHECKING:
    import keras

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


def build(config: str, classes: int = 1000) -> keras.Model:
    """The network of one column of Table 1, for images of 224 by 224 pixels; D is "VGG-16", E is "VGG-19".

    Raises ValueError for a config that is not in the table.
    """
    return _assemble(config, classes, side=224, width=64)


def build_mini(config: str = "A", classes: int = 10, width: int = 16) -> keras.Model:
    """The same network for images of 32 by 32 pixels, `width` channels in conv1_1, the others in step."""
    return _assemble(config, classes, side=32, width=width)


def trace(config: str, classes: int = 1000, side: int = 224, width: int = 64) -> list[Row]:
    """The rows of `build` by arithmetic on the table; those of `build_mini` with its classes, side and width.

    >>> [row.receptive_field for row in trace("D") if row.name == "pool5"]
    [212]
    """
    net = Trace(side)
    for name, cell in _cells(config):
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


def count_parameters(config: str, classes: int = 1000) -> int:
    """The number of weights and biases, by arithmetic on the table.

    >>> count_parameters("D")
    138357544
    """
    return totals(trace(config, classes)).parameters


def count_multiply_adds(config: str, classes: int = 1000) -> int:
    """The multiply-adds for one image of 224 by 224 pixels, by arithmetic on the table.

    >>> count_multiply_adds("D")
    15470264320
    """
    return totals(trace(config, classes)).multiply_adds


def as_convolutions(model: keras.Model) -> keras.Model:
    """The same network with its fully connected layers as convolutions, for images of any size.

    model : from `build` or `build_mini`, for images (side, side, 3)

    One crop (side, side, 3) gives the same answer, as a map (1, 1, classes). A larger image gives a map of
    answers, one for each place where the crop fits, 32 pixels apart; the paper takes their mean.
    Source: section 3.2.
    """
    from keras import Input, Model, layers

    x = image = Input((None, None, 3), name="image")
    kernel = 1
    for layer in model.layers[1:]:
        if isinstance(layer, layers.Flatten):
            kernel = layer.input.shape[1]  # the next layer looks at the whole map of 7 by 7
        elif isinstance(layer, layers.Dense):
            x = layers.Conv2D(layer.units, kernel, activation=layer.activation, name=layer.name)(x)
            kernel = 1
        else:
            x = layer.from_config(layer.get_config())(x)
    sliding = Model(image, x, name=f"{model.name}_as_convolutions")
    carry_weights(model, sliding)
    return sliding


def keras_name(layer: str) -> str:
    """The name in `keras.applications.VGG16` and `VGG19` of a layer of D and E.

    >>> keras_name("conv3_2"), keras_name("fc6"), keras_name("fc8")
    ('block3_conv2', 'fc1', 'predictions')
    """
    dense = {"fc6": "fc1", "fc7": "fc2", "fc8": "predictions"}
    return dense.get(layer) or layer.replace("conv", "block").replace("_", "_conv")


def _assemble(config: str, classes: int, side: int, width: int) -> keras.Model:
    cells = list(_cells(config))
    quiet_tensorflow()
    from keras import Input, Model, layers

    x = image = Input((side, side, 3), name="image")
    for name, cell in cells:
        if cell == "maxpool":
            x = layers.MaxPooling2D(2, name=name)(x)
        elif cell == "LRN":
            from zoo_helpers.alexnet.layers import LocalResponseNormalization

            x = LocalResponseNormalization(name=name)(x)
        else:
            kernel, channels = _convolution(cell, width)
            x = layers.Conv2D(channels, kernel, padding="same", activation="relu", name=name)(x)
    x = layers.Flatten(name="flatten")(x)
    for number in (6, 7):
        x = layers.Dense(64 * width, activation="relu", name=f"fc{number}")(x)
        x = layers.Dropout(0.5, name=f"drop{number}")(x)
    x = layers.Dense(classes, activation="softmax", name="fc8")(x)
    return Model(image, x, name=f"vgg_{config}".lower().replace("-", "_"))


def _cells(config: str) -> Iterator[tuple[str, str]]:
    """The layers before the fully connected ones, each as (name, cell of the table)."""
    if config not in CONFIGURATIONS:
        raise ValueError(f"config must be one of {', '.join(CONFIGURATIONS)}; got {config!r}")
    for stage, cells in enumerate(CONFIGURATIONS[config], start=1):
        for number, cell in enumerate(cells.split(), start=1):
            yield (f"lrn{stage}" if cell == "LRN" else f"conv{stage}_{number}"), cell
        yield f"pool{stage}", "maxpool"


def _convolution(cell: str, width: int) -> tuple[int, int]:
    """Kernel and channels of a cell such as "conv3-256", in a network whose conv1 has `width` channels."""
    kernel, channels = cell.removeprefix("conv").split("-")
    return int(kernel), int(channels) * width // 64
