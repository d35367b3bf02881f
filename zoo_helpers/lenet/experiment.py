"""Lesson 02's experiments, on the bundled images: what LeNet's design is worth, and each step to today's."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from zoo_helpers.core import datasets, training
from zoo_helpers.core.arguments import numbers, one_of, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.labels import class_numbers
from zoo_helpers.core.trained import Classifier, Recipe, cross_entropy, likeliest
from zoo_helpers.lenet.images import distort, prepare_modern, printed_letters, shift, shuffle_pixels
from zoo_helpers.lenet.model import CONNECTION_TABLE, PROTOTYPES
from zoo_helpers.lenet.readers import RECIPES, measure_doubt, share_taken

EPOCHS = 6  # on the 12,000 bundled images, in the recorded runs and in the lesson

# From the network of 1998, trained by plain gradient descent, to that of today: one change a rung.
CHANGES = (
    "AdamW",
    "all pairs in C3",
    "average pooling",
    "softmax output",
    "input from 0 to 1",
    "Glorot's weights",
    "ReLU",
    "distorted digits",
)
# The networks on the rungs: first that without any change, then that with the first, with the first two, ...
RUNGS = (
    "lenet5-1998, plain descent",
    "lenet5-1998",
    *CHANGES[1:6],
    "lenet5-modern",
    "lenet5-modern, distorted",
)
DESCENT_RATE = 0.01  # the best of 0.001 to 0.1 on 2,000 training images held out; 0.02 fails to learn
DIRECTIONS = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}


def build_dense() -> keras.Model:
    """784 pixels, 76 hidden units, ten probabilities: 60,430 parameters, about as many as LeNet-5 has."""
    image = keras.Input((28, 28, 1), name="image")
    x = layers.Flatten(name="flatten")(image)
    x = layers.Dense(76, activation="relu", name="hidden")(x)
    x = layers.Dense(10, activation="softmax", name="OUTPUT")(x)
    return keras.Model(image, x, name="dense")


def build_between(
    changes: Collection[str], prototypes: np.ndarray = PROTOTYPES, name: str = "between"
) -> keras.Model:
    """LeNet-5 of 1998 with some of CHANGES; with all of them it is the network of today.

    prototypes : what F6 is compared with, (10, 12, 7), unless the output is a softmax
    """
    from zoo_helpers.lenet.layers import (  # it starts Keras
        ConnectionTableConv2D,
        FanInUniform,
        RadialBasisOutput,
        Subsampling,
        squash,
    )

    changes = {one_of("each of changes", change, CHANGES) for change in changes}
    options = {"activation": "relu" if "ReLU" in changes else squash}
    if "Glorot's weights" not in changes:  # Keras' own are
        options["kernel_initializer"] = FanInUniform()
    of_today = "input from 0 to 1" in changes
    side, padding = (28, "same") if of_today else (32, "valid")
    average = "average pooling" in changes

    x = image = keras.Input((side, side, 1), name="image")
    x = layers.Conv2D(6, 5, padding=padding, name="C1", **options)(x)
    x = layers.AveragePooling2D(2, name="S2")(x) if average else Subsampling(name="S2")(x)
    full = layers.Conv2D(16, 5, name="C3", **options)
    x = full(x) if "all pairs in C3" in changes else ConnectionTableConv2D(CONNECTION_TABLE, name="C3")(x)
    x = layers.AveragePooling2D(2, name="S4")(x) if average else Subsampling(name="S4")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(120, name="C5", **options)(x)
    x = layers.Dense(84, name="F6", **options)(x)
    if "softmax output" in changes:
        x = layers.Dense(10, **{**options, "activation": "softmax"}, name="OUTPUT")(x)
    else:
        x = RadialBasisOutput(prototypes.reshape(10, 84), name="OUTPUT")(x)
    return keras.Model(image, x, name=name)


def gradient_descent(steps: int) -> keras.Optimizer:
    """Plain stochastic gradient descent; its learning rate falls to 0 along a cosine, as AdamW's does."""
    return keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(DESCENT_RATE, steps))


def recipe_of_rung(rung: int) -> Recipe:
    """How the network with the first `rung` of CHANGES is trained."""
    changes = CHANGES[:rung]
    recipe = replace(RECIPES["lenet5-1998"], build=lambda: build_between(changes), epochs=EPOCHS)
    if "AdamW" not in changes:
        recipe = replace(recipe, optimizer=gradient_descent)
    if "softmax output" in changes:
        recipe = replace(recipe, loss=cross_entropy, decide=likeliest)
    if "input from 0 to 1" in changes:
        recipe = replace(recipe, prepare=prepare_modern)
    return replace(recipe, augment=distort if "distorted digits" in changes else None)


