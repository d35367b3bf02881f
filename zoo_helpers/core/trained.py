"""Trained weights that ship with the package, each with what is needed to train them again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo_helpers.core.training import Augmentation, quiet_tensorflow

if TYPE_CHECKING:
    import keras

FOLDER = Path(__file__).with_name("trained")


@dataclass(frozen=True)
class Recipe:
    """How a network is trained on a complete data set; `zoo_helpers.authoring.train` follows it.

    build     : an untrained model
    dataset   : the complete set that it learns, "mnist" or "cifar10"
    prepare   : images as they are stored, uint8 (N, ...), to the model's input
    epochs    : passes through the set
    optimizer : a new optimizer, given the number of all steps, so that its learning rate can decay with them
    loss      : a new loss
    decide    : the model's outputs (N, C) to class numbers (N,)
    augment   : function (images, generator) -> images, called before `prepare` in every pass
    """

    build: Callable[[], keras.Model]
    dataset: str
    prepare: Callable[[np.ndarray], np.ndarray]
    epochs: int
    batch_size: int
    optimizer: Callable[[int], keras.Optimizer]
    loss: Callable[[], keras.Loss]
    decide: Callable[[np.ndarray], np.ndarray]
    augment: Augmentation | None = None
    seed: int = 0


def cross_entropy() -> keras.Loss:
    """The loss of class probabilities (N, C) against class numbers (N,)."""
    quiet_tensorflow()
    from keras.losses import SparseCategoricalCrossentropy

    return SparseCategoricalCrossentropy()


def likeliest(probabilities: np.ndarray) -> np.ndarray:
    """The class with the highest probability: (N, C) to (N,)."""
    return probabilities.argmax(axis=1)


def load_weights(model: keras.Model, name: str) -> None:
    """Give `model` the trained weights called `name`.

    Raises ValueError that lists the names, or says which weights the model has and these are not.
    """
    _check(name)
    wanted = named_weights(model)
    with np.load(FOLDER / f"{name}.npz") as stored:
        shapes = {key: stored[key].shape for key in stored}
        if shapes != {key: tuple(weight.shape) for key, weight in wanted.items()}:
            raise ValueError(f"model must have the weights {shapes}; got {model.name!r}, which has others")
        for key, weight in wanted.items():
            weight.assign(stored[key])


def about(name: str) -> dict[str, Any]:
    """How the weights called `name` came about.

    "dataset", "settings", "seed", "loss" of each pass, "train_error" and "test_error" (fractions of the
    complete sets), "minutes", "versions", "machine", and the "command" that trains them again.

    Raises ValueError that lists the names.
    """
    _check(name)
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def names() -> list[str]:
    """The trained weights that ship with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.npz"))


def named_weights(model: keras.Model) -> dict[str, Any]:
    """The model's variables by layer and name, such as "C1/kernel"."""
    return {f"{layer.name}/{weight.name}": weight for layer in model.layers for weight in layer.weights}


def _check(name: str) -> None:
    if name not in names():
        raise ValueError(f"name must be one of {', '.join(names())}; got {name!r}")
