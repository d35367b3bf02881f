"""AlexNet: five convolutions and three fully connected layers, in two towers, from one table.

Source: Krizhevsky, Sutskever and Hinton 2012, "ImageNet classification with deep convolutional neural
networks".

Differs from the paper:
- images are 227 by 227 pixels: from the printed 224, a kernel of 11 in steps of 4 does not come
  out even (test_only_227_pixels_give_the_printed_sides)
- dropout doubles what it keeps while training; the paper halves all outputs at test time instead, which
  comes to the same mean (test_dropout_is_inverted)
- towers=1 keeps all kernels and lets them see all channels; the paper's network for one GPU had half of
  them (test_one_tower_keeps_the_widths)
- `build_mini` is ours: a quarter of the channels and a small first kernel (test_mini_is_a_quarter_as_wide)
- `build_mini` starts from He's weights and biases of 0: so small a network does not start to learn from the
  paper's (test_mini_starts_from_he_weights)
- `build_cifar` is ours too: its first kernels, of 7 × 7 pixels, are large enough to look at, and only
  they start small, as the paper's do (test_cifar_keeps_large_first_kernels)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.arguments import one_of, switch, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trace import Trace

TOWERS = (1, 2)
ACTIVATIONS = ("relu", "tanh")


@dataclass(frozen=True)
class Convolution:
    """One convolution, its biases at the start, and what follows it. A split one sees only its own tower.

    spread : as in `Design`, if this one starts from other weights
    """

    name: str
    width: int
    kernel: int
    stride: int = 1
    padding: str = "same"
    split: bool = False
    bias: int = 0
    lrn: bool = False
    pool: bool = False
    spread: float | None = None


@dataclass(frozen=True)
class Design:
    """A whole network: the images' side in pixels, the convolutions, and fc6 and fc7.

    spread is the standard deviation of the initial weights; "he_normal" lets it depend on the fan-in.
    """

    side: int
    convolutions: tuple[Convolution, ...]
    units: int
    bias: int
    spread: float | str


@dataclass(frozen=True)
class Options:
    """The options of `build`, checked as it says there."""

    towers: int = 2
    lrn: bool = True
    overlapping_pooling: bool = True
    activation: str = "relu"
    classes: int = 1000

    def __post_init__(self) -> None:
        vars(self).update(  # in Python's own numbers, which Keras takes
            towers=int(one_of("towers", self.towers, TOWERS)),
            lrn=switch("lrn", self.lrn),
            overlapping_pooling=switch("overlapping_pooling", self.overlapping_pooling),
            activation=one_of("activation", self.activation, ACTIVATIONS),
            classes=whole("classes", self.classes),
        )

    def groups(self, conv: Convolution) -> int:
        """The number of towers that a convolution falls into."""
        return self.towers if conv.split else 1

    @property
    def window(self) -> int:
        """The side of the pooling windows, which move in steps of 2."""
        return 3 if self.overlapping_pooling else 2


# Section 3.5 and Figure 2; initial weights and biases from section 5.
CONVOLUTIONS = (
    Convolution("conv1", 96, 11, stride=4, padding="valid", lrn=True, pool=True),
    Convolution("conv2", 256, 5, split=True, bias=1, lrn=True, pool=True),
    Convolution("conv3", 384, 3),
    Convolution("conv4", 384, 3, split=True, bias=1),
    Convolution("conv5", 256, 3, split=True, bias=1, pool=True),
)
PAPER = Design(227, CONVOLUTIONS, units=4096, bias=1, spread=0.01)

# Maps of 15, 7 and 3 pixels: odd, like the paper's 55, 27 and 13, so that windows of 3 and of 2 pool alike.
CONVOLUTIONS_MINI = (
    replace(CONVOLUTIONS[0], width=24, kernel=4, stride=2),
    *(replace(conv, width=conv.width // 4, bias=0) for conv in CONVOLUTIONS[1:]),
)
MINI = Design(32, CONVOLUTIONS_MINI, units=256, bias=0, spread="he_normal")

CONVOLUTIONS_CIFAR = (
    replace(CONVOLUTIONS[0], width=48, kernel=7, stride=2, padding="same", spread=0.01),
    *(replace(conv, width=conv.width // 4, bias=0) for conv in CONVOLUTIONS[1:]),
)
CIFAR = Design(32, CONVOLUTIONS_CIFAR, units=128, bias=0, spread="he_normal")

NAMES = {PAPER: "alexnet", MINI: "alexnet-mini", CIFAR: "alexnet-cifar"}


def build(
    towers: int = 2,
    lrn: bool = True,
    overlapping_pooling: bool = True,
    activation: str = "relu",
    classes: int = 1000,
) -> keras.Model:
    """The paper's network, for images of 227 by 227 pixels. Each option changes one thing.

    towers              : 2, or 1 to let conv2, conv4 and conv5 see all channels
    lrn                 : local response normalization after conv1 and conv2
    overlapping_pooling : windows of 3 in steps of 2; else windows of 2, which give maps of the same size
    activation          : "relu" or "tanh", everywhere but in fc8

    Raises ValueError that names the option and what is allowed.
    """
    return _assemble(PAPER, Options(towers, lrn, overlapping_pooling, activation, classes))


def build_mini(**options: Any) -> keras.Model:
    """A small AlexNet for images of 32 by 32 pixels and 10 classes, with the options of `build`."""
    return _assemble(MINI, Options(**{"classes": 10, **options}))


def build_cifar(**options: Any) -> keras.Model:
    """A small AlexNet with 48 first kernels of 7 × 7 pixels, for all of CIFAR-10; the options of `build`."""
    return _assemble(CIFAR, Options(**{"classes": 10, **options}))


def trace(**options: Any) -> list[Row]:
    """The rows of `build` with the same options, by arithmetic on the table.

    >>> [row.output_shape for row in trace() if row.name.startswith("pool")]
    [(27, 27, 96), (13, 13, 256), (6, 6, 256)]
    """
    return _trace(PAPER, Options(**options))


def trace_mini(**options: Any) -> list[Row]:
    """The rows of `build_mini` with the same options, by arithmetic on the table."""
    return _trace(MINI, Options(**{"classes": 10, **options}))


def trace_cifar(**options: Any) -> list[Row]:
    """The rows of `build_cifar` with the same options, by arithmetic on the table."""
    return _trace(CIFAR, Options(**{"classes": 10, **options}))


def count_parameters(towers: int = 2) -> int:
    """The number of weights and biases, by arithmetic on the table.

    >>> count_parameters(), count_parameters(towers=1)
    (60965224, 62378344)
    """
    return totals(trace(towers=towers)).parameters


def count_multiply_adds(towers: int = 2) -> int:
    """The multiply-adds for one image of 227 by 227 pixels, by arithmetic on the table.

    >>> count_multiply_adds()
    724406816
    """
    return totals(trace(towers=towers)).multiply_adds


def _assemble(design: Design, options: Options) -> keras.Model:
    from zoo_helpers.alexnet.layers import LocalResponseNormalization, TowerConv2D  # they start Keras

    def start(bias: int, spread: float | str = design.spread) -> dict[str, Any]:
        kernel = keras.initializers.RandomNormal(stddev=spread) if isinstance(spread, float) else spread
        return {"kernel_initializer": kernel, "bias_initializer": keras.initializers.Constant(bias)}

    x = image = keras.Input((design.side, design.side, 3), name="image")
    for number, conv in enumerate(design.convolutions, start=1):
        groups = options.groups(conv)
        x = (layers.Conv2D if groups == 1 else TowerConv2D)(
            conv.width,
            conv.kernel,
            strides=conv.stride,
            padding=conv.padding,
            groups=groups,
            activation=options.activation,
            name=conv.name,
            **start(conv.bias, conv.spread or design.spread),
        )(x)
        if conv.lrn and options.lrn:
            x = LocalResponseNormalization(name=f"lrn{number}")(x)
        if conv.pool:
            x = layers.MaxPooling2D(options.window, strides=2, name=f"pool{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    for number in (6, 7):
        dense = layers.Dense(
            design.units, activation=options.activation, name=f"fc{number}", **start(design.bias)
        )
        x = layers.Dropout(0.5, name=f"drop{number}")(dense(x))
    x = layers.Dense(options.classes, activation="softmax", name="fc8", **start(bias=0))(x)
    return keras.Model(image, x, name=NAMES[design])


def _trace(design: Design, options: Options) -> list[Row]:
    net = Trace(design.side)
    for number, conv in enumerate(design.convolutions, start=1):
        net.conv(
            conv.name,
            conv.width,
            conv.kernel,
            stride=conv.stride,
            padding=conv.padding,
            groups=options.groups(conv),
        )
        if conv.lrn and options.lrn:
            net.layer(f"lrn{number}", "LocalResponseNormalization")
        if conv.pool:
            net.pool(f"pool{number}", size=options.window, stride=2)
    net.flatten("flatten")
    for number in (6, 7):
        net.dense(f"fc{number}", design.units)
        net.layer(f"drop{number}", "Dropout")
    net.dense("fc8", options.classes)
    return net.rows
