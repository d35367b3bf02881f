"""Trained weights that ship with the package, each with what is needed to train them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zoo_helpers.core.arguments import in_short
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.core.stored import Store
from zoo_helpers.core.training import Augmentation

STORE = Store("trained")


@dataclass(frozen=True)
class Recipe:
    """How a network is trained on a complete data set; `zoo_helpers.authoring.train` follows it.

    build     : an untrained model
    dataset   : the complete set that it learns, "mnist" or "cifar10"
    prepare   : images as they are stored, uint8 (N, ...), to the model's input
    optimizer : a new optimizer, given the number of all steps, so that its learning rate can decay with them
    loss      : a new loss
    decide    : the model's outputs (N, C) to class numbers (N,)
    augment   : function (images, generator) -> images, called before `prepare` in every epoch
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


@dataclass(frozen=True)
class Classifier:
    """A network with what it needs to name images as they are stored, uint8 (N, ...)."""

    model: keras.Model
    prepare: Callable[[np.ndarray], np.ndarray]
    decide: Callable[[np.ndarray], np.ndarray]

    def outputs(self, images: np.ndarray) -> np.ndarray:
        """The outputs of the last layer, (N, C)."""
        return self.model.predict(self.prepare(images), batch_size=500, verbose=0)

    def classes(self, images: np.ndarray) -> np.ndarray:
        """The class numbers that it gives the images, (N,)."""
        return self.decide(self.outputs(images))

    def error(self, images: np.ndarray, labels: np.ndarray) -> float:
        """The fraction of the images that it gives another class number than their label."""
        return float(np.mean(self.classes(images) != labels))

    def look(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Every layer's output for one image, by the layer's name; quick enough for a slider."""
        outputs = self._all_layers(self.prepare(image[None]))
        names = (layer.name for layer in self.model.layers)
        return {name: np.asarray(output)[0] for name, output in zip(names, outputs, strict=True)}

    @cached_property
    def _all_layers(self) -> Callable[[np.ndarray], list[Any]]:
        return tf.function(keras.Model(self.model.inputs, [layer.output for layer in self.model.layers]))


def load(name: str, recipe: Recipe) -> Classifier:
    """The network of a recipe with the trained weights called `name`. Raises as `load_weights` does."""
    model = recipe.build()
    load_weights(model, name)
    return Classifier(model, recipe.prepare, recipe.decide)


def cross_entropy() -> keras.Loss:
    """The loss of class probabilities (N, C) against class numbers (N,)."""
    return keras.losses.SparseCategoricalCrossentropy()


def likeliest(probabilities: np.ndarray) -> np.ndarray:
    """The class with the highest probability: (N, C) to (N,)."""
    return probabilities.argmax(axis=1)


def load_weights(model: keras.Model, name: str) -> None:
    """Give `model` the trained weights called `name`.

    Raises ValueError for another name, for another model, whose first weight that differs it names, and as
    `shipped.read` does.
    """
    stored = unpacked(STORE.arrays(name))
    if not isinstance(model, keras.Model):
        raise ValueError(f"model must be a keras.Model; got {in_short(model)}")
    weights = named_weights(model)
    for key in [*stored, *weights]:
        expected, got = (arrays[key].shape if key in arrays else None for arrays in (stored, weights))
        if expected != got:
            allowed = f"whose {key} is of shape {expected}" if expected is not None else f"which has no {key}"
            came = "none" if got is None else f"one of shape {tuple(got)}"
            raise ValueError(f"model must be the network called {name!r}, {allowed}; got {came}")
    assign(model, stored)


def assign(model: keras.Model, weights: dict[str, np.ndarray]) -> None:
    """Give a model all its weights, by layer and name."""
    for key, weight in named_weights(model).items():
        weight.assign(weights[key])


def in_int8(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A kernel as whole numbers of -127..127, and the scale of each output channel that they are times.

    kernel : (..., in, out), or of a depthwise convolution (H, W, channels, 1), whose outputs are its channels

    >>> in_int8(np.array([[0.5, 20], [1, -5]]))
    (array([[ 64, 127],
           [127, -32]], dtype=int8), array([[0.00787402, 0.15748031]], dtype=float32))
    """
    channel = kernel.ndim - (2 if kernel.shape[-1] == 1 else 1)
    others = tuple(axis for axis in range(kernel.ndim) if axis != channel)
    largest = np.abs(kernel).max(axis=others, keepdims=True)
    scale = np.where(largest == 0, 1, largest).astype(np.float32) / 127
    return np.rint(kernel / scale).astype(np.int8), scale


def unpacked(stored: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights as they were stored, in float32: int8 times its scale, which is stored as "…/scale"."""
    scales = {key.removesuffix("/scale"): stored[key] for key in stored if key.endswith("/scale")}
    return {
        key: array.astype(np.float32) * scales.get(key, np.float32(1))
        for key, array in stored.items()
        if not key.endswith("/scale")
    }


def about(name: str) -> dict[str, Any]:
    """How the weights called `name` came about.

    "dataset", "settings", "seed", "loss" of each epoch, "train_error" and "test_error" (fractions of the
    complete sets), "minutes", "versions", "machine", and the "command" that trains them again.

    Raises ValueError for another name, and as `shipped.read` does.
    """
    return STORE.about(name)


def names() -> list[str]:
    """The trained weights that ship with the package."""
    return STORE.names()


def named_weights(model: keras.Model) -> dict[str, Any]:
    """The model's variables by layer and name, such as "C1/kernel"."""
    return {f"{layer.name}/{weight.name}": weight for layer in model.layers for weight in layer.weights}
