"""Lesson 05's experiments: towers of equal layers, what a layer passes on, and what training makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zoo_helpers.core import datasets, training
from zoo_helpers.core.backprop import norms, statistics_kept
from zoo_helpers.core.progress import Progress

if TYPE_CHECKING:
    import keras

Activation = str | Callable[[Any], Any]

SIDE = 16
WIDTH = SIDE * SIDE  # as many units as the input has numbers: every layer is like every other
CLASSES = 10
BATCH = 256  # images of a measurement

# name -> n Var(w), which n, and the distribution: the arguments of `keras.initializers.VarianceScaling`
INITIALIZERS = MappingProxyType(
    {
        "naive": (1 / 3, "fan_in", "uniform"),  # between -1 / sqrt(n) and 1 / sqrt(n)
        "glorot": (1.0, "fan_avg", "uniform"),
        "he": (2.0, "fan_in", "truncated_normal"),
    }
)
ACTIVATIONS: MappingProxyType[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {
        "sigmoid": lambda s: 0.5 * (1 + np.tanh(s / 2)),
        "tanh": np.tanh,
        "relu": lambda s: np.maximum(s, 0),
    }
)
KINDS = MappingProxyType(
    {"plain": {}, "batch normalization": {"batch_norm": True}, "shortcuts": {"residual": True}}
)
# What is measured: every activation with every initialization in every kind of tower.
SETTINGS = tuple(product(ACTIVATIONS, INITIALIZERS, KINDS))
DEPTHS = (20, 50)

# --- The towers -----------------------------------------------------------------------------------------


def prepare(images: np.ndarray) -> np.ndarray:
    """MNIST images as the towers take them: uint8 (N, 28, 28) to float32 (N, 256).

    With a margin of 2 pixels and halved to 16 by 16; each image has mean 0 and mean square 1.
    """
    framed = np.pad(images.astype(np.float32), ((0, 0), (2, 2), (2, 2)))
    halved = framed.reshape(-1, SIDE, 2, SIDE, 2).mean(axis=(2, 4)).reshape(-1, WIDTH)
    centred = halved - halved.mean(axis=1, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True))


def build_tower(
    depth: int,
    activation: Activation,
    initializer: str | float,
    batch_norm: bool = False,
    residual: bool = False,
) -> keras.Model:
    """A tower of `depth` dense layers: (256,) numbers to ten probabilities, 256 units in every layer before.

    activation  : "sigmoid", "tanh", "relu", or a function that Keras can call
    initializer : "naive", "glorot", "he", or a number: n Var(w)
    batch_norm  : normalize each layer's output before its activation
    residual    : from the second layer on, add a layer's input to what its activation gives

    A layer `dense7` gives the pre-activation s; `bn7`, `act7` and `add7` are layers of their own.
    """
    training.quiet_tensorflow()
    from keras import Input, Model, layers

    x = images = Input((WIDTH,), name="images")
    for number in range(1, depth):
        before = x
        x = _dense(WIDTH, initializer, f"dense{number}", use_bias=not batch_norm)(x)
        if batch_norm:
            x = layers.BatchNormalization(epsilon=1e-5, name=f"bn{number}")(x)
        x = layers.Activation(activation, name=f"act{number}")(x)
        if residual and number > 1:
            x = layers.Add(name=f"add{number}")([before, x])
    x = _dense(CLASSES, initializer, f"dense{depth}", activation="softmax")(x)
    return Model(images, x, name="tower")


def _dense(units: int, initializer: str | float, name: str, **options: Any) -> keras.layers.Layer:
    from keras import initializers, layers

    spread = initializers.VarianceScaling(*_scaling(initializer))
    return layers.Dense(units, kernel_initializer=spread, name=name, **options)


def _scaling(initializer: str | float) -> tuple[float, str, str]:
    if not isinstance(initializer, str):
        return initializer, "fan_in", "untruncated_normal"
    if initializer not in INITIALIZERS:
        known = ", ".join(INITIALIZERS)
        raise ValueError(f"initializer must be one of {known}, or a number; got {initializer!r}")
    return INITIALIZERS[initializer]


def as_sigmoid(tower: keras.Model) -> keras.Model:
    """A tower of sigmoids that computes what a plain tower of tanh does, for tanh(s) = 2 sigmoid(2 s) - 1."""
    depth = sum(hasattr(layer, "kernel") for layer in tower.layers)
    twin = build_tower(depth, "sigmoid", "glorot")
    for number in range(1, depth + 1):
        kernel, bias = tower.get_layer(f"dense{number}").get_weights()
        if number > 1:  # its inputs were 2 g - 1 and are g
            kernel, bias = 2 * kernel, bias - kernel.sum(axis=0)
        if number < depth:  # its output s is wanted twice as large
            kernel, bias = 2 * kernel, 2 * bias
        twin.get_layer(f"dense{number}").set_weights([kernel, bias])
    return twin


def build_broken() -> keras.Model:
    """A tower of twenty ReLU layers with He's weights, one of which passes on next to nothing."""
    tower = build_tower(20, "relu", "he")
    kernel, bias = tower.get_layer("dense9").get_weights()
    tower.get_layer("dense9").set_weights([kernel / 1000, bias])
    return tower


