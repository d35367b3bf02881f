"""SqueezeNet and EfficientNet-Lite0: two networks so small that their ImageNet weights ship with the package.

Sources: Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model
size", Table 1 ("1.0"), and the authors' later release, which computes less ("1.1"); Tan and Le 2019,
"EfficientNet: rethinking model scaling for convolutional neural networks", Table 1, and its Lite version.

Differs from the paper:
- SqueezeNet "1.1", whose weights ship, is the authors' release and not their table: a first convolution of
  64 kernels of 3 by 3, pooling two layers earlier (test_version_1_1_computes_less_than_the_table)
- a pooling window may stand over the border, as in the authors' Caffe, which rounds sides up; Keras'
  conversions round down and end in 13 by 13 instead of 14 by 14 (test_pooling_rounds_up_as_caffe_does)
- "1.0" has no border of zeros in its last convolution, which the authors' release has and the paper does
  not mention (test_the_last_convolution_has_no_border)
- Lite0 is the table's B0 without squeeze and excitation, and with ReLU6 for swish, as its authors made it
  (test_lite0_has_neither_squeeze_and_excitation_nor_swish)
- Lite0 drops no blocks while it trains (test_lite0_has_one_dropout)
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple

from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.arguments import one_of, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trace import Trace

# Layer by layer, in the paper's words. conv1: kernel / stride, kernels. fire: the kernels of squeeze 1x1, of
# expand 1x1 and of expand 3x3.
SQUEEZENET = MappingProxyType(
    {
        "1.0": (
            "conv1 7x7/2 96",
            "maxpool1",
            "fire2 16 64 64",
            "fire3 16 64 64",
            "fire4 32 128 128",
            "maxpool4",
            "fire5 32 128 128",
            "fire6 48 192 192",
            "fire7 48 192 192",
            "fire8 64 256 256",
            "maxpool8",
            "fire9 64 256 256",
        ),
        "1.1": (
            "conv1 3x3/2 64",
            "maxpool1",
            "fire2 16 64 64",
            "fire3 16 64 64",
            "maxpool3",
            "fire4 32 128 128",
            "fire5 32 128 128",
            "maxpool5",
            "fire6 48 192 192",
            "fire7 48 192 192",
            "fire8 64 256 256",
            "fire9 64 256 256",
        ),
    }
)


class Stage(NamedTuple):
    """A row of EfficientNet's Table 1. The first of its layers takes the side from one row to the next."""

    operator: str
    side: int
    channels: int
    layers: int


# EfficientNet's Table 1, by stage; MBConv6 widens its input six times.
EFFICIENTNET_LITE0 = MappingProxyType(
    {
        1: Stage("Conv3x3", 224, 32, 1),
        2: Stage("MBConv1, k3x3", 112, 16, 1),
        3: Stage("MBConv6, k3x3", 112, 24, 2),
        4: Stage("MBConv6, k5x5", 56, 40, 2),
        5: Stage("MBConv6, k3x3", 28, 80, 3),
        6: Stage("MBConv6, k5x5", 14, 112, 3),
        7: Stage("MBConv6, k5x5", 14, 192, 4),
        8: Stage("MBConv6, k3x3", 7, 320, 1),
        9: Stage("Conv1x1 & Pooling & FC", 7, 1280, 1),
    }
)


# --- SqueezeNet ---------------------------------------------------------------------------------------


def build_squeezenet(version: str = "1.1", classes: int = 1000, side: int = 227) -> keras.Model:
    """SqueezeNet for images of `side` by `side` pixels, blue first, without ImageNet's mean.

    A larger side gives a larger map of classes, "conv10"; its mean is still one answer.

    Raises ValueError that names the argument and what is allowed.
    """
    cells, classes, side = _checked(version, classes, side)
    x = image = keras.Input((side, side, 3), name="image")
    for name, *numbers in cells:
        if name.startswith("maxpool"):
            x = layers.MaxPooling2D(3, 2, padding=_rounded_up(x.shape[1]), name=name)(x)
        elif name.startswith("fire"):
            x = _fire(x, name, *map(int, numbers))
        else:
            kernel, stride, width = _first(*numbers)
            x = layers.Conv2D(width, kernel, stride, activation="relu", name=name)(x)
    x = layers.Dropout(0.5, name="drop9")(x)
    x = layers.Conv2D(classes, 1, activation="relu", name="conv10")(x)  # a map for each class
    x = layers.GlobalAveragePooling2D(name="avgpool10")(x)
    return keras.Model(image, layers.Softmax(name="softmax")(x), name=_squeezenet_name(version))


