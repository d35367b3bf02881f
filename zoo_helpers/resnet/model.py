"""ResNet: the ImageNet family of 18 to 152 layers and the CIFAR family of 6n + 2, residual or plain.

Source: He, Zhang, Ren and Sun 2015, "Deep residual learning for image recognition". The tables and the counts
are in `zoo_helpers.resnet.plan`.

Differs from the paper:
- starts from He's normal weights cut off at two deviations (test_weights_start_as_he_says_but_cut_off)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zoo_helpers.core.training import quiet_tensorflow
from zoo_helpers.resnet.plan import (
    CONFIGURATIONS,
    Block,
    Convolution,
    Plan,
    plan,
    plan_cifar,
    trace,
    trace_cifar,
)

if TYPE_CHECKING:
    import keras
    from keras import KerasTensor

__all__ = ["CONFIGURATIONS", "build", "build_cifar", "keras_name", "trace", "trace_cifar"]


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
    return _assemble(
        plan(
            depth,
            classes,
            residual=residual,
            shortcut=shortcut,
            conv_bias=conv_bias,
            stride_in=stride_in,
        )
    )


def build_cifar(
    depth: int, *, residual: bool = True, shortcut: str = "A", width: int = 16, side: int = 32
) -> keras.Model:
    """The network of section 4.2 with 6n + 2 layers, for images of `side` by `side` pixels and ten classes.

    width : channels of the first stage; the second has twice and the third four times as many

    Raises ValueError that names the allowed values.
    """
    return _assemble(plan_cifar(depth, residual=residual, shortcut=shortcut, width=width, side=side))


def keras_name(layer: str) -> str:
    """The name in `keras.applications.ResNet50`, 101 and 152 of a layer with weights.

    >>> keras_name("conv1"), keras_name("conv4_2_1"), keras_name("conv4_1_shortcut_bn"), keras_name("fc")
    ('conv1_conv', 'conv4_block2_1_conv', 'conv4_block1_0_bn', 'predictions')
    """
    if layer == "fc":
        return "predictions"
    conv = layer.removesuffix("_bn")
    kind = "bn" if layer.endswith("_bn") else "conv"
    return re.sub(r"_(\d+)_", r"_block\1_", conv).replace("shortcut", "0") + f"_{kind}"


def _assemble(plan: Plan) -> keras.Model:
    quiet_tensorflow()
    from keras import Input, Model, layers

    x = image = Input((plan.side, plan.side, 3), name="image")
    x = _convolution(x, plan.stem)
    x = layers.ReLU(name="conv1_relu")(x)
    if plan.pooled:
        x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
        x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for block in plan.blocks:
        x = _block(x, block)
    x = layers.GlobalAveragePooling2D(name="pool5")(x)
    x = layers.Dense(plan.classes, activation="softmax", name="fc")(x)
    return Model(image, x, name=plan.name)


def _block(x: KerasTensor, block: Block) -> KerasTensor:
    """The main path, the shortcut, their sum, then ReLU. The last layer has the name of the block."""
    from keras import layers

    entry = x
    for conv in block.main[:-1]:
        x = _convolution(x, conv)
        x = layers.ReLU(name=f"{conv.name}_relu")(x)
    x = _convolution(x, block.main[-1])
    if block.shortcut:
        shortcut = _shortcut(entry, block)
        x = layers.add([x, shortcut], name=f"{block.name}_add")
    return layers.ReLU(name=block.name)(x)


def _shortcut(x: KerasTensor, block: Block) -> KerasTensor:
    from zoo_helpers.resnet.layers import ZeroPadShortcut

    if block.shortcut == "projection":
        return _convolution(x, block.projection)
    if block.shortcut == "zero padding":
        return ZeroPadShortcut(block.width, block.stride, name=f"{block.name}_shortcut")(x)
    return x  # the identity


def _convolution(x: KerasTensor, conv: Convolution) -> KerasTensor:
    from keras import layers

    from zoo_helpers.resnet.layers import FusedBatchNormalization

    if conv.border:
        x = layers.ZeroPadding2D(conv.border, name=f"{conv.name}_pad")(x)
    x = layers.Conv2D(
        conv.width,
        conv.kernel,
        strides=conv.stride,
        padding="valid" if conv.border else "same",
        use_bias=conv.bias,
        kernel_initializer="he_normal",
        name=conv.name,
    )(x)
    return FusedBatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{conv.name}_bn")(x)
