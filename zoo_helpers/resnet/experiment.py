"""Lesson 06's experiments: plain and residual twins, trained live, recorded, and bundled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MappingProxyType

import numpy as np

from zoo_helpers.core import datasets, trained, training
from zoo_helpers.core.arguments import finite, numbers, one_of
from zoo_helpers.core.backend import keras
from zoo_helpers.core.backprop import norms
from zoo_helpers.core.crops import random_crops
from zoo_helpers.core.progress import Progress
from zoo_helpers.core.trained import Classifier, Recipe, cross_entropy, likeliest
from zoo_helpers.resnet.model import build_cifar
from zoo_helpers.resnet.plan import read_name
from zoo_helpers.resnet.probes import measure_trust, slice_surface

MEAN, DEVIATION = datasets.CIFAR10_MEAN, datasets.CIFAR10_DEVIATION
PADDING = 4  # zeros around an image, of which a window of 32 by 32 is cut; section 4.2


def prepare(images: np.ndarray) -> np.ndarray:
    """CIFAR-10 images as the networks take them, (N, H, W, 3): each channel to mean 0 and deviation 1.

    images : pixels of 0..255, also their means
    """
    images = finite("images", numbers("images", images, "(N, H, W, 3)", None, None, None, 3))
    if images.min() < 0 or (images.any() and not 1 < images.max() <= 255):
        low, high = images.min(), images.max()
        raise ValueError(f"images must be pixels of 0..255; got numbers of {low:.3g} to {high:.3g}")
    return (images - MEAN) / DEVIATION


# --- Small twins, trained live ----------------------------------------------------------------------

IMAGES, SIDE, WIDTH = 2560, 16, 8
EPOCHS = 5
BATCH = 256  # images of a measurement


def load_small() -> tuple[np.ndarray, np.ndarray]:
    """2,560 of the bundled training images, halved to 16 by 16 and prepared, and their labels."""
    data = datasets.load("cifar10")
    images = data.train_images[:IMAGES].reshape(IMAGES, SIDE, 2, SIDE, 2, 3).mean(axis=(2, 4))
    return prepare(images).astype(np.float32), data.train_labels[:IMAGES]


def load_batch() -> tuple[np.ndarray, np.ndarray]:
    """The first 256 of them, on which gradients are measured."""
    images, labels = load_small()
    return images[:BATCH], labels[:BATCH]


def build_small(name: str, seed: int = 0) -> keras.Model:
    """A network such as "plain-44-small": 8 channels in the first stage, images of 16 by 16.

    Raises ValueError for another name.
    """
    kind, depth, size = read_name(name)
    if size != "small":
        raise ValueError(f"name must end in -small; got {name!r}")
    training.set_seeds(seed)
    return build_cifar(depth, residual=kind == "resnet", width=WIDTH, side=SIDE)


def build_each(*names: str) -> dict[str, keras.Model]:
    """Several networks of `build_small`, by name."""
    built = {}
    with Progress("building networks", len(names)) as progress:
        for name in names:
            built[name] = build_small(name)
            progress.reach(len(built))
    return built


def train(model: keras.Model, after_epoch: Callable[[], None] | None = None) -> np.ndarray:
    """The training loss of each of five epochs on the 2,560 images, (epochs,), with Adam.

    after_epoch : function to call after each epoch, to look at the model
    """
    stage = f"training {model.name}"
    options = {"epochs": EPOCHS, "metrics": (), "steps_per_call": 1, "after_epoch": after_epoch}
    return training.fit(model, *load_small(), stage=stage, **options)["loss"]


PLACES = np.linspace(-1, 1, 51)  # along a direction as long as the weights


def run_degradation(seed: int = 0) -> dict[str, np.ndarray]:
    """The training loss of four networks, and a slice through the loss of the deep ones after training.

    "loss/plain-20-small" (epochs,), …, "slice/plain-44-small" (places,), …
    """
    images, labels = load_small()
    found = {}
    for name in ("plain-20-small", "plain-44-small", "resnet-20-small", "resnet-44-small"):
        model = build_small(name, seed)
        found[f"loss/{name}"] = train(model).astype(np.float32)
        if "-44-" in name:
            losses = slice_surface(model, images[:512], labels[:512], PLACES, seed)
            found[f"slice/{name}"] = losses.astype(np.float32)
    return found


def run_gradients(seed: int = 0) -> dict[str, np.ndarray]:
    """The gradient in each layer's output of two deep networks, before training and after each epoch.

    "norms/plain-56-small" (1 + epochs, layers), "loss/plain-56-small" (epochs,), …
    """
    found = {}
    for name in ("plain-56-small", "resnet-56-small"):
        sizes, losses = follow_gradients(build_small(name, seed))
        found[f"norms/{name}"] = sizes.astype(np.float32)
        found[f"loss/{name}"] = losses.astype(np.float32)
    return found


def follow_gradients(model: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    """Train a network: its gradients, (1 + epochs, layers), and its losses, (epochs,)."""
    batch, kept = load_batch(), []

    def look() -> None:
        kept.append(norms(model, *batch).outputs)

    look()
    losses = train(model, after_epoch=look)
    return np.array(kept), losses


def measure_norms(*models: keras.Model, images: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """The size of the gradient in each layer's output, (layers,) for each model."""
    found = []
    with Progress("measuring gradients", len(models)) as progress:
        for model in models:
            found.append(norms(model, images, labels).outputs)
            progress.reach(len(found))
    return found