def _fire(x: keras.KerasTensor, name: str, squeeze: int, expand1x1: int, expand3x3: int) -> keras.KerasTensor:
    """Few channels first, so that the 3 by 3 kernels after them have little to multiply."""
    x = layers.Conv2D(squeeze, 1, activation="relu", name=f"{name}_squeeze1x1")(x)
    left = layers.Conv2D(expand1x1, 1, activation="relu", name=f"{name}_expand1x1")(x)
    right = layers.Conv2D(expand3x3, 3, padding="same", activation="relu", name=f"{name}_expand3x3")(x)
    return layers.Concatenate(name=name)([left, right])


def trace_squeezenet(version: str = "1.1", classes: int = 1000, side: int = 227) -> list[Row]:
    """The rows of `build_squeezenet` with the same options, by arithmetic.

    >>> totals(trace_squeezenet("1.0")).parameters
    1248424
    """
    cells, classes, side = _checked(version, classes, side)
    net = Trace(side)
    for name, *numbers in cells:
        if name.startswith("maxpool"):
            net.pool(name, size=3, stride=2, padding=_rounded_up(net.rows[-1].output_shape[0]))
        elif name.startswith("fire"):
            _trace_fire(net, name, *map(int, numbers))
        else:
            kernel, stride, width = _first(*numbers)
            net.conv(name, width, kernel, stride=stride, padding="valid")
    net.layer("drop9", "Dropout")
    net.conv("conv10", classes, 1)
    net.global_pool("avgpool10")
    net.layer("softmax", "Softmax")
    return net.rows


def _trace_fire(net: Trace, name: str, squeeze: int, expand1x1: int, expand3x3: int) -> None:
    entry = net.conv(f"{name}_squeeze1x1", squeeze, 1)
    left = net.conv(f"{name}_expand1x1", expand1x1, 1)
    right = net.conv(f"{name}_expand3x3", expand3x3, 3, after=entry)
    side = entry.output_shape[0]
    net.layer(name, "Concatenate", (side, side, expand1x1 + expand3x3), after=[left, right])


def _checked(version: str, classes: int, side: int) -> tuple[list[list[str]], int, int]:
    """The layers before the last, each as its words, and the other options, all as they may be."""
    cells = SQUEEZENET[one_of("version", version, SQUEEZENET)]
    return [cell.split() for cell in cells], whole("classes", classes), whole("side", side, low=32)


def _rounded_up(side: int) -> str:
    """The padding by which a window of 3, two apart, gives a side rounded up, as Caffe does."""
    return "valid" if side % 2 else "same"


def _first(window: str, width: str) -> tuple[int, int, int]:
    """Kernel, stride and channels of "7x7/2 96"."""
    kernel, stride = window.split("/")
    return int(kernel.split("x")[0]), int(stride), int(width)


def _squeezenet_name(version: str) -> str:
    return "squeezenet" if version == "1.1" else f"squeezenet-{version}"


# --- EfficientNet-Lite0 -------------------------------------------------------------------------------


def build_efficientnet_lite0(classes: int = 1000) -> keras.Model:
    """EfficientNet-Lite0 for images of 224 by 224 pixels, red first, (x - 127) / 128.

    Raises ValueError that names the argument and what is allowed.
    """
    classes = whole("classes", classes)
    stem, head = EFFICIENTNET_LITE0[1], EFFICIENTNET_LITE0[9]
    image = keras.Input((stem.side, stem.side, 3), name="image")
    x = _conv_bn(image, stem.channels, 3, "stage1", stride=2)
    x = layers.ReLU(6, name="stage1_relu")(x)
    for name, expand, kernel, stride, channels in _blocks():
        x = _mbconv(x, name, expand, kernel, stride, channels)
    x = _conv_bn(x, head.channels, 1, "stage9")
    x = layers.ReLU(6, name="stage9_relu")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(0.2, name="drop")(x)
    x = layers.Dense(classes, activation="softmax", name="fc")(x)
    return keras.Model(image, x, name="efficientnet-lite0")