# --- What theory says ------------------------------------------------------------------------------------

# A standard normal variable as points and their weights. Gauss and Hermite's own points are fewer, but a kink
# such as the ReLU's costs them three digits.
_POINTS = np.linspace(-10, 10, 2000)
_SHARES = np.exp(-(_POINTS**2) / 2) / np.exp(-(_POINTS**2) / 2).sum()


class Passage(NamedTuple):
    """What an activation makes of normally distributed sums s: three means over them."""

    mean: float
    square: float
    squared_slope: float


def pass_through(activation: Activation, variance: float) -> Passage:
    """The means of f(s), f(s)² and f'(s)² for the activation f and sums s of this variance, mean 0.

    >>> round(pass_through("relu", 2.0).square, 9)
    1.0
    """
    f = ACTIVATIONS[activation] if isinstance(activation, str) else activation
    s, step = np.sqrt(variance) * _POINTS, 1e-3 * np.sqrt(variance)
    values, above, below = (np.asarray(f(at)) for at in (s, s + step, s - step))
    slopes = (above - below) / (2 * step)
    return Passage(float(_SHARES @ values), float(_SHARES @ values**2), float(_SHARES @ slopes**2))


def predict_norms(
    activation: Activation, initializer: str | float, depth: int, batch_norm: bool = False
) -> np.ndarray:
    """The gradient's size at each hidden layer, (depth - 1,), over that at the last of them, by theory.

    Exact for infinitely many units with random weights, and images of mean square 1.
    Source: Schoenholz et al. 2017; with batch normalization and a ReLU, Yang et al. 2019.
    """
    factors = _factors(activation, initializer, depth - 2, batch_norm)
    return np.append(np.cumprod(factors[::-1])[::-1], 1.0)


def predicted_ratio(activation: Activation, initializer: str | float, batch_norm: bool = False) -> float:
    """The size of the gradient at a layer over that at the next, far from the input: below 1 it vanishes.

    activation  : "sigmoid", "tanh", "relu", or a function of an array
    initializer : "naive", "glorot", "he", or a number: n Var(w)
    batch_norm  : then the ratio depends on the activation alone

    >>> round(predicted_ratio("relu", "glorot"), 3)
    0.707
    """
    return float(_factors(activation, initializer, 2000, batch_norm)[-1])