STEPS = tuple(float(step) for step in np.logspace(-5, -2, 7))  # shares of the weights' length


def run_trust(seed: int = 0) -> dict[str, np.ndarray]:
    """What `measure_trust` says of four networks before training.

    "cosine/plain-20-small" (steps,), "kept/plain-20-small" (steps,), …
    """
    found = {}
    for name in ("plain-20-small", "plain-56-small", "resnet-20-small", "resnet-56-small"):
        trust = measure_trust(build_small(name, seed), *load_batch(), STEPS)
        found[f"cosine/{name}"] = trust.cosine.astype(np.float32)
        found[f"kept/{name}"] = trust.kept.astype(np.float32)
    return found


# --- The bundled weights --------------------------------------------------------------------------


def shift_and_mirror(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Section 4.2's: pad with four zeros, cut a random window of the old size, mirror half of them."""
    images = numbers("images", images, "(N, H, W, C)", None, None, None, None)
    border = (PADDING, PADDING)
    return random_crops(np.pad(images, ((0, 0), border, border, (0, 0))), generator, images.shape[1])


def _momentum_in_three_stages(steps: int) -> keras.Optimizer:
    """Section 4.2's: a learning rate of 0.1, divided by 10 after half of the steps and after three quarters.

    The weight decay of 1e-3 acts beside the momentum of 0.9, not inside: it pulls as the paper's 1e-4 does.
    """
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([steps // 2, 3 * steps // 4], [0.1, 0.01, 0.001])
    return keras.optimizers.SGD(rate, momentum=0.9, weight_decay=1e-3)


def _recipe(name: str) -> Recipe:
    kind, depth, _ = read_name(name)
    return Recipe(
        build=partial(build_cifar, depth, residual=kind == "resnet"),
        dataset="cifar10",
        prepare=prepare,
        epochs=100,  # of 391 steps each; the paper took 64,000 steps, 164 epochs
        batch_size=128,
        optimizer=_momentum_in_three_stages,
        loss=cross_entropy,
        decide=likeliest,
        augment=shift_and_mirror,
    )


RECIPES = MappingProxyType(
    {
        name: _recipe(name)
        for name in ("plain-20-cifar", "plain-56-cifar", "resnet-20-cifar", "resnet-56-cifar")
    }
)


def load_complete(name: str) -> Classifier:
    """A network of the RECIPES as all of CIFAR-10 taught it. Raises ValueError that lists their names."""
    return trained.load(name, RECIPES[one_of("name", name, RECIPES)])
