"""Lesson 08's experiments: one frame, one budget, and any block; the baselines, recorded with ten seeds."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from zoo_helpers.core import datasets, recordings, training
from zoo_helpers.core.arguments import finite, in_short, numbers, one_of, whole
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.claims import say
from zoo_helpers.your_own import scoreboard
from zoo_helpers.your_own.plan import BATCH, BLOCKS, CHANNELS, EPOCHS, IMAGES, RATE, SEEDS, SIDE, STEPS
from zoo_helpers.your_own.probes import Block, BlockError, count_trainable, look_at, operations_of

PATIENCE = 120  # seconds of computing, all cores together; then a training is given up, after an epoch
ENOUGH = 2  # standard errors: what seeds alone do one time in twenty


class Data(NamedTuple):
    """Images of 16 by 16, each channel of mean 0 and deviation 1 in the training images; and their labels."""

    images: np.ndarray
    labels: np.ndarray
    new_images: np.ndarray
    new_labels: np.ndarray


def load() -> Data:
    """The bundled CIFAR-10 excerpt, halved: 4,000 images to learn from, 2,000 new ones."""
    data = datasets.load("cifar10")
    images, new_images = map(_halve, (data.train_images[:IMAGES], data.test_images))
    mean, deviation = images.mean((0, 1, 2)), images.std((0, 1, 2))
    images, new_images = ((one - mean) / deviation for one in (images, new_images))
    return Data(images, data.train_labels[:IMAGES], new_images, data.test_labels)


def _halve(images: np.ndarray) -> np.ndarray:
    step = images.shape[1] // SIDE
    return images.reshape(-1, SIDE, step, SIDE, step, 3).mean(axis=(2, 4)).astype(np.float32)


# --- The frame and the baselines --------------------------------------------------------------------------


def build(block: Block, name: str = "mine") -> keras.Model:
    """The frame with a block in each of its places: images (16, 16, 3) to ten probabilities."""
    if not callable(block):
        raise ValueError(f"block must be a function of x and channels; got {in_short(block)}")
    image = x = keras.Input((SIDE, SIDE, 3))
    for channels in CHANNELS:
        x = layers.Conv2D(channels, 3, strides=2, padding="same", activation="relu")(x)
        for _ in range(BLOCKS):
            x = block(x, channels)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(10, activation="softmax")(x), name=name)


def convolve(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """A 3 by 3 convolution, normalized: what plain and residual blocks are made of."""
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def plain(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """Two normalized convolutions, each with its ReLU."""
    x = layers.ReLU()(convolve(x, channels))
    return layers.ReLU()(convolve(x, channels))


def residual(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """The same with the input added before the second ReLU."""
    y = layers.ReLU()(convolve(x, channels))
    return layers.ReLU()(layers.add([x, convolve(y, channels)]))


def vgg_like(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """Two convolutions with biases and ReLUs, and no normalization, as in 2014; He's weights."""
    for _ in range(2):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return x