def _factors(activation: Activation, initializer: str | float, count: int, batch_norm: bool) -> np.ndarray:
    """What each of the first `count` layers multiplies a gradient's size with on its way back."""
    gain = _scaling(initializer)[0]
    if batch_norm:  # every sum is divided by its standard deviation, in which the weights' size cancels
        passage = pass_through(activation, 1.0)
        return np.full(count, np.sqrt(passage.squared_slope / (passage.square - passage.mean**2)))
    factors: list[float] = []
    variance, following = None, gain  # of a layer's sums: the images have mean square 1
    while len(factors) < count and following != variance:
        variance = following
        passage = pass_through(activation, variance)
        factors.append(np.sqrt(gain * passage.squared_slope))
        # Rounded, so that it settles; cut off, since a ReLU's grows or shrinks without end.
        following = float(f"{np.clip(gain * passage.square, 1e-12, 1e12):.12g}")
    return np.array(factors + factors[-1:] * (count - len(factors)))


# --- What is measured ------------------------------------------------------------------------------------


def measured_ratio(sizes: np.ndarray) -> float:
    """The slope of the gradient's size along the hidden layers, (depth - 1,), as a ratio a layer.

    Without the first layer, which hears images.

    >>> round(measured_ratio(np.array([7, 0.25, 0.5, 1])), 3)
    0.5
    """
    slope = np.polyfit(np.arange(len(sizes) - 1), np.log(sizes[1:]), 1)[0]
    return float(np.exp(-slope))


def load_digits(count: int = BATCH) -> tuple[np.ndarray, np.ndarray]:
    """The first bundled test images, prepared, and their labels."""
    data = datasets.load("mnist")
    return prepare(data.test_images[:count]), data.test_labels[:count]


def measure_norms(
    settings: Iterable[tuple[str, str, str]] = SETTINGS, depth: int = 20, seed: int = 0
) -> dict[tuple[str, str, str], np.ndarray]:
    """For each setting the gradient's size at each hidden layer, (depth - 1,), over that at the last of them.

    settings : (activation, initializer, kind), kind as in KINDS
    """
    digits, settings, found = load_digits(), list(settings), {}
    training.set_seeds(seed)
    with Progress(f"measuring {len(settings)} towers of {depth} layers", len(settings)) as progress:
        for activation, initializer, kind in settings:
            tower = build_tower(depth, activation, initializer, **KINDS[kind])
            outputs = norms(tower, *digits).outputs[:-1]
            found[activation, initializer, kind] = outputs / outputs[-1]
            progress.reach(len(found))
    return found


def run_norms(seed: int) -> dict[str, np.ndarray]:
    """`measure_norms` of all SETTINGS, an array (settings, depth - 1) for each of DEPTHS."""
    return {
        f"depth{depth}": np.stack(list(measure_norms(depth=depth, seed=seed).values())).astype("float32")
        for depth in DEPTHS
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
    training.quiet_tensorflow()
    import keras

    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Activation)]
    watched = keras.Model(model.input, [layer.output for layer in layers])
    with statistics_kept(model):
        outputs = watched(images, training=True)
    return {layer.name: np.asarray(output) for layer, output in zip(layers, outputs, strict=True)}


def activation_scales(model: keras.Model, images: np.ndarray) -> Scales:
    """How large the activations are in each hidden layer, and how much of that tells the images apart."""
    heard = {name: values.astype(np.float64) for name, values in trace_activations(model, images).items()}
    sizes = [np.sqrt(np.mean(values**2)) for values in heard.values()]
    spreads = [np.sqrt(np.mean(values.var(axis=0))) for values in heard.values()]
    return Scales(tuple(heard), np.array(sizes), np.array(spreads))


# --- Training --------------------------------------------------------------------------------------------

PASSES = 3
RATE = 0.02


class Remedy(NamedTuple):
    """How a tower of some depth is built, and trained.

    optimizer : "descent" or "equal steps", whose steps do not depend on the gradient's size
    """

    build: Callable[[int], keras.Model]
    optimizer: str = "descent"


