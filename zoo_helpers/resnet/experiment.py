"""Lesson 06's experiments: plain and residual twins, trained live, recorded, and bundled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from zoo_helpers.core import datasets, trained, training
from zoo_helpers.core.backprop import norms
from zoo_helpers.core.crops import random_crops
from zoo_helpers.core.progress import Progress
from zoo_helpers.core.trained import Recipe, cross_entropy, likeliest
from zoo_helpers.core.training import quiet_tensorflow
from zoo_helpers.resnet.model import build_cifar
from zoo_helpers.resnet.probes import slice_surface, trust

if TYPE_CHECKING:
    import keras

# CIFAR-10's training pixels, a channel: what every image is normalized by
MEAN = np.array((125.307, 122.950, 113.865), np.float32)
DEVIATION = np.array((62.993, 62.089, 66.705), np.float32)
PADDING = 4  # zeros around an image, of which a window of 32 by 32 is cut; section 4.2


def prepare(images: np.ndarray) -> np.ndarray:
    """CIFAR-10 images as the networks take them, (N, H, W, 3): each channel to mean 0 and deviation 1."""
    return (images - MEAN) / DEVIATION


# --- Small twins, trained live ----------------------------------------------------------------------

IMAGES, SIDE, WIDTH = 2560, 16, 8
PASSES = 5
BATCH = 256  # images of a measurement
TWINS = ("plain-20", "plain-44", "residual-20", "residual-44")


def load_small() -> tuple[np.ndarray, np.ndarray]:
    """2,560 of the bundled training images, halved to 16 by 16 and prepared, and their labels."""
    data = datasets.load("cifar10")
    images = data.train_images[:IMAGES].reshape(IMAGES, SIDE, 2, SIDE, 2, 3).mean(axis=(2, 4))
    return prepare(images).astype(np.float32), data.train_labels[:IMAGES]


def build_small(name: str, seed: int = 0) -> keras.Model:
    """A network called like "plain-44" or "residual-56": 8 maps in the first stage, images of 16 by 16."""
    kind, depth = name.split("-")
    training.set_seeds(seed)
    return build_cifar(int(depth), residual=kind == "residual", width=WIDTH, side=SIDE)


def train(model: keras.Model, stage: str, after_pass: Callable[[], None] | None = None) -> np.ndarray:
    """The training loss of each of five passes through the 2,560 images, (passes,), with Adam.

    after_pass : function to call after each pass, to look at the model
    """
    images, labels = load_small()
    history = training.fit(
        model,
        images,
        labels,
        epochs=PASSES,
        stage=stage,
        metrics=(),
        steps_per_call=1,
        after_epoch=after_pass,
    )
    return history["loss"]


SLICED = ("plain-44", "residual-44")
PLACES = np.linspace(-1, 1, 51)  # along a direction as long as the weights


def run_degradation(seed: int = 0) -> dict[str, np.ndarray]:
    """What becomes of all TWINS in training, and a slice through the loss of the SLICED after it.

    "loss" (twins, passes), "slice" (networks, places)
    """
    images, labels = load_small()
    losses, slices = [], []
    for name in TWINS:
        model = build_small(name, seed)
        losses.append(train(model, f"training {name}"))
        if name in SLICED:
            slices.append(slice_surface(model, images[:512], labels[:512], PLACES, seed))
    return {"loss": np.array(losses, np.float32), "slice": np.array(slices, np.float32)}


# --- Gradients along training -------------------------------------------------------------------------

DEEP = ("plain-56", "residual-56")


def measure_batch() -> tuple[np.ndarray, np.ndarray]:
    """The images and labels on which gradients are measured."""
    images, labels = load_small()
    return images[:BATCH], labels[:BATCH]


def measure_norms(seed: int = 0) -> dict[str, np.ndarray]:
    """The gradient in each layer's output of the two DEEP networks before training, name -> (layers,)."""
    found: dict[str, np.ndarray] = {}
    with Progress("measuring two networks of 56 layers", len(DEEP)) as progress:
        for name in DEEP:
            found[name] = norms(build_small(name, seed), *measure_batch()).outputs
            progress.reach(len(found))
    return found


def run_gradients(seed: int = 0) -> dict[str, np.ndarray]:
    """The gradient in each layer's output of the two DEEP networks, before training and after each pass.

    "norms" (networks, 1 + passes, layers), "loss" (networks, passes)
    """
    found = [follow_gradients(name, seed) for name in DEEP]
    return {
        "norms": np.array([sizes for sizes, _ in found], np.float32),
        "loss": np.array([losses for _, losses in found], np.float32),
    }


def follow_gradients(name: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """One network's rows of `run_gradients`: (1 + passes, layers) and (passes,)."""
    model, kept = build_small(name, seed), []

    def look() -> None:
        kept.append(norms(model, *measure_batch()).outputs)

    look()
    losses = train(model, f"training {name}", after_pass=look)
    return np.array(kept), losses


# --- How far a gradient holds ---------------------------------------------------------------------------

TRUSTED = ("plain-20", "plain-56", "residual-20", "residual-56")
STEPS = tuple(float(step) for step in np.logspace(-5, -2, 7))  # of the weights' length


def run_trust(seed: int = 0) -> dict[str, np.ndarray]:
    """What `trust` says of untrained networks: "cosine" and "kept" (TRUSTED, STEPS)."""
    found = [trust(build_small(name, seed), *measure_batch(), STEPS) for name in TRUSTED]
    return {
        "cosine": np.array([each.cosine for each in found], np.float32),
        "kept": np.array([each.kept for each in found], np.float32),
    }


# --- The bundled weights --------------------------------------------------------------------------


def shift_and_mirror(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Section 4.2's: pad with four zeros, cut a random window of the old size, mirror half of them."""
    border = (PADDING, PADDING)
    return random_crops(np.pad(images, ((0, 0), border, border, (0, 0))), generator, images.shape[1])


def _momentum_in_three_stages(steps: int) -> keras.Optimizer:
    """Section 4.2's: a learning rate of 0.1, divided by 10 after half of the steps and after three quarters.

    The weight decay of 1e-3 acts beside the momentum of 0.9, not inside: it pulls as the paper's 1e-4 does.
    """
    quiet_tensorflow()
    from keras.optimizers import SGD
    from keras.optimizers.schedules import PiecewiseConstantDecay

    rate = PiecewiseConstantDecay([steps // 2, 3 * steps // 4], [0.1, 0.01, 0.001])
    return SGD(rate, momentum=0.9, weight_decay=1e-3)


def _recipe(depth: int, residual: bool) -> Recipe:
    return Recipe(
        build=partial(build_cifar, depth, residual=residual),
        dataset="cifar10",
        prepare=prepare,
        epochs=100,  # of 391 steps each; the paper took 64,000 steps, 164 passes
        batch_size=128,
        optimizer=_momentum_in_three_stages,
        loss=cross_entropy,
        decide=likeliest,
        augment=shift_and_mirror,
    )


RECIPE_PLAIN_20 = _recipe(20, residual=False)
RECIPE_PLAIN_56 = _recipe(56, residual=False)
RECIPE_RESIDUAL_20 = _recipe(20, residual=True)
RECIPE_RESIDUAL_56 = _recipe(56, residual=True)


def load_complete(name: str) -> keras.Model:
    """The network "plain-20", "plain-56", "residual-20" or "residual-56" as all of CIFAR-10 taught it."""
    kind, depth = name.split("-")
    model = build_cifar(int(depth), residual=kind == "residual")
    trained.load_weights(model, name)
    return model
