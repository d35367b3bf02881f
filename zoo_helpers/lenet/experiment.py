"""Lesson 02's experiments, on the bundled images: what LeNet's design is worth, and what it stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zoo_helpers.core import datasets, training
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.trained import Classifier, Recipe
from zoo_helpers.lenet.images import printed_letters, shift, shuffle_pixels
from zoo_helpers.lenet.model import build_1998, build_modern
from zoo_helpers.lenet.readers import RECIPES, measure_doubt, share_taken

EPOCHS, EPOCHS_LIVE = 8, 6  # on the 12,000 bundled images, in the recorded runs and in the lesson
MODERN, OLD = RECIPES["lenet5-modern"], RECIPES["lenet5-1998"]


def build_dense() -> keras.Model:
    """784 pixels, 76 hidden units, ten probabilities: 60,430 parameters, about as many as LeNet-5 has."""
    image = keras.Input((28, 28, 1), name="image")
    x = layers.Flatten(name="flatten")(image)
    x = layers.Dense(76, activation="relu", name="hidden")(x)
    x = layers.Dense(10, activation="softmax", name="OUTPUT")(x)
    return keras.Model(image, x, name="dense")


def build_full_c3() -> keras.Model:
    """LeNet-5 of 1998 but for C3, in which every map sees all six maps of S2."""
    config = build_1998().get_config()
    (c3,) = (layer for layer in config["layers"] if layer["name"] == "C3")
    c3["config"]["table"] = [list(range(6))] * 16
    return keras.Model.from_config(config)


def train_modern(seed: int = 0) -> Classifier:
    """The modern LeNet trained on the 12,000 bundled images; 6 epochs take about 15 s on two cores."""
    return _train(build_modern, MODERN, seed, "the modern LeNet", epochs=EPOCHS_LIVE)


def _train(
    build: Callable[[], keras.Model],
    recipe: Recipe,
    seed: int,
    name: str,
    change: Callable[[np.ndarray], np.ndarray] | None = None,
    epochs: int = EPOCHS,
) -> Classifier:
    """A network trained on the bundled images, by the recipe for the complete set but for its epochs."""

    def prepare(images: np.ndarray) -> np.ndarray:
        return recipe.prepare(images if change is None else change(images))

    training.set_seeds(seed)
    model = build()
    data = datasets.load("mnist")
    steps = -(-len(data.train_labels) // recipe.batch_size)
    training.fit(
        model,
        prepare(data.train_images),
        data.train_labels,
        epochs=epochs,
        stage=f"training {name}",
        batch_size=recipe.batch_size,
        optimizer=recipe.optimizer(epochs * steps),
        loss=recipe.loss(),
        metrics=(),
        seed=seed,
    )
    return Classifier(model, prepare, recipe.decide)


def run_readers(seed: int) -> dict[str, np.ndarray]:
    """What networks trained on the 12,000 bundled images do on the test images.

    "errors/..."  : of the modern LeNet and a dense network, both with shuffled pixels too, and of LeNet-5 of
                    1998 and that with a full C3
    "shifted/..." : (9,), the errors for 2,000 digits moved 0..8 pixels to the right
    "taken/..."   : the share of letters taken for digits when 1 % or 5 % of the digits may be refused
    """
    networks = {
        "lenet5-modern": (build_modern, MODERN),
        "dense": (build_dense, MODERN),
        "lenet5-modern, shuffled": (build_modern, MODERN, shuffle_pixels),
        "dense, shuffled": (build_dense, MODERN, shuffle_pixels),
        "lenet5-1998": (build_1998, OLD),
        "lenet5-1998, full C3": (build_full_c3, OLD),
    }
    readers = {
        name: _train(build, recipe, seed, name, *change)
        for name, (build, recipe, *change) in networks.items()
    }
    images, labels = datasets.load("mnist")[2:4]
    results = {f"errors/{name}": reader.error(images, labels) for name, reader in readers.items()}
    for name in ("lenet5-modern", "lenet5-1998"):
        results[f"shifted/{name}"] = measure_shifts(readers[name], images[:2000], labels[:2000])
    for refused in (0.01, 0.05):
        for name in ("lenet5-1998", "lenet5-modern"):
            doubts = (measure_doubt(readers[name], shown) for shown in (images, printed_letters()))
            what = f"taken/{name}, refuses {100 * refused:.0f} % of digits"
            results[what] = share_taken(*doubts, refused)
    return {name: np.array(result) for name, result in results.items()}


def measure_shifts(reader: Classifier, images: np.ndarray, labels: np.ndarray) -> list[float]:
    """The error for the images moved 0, 1, .. 8 pixels to the right."""
    return [reader.error(shift(images, right), labels) for right in range(9)]
