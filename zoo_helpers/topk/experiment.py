"""Lesson 01's experiment: a small network for CIFAR-10, and what averaging over crops and networks does.

It repeats AlexNet's test at CIFAR-10's size: trained on random crops and flips, tested on the centre crop
alone or on ten crops. AlexNet saw 224 × 224 of 256 × 256 pixels; 28 × 28 of 32 × 32 is the same share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zoo_helpers.core import datasets, training
from zoo_helpers.core.crops import CENTRE, SIDE, random_crops, ten_crops

if TYPE_CHECKING:
    import keras

EPOCHS = 12


def build_small() -> keras.Model:
    """Three convolutions and two dense layers: pixels 0..255 (28, 28, 3) to ten probabilities."""
    training.quiet_tensorflow()
    import keras
    from keras import layers

    images = keras.Input((SIDE, SIDE, 3), name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(images)
    for number, width in enumerate((16, 32, 64), start=1):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(name=f"pool{number}")(x)
    x = layers.Dense(64, activation="relu", name="fc4")(layers.Flatten(name="flatten")(x))
    return keras.Model(images, layers.Dense(10, activation="softmax", name="fc5")(x), name="small")


def train_small(seed: int = 0, stage: str = "training the small network") -> keras.Model:
    """A small network trained on the 4,000 bundled images, 12 epochs: about 15 s on two cores."""
    training.set_seeds(seed)
    model = build_small()
    data = datasets.load("cifar10")
    training.fit(
        model,
        data.train_images,
        data.train_labels,
        epochs=EPOCHS,
        stage=stage,
        augment=random_crops,
        seed=seed,
    )
    return model


def score_crops(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """The model's scores for each image's ten crops, (N, 10, C)."""
    crops = ten_crops(images)
    scores = model.predict(crops.reshape(-1, SIDE, SIDE, 3), batch_size=500, verbose=0)
    return scores.reshape(*crops.shape[:2], -1)


def run_averaging(seed: int) -> dict[str, np.ndarray]:
    """One network's scores for the test images, (2000, 10) each: "centre" crop alone, mean of "ten"."""
    scores = score_crops(train_small(seed), datasets.load("cifar10").test_images)
    return {"centre": scores[:, CENTRE], "ten": scores.mean(axis=1)}
