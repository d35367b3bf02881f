"""LeNet-5 as it was in 1998, the LeNet that people build today, and what each difference costs.

Source: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition".

Differs from the paper:
- the ten prototypes are redrawn for this series; the paper's Figure 3 shows all printable
  characters (test_prototypes_look_like_printed_digits)
- biases start at 0, where the paper speaks of weights only (test_weights_start_as_the_paper_says)
- the loss has j = 0.1; the paper prints no value (test_loss_is_equation_9)
- the models come without the paper's optimizer, a stochastic diagonal Levenberg-Marquardt
  method (test_models_come_without_an_optimizer)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo_helpers.core.anatomy import Row
from zoo_helpers.core.arguments import one_of
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trace import Trace

# Table I as it is printed: a column for each map of C3, a row for each map of S2.
TABLE_I = """
    X . . . X X X . . X X X X . X X
    X X . . . X X X . . X X X X . X
    X X X . . . X X X . . X . X X X
    . X X X . . X X X X . . X . X X
    . . X X X . . X X X X . X X . X
    . . . X X X . . X X X X . X X X
"""
# For each map of C3, the maps of S2 that it sees.
CONNECTION_TABLE = tuple(
    tuple(s2_map for s2_map, mark in enumerate(column) if mark == "X")
    for column in zip(*(row.split() for row in TABLE_I.strip().splitlines()), strict=True)
)

# Redrawn for this series: the paper's are others, of the same size.
DIGITS = """
    ..###..  ...##..  .#####.  .#####.  ....##.
    .#####.  ..###..  #######  #######  ...###.
    ##...##  .####..  ##...##  ##...##  ...###.
    ##...##  ...##..  .....##  .....##  ..####.
    ##...##  ...##..  .....##  .....##  ..#.##.
    ##...##  ...##..  ....##.  ..####.  .##.##.
    ##...##  ...##..  ...##..  ..####.  .#..##.
    ##...##  ...##..  ..##...  .....##  ##..##.
    ##...##  ...##..  .##....  .....##  #######
    ##...##  ...##..  ##.....  ##...##  #######
    .#####.  .######  #######  #######  ....##.
    ..###..  .######  #######  .#####.  ....##.

    #######  ..####.  #######  .#####.  .#####.
    #######  .#####.  #######  #######  #######
    ##.....  ##.....  .....##  ##...##  ##...##
    ##.....  ##.....  ....##.  ##...##  ##...##
    ######.  ##.....  ....##.  ##...##  ##...##
    #######  ######.  ...##..  .#####.  #######
    .....##  #######  ...##..  .#####.  .######
    .....##  ##...##  ..##...  ##...##  .....##
    .....##  ##...##  ..##...  ##...##  .....##
    ##...##  ##...##  .##....  ##...##  .....##
    #######  #######  .##....  #######  .#####.
    .#####.  .#####.  .##....  .#####.  .####..
