"""Lesson 04's experiment: one 7 by 7 convolution against three 3 by 3, which see the same 7 by 7 pixels;
and what the lesson counts beside it.

All else is equal: the channels, the place in the network, the training. A third network holds three 3 by 3
without the two ReLUs between them: as few weights as the second, but no more non-linear than the first.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zoo_helpers.core import datasets, papers, training
from zoo_helpers.core.anatomy import Row
from zoo_helpers.core.trace import Trace

if TYPE_CHECKING:
    import keras

CHANNELS = 16
EPOCHS = 12

# name -> the block's kernels, and whether a ReLU stands between them; one always closes the block
BLOCKS = MappingProxyType(
    {
        "one 7 × 7": ((7,), True),
        "three 3 × 3": ((3, 3, 3), True),
        "three 3 × 3, no ReLU between": ((3, 3, 3), False),
    }
)


def build_small(block: str) -> keras.Model:
    """A small network around one of BLOCKS: pixels 0..255 (32, 32, 3) to ten probabilities.

    Nothing is padded, so that what an output sees is the same whatever lies around it.

    Raises ValueError for a block that is not in BLOCKS.
    """
    if block not in BLOCKS:
        raise ValueError(f"block must be one of {'; '.join(BLOCKS)}; got {block!r}")
    training.quiet_tensorflow()
    import keras
    from keras import layers

    kernels, relu_between = BLOCKS[block]
    images = keras.Input((32, 32, 3), name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(images)
    x = layers.Conv2D(CHANNELS, 6, strides=2, activation="relu", name="conv1")(x)  # (14, 14, 16)
    for number, kernel in enumerate(kernels, start=1):
        activation = "relu" if relu_between or number == len(kernels) else None
        spread = "he_normal" if activation else "lecun_normal"
        x = layers.Conv2D(
            CHANNELS, kernel, activation=activation, kernel_initializer=spread, name=f"conv2_{number}"
        )(x)
    x = layers.MaxPooling2D(name="pool2")(x)  # (8, 8, 16) to (4, 4, 16)
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(images, layers.Dense(10, activation="softmax", name="fc3")(x), name="small")


def train_small(block: str, seed: int = 0) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """The network around `block`, trained on the 4,000 bundled images, and its history with both accuracies.

    12 passes: about 13 s on two cores. Adam's own learning rate, 0.001, was the best of three for each block.
    """
    training.set_seeds(seed)
    model = build_small(block)
    data = datasets.load("cifar10")
    history = training.fit(
        model,
        data.train_images,
        data.train_labels,
        epochs=EPOCHS,
        stage=f"training with {block}",
        validation=(data.test_images, data.test_labels),
        seed=seed,
    )
    return model, history


def run_stacking(seed: int) -> dict[str, np.ndarray]:
    """The "training" and "test" error of the three networks, each (3, epochs), in the order of BLOCKS."""
    histories = [train_small(block, seed)[1] for block in BLOCKS]
    return {
        "training": 1 - np.stack([history["accuracy"] for history in histories]),
        "test": 1 - np.stack([history["val_accuracy"] for history in histories]),
    }


class Stack(NamedTuple):
    """A stack of equal convolutions: the side that each layer sees, in pixels, and the weights in C²."""

    fields: tuple[int, ...]
    weights: int
    weights_of_one: int


def trace_stack(depth: int, kernel: int, stride: int = 1) -> Stack:
    """A stack of `depth` convolutions, kernel by kernel, and the one layer that would see as far.

    >>> trace_stack(3, 3)
    Stack(fields=(3, 5, 7), weights=27, weights_of_one=49)
    """
    net = Trace(side=224, width=1)
    rows = [net.conv(f"conv{number}", 1, kernel, stride=stride, bias=False) for number in range(1, depth + 1)]
    fields = tuple(row.receptive_field for row in rows)
    return Stack(fields, sum(row.parameters for row in rows), fields[-1] ** 2)


def sum_stages(rows: Sequence[Row], column: str) -> dict[str, int]:
    """The sums of a column of the rows over the five stages, and its values for fc6, fc7 and fc8."""
    sums = dict.fromkeys([f"stage {number}" for number in range(1, 6)], 0)
    for row in rows:
        if row.kind in ("Conv2D", "LocalResponseNormalization", "MaxPooling2D"):
            sums[f"stage {re.search('[1-5]', row.name)[0]}"] += getattr(row, column)
        elif row.kind == "Dense":
            sums[row.name] = getattr(row, column)
    return sums


class Cost(NamedTuple):
    """What one network costs, for one image, and its top-5 error in per cent, with ten crops."""

    name: str
    multiply_adds: int
    parameters: int
    error: float


def compare_cost() -> list[Cost]:
    """AlexNet, VGG-16 and two ResNets, from the ledger; the errors are those of single networks."""
    alexnet = [papers.fact(f"alexnet.{name}").value for name in ("multiply_adds", "parameters")]
    error = papers.table("alexnet.table2").row("1 CNN")["top-5 error, validation"]
    costs = [Cost("AlexNet, 2012", *alexnet, error)]
    errors = papers.table("resnet.table3")
    vgg = papers.table("vgg.parameters").row("D")
    error = errors.row("VGG-16")["top-5 error"]
    costs.append(Cost("VGG-16, 2014", vgg["multiply-adds"], vgg["parameters"], error))
    for depth, name in ((34, "ResNet-34 B"), (152, "ResNet-152")):
        work = papers.table("resnet.multiply_adds").row(depth)["stride in the 1x1"]
        parameters = papers.table("resnet.parameters").row(depth)["parameters"]
        costs.append(Cost(f"ResNet-{depth}, 2015", work, parameters, errors.row(name)["top-5 error"]))
    return costs


def tile(images: np.ndarray, columns: int) -> np.ndarray:
    """Images (N, side, side, 3) side by side as one picture, `columns` in a row.

    >>> tile(np.zeros((6, 32, 32, 3)), columns=3).shape
    (64, 96, 3)
    """
    rows = [
        np.concatenate(images[start : start + columns], axis=1) for start in range(0, len(images), columns)
    ]
    return np.concatenate(rows)


def cut_crops(image: np.ndarray, side: int, step: int) -> np.ndarray:
    """Every crop of side by side pixels, `step` pixels apart: (H, W, 3) to (rows, columns, side, side, 3).

    >>> cut_crops(np.zeros((64, 96, 3)), side=32, step=4).shape
    (9, 17, 32, 32, 3)
    """
    windows = np.lib.stride_tricks.sliding_window_view(image, (side, side), axis=(0, 1))
    return np.moveaxis(windows[::step, ::step], 2, -1)


def load_keras_vgg16() -> keras.Model:
    """Keras' own VGG16 for images of 32 by 32 pixels, without a network connection.

    With its trained weights if an earlier download lies in Keras' cache, all but fc1's, which need 224 by 224
    pixels; else with random weights that bring pixels of -128..127 to activations of about 1.
    """
    training.quiet_tensorflow()
    import keras

    model = keras.applications.VGG16(weights=None, input_shape=(32, 32, 3))
    random = np.random.default_rng(0)
    for layer in model.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            spread = np.sqrt(2 / np.prod(kernel.shape[:-1])) / (64 if layer.name == "block1_conv1" else 1)
            layer.set_weights([random.normal(0, spread, kernel.shape), random.normal(0, 0.1, bias.shape)])
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    file = papers.table("keras.weights").row("VGG16")["file"].split("/")[-1]
    cached = home / "models" / f"{file}.h5"
    if cached.exists():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that fc1 does not fit
            model.load_weights(cached, by_name=True, skip_mismatch=True)
    return model
