"""Lesson 03's experiments on CIFAR-10: ReLU against tanh, and a small AlexNet with and without its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo_helpers.alexnet.model import ACTIVATIONS, build_mini
from zoo_helpers.core import arguments, datasets, training
from zoo_helpers.core.arguments import finite, numbers, one_of, whole
from zoo_helpers.core.backend import keras, layers

EPOCHS = 8  # of the small AlexNet
TYPICAL_PIXEL = 64.0  # the standard deviation of CIFAR-10's pixels, 0..255


@dataclass(frozen=True)
class Start:
    """How figure 1's network begins, and how it learns. weights and rates (the best ones) are by activation.

    divisor : what pixels are divided by, after the mean is subtracted
    weights : the standard deviation of the initial weights, or the name of a Keras initializer
    """

    divisor: float
    weights: dict[str, float | str]
    rates: dict[str, float]
    widths: tuple[int, int, int] = (16, 32, 32)
    epochs: int = 14


TODAY = {"relu": "he_normal", "tanh": "glorot_normal"}
# Each rate is the one of 0.001, 0.003, 0.01, 0.03 and 0.1 that left the fewest errors with seed 0.
STARTS = {
    "paper": Start(1.0, {"relu": 0.01, "tanh": 0.01}, {"relu": 0.001, "tanh": 0.03}),
    "today": Start(TYPICAL_PIXEL, TODAY, {"relu": 0.01, "tanh": 0.03}),
    "wide": Start(TYPICAL_PIXEL, TODAY, {"relu": 0.003, "tanh": 0.03}, widths=(32, 64, 64), epochs=10),
}


def prepare(images: np.ndarray, divisor: float = 1.0) -> np.ndarray:
    """Pixels as the paper feeds them: float32, less the training images' mean; `divisor` scales them."""
    images = finite("images", numbers("images", images, "(N, 32, 32, 3)", None, 32, 32, 3))
    if images.min() < 0 or (images.any() and not 1 < images.max() <= 255):
        low, high = images.min(), images.max()
        raise ValueError(f"images must be pixels of 0..255; got numbers of {low:.3g} to {high:.3g}")
    mean = datasets.load("cifar10").train_images.mean(axis=0)
    return ((images - mean) / arguments.number("divisor", divisor, above=0)).astype("float32")


def build_racer(start: str, activation: str) -> keras.Model:
    """Figure 1's four layers at our size: three 5 × 5 convolutions and ten outputs, from 32 × 32 pixels."""
    begin = STARTS[one_of("start", start, STARTS)]
    weights = begin.weights[one_of("activation", activation, ACTIVATIONS)]

    def initial() -> keras.Initializer:
        if isinstance(weights, float):
            return keras.initializers.RandomNormal(stddev=weights)
        return keras.initializers.get(weights)

    x = image = keras.Input((32, 32, 3), name="image")
    for number, width in enumerate(begin.widths, start=1):
        x = layers.Conv2D(
            width,
            5,
            strides=2 if number == 1 else 1,
            padding="same",
            activation=activation,
            kernel_initializer=initial(),
            name=f"conv{number}",
        )(x)
        x = layers.MaxPooling2D(name=f"pool{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(10, activation="softmax", kernel_initializer=initial(), name="fc4")(x)
    return keras.Model(image, x, name=f"racer_{activation}")


def train_racer(start: str, activation: str, seed: int = 0, epochs: int | None = None) -> np.ndarray:
    """The training error during each epoch, (epochs,), of one network: no dropout, no decay, as in figure 1.

    start      : "paper", "today" or "wide", see STARTS
    activation : "relu" or "tanh"
    epochs     : other than STARTS says
    """
    training.set_seeds(seed)
    racer = build_racer(start, activation)
    data = datasets.load("cifar10")
    history = training.fit(
        racer,
        prepare(data.train_images, STARTS[start].divisor),
        data.train_labels,
        epochs=STARTS[start].epochs if epochs is None else whole("epochs", epochs),
        stage=f"training with {activation}",
        optimizer=keras.optimizers.SGD(STARTS[start].rates[activation], momentum=0.9),
    )
    return 1 - history["accuracy"]


def measure_slopes(start: str) -> np.ndarray:
    """tanh's slope, 0 to 1, at each unit of conv1 before training, for 100 images: (100, 16, 16, C)."""
    training.set_seeds(0)
    model = build_racer(start, "tanh")
    images = prepare(datasets.load("cifar10").train_images[:100], STARTS[start].divisor)
    return 1 - np.square(model.get_layer("conv1")(images))


def count_epochs(errors: np.ndarray, goal: float) -> np.ndarray:
    """How many epochs until the error (..., epochs) first is at most `goal`; infinity where it never is.

    >>> count_epochs(np.array([[0.9, 0.4, 0.2], [0.9, 0.8, 0.7]]), 0.25)
    array([ 3., inf])
    """
    errors = numbers("errors", errors)
    if not errors.size or not errors.ndim:
        raise ValueError(f"errors must have shape (..., epochs) with nothing empty; got shape {errors.shape}")
    reached = errors <= arguments.number("goal", goal)
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1) + 1.0, np.inf)