# The first does not learn; each of the others changes something about it.
REMEDIES = MappingProxyType(
    {
        "sigmoid, Glorot": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot")),
        "sigmoid, equal steps": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot"), "equal steps"),
        "ReLU, Glorot": Remedy(lambda depth: build_tower(depth, "relu", "glorot")),
        "ReLU, He": Remedy(lambda depth: build_tower(depth, "relu", "he")),
        "ReLU, He, equal steps": Remedy(lambda depth: build_tower(depth, "relu", "he"), "equal steps"),
        "tanh, Glorot": Remedy(lambda depth: build_tower(depth, "tanh", "glorot")),
        "sigmoid, weights of tanh": Remedy(lambda depth: as_sigmoid(build_tower(depth, "tanh", "glorot"))),
        "sigmoid, normalized": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot", batch_norm=True)),
        "sigmoid, shortcuts": Remedy(lambda depth: build_tower(depth, "sigmoid", "glorot", residual=True)),
    }
)
AT_FIFTY = ("ReLU, He", "tanh, Glorot", "sigmoid, normalized")


class Trained(NamedTuple):
    """A tower after training, and what training did to it.

    misread : the share of the training digits that it misread, pass by pass, (passes,)
    moved   : how far each layer's kernel went, over its size at the start, (layers,)
    touched : the share of each kernel's weights that differ from what they were, (layers,)
    """

    tower: keras.Model
    misread: np.ndarray
    moved: np.ndarray
    touched: np.ndarray


def train(name: str, depth: int = 20, seed: int = 0) -> Trained:
    """One of REMEDIES, trained on the 12,000 bundled digits, 3 passes; 20 layers take 5 to 10 s."""
    training.set_seeds(seed)
    remedy = REMEDIES[name]
    tower = remedy.build(depth)
    data = datasets.load("mnist")
    before = _kernels(tower)
    history = training.fit(
        tower,
        prepare(data.train_images),
        data.train_labels,
        epochs=PASSES,
        stage=f"training {name}",
        optimizer=_optimizer(remedy.optimizer),
        seed=seed,
    )
    changes = [(new - old, old) for new, old in zip(_kernels(tower), before, strict=True)]
    return Trained(
        tower,
        1 - history["accuracy"],
        np.array([np.linalg.norm(change) / np.linalg.norm(old) for change, old in changes]),
        np.array([np.mean(change != 0) for change, _ in changes]),
    )


def _optimizer(name: str) -> keras.Optimizer:
    from keras.optimizers import SGD, Lion

    # Lion takes the sign of its averaged gradient: every weight goes as far, whether it hears much or little.
    return SGD(RATE) if name == "descent" else Lion(1e-4)


def _kernels(model: keras.Model) -> list[np.ndarray]:
    return [layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")]


def run_remedies(seed: int) -> dict[str, np.ndarray]:
    """What `train` finds for all REMEDIES with 20 layers: "misread", "moved" and "touched", a row each."""
    rows = [train(name, seed=seed) for name in REMEDIES]
    return {
        field: np.stack([getattr(row, field) for row in rows]).astype("float32")
        for field in ("misread", "moved", "touched")
    }


def run_fifty(seed: int) -> dict[str, np.ndarray]:
    """What AT_FIFTY misread with 50 layers, "misread" (towers, passes)."""
    return {"misread": np.stack([train(name, 50, seed).misread for name in AT_FIFTY]).astype("float32")}


def descend(
    tower: keras.Model, steps: int, clip: float | None = None, seed: int = 0, stage: str = "descending"
) -> np.ndarray:
    """The loss before each of `steps` steps of plain gradient descent, (steps,), 64 digits a step.

    clip  : the greatest length of the gradient of all weights together; a longer one is shortened to it
    stage : what the progress bar says
    """
    from keras.optimizers import SGD

    data = datasets.load("mnist")
    images, labels = prepare(data.train_images), data.train_labels
    tower.compile(SGD(RATE, global_clipnorm=clip), "sparse_categorical_crossentropy")
    order = np.random.default_rng(seed).permutation(len(labels))
    losses = []
    with Progress(stage, steps) as progress:
        for step in range(steps):
            batch = order[64 * step : 64 * (step + 1)]
            losses.append(float(tower.train_on_batch(images[batch], labels[batch])))
            progress.reach(step + 1)
    return np.array(losses)
