"""Lesson 06's experiments: plain and residual twins, trained live, recorded, and bundled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MappingProxyType

import numpy as np

from zoo_helpers.core import datasets, trained, training
from zoo_helpers.core.arguments import numbers, one_of, pixels
from zoo_helpers.core.backend import keras
from zoo_helpers.core.backprop import layers_with_kernel, norms
from zoo_helpers.core.crops import random_crops
from zoo_helpers.core.trained import Classifier, Recipe, cross_entropy, likeliest
from zoo_helpers.resnet.model import build_cifar
from zoo_helpers.resnet.plan import read_name
from zoo_helpers.resnet.probes import (
    follow_noise,
    measure_block_gradients,
    measure_lesions,
    measure_paths,
    measure_trust,
    slice_surface,
    split_gradient,
    take_first_step,
)

MEAN, DEVIATION = datasets.CIFAR10_MEAN, datasets.CIFAR10_DEVIATION
PADDING = 4  # zeros around an image, of which a window of 32 by 32 is cut; section 4.2


def prepare(images: np.ndarray) -> np.ndarray:
    """CIFAR-10 images as the networks take them, (N, H, W, 3): each channel to mean 0 and deviation 1.

    images : pixels of 0..255, also their means
    """
    return (pixels("images", images, "(N, H, W, 3)", None, None, None, 3) - MEAN) / DEVIATION


# --- Small twins, trained live ----------------------------------------------------------------------

IMAGES, SIDE, WIDTH = 1280, 8, 8
EPOCHS, RATE = 6, 0.001  # with Adam, in batches of 64
BATCH = 256  # images of a measurement
SMALL = ("plain-20-small", "plain-44-small", "resnet-20-small", "resnet-44-small")


def load_small() -> tuple[np.ndarray, np.ndarray]:
    """1,280 of the bundled training images, shrunk to 8 by 8 and prepared, and their labels."""
    data = datasets.load("cifar10")
    images = data.train_images[:IMAGES].reshape(IMAGES, SIDE, 4, SIDE, 4, 3).mean(axis=(2, 4))
    return prepare(images).astype(np.float32), data.train_labels[:IMAGES]


def load_batch() -> tuple[np.ndarray, np.ndarray]:
    """The first 256 of them, on which gradients are measured."""
    images, labels = load_small()
    return images[:BATCH], labels[:BATCH]


def build_small(name: str, seed: int = 0) -> keras.Model:
    """A network such as "plain-44-small": 8 channels in the first stage, images of 8 by 8.

    Raises ValueError for another name.
    """
    kind, depth, size = read_name(name)
    if size != "small":
        raise ValueError(f"name must end in -small; got {name!r}")
    training.set_seeds(seed)
    return build_cifar(depth, residual=kind == "resnet", width=WIDTH, side=SIDE)


def train(
    model: keras.Model, rate: float = RATE, after_epoch: Callable[[], None] | None = None
) -> np.ndarray:
    """The training loss of each of six epochs on the 1,280 images, (epochs,), with Adam.

    after_epoch : function to call after each epoch, to look at the model
    """
    options = {"optimizer": keras.optimizers.Adam(rate), "epochs": EPOCHS, "batch_size": 64}
    looks = {"metrics": (), "steps_per_call": 1, "after_epoch": after_epoch}
    return training.fit(model, *load_small(), stage=f"training {model.name}", **options, **looks)["loss"]


PLACES = np.linspace(-1, 1, 51)  # along a direction as long as the weights


def run_degradation(seed: int = 0) -> dict[str, np.ndarray]:
    """The training loss of four networks; of the deep ones their gradients on the way, and a slice.

    "loss/plain-20-small" (epochs,), …; "norms/plain-44-small" (1 + epochs, layers), …: the gradient in each
    layer's output, before training and after each epoch; "slice/plain-44-small" (places,), …
    """
    found = {}
    for name in SMALL:
        model = build_small(name, seed)
        if "-20-" in name:
            found[f"loss/{name}"] = train(model)
        else:
            found[f"norms/{name}"], found[f"loss/{name}"] = follow_gradients(model)
            found[f"slice/{name}"] = slice_surface(model, *load_batch(), PLACES, seed)
    return {name: values.astype(np.float32) for name, values in found.items()}


def follow_gradients(model: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    """Train a network: its gradients, (1 + epochs, layers), and its losses, (epochs,)."""
    batch, kept = load_batch(), []

    def look() -> None:
        kept.append(norms(model, *batch).outputs)

    look()
    losses = train(model, after_epoch=look)
    return np.array(kept), losses


RATES = ("0.0003", "0.0001", "0.00001")  # beside the 0.001 of `run_degradation`


def run_rates(seed: int = 0) -> dict[str, np.ndarray]:
    """The training loss of plain-44-small with smaller and smaller steps: "loss/0.0003" (epochs,), …"""
    found = {}
    for rate in RATES:
        losses = train(build_small("plain-44-small", seed), float(rate))
        found[f"loss/{rate}"] = losses.astype(np.float32)
    return found


# --- Small twins before training ------------------------------------------------------------------

STEPS = tuple(float(step) for step in np.logspace(-8, -2, 7))  # shares of the weights' length
NOISE = 0.01  # deviation of the noise on pixels of deviation 1


def in_double_precision(name: str, seed: int) -> keras.Model:
    """The network of `build_small`, the same weights, computing with float64."""
    weights, policy = build_small(name, seed).get_weights(), keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    try:
        model = build_small(name, seed)
    finally:
        keras.config.set_dtype_policy(policy)
    model.set_weights(weights)
    return model


def run_trust(seed: int = 0) -> dict[str, np.ndarray]:
    """What `measure_trust` and `take_first_step` say of four networks before training, in double precision.

    "cosine/plain-20-small" (steps,), "kept/plain-20-small" (steps,), …; of training's first step
    "loss/…", "promised/…" and "obtained/…" (), "share/…" and "turned/…" (layers,)
    """
    images, labels = load_batch()
    found = {}
    for name in SMALL:
        model = in_double_precision(name, seed)
        trust = measure_trust(model, images, labels, STEPS)
        found[f"cosine/{name}"] = trust.cosine.astype(np.float32)
        found[f"kept/{name}"] = trust.kept.astype(np.float32)
        for quantity, value in take_first_step(model, images, labels, RATE)._asdict().items():
            found[f"{quantity}/{name}"] = np.float32(value)
    return found


def run_start(seed: int = 0) -> dict[str, np.ndarray]:
    """What noise on the pixels becomes in four networks before training, and what keeps residual ones calm.

    "noise/plain-20-small" (blocks,), …; "blocks/plain-20-small" (blocks,), …: the gradient in what each
    block gives; "path/resnet-44-small" (blocks,): what F gives, over what it is added to;
    "growth/resnet-44-small" (identity blocks,): the gradient entering a block, over the one leaving it
    """
    images, labels = load_batch()
    found = {}
    for name in SMALL:
        model = build_small(name, seed)
        noise = np.random.default_rng(seed).normal(0, NOISE, images.shape).astype(np.float32)
        found[f"noise/{name}"] = follow_noise(model, images, noise)
        found[f"blocks/{name}"] = measure_block_gradients(model, images, labels)
        if name == "resnet-44-small":
            found[f"path/{name}"] = measure_paths(model, images, training=True)
            parts = split_gradient(model, images[:64], labels[:64])
            found[f"growth/{name}"] = parts.entering / parts.leaving
    return {name: values.astype(np.float32) for name, values in found.items()}


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


LESIONS, GRADIENTS = 60, 64  # images of a group


def run_complete(seed: int = 0) -> dict[str, np.ndarray]:
    """What is measured of the bundled networks; each seed takes other images.

    "norms/plain-20-cifar" (layers,): the gradient in each layer's output, on 64 training images;
    "moves/plain-20-cifar" (layers,): the gradient in each layer's kernel, over the kernel's own length;
    "blocks/plain-20-cifar" (blocks,): the gradient in what each block gives;
    "lesions/plain-20-cifar" (1 + blocks,): the errors of `measure_lesions` on 60 test images;
    "path/resnet-20-cifar" (blocks,): what F gives, over what it is added to, on the same
    """
    data, found = datasets.load("cifar10"), {}
    seen = slice(GRADIENTS * seed, GRADIENTS * (seed + 1))
    new = slice(LESIONS * seed, LESIONS * (seed + 1))
    images, new_images = prepare(data.train_images[seen]), prepare(data.test_images[new])
    for name in RECIPES:
        model = load_complete(name).model
        at = norms(model, images, data.train_labels[seen])
        lengths = [np.linalg.norm(layer.kernel) for layer in layers_with_kernel(model)]
        found[f"norms/{name}"], found[f"moves/{name}"] = at.outputs, at.weights / lengths
        found[f"blocks/{name}"] = measure_block_gradients(model, images, data.train_labels[seen])
        found[f"lesions/{name}"] = measure_lesions(model, new_images, data.test_labels[new])
        if read_name(name).kind == "resnet":
            found[f"path/{name}"] = measure_paths(model, new_images)
    return {name: values.astype(np.float32) for name, values in found.items()}