def run_relu_vs_tanh(seed: int) -> dict[str, np.ndarray]:
    """The training errors (epochs,) from each start: "paper_relu", "paper_tanh", "today_relu", …"""
    return {
        f"{start}_{activation}": train_racer(start, activation, seed).astype("float32")
        for start in STARTS
        for activation in ("relu", "tanh")
    }


def start_mini(seed: int = 0, **options: Any) -> keras.Model:
    """The small AlexNet as it starts with this seed, before training; the options of `build_mini`."""
    training.set_seeds(seed)
    return build_mini(**options)


def train_mini(seed: int = 0, divisor: float = TYPICAL_PIXEL, **options: Any) -> keras.Model:
    """`start_mini`, trained on the 4,000 bundled images with Adam, their pixels divided by `divisor`."""
    model = start_mini(seed, **options)
    data = datasets.load("cifar10")
    training.fit(
        model,
        prepare(data.train_images, divisor),
        data.train_labels,
        epochs=EPOCHS,
        stage="training the small AlexNet",
    )
    return model


def measure_error(model: keras.Model, divisor: float = TYPICAL_PIXEL) -> float:
    """The model's top-1 error on the 2,000 bundled test images, a fraction."""
    data = datasets.load("cifar10")
    scores = model.predict(prepare(data.test_images, divisor), batch_size=500, verbose=0)
    return float(np.mean(scores.argmax(axis=1) != data.test_labels))


def run_lrn(seed: int) -> dict[str, np.ndarray]:
    """Test errors with and without LRN, with the paper's pixels (up to ±128) and divided by 64."""
    return {
        f"{pixels}_{'with' if lrn else 'without'}": np.array(
            measure_error(train_mini(seed, divisor, lrn=lrn), divisor)
        )
        for pixels, divisor in (("paper", 1.0), ("today", TYPICAL_PIXEL))
        for lrn in (True, False)
    }


def run_pooling(seed: int) -> dict[str, np.ndarray]:
    """Test errors with pooling windows of 3 and of 2, both in steps of 2."""
    return {
        name: np.array(measure_error(train_mini(seed, overlapping_pooling=overlapping)))
        for name, overlapping in (("overlapping", True), ("apart", False))
    }


def find_principal_colours(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The variances (3,), largest first, and directions (3, 3), one a row, of the pixels' colours in 0..1."""
    pixels = numbers("images", images, "(N, H, W, 3)", None, None, None, 3).reshape(-1, 3) / 255
    variances, directions = np.linalg.eigh(np.cov(pixels, rowvar=False))
    directions = directions * np.sign(directions[0])  # eigh leaves the signs open: here more red is positive
    return variances[::-1], directions.T[::-1]


def shift_colours(
    image: np.ndarray, alphas: np.ndarray, variances: np.ndarray, directions: np.ndarray
) -> np.ndarray:
    """The image, uint8 (H, W, 3), with one colour added everywhere: the sum of alpha × variance × direction.

    Source: Krizhevsky et al. 2012, section 4.1.
    """
    image = numbers("image", image, "(H, W, 3)", None, None, 3)
    alphas = finite("alphas", numbers("alphas", alphas, "(3,)", 3))
    colour = 255 * (alphas * variances) @ directions
    return np.clip(np.rint(image + colour), 0, 255).astype(np.uint8)