def train(
    recipe: Recipe, seed: int, name: str, change: Callable[[np.ndarray], np.ndarray] | None = None
) -> Classifier:
    """A network trained by the recipe on the 12,000 bundled images, each changed first if so wished."""

    def prepare(images: np.ndarray) -> np.ndarray:
        return recipe.prepare(images if change is None else change(images))

    def distorted(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        return prepare(recipe.augment(images, generator))

    training.set_seeds(seed)
    model = recipe.build()
    data = datasets.load("mnist")
    steps = -(-len(data.train_labels) // recipe.batch_size)
    training.fit(
        model,
        prepare(data.train_images) if recipe.augment is None else data.train_images,
        data.train_labels,
        epochs=recipe.epochs,
        stage=f"training {name}",
        batch_size=recipe.batch_size,
        optimizer=recipe.optimizer(recipe.epochs * steps),
        loss=recipe.loss(),
        metrics=(),
        augment=None if recipe.augment is None else distorted,
        seed=seed,
    )
    return Classifier(model, prepare, recipe.decide)


def run_readers(seed: int) -> dict[str, np.ndarray]:
    """What networks trained on the 12,000 bundled images do on the 10,000 test images.

    "errors/..."   : of RUNGS, of a dense network, of both kinds with shuffled pixels, and of the network of
                     1998 with the drawings given to other digits: 9's to 0, 8's to 1, ...
    "confused/..." : (10, 10), how often a true digit was read as another, by networks with one code or none
    "shifted/..."  : (4, 9), the errors for digits moved 0..8 pixels right, left, down and up; only those that
                     stand free enough to be moved 4 pixels whole
    "taken/..."    : the share of letters taken for digits when 1 % or 5 % of the digits may be refused
    "likeness/..." : how alike the maps of C3 are: the mean size of their correlations
    """
    old, modern = recipe_of_rung(1), recipe_of_rung(7)
    dense = replace(modern, build=build_dense)
    reversed_code = replace(old, build=lambda: build_between(CHANGES[:1], PROTOTYPES[::-1]))
    networks = {name: (recipe_of_rung(rung),) for rung, name in enumerate(RUNGS)} | {
        "lenet5-modern, shuffled": (modern, shuffle_pixels),
        "dense": (dense,),
        "dense, shuffled": (dense, shuffle_pixels),
        "lenet5-1998, drawings reversed": (reversed_code,),
    }
    readers = {name: train(recipe, seed, name, *change) for name, (recipe, *change) in networks.items()}
    images, labels = datasets.load("mnist")[2:4]
    read = {name: reader.classes(images) for name, reader in readers.items()}
    results = {f"errors/{name}": np.mean(classes != labels) for name, classes in read.items()}
    for name in ("lenet5-1998", "lenet5-1998, drawings reversed", "lenet5-modern"):
        results[f"confused/{name}"] = count_confusions(labels, read[name])
    free = stand_free(images)
    for name in ("lenet5-1998", "lenet5-modern", "lenet5-modern, distorted"):
        results[f"shifted/{name}"] = measure_shifts(readers[name], images[free], labels[free])
    for refused in (0.01, 0.05):
        for name in ("lenet5-1998", "lenet5-modern"):
            doubts = (measure_doubt(readers[name], shown) for shown in (images, printed_letters()))
            results[f"taken/{name}, refuses {100 * refused:.0f} %"] = share_taken(*doubts, refused)
    for name in ("lenet5-1998", "all pairs in C3"):
        results[f"likeness/{name}"] = measure_likeness(readers[name], images[:500])
    return {name: np.array(result) for name, result in results.items()}


def count_confusions(labels: np.ndarray, read: np.ndarray) -> np.ndarray:
    """How often each true digit was read as each other, (10, 10): a row for each true digit."""
    table, read = np.zeros((10, 10), int), numbers("read", read, "(N,)", None)
    if (wrong := read[~np.isin(read, range(10))]).size:
        raise ValueError(f"read must be digits in 0..9; got {wrong[0]}")
    np.add.at(table, (class_numbers(labels, len(read), 10), read.astype(int)), 1)
    np.fill_diagonal(table, 0)
    return table


def stand_free(images: np.ndarray, pixels: int = 4) -> np.ndarray:
    """Which images (N, 28, 28) have a blank border of so many pixels: moved as far, they lose no ink."""
    images = numbers("images", images, "(N, 28, 28)", None, 28, 28)
    inside, pixels = np.zeros((28, 28), bool), whole("pixels", pixels, high=13)
    inside[pixels:-pixels, pixels:-pixels] = True
    return ~(images[:, ~inside] > 0).any(axis=1)


def measure_shifts(reader: Classifier, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The errors for the images moved 0, 1, .. 8 pixels, (4, 9): a row for each of DIRECTIONS."""
    return np.array(
        [
            [reader.error(shift(images, right * step, down * step), labels) for step in range(9)]
            for right, down in DIRECTIONS.values()
        ]
    )


def measure_likeness(reader: Classifier, images: np.ndarray) -> float:
    """How alike the 16 maps of C3 are: the mean size of the correlation of two of them."""
    maps = keras.Model(reader.model.inputs, reader.model.get_layer("C3").output)
    outputs = maps.predict(reader.prepare(images), batch_size=500, verbose=0)
    correlations = np.corrcoef(outputs.reshape(-1, outputs.shape[-1]).T)
    return float(np.abs(correlations[~np.eye(len(correlations), dtype=bool)]).mean())
