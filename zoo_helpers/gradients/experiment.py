"""Lesson 05's experiments: what a layer of a tower passes on, and what training makes of the tower."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from zoo_helpers.core import datasets, training
from zoo_helpers.core.arguments import finite, number, numbers, one_of, whole
from zoo_helpers.core.backend import keras
from zoo_helpers.core.backprop import layers_with_kernel, norms, statistics_kept
from zoo_helpers.core.progress import Progress
from zoo_helpers.gradients.model import INITIALIZERS, as_sigmoid, build_tower, prepare
from zoo_helpers.gradients.theory import ACTIVATIONS

BATCH = 256  # images of a measurement
KINDS = MappingProxyType(
    {"plain": {}, "batch normalization": {"batch_norm": True}, "shortcuts": {"residual": True}}
)
# What is measured: every activation with every initialization in every kind of tower, each by a name such as
# "sigmoid, glorot, plain".
SETTINGS = MappingProxyType(
    {", ".join(setting): setting for setting in product(ACTIVATIONS, INITIALIZERS, KINDS)}
)
DEPTHS = (20, 50)

# --- What is measured ------------------------------------------------------------------------------------


def measured_ratio(sizes: np.ndarray) -> float:
    """The slope of the gradient's size along the hidden layers, (depth - 1,), as a ratio a layer.

    Without the first layer, whose input are images.

    >>> round(measured_ratio(np.array([7, 0.25, 0.5, 1])), 3)
    0.5
    """
    sizes = finite("sizes", numbers("sizes", sizes, "(depth - 1,)", None))
    if len(sizes) < 3 or sizes.min() <= 0:
        raise ValueError(f"sizes must be at least three numbers above 0; got {sizes}")
    slope = np.polyfit(np.arange(len(sizes) - 1), np.log(sizes[1:]), 1)[0]
    return float(np.exp(-slope))


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """The first 256 bundled test images, prepared, and their labels."""
    data = datasets.load("mnist")
    return prepare(data.test_images[:BATCH]), data.test_labels[:BATCH]


def measure_norms(names: Iterable[str] = SETTINGS, depth: int = 20, seed: int = 0) -> dict[str, np.ndarray]:
    """For each of SETTINGS the gradient's size at each hidden layer, (depth - 1,), over that at the last."""
    names = [one_of("name", name, SETTINGS) for name in ([names] if isinstance(names, str) else names)]
    digits, found = load_digits(), {}
    whole("depth", depth, low=2)
    training.set_seeds(seed)
    with Progress(f"measuring {len(names)} towers of {depth} layers", len(names)) as progress:
        for name in names:
            activation, initializer, kind = SETTINGS[name]
            tower = build_tower(depth, activation, initializer, **KINDS[kind])
            outputs = norms(tower, *digits).outputs[:-1]
            found[name] = outputs / outputs[-1]
            progress.reach(len(found))
    return found


def run_norms(seed: int) -> dict[str, np.ndarray]:
    """`measure_norms` of all SETTINGS for each of DEPTHS, "depth20/sigmoid, glorot, plain" and so on."""
    return {
        f"depth{depth}/{name}": sizes.astype("float32")
        for depth in DEPTHS
        for name, sizes in measure_norms(depth=depth, seed=seed).items()
    }


class Scales(NamedTuple):
    """What a batch of images becomes in each hidden layer.

    layers  : the names, (L,)
    sizes   : the root mean square of the activations, (L,)
    spreads : the root mean square of what is left when the mean over the images is subtracted, (L,)
    """

    layers: tuple[str, ...]
    sizes: np.ndarray
    spreads: np.ndarray


def trace_activations(model: keras.Model, images: np.ndarray) -> dict[str, np.ndarray]:
    """The outputs of each activation layer for a batch, as in training: name -> (N, ...)."""
    present = model.layers if isinstance(model, keras.Model) and getattr(model, "inputs", None) else []
    watched = [layer for layer in present if isinstance(layer, keras.layers.Activation)]
    if not watched:
        raise ValueError(f"model must have layers of their own for its activations; got {model!r:.80}")
    shape = model.input_shape[1:]
    images = finite("images", numbers("images", images, f"(N, {', '.join(map(str, shape))})", None, *shape))
    with statistics_kept(model):
        outputs = keras.Model(model.input, [layer.output for layer in watched])(images, training=True)
    return {layer.name: np.asarray(output) for layer, output in zip(watched, outputs, strict=True)}


def activation_scales(model: keras.Model, images: np.ndarray) -> Scales:
    """How large the activations are in each hidden layer, and how much of that tells the images apart."""
    traced = {name: values.astype(np.float64) for name, values in trace_activations(model, images).items()}
    sizes = [np.sqrt(np.mean(values**2)) for values in traced.values()]
    spreads = [np.sqrt(np.mean(values.var(axis=0))) for values in traced.values()]
    return Scales(tuple(traced), np.array(sizes), np.array(spreads))


# --- Training --------------------------------------------------------------------------------------------

EPOCHS = 3
RATE = 0.02
STEP = 64  # images


def _descent() -> keras.Optimizer:
    return keras.optimizers.SGD(RATE)


def _equal_steps() -> keras.Optimizer:
    # Lion takes the sign of its averaged gradient: every weight goes as far, be its gradient large or small.
    return keras.optimizers.Lion(1e-4)


class Remedy(NamedTuple):
    """How a tower of some depth is built, and a new optimizer that trains it."""

    build: Callable[[int], keras.Model]
    optimizer: Callable[[], keras.Optimizer] = _descent