"""


def _bitmaps(drawing: str) -> np.ndarray:
    """The digits of a drawing with five side by side, as (10, 12, 7) of -1 (paper) and 1 (ink)."""
    lines = np.array([list(map(list, line.split())) for line in drawing.splitlines() if line.strip()])
    bitmaps = np.where(lines == "#", 1, -1).reshape(2, 12, 5, 7).swapaxes(1, 2).reshape(10, 12, 7)
    bitmaps.setflags(write=False)
    return bitmaps


PROTOTYPES = _bitmaps(DIGITS)


@dataclass(frozen=True)
class Difference:
    """One difference between the two networks, and how many parameters it adds to the one of today."""

    where: str
    in_1998: str
    today: str
    parameters: int


DIFFERENCES = (
    Difference("input", "32 by 32, from -0.1 to 1.175", "28 by 28, padded in C1", 0),
    Difference("activation", "1.7159 tanh(2x / 3)", "ReLU", 0),
    Difference("S2", "trained coefficients and biases, squashed", "plain average", -12),
    Difference("C3", "60 of 96 pairs of maps, by Table I", "all 96 pairs", 900),
    Difference("S4", "trained coefficients and biases, squashed", "plain average", -32),
    Difference("C5", "a convolution that covers the whole map", "a dense layer, which is the same", 0),
    Difference("OUTPUT", "distances to fixed prototypes", "a trained dense layer, softmax", 850),
    Difference("initial weights", "uniform, up to 2.4 / fan-in", "Glorot's", 0),
    Difference("loss", "equation 9", "cross-entropy", 0),
    Difference("optimizer", "stochastic diagonal Levenberg-Marquardt", "AdamW", 0),
)


def build_1998() -> keras.Model:
    """LeNet-5 with the connection table, trainable subsampling and fixed prototypes: 60,000 parameters.

    Takes images from `prepare_1998`, gives ten distances: the smallest wins.
    """
    from zoo_helpers.lenet.layers import (  # it starts Keras
        ConnectionTableConv2D,
        FanInUniform,
        RadialBasisOutput,
        Subsampling,
        squash,
    )

    def options(name: str) -> dict[str, Any]:
        return {"activation": squash, "kernel_initializer": FanInUniform(), "name": name}

    x = image = keras.Input((32, 32, 1), name="image")
    x = layers.Conv2D(6, 5, **options("C1"))(x)  # (N, 28, 28, 6)
    x = Subsampling(name="S2")(x)  # (N, 14, 14, 6)
    x = ConnectionTableConv2D(CONNECTION_TABLE, name="C3")(x)  # (N, 10, 10, 16)
    x = Subsampling(name="S4")(x)  # (N, 5, 5, 16)
    x = layers.Conv2D(120, 5, **options("C5"))(x)  # (N, 1, 1, 120)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(84, **options("F6"))(x)
    x = RadialBasisOutput(PROTOTYPES.reshape(10, 84), name="OUTPUT")(x)
    return keras.Model(image, x, name="lenet5-1998")


def build_modern() -> keras.Model:
    """LeNet as people build it today, for images of 28 by 28 pixels: 61,706 parameters, ten probabilities."""
    x = image = keras.Input((28, 28, 1), name="image")
    x = layers.Conv2D(6, 5, padding="same", activation="relu", name="C1")(x)  # (N, 28, 28, 6)
    x = layers.AveragePooling2D(2, name="S2")(x)  # (N, 14, 14, 6)
    x = layers.Conv2D(16, 5, activation="relu", name="C3")(x)  # (N, 10, 10, 16)
    x = layers.AveragePooling2D(2, name="S4")(x)  # (N, 5, 5, 16)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(120, activation="relu", name="C5")(x)
    x = layers.Dense(84, activation="relu", name="F6")(x)
    x = layers.Dense(10, activation="softmax", name="OUTPUT")(x)
    return keras.Model(image, x, name="lenet5-modern")


def trace_1998() -> list[Row]:
    """The rows of `build_1998` by arithmetic.

    >>> sum(row.parameters for row in trace_1998())
    60000
    """
    pairs = sum(map(len, CONNECTION_TABLE))
    net = Trace(side=32, width=1)
    net.conv("C1", 6, kernel=5, padding="valid")
    _subsample(net, "S2")
    net.layer(
        "C3",
        "ConnectionTableConv2D",
        (10, 10, len(CONNECTION_TABLE)),
        parameters=25 * pairs + len(CONNECTION_TABLE),
        multiply_adds=10 * 10 * 25 * pairs,
        window=5,
    )
    _subsample(net, "S4")
    net.conv("C5", 120, kernel=5, padding="valid")
    net.flatten("flatten")
    net.dense("F6", 84)
    net.layer("OUTPUT", "RadialBasisOutput", (10,), multiply_adds=PROTOTYPES.size)
    return net.rows


def trace_modern() -> list[Row]:
    """The rows of `build_modern` by arithmetic.

    >>> sum(row.parameters for row in trace_modern())
    61706
    """
    net = Trace(side=28, width=1)
    net.conv("C1", 6, kernel=5)
    net.pool("S2", size=2, stride=2, kind="AveragePooling2D")
    net.conv("C3", 16, kernel=5, padding="valid")
    net.pool("S4", size=2, stride=2, kind="AveragePooling2D")
    net.flatten("flatten")
    net.dense("C5", 120)
    net.dense("F6", 84)
    net.dense("OUTPUT", 10)
    return net.rows


def count_connections(layer: str) -> int:
    """How often the layer of LeNet-5 uses a weight or a bias for one image, as the paper counts connections.

    >>> count_connections("C3"), count_connections("S4")
    (151600, 2000)
    """
    rows = {row.name: row for row in trace_1998() if row.multiply_adds}
    row = rows[one_of("layer", layer, rows)]
    outputs = math.prod(row.output_shape)
    if row.kind == "Subsampling":
        return (4 + 1) * outputs  # four pixels of the block, and the bias
    biases = 0 if row.kind == "RadialBasisOutput" else outputs
    return row.multiply_adds + biases


def _subsample(net: Trace, name: str) -> None:
    side, _, maps = net.rows[-1].output_shape
    net.layer(
        name,
        "Subsampling",
        (side // 2, side // 2, maps),
        parameters=2 * maps,
        multiply_adds=(side // 2) ** 2 * maps,
        window=2,
        stride=2,
    )
