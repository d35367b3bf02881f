"""ResNet: the ImageNet family of 18 to 152 layers and the CIFAR family of 6n + 2, residual or plain.

Source: He, Zhang, Ren and Sun 2015, "Deep residual learning for image recognition", Table 1 and section 4.2.

Differs from the paper:
- starts from He's normal weights cut off at two deviations (test_weights_start_as_he_says_but_cut_off)
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from zoo_helpers.core.anatomy import Row
from zoo_helpers.core.arguments import one_of
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trace import Trace
from zoo_helpers.resnet.plan import (
    BLOCKS,
    CONFIGURATIONS,
    asked,
    border_of,
    checked,
    count_a_stage,
    list_blocks,
)


@checked
def build(
    depth: int,
    classes: int = 1000,
    *,
    residual: bool = True,
    shortcut: str = "B",
    conv_bias: bool = False,
    stride_in: str = "1x1",
) -> keras.Model:
    """The network of one column of Table 1, for images of 224 by 224 pixels.

    residual  : False leaves out the additions and gives the plain network
    shortcut  : where dimensions change, "A" pads with zeros and "B" projects; "C" projects everywhere
    conv_bias : True as in keras.applications; the batch normalization after it takes every such bias away
    stride_in : the convolution of a bottleneck that takes the stride: "1x1" (the paper) or "3x3" ("v1.5")

    Raises ValueError that names the allowed values.
    """
    kind, counts = CONFIGURATIONS[one_of("depth", depth, CONFIGURATIONS)]
    image = keras.Input((224, 224, 3), name="image")
    x = _conv_bn(image, 64, 7, "conv1", stride=2, bias=conv_bias)
    x = layers.ReLU(name="conv1_relu")(x)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for block in list_blocks(kind, counts, 64, shortcut, residual):
        if kind == "basic":
            x = _basic_block(x, *block, bias=conv_bias)
        else:
            x = _bottleneck(x, *block, bias=conv_bias, stride_in=stride_in)
    x = layers.GlobalAveragePooling2D(name="pool5")(x)
    x = layers.Dense(classes, activation="softmax", name="fc")(x)
    return keras.Model(image, x, name=f"{'resnet' if residual else 'plain'}-{depth}")


@checked
def build_cifar(
    depth: int, *, residual: bool = True, shortcut: str = "A", width: int = 16, side: int = 32
) -> keras.Model:
    """The network of section 4.2 with 6n + 2 layers, for images of `side` by `side` pixels and ten classes.

    width : channels of the first stage; the second has twice and the third four times as many

    Raises ValueError that names the allowed values.
    """
    n = count_a_stage(depth)
    image = keras.Input((side, side, 3), name="image")
    x = _conv_bn(image, width, 3, "conv1")
    x = layers.ReLU(name="conv1_relu")(x)
    for block in list_blocks("basic", (n, n, n), width, shortcut, residual):
        x = _basic_block(x, *block)
    x = layers.GlobalAveragePooling2D(name="pool5")(x)
    x = layers.Dense(10, activation="softmax", name="fc")(x)
    size = "cifar" if (width, side) == (16, 32) else "small"
    return keras.Model(image, x, name=f"{'resnet' if residual else 'plain'}-{depth}-{size}")


def _basic_block(
    x: keras.KerasTensor, name: str, width: int, stride: int, shortcut: str | None, bias: bool = False
) -> keras.KerasTensor:
    """Two convolutions of 3 by 3, and their input added to what they give."""
    entry = x
    x = _conv_bn(x, width, 3, f"{name}_1", stride, bias)
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = _conv_bn(x, width, 3, f"{name}_2", bias=bias)
    if shortcut:
        x = layers.add([x, _around(entry, name, width, stride, shortcut, bias)], name=f"{name}_add")
    return layers.ReLU(name=name)(x)


def _bottleneck(
    x: keras.KerasTensor, name: str, width: int, stride: int, shortcut: str | None, bias: bool, stride_in: str
) -> keras.KerasTensor:
    """A 3 by 3 convolution between two of 1 by 1, the last of them to four times the channels."""
    entry = x
    x = _conv_bn(x, width, 1, f"{name}_1", stride if stride_in == "1x1" else 1, bias)
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = _conv_bn(x, width, 3, f"{name}_2", stride if stride_in == "3x3" else 1, bias)
    x = layers.ReLU(name=f"{name}_2_relu")(x)
    x = _conv_bn(x, 4 * width, 1, f"{name}_3", bias=bias)
    if shortcut:
        x = layers.add([x, _around(entry, name, 4 * width, stride, shortcut, bias)], name=f"{name}_add")
    return layers.ReLU(name=name)(x)


def _around(
    x: keras.KerasTensor, name: str, width: int, stride: int, shortcut: str, bias: bool
) -> keras.KerasTensor:
    """What the shortcut hands to the addition."""
    from zoo_helpers.resnet.layers import ZeroPadShortcut

    if shortcut == "projection":
        return _conv_bn(x, width, 1, f"{name}_shortcut", stride, bias)
    if shortcut == "zeros":
        return ZeroPadShortcut(width, stride, name=f"{name}_shortcut")(x)
    return x  # the identity


def _conv_bn(
    x: keras.KerasTensor, width: int, kernel: int, name: str, stride: int = 1, bias: bool = False
) -> keras.KerasTensor:
    """A convolution and its batch normalization."""
    border = border_of(kernel, stride)
    if border:
        x = layers.ZeroPadding2D(border, name=f"{name}_pad")(x)
    padding = "valid" if border else "same"
    options = {"strides": stride, "padding": padding, "use_bias": bias, "kernel_initializer": "he_normal"}
    x = layers.Conv2D(width, kernel, **options, name=name)(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_bn")(x)


# --- The same by arithmetic -----------------------------------------------------------------------------


def trace(depth: int, classes: int = 1000, **options: Any) -> list[Row]:
    """The rows of `build` with the same options, by arithmetic.

    >>> from zoo_helpers.core.anatomy import totals
    >>> totals(trace(152)).weighted_layers
    152
    """
    chosen = SimpleNamespace(**asked(build, depth, classes, **options))
    kind, counts = CONFIGURATIONS[one_of("depth", depth, CONFIGURATIONS)]
    net = Trace(224)
    _trace_conv_bn(net, 64, 7, "conv1", stride=2, bias=chosen.conv_bias)
    net.layer("conv1_relu", "ReLU")
    net.pad("pool1_pad", 1)
    net.pool("pool1", size=3, stride=2)
    strided = 2 if kind == "bottleneck" and chosen.stride_in == "3x3" else 1
    for block in list_blocks(kind, counts, 64, chosen.shortcut, chosen.residual):
        _trace_block(net, kind, *block, chosen.conv_bias, strided)
    net.global_pool("pool5")
    net.dense("fc", chosen.classes)
    return net.rows


def trace_cifar(depth: int, **options: Any) -> list[Row]:
    """The rows of `build_cifar` with the same options, by arithmetic.

    >>> from zoo_helpers.core.anatomy import totals
    >>> totals(trace_cifar(20)).trainable
    269722
    """
    chosen = SimpleNamespace(**asked(build_cifar, depth, **options))
    n = count_a_stage(depth)
    net = Trace(chosen.side)
    _trace_conv_bn(net, chosen.width, 3, "conv1")
    net.layer("conv1_relu", "ReLU")
    for block in list_blocks("basic", (n, n, n), chosen.width, chosen.shortcut, chosen.residual):
        _trace_block(net, "basic", *block)
    net.global_pool("pool5")
    net.dense("fc", 10)
    return net.rows


def _trace_block(
    net: Trace,
    kind: str,
    name: str,
    width: int,
    stride: int,
    shortcut: str | None,
    bias: bool = False,
    strided: int = 1,
) -> None:
    """The rows of a block; `strided` is the number of the convolution that takes the stride."""
    entry = net.rows[-1]
    for number, (kernel, factor) in enumerate(BLOCKS[kind], start=1):
        if number > 1:
            net.layer(f"{name}_{number - 1}_relu", "ReLU")
        own_stride = stride if number == strided else 1
        main = _trace_conv_bn(net, factor * width, kernel, f"{name}_{number}", own_stride, bias)
    around = entry
    if shortcut == "projection":
        around = _trace_conv_bn(net, factor * width, 1, f"{name}_shortcut", stride, bias, entry)
    if shortcut == "zeros":
        kind, shape = "ZeroPadShortcut", main.output_shape
        around = net.layer(f"{name}_shortcut", kind, shape, stride=stride, after=entry)
    if shortcut:
        net.add(f"{name}_add", main, around)
    net.layer(name, "ReLU")


def _trace_conv_bn(
    net: Trace,
    width: int,
    kernel: int,
    name: str,
    stride: int = 1,
    bias: bool = False,
    after: Row | None = None,
) -> Row:
    border = border_of(kernel, stride)
    if border:
        net.pad(f"{name}_pad", border)
    options = {"stride": stride, "padding": "valid" if border else "same", "bias": bias, "after": after}
    net.conv(name, width, kernel, **options)
    return net.batch_norm(f"{name}_bn")