def lrn(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """The same with local response normalization after each ReLU.

    k is 1, not AlexNet's 2, which divides every number by 1.68 at least: twelve in a row silence a network.
    """
    from zoo_helpers.alexnet.layers import LocalResponseNormalization

    for _ in range(2):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
        x = LocalResponseNormalization(k=1.0)(x)
    return x


BASELINES: Mapping[str, Block] = MappingProxyType(
    {"plain": plain, "residual": residual, "VGG-like": vgg_like, "LRN": lrn}
)


class Run(NamedTuple):
    """One training: the error on new images, the loss after each epoch, and the seconds that it took."""

    error: float
    loss: np.ndarray
    seconds: float


def train(block: Block, name: str, seed: int, data: Data | None = None) -> Run:
    """Build and train with one seed under the budget. Raises BlockError where that comes to nothing."""
    data = data or load()
    training.set_seeds(seed)
    start, begun = time.monotonic(), time.process_time()
    model = build(block)
    rate = keras.optimizers.schedules.CosineDecay(RATE, STEPS)

    def look() -> None:
        if not all(np.isfinite(weights).all() for weights in model.get_weights()):
            raise BlockError("The training gave NaN: the numbers grew without bound. Normalize, or divide.")
        if time.process_time() - begun > PATIENCE:
            raise BlockError("Stopped, because this block costs several times the budget: make it narrower.")

    history = training.fit(
        model,
        data.images,
        data.labels,
        epochs=EPOCHS,
        batch_size=BATCH,
        optimizer=keras.optimizers.Adam(learning_rate=rate),
        stage=f"training {name}, seed {seed}",
        after_epoch=look,
    )
    seconds = time.monotonic() - start
    guesses = model.predict(data.new_images, batch_size=500, verbose=0).argmax(1)
    return Run(float(np.mean(guesses != data.new_labels)), history["loss"], seconds)


def run_baselines(seed: int = 0) -> dict[str, np.ndarray]:
    """Every baseline with one seed.

    "error/plain", "loss/plain" (epochs,), "parameters/plain", …
    """
    data, found = load(), {}
    for name, block in BASELINES.items():
        run = train(block, name, seed, data)
        found[f"error/{name}"] = np.float32(run.error)
        found[f"loss/{name}"] = run.loss.astype(np.float32)
        found[f"parameters/{name}"] = np.int64(count_trainable(build(block)))
    return found


# --- A learner's idea -------------------------------------------------------------------------------------


def trial(block: Block, name: str, seed: int = 0) -> None:
    """Train a learner's block with one seed, keep what it gives, and say it; it never raises."""
    try:
        one_of("seed", seed, SEEDS)
        look = look_at(block)
        own = fingerprint(block)
        run = train(block, scoreboard.clean(name), seed)
    except ValueError as wrong:  # a BlockError too
        say(f"Not yet. {wrong}")
        return
    except KeyboardInterrupt:
        say("You stopped it; nothing was kept.")
        return
    except Exception as error:  # whatever a block does in the middle of a training
        words = " ".join(str(error).split())[:200]
        say(f"Not yet. The training failed: {type(error).__name__}: {words}")
        return
    scoreboard.keep(name, look.parameters, own, seed, run.error, run.seconds)
    weights = f"{look.parameters:,} trainable weights"
    say(f"seed {seed}: wrong on {run.error:.1%} of the new images; {weights}, {run.seconds:.0f} s")


def fingerprint(block: Block) -> str:
    """What tells a block from another: its layers and their options, whatever they are called."""
    x = keras.Input((SIDE // 2, SIDE // 2, CHANNELS[0]))
    model = keras.Model(x, block(x, CHANNELS[0]))
    seen = []
    for operation in operations_of(model):
        options = {key: value for key, value in _config(operation).items() if key != "name"}
        seen.append([type(operation).__name__, list(operation.output.shape), str(options)])
    code = re.sub(r" at 0x[0-9a-f]+", "", json.dumps(seen))
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def _config(operation: keras.Operation) -> Mapping[str, object]:
    try:
        return operation.get_config()
    except Exception:  # a learner's own layer need not have one
        return {}


# --- The verdict ------------------------------------------------------------------------------------------


class Comparison(NamedTuple):
    """An idea against a baseline: the difference of the mean errors, and its standard error."""

    difference: float
    standard_error: float

    @property
    def is_shown(self) -> bool:
        """Whether the difference is larger than what seeds alone seldom do."""
        return abs(self.difference) > ENOUGH * self.standard_error


def compare(errors: Sequence[float], baseline: Sequence[float]) -> Comparison:
    """The mean of `errors` less the baseline's, which has the more seeds, and so the better-known spread.

    Three seeds hardly know their own spread: it is the baseline's, or the idea's if that is larger.
    """
    errors, baseline = (
        finite(name, numbers(name, values, "(seeds,)", None))
        for name, values in (("errors", errors), ("baseline", baseline))
    )
    whole("the seeds of baseline", len(baseline), 3)
    spreads = [np.std(one, ddof=1) for one in (errors, baseline) if len(one) > 2]
    standard_error = max(spreads) * np.sqrt(1 / len(errors) + 1 / len(baseline))
    return Comparison(float(np.mean(errors) - np.mean(baseline)), float(standard_error))


def load_baselines() -> dict[str, np.ndarray]:
    """The errors of the recorded baselines, name -> (seeds,)."""
    return recordings.load("your_own_baselines").group("error")


def verdict(name: str) -> None:
    """Print what the seeds measured so far say about an idea."""
    idea = {one.name: one for one in scoreboard.read()}.get(scoreboard.clean(name))
    if idea is None:
        say(f"Nothing was measured of “{scoreboard.clean(name)}” yet: run its trials first.")
        return
    errors = list(idea.errors.values())
    said = ", ".join(f"{error:.1%}" for error in errors)
    say(f"“{idea.name}”: {said}; mean {np.mean(errors):.1%}, {idea.parameters:,} trainable weights")
    for baseline, recorded in load_baselines().items():
        say(f"against {baseline:8} {_words(compare(errors, recorded))}")
    if len(errors) < len(SEEDS):
        say(f"{len(errors)} of {len(SEEDS)} seeds: a quick look, no verdict.")


def _words(found: Comparison) -> str:
    points = f"{100 * found.difference:+5.1f} points, standard error {100 * found.standard_error:.1f}:"
    if not found.is_shown:
        return f"{points} no difference shown"
    return f"{points} {'better' if found.difference < 0 else 'worse'}, by more than the seeds' spread"
