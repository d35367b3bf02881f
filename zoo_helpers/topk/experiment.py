"""Lesson 01's experiment: a small network for CIFAR-10, and what averaging over crops and networks does.

It repeats AlexNet's test at CIFAR-10's size: trained on random crops and flips, tested on the centre crop
alone or on ten crops. AlexNet saw 224 × 224 of 256 × 256 pixels; 28 × 28 of 32 × 32 is the same share.
"""

from __future__ import annotations

import math

import numpy as np

from zoo_helpers.core import datasets, training
from zoo_helpers.core.arguments import whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.crops import CENTRE, SIDE, random_crops, ten_crops
from zoo_helpers.topk.metric import error

# As the lesson trains, in a cell of its own.
RECIPE = {"epochs": 12, "batch_size": 64, "augment": random_crops}
LEARNING_RATE = 0.001  # of Adam


def build_small() -> keras.Model:
    """Three convolutions and two dense layers: pixels 0..255 (28, 28, 3) to ten probabilities."""
    images = keras.Input((SIDE, SIDE, 3), name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(images)
    for number, width in enumerate((16, 32, 64), start=1):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(name=f"pool{number}")(x)
    x = layers.Dense(64, activation="relu", name="fc4")(layers.Flatten(name="flatten")(x))
    return keras.Model(images, layers.Dense(10, activation="softmax", name="fc5")(x), name="small")


def score_crops(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """The model's scores for each image's ten crops, (N, 10, C)."""
    crops = ten_crops(images)
    scores = model.predict(crops.reshape(-1, SIDE, SIDE, 3), batch_size=500, verbose=0)
    return scores.reshape(*crops.shape[:2], -1)


def interval(errors: int, images: int) -> tuple[float, float]:
    """Between which shares the true error lies with 95 % confidence, if `errors` of `images` were counted.

    Source: Wilson 1927, Probable inference, the law of succession, and statistical inference.

    >>> [round(bound, 3) for bound in interval(6, 95)]
    [0.029, 0.131]
    """
    images = whole("images", images)
    z, share = 1.96, whole("errors", errors, 0, images) / images
    middle = share + z**2 / (2 * images)
    half = z * math.sqrt(share * (1 - share) / images + (z / (2 * images)) ** 2)
    return (middle - half) / (1 + z**2 / images), (middle + half) / (1 + z**2 / images)


def measure_averaging(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The top-1 error of the mean of 1, 2, … V networks: scores (V, N, C) to errors (V, V).

    The networks stand in a circle: entry [n - 1, v] is the error of n neighbours, of which v is the first.
    """
    means = np.cumsum([np.roll(scores, -step, axis=0) for step in range(len(scores))], axis=0)
    return np.array([[error(mean, labels, k=1) for mean in row] for row in means])


def run_averaging(seed: int) -> dict[str, np.ndarray]:
    """One network on the test images: its scores, and which crops it gets wrong.

    "centre", "ten" : scores for the centre crop and their mean over ten crops, (2000, 10) each
    "wrong"         : whether its first guess for each of the ten crops alone is wrong, (2000, 10)
    """
    training.set_seeds(seed)
    model, data = build_small(), datasets.load("cifar10")
    training.fit(
        model,
        data.train_images,
        data.train_labels,
        optimizer=keras.optimizers.Adam(LEARNING_RATE),
        stage="training the small network",
        seed=seed,
        **RECIPE,
    )
    scores = score_crops(model, data.test_images)
    wrong = scores.argmax(axis=2) != data.test_labels[:, None]
    return {"centre": scores[:, CENTRE], "ten": scores.mean(axis=1), "wrong": wrong}
