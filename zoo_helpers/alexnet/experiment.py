"""Lesson 03's experiments on CIFAR-10: ReLU against tanh, and a small AlexNet with and without its parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from zoo_helpers.alexnet.model import ACTIVATIONS, build_cifar, build_mini
from zoo_helpers.core import arguments, datasets, trained, training
from zoo_helpers.core.arguments import numbers, one_of, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.crops import random_crops
from zoo_helpers.core.trained import Classifier, Recipe, cross_entropy, likeliest

EPOCHS = 8  # of the small AlexNet
LONG = 16  # of the one that shall overfit
TYPICAL_PIXEL = 64.0  # the standard deviation of CIFAR-10's pixels, 0..255
SHIFT = 2  # pixels to each side, of 32: the same share as AlexNet's crops of 224 of 256
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)  # that the race was searched for


@dataclass(frozen=True)
class Start:
    """How figure 1's network begins, and how it learns. weights and rates (the best ones) are by activation.

    divisor : what pixels are divided by, after the mean is subtracted
    weights : the standard deviation of the initial weights, or the name of a Keras initializer
    bias    : of conv2 and conv3 at the start
    """

    divisor: float
    weights: dict[str, float | str]
    rates: dict[str, float]
    bias: int = 0
    epochs: int = 30


PAPERS = {"relu": 0.01, "tanh": 0.01}
TODAY = {"relu": "he_normal", "tanh": "glorot_normal"}
# Each rate is the one of RATES that reached 25 % first with seed 0, or came nearest: see `run_rates`.
STARTS = {
    "paper": Start(1.0, PAPERS, {"relu": 0.001, "tanh": 0.01}),
    "biases": Start(1.0, PAPERS, {"relu": 0.001, "tanh": 0.03}, bias=1),
    "today": Start(TYPICAL_PIXEL, TODAY, {"relu": 0.003, "tanh": 0.01}, epochs=20),
}
WIDTHS = (16, 32, 32)  # of the race's convolutions


def prepare(images: np.ndarray, divisor: float = 1.0) -> np.ndarray:
    """Pixels as the paper feeds them: float32, less the training images' mean; `divisor` scales them."""
    images = arguments.pixels("images", images, "(N, 32, 32, 3)", None, 32, 32, 3)
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
    for number, width in enumerate(WIDTHS, start=1):
        x = layers.Conv2D(
            width,
            5,
            strides=2 if number == 1 else 1,
            padding="same",
            activation=activation,
            kernel_initializer=initial(),
            bias_initializer=keras.initializers.Constant(begin.bias if number > 1 else 0),
            name=f"conv{number}",
        )(x)
        x = layers.MaxPooling2D(name=f"pool{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(10, activation="softmax", kernel_initializer=initial(), name="fc4")(x)
    return keras.Model(image, x, name=f"racer_{activation}")


def train_racer(
    start: str, activation: str, seed: int = 0, epochs: int | None = None, rate: float | None = None
) -> np.ndarray:
    """The training error during each epoch, (epochs,), of one network: no dropout, no decay, as in figure 1.

    start        : "paper", "biases" or "today", see STARTS
    activation   : "relu" or "tanh"
    epochs, rate : other than STARTS says
    """
    training.set_seeds(seed)
    racer = build_racer(start, activation)
    rate = STARTS[start].rates[activation] if rate is None else arguments.number("rate", rate, above=0)
    data = datasets.load("cifar10")
    history = training.fit(
        racer,
        prepare(data.train_images, STARTS[start].divisor),
        data.train_labels,
        epochs=STARTS[start].epochs if epochs is None else whole("epochs", epochs),
        stage=f"training with {activation}",
        optimizer=keras.optimizers.SGD(rate, momentum=0.9),
    )
    return 1 - history["accuracy"]


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
    """The training errors (epochs,) from each start: "paper_relu", "paper_tanh", "biases_relu", …

    Seed 0 chose the learning rates, so it does not race: these are trained with seed + 1.
    """
    return {
        f"{start}_{activation}": train_racer(start, activation, seed + 1).astype("float32")
        for start in STARTS
        for activation in ACTIVATIONS
    }


def run_rates(seed: int) -> dict[str, np.ndarray]:
    """What each of RATES comes to in 30 epochs, from each start with each activation, (rates,).

    "quarter/paper_relu": epochs to 25 % training error, 0 where none is there; "last/paper_relu": the last
    epoch's error, to the thousandth
    """
    found = {}
    for start in STARTS:
        for activation in ACTIVATIONS:
            errors = np.stack([train_racer(start, activation, seed, 30, rate) for rate in RATES])
            found[f"quarter/{start}_{activation}"] = np.nan_to_num(count_epochs(errors, 0.25), posinf=0)
            found[f"last/{start}_{activation}"] = np.round(errors[:, -1], 3)
    return found


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


def shift_and_mirror(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Each image moved by up to two pixels, its border repeated, and half of them mirrored, (N, H, W, 3)."""
    images = numbers("images", images, "(N, H, W, 3)", None, None, None, 3)
    border = (SHIFT, SHIFT)
    return random_crops(np.pad(images, ((0, 0), border, border, (0, 0)), "edge"), generator, images.shape[1])


def run_overfitting(seed: int) -> dict[str, np.ndarray]:
    """The small AlexNet for LONG epochs: without dropout, with it, and with shifted and mirrored images too.

    "test/neither", "test/dropout" and "test/both": the test error after each epoch, (epochs,);
    "train/…": the error on the training images, as they are, after the last one
    """
    data, found = datasets.load("cifar10"), {}
    train, test = (prepare(images, TYPICAL_PIXEL) for images in (data.train_images, data.test_images))
    for name, dropout, augment in (
        ("neither", 0.0, None),
        ("dropout", 0.5, None),
        ("both", 0.5, shift_and_mirror),
    ):
        model = start_mini(seed)
        for layer in ("drop6", "drop7"):
            model.get_layer(layer).rate = dropout
        history = training.fit(
            model,
            train,
            data.train_labels,
            epochs=LONG,
            stage=f"training with {name}",
            validation=(test, data.test_labels),
            augment=augment,
            seed=seed,
        )
        found[f"test/{name}"] = (1 - history["val_accuracy"]).astype("float32")
        answers = model.predict(train, batch_size=500, verbose=0).argmax(axis=1)
        found[f"train/{name}"] = np.array(np.mean(answers != data.train_labels))
    return found


# --- The bundled weights --------------------------------------------------------------------------


def _momentum_that_fades(steps: int) -> keras.Optimizer:
    """A learning rate that falls from 0.03 to 0 along half a cosine.

    The weight decay of 5e-3 acts beside the momentum of 0.9, not inside: it pulls as the paper's 5e-4 does.
    """
    rate = keras.optimizers.schedules.CosineDecay(0.03, steps)
    return keras.optimizers.SGD(rate, momentum=0.9, weight_decay=5e-3)


RECIPES = MappingProxyType(
    {
        "alexnet-cifar": Recipe(
            build=build_cifar,
            dataset="cifar10",
            prepare=partial(prepare, divisor=TYPICAL_PIXEL),
            epochs=8,
            batch_size=128,
            optimizer=_momentum_that_fades,
            loss=cross_entropy,
            decide=likeliest,
            augment=shift_and_mirror,
        )
    }
)


def load_complete() -> Classifier:
    """The small AlexNet with first kernels of 7 × 7 pixels, as all of CIFAR-10 taught it."""
    return trained.load("alexnet-cifar", RECIPES["alexnet-cifar"])