# The first does not learn; each of the others changes something about it.
REMEDIES = MappingProxyType(
    {
        "sigmoid, Glorot": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot")),
        "sigmoid, equal steps": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot"), _equal_steps),
        "ReLU, Glorot": Remedy(lambda depth: build_tower(depth, "relu", "glorot")),
        "ReLU, He": Remedy(lambda depth: build_tower(depth, "relu", "he")),
        "ReLU, He, equal steps": Remedy(lambda depth: build_tower(depth, "relu", "he"), _equal_steps),
        "tanh, Glorot": Remedy(lambda depth: build_tower(depth, "tanh", "glorot")),
        "sigmoid, weights of tanh": Remedy(lambda depth: as_sigmoid(build_tower(depth, "tanh", "glorot"))),
        "sigmoid, normalized": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot", batch_norm=True)),
        "ReLU, normalized": Remedy(lambda depth: build_tower(depth, "relu", "he", batch_norm=True)),
        "sigmoid, shortcuts": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot", residual=True)),
    }
)
AT_FIFTY = ("ReLU, He", "tanh, Glorot", "sigmoid, normalized", "ReLU, normalized")


class TrainedTower(NamedTuple):
    """A tower after training, and what training did to it.

    misread : the share of the training digits that it misread, (epochs,)
    moved   : how far each layer's kernel went, over its size at the start, (layers,)
    touched : the share of each kernel's weights that differ from what they were, (layers,)
    """

    tower: keras.Model
    misread: np.ndarray
    moved: np.ndarray
    touched: np.ndarray


def train(name: str, depth: int = 20, seed: int = 0) -> TrainedTower:
    """One of REMEDIES, trained on the 12,000 bundled digits, 3 epochs; 20 layers take 5 to 10 s."""
    training.set_seeds(seed)
    remedy = REMEDIES[one_of("name", name, REMEDIES)]
    tower = remedy.build(depth)
    data = datasets.load("mnist")
    before = _kernels(tower)
    history = training.fit(
        tower,
        prepare(data.train_images),
        data.train_labels,
        epochs=EPOCHS,
        stage=f"training {name}",
        optimizer=remedy.optimizer(),
        seed=seed,
    )
    changes = [(new - old, old) for new, old in zip(_kernels(tower), before, strict=True)]
    return TrainedTower(
        tower,
        1 - history["accuracy"],
        np.array([np.linalg.norm(change) / np.linalg.norm(old) for change, old in changes]),
        np.array([np.mean(change != 0) for change, _ in changes]),
    )


def _kernels(tower: keras.Model) -> list[np.ndarray]:
    return [layer.kernel.numpy() for layer in layers_with_kernel(tower)]


def run_remedies(seed: int) -> dict[str, np.ndarray]:
    """What `train` finds for all REMEDIES with 20 layers: "misread/ReLU, He", "moved/ReLU, He" and so on."""
    trained = {name: train(name, seed=seed) for name in REMEDIES}
    return {
        f"{field}/{name}": getattr(found, field).astype("float32")
        for field in ("misread", "moved", "touched")
        for name, found in trained.items()
    }


def run_fifty(seed: int) -> dict[str, np.ndarray]:
    """What AT_FIFTY misread with 50 layers, epoch by epoch: "misread/ReLU, He" and so on."""
    return {f"misread/{name}": train(name, 50, seed).misread.astype("float32") for name in AT_FIFTY}


# --- Explosions ------------------------------------------------------------------------------------------

# name -> n Var(w) in a tower of 20 ReLUs, and the limit of the gradient's length if it is clipped
EXPLOSIONS = MappingProxyType(
    {
        "He": (2.0, None),
        "1.2 × He": (2 * 1.2**2, None),
        "1.5 × He": (2 * 1.5**2, None),
        "1.5 × He, clipped at 100": (2 * 1.5**2, 100.0),
        "1.5 × He, clipped at 10": (2 * 1.5**2, 10.0),
        "1.5 × He, clipped at 1": (2 * 1.5**2, 1.0),
    }
)


def descend(tower: keras.Model, steps: int, clip: float | None = None, seed: int = 0) -> np.ndarray:
    """The loss before each of `steps` steps of plain gradient descent, (steps,), 64 digits a step.

    clip : the greatest length of the gradient of all weights together; a longer one is shortened to it
    seed : of the order of the digits, another in each epoch
    """
    data = datasets.load("mnist")
    images, labels = prepare(data.train_images), data.train_labels
    steps = whole("steps", steps)
    clip = clip if clip is None else number("clip", clip, above=0)
    tower.compile(keras.optimizers.SGD(RATE, global_clipnorm=clip), "sparse_categorical_crossentropy")
    generator, losses, order = np.random.default_rng(seed), [], []
    with Progress("descending", steps) as progress:
        for step in range(steps):
            if len(order) < STEP:
                order = generator.permutation(len(labels))
            batch, order = order[:STEP], order[STEP:]
            losses.append(float(tower.train_on_batch(images[batch], labels[batch])))
            progress.reach(step + 1)
    return np.array(losses)


def run_explosions(seed: int) -> dict[str, np.ndarray]:
    """What `descend` finds for all EXPLOSIONS in EPOCHS epochs: "loss/He" and so on, NaN where it is none."""
    steps, losses = EPOCHS * len(datasets.load("mnist").train_labels) // STEP, {}
    for name, (gain, clip) in EXPLOSIONS.items():
        training.set_seeds(seed)
        losses[f"loss/{name}"] = descend(build_tower(20, "relu", gain), steps, clip, seed).astype("float32")
    return losses