def _mbconv(
    x: keras.KerasTensor, name: str, expand: int, kernel: int, stride: int, channels: int
) -> keras.KerasTensor:
    """The inverted residual: wide inside, narrow at its ends, which the shortcut joins where it fits."""
    entry = x
    if expand > 1:
        x = _conv_bn(x, expand * x.shape[-1], 1, f"{name}_expand")
        x = layers.ReLU(6, name=f"{name}_expand_relu")(x)
    depthwise = {"use_bias": False, "name": f"{name}_depthwise"}  # a kernel for each channel, alone
    x = layers.DepthwiseConv2D(kernel, stride, padding="same", **depthwise)(x)
    x = layers.BatchNormalization(name=f"{name}_depthwise_bn")(x)
    x = layers.ReLU(6, name=f"{name}_depthwise_relu")(x)
    x = _conv_bn(x, channels, 1, f"{name}_project")  # linear: no activation after it
    return layers.add([x, entry], name=f"{name}_add") if x.shape == entry.shape else x


def _conv_bn(x: keras.KerasTensor, width: int, kernel: int, name: str, stride: int = 1) -> keras.KerasTensor:
    """A convolution and its batch normalization."""
    x = layers.Conv2D(width, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return layers.BatchNormalization(name=f"{name}_bn")(x)  # epsilon is Keras' own, 1e-3


def trace_efficientnet_lite0(classes: int = 1000) -> list[Row]:
    """The rows of `build_efficientnet_lite0` with the same option, by arithmetic.

    >>> totals(trace_efficientnet_lite0()).trainable
    4652008
    """
    classes = whole("classes", classes)
    stem, head = EFFICIENTNET_LITE0[1], EFFICIENTNET_LITE0[9]
    net = Trace(stem.side)
    _trace_conv_bn(net, stem.channels, 3, "stage1", stride=2)
    net.layer("stage1_relu", "ReLU")
    for name, expand, kernel, stride, channels in _blocks():
        _trace_mbconv(net, name, expand, kernel, stride, channels)
    _trace_conv_bn(net, head.channels, 1, "stage9")
    net.layer("stage9_relu", "ReLU")
    net.global_pool("pool")
    net.layer("drop", "Dropout")
    net.dense("fc", classes)
    return net.rows


def _trace_mbconv(net: Trace, name: str, expand: int, kernel: int, stride: int, channels: int) -> None:
    entry = net.rows[-1]
    if expand > 1:
        _trace_conv_bn(net, expand * entry.output_shape[-1], 1, f"{name}_expand")
        net.layer(f"{name}_expand_relu", "ReLU")
    _trace_depthwise(net, f"{name}_depthwise", kernel, stride)
    net.batch_norm(f"{name}_depthwise_bn")
    net.layer(f"{name}_depthwise_relu", "ReLU")
    main = _trace_conv_bn(net, channels, 1, f"{name}_project")
    if main.output_shape == entry.output_shape:
        net.add(f"{name}_add", main, entry)


def _trace_depthwise(net: Trace, name: str, kernel: int, stride: int) -> None:
    side, _, channels = net.rows[-1].output_shape
    side, weights = -(-side // stride), kernel * kernel * channels
    counts = {"parameters": weights, "multiply_adds": side * side * weights}
    net.layer(name, "DepthwiseConv2D", (side, side, channels), **counts, window=kernel, stride=stride)


def _trace_conv_bn(net: Trace, width: int, kernel: int, name: str, stride: int = 1) -> Row:
    net.conv(f"{name}_conv", width, kernel, stride=stride, bias=False)
    return net.batch_norm(f"{name}_bn")


def _blocks() -> Iterator[tuple[str, int, int, int, int]]:
    """Every MBConv: its name, such as "stage3_block1", its factor, kernel, stride and channels."""
    for number in range(2, 9):
        stage, following = EFFICIENTNET_LITE0[number], EFFICIENTNET_LITE0[number + 1]
        kind, window = stage.operator.split(", k")
        for block in range(1, stage.layers + 1):
            stride = stage.side // following.side if block == 1 else 1
            name = f"stage{number}_block{block}"
            yield name, int(kind.removeprefix("MBConv")), int(window[0]), stride, stage.channels


# --- Sums ---------------------------------------------------------------------------------------------

TRACES = MappingProxyType({"squeezenet": trace_squeezenet, "efficientnet-lite0": trace_efficientnet_lite0})


def count_parameters(name: str) -> int:
    """The weights and biases of "squeezenet" or "efficientnet-lite0", by arithmetic on its table.

    >>> count_parameters("squeezenet")
    1235496
    """
    return totals(TRACES[one_of("name", name, TRACES)]()).trainable


def count_multiply_adds(name: str) -> int:
    """The multiply-adds of "squeezenet" or "efficientnet-lite0" for one image, by arithmetic on its table."""
    return totals(TRACES[one_of("name", name, TRACES)]()).multiply_adds
