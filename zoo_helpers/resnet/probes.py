"""What is done to a network to learn about it: steps against its gradient, a walk, lesions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zoo_helpers.core.backprop import statistics_kept
from zoo_helpers.core.progress import Progress
from zoo_helpers.core.training import quiet_tensorflow
from zoo_helpers.resnet.model import build_cifar

if TYPE_CHECKING:
    import keras


# --- How far a gradient holds -------------------------------------------------------------------------


class Trust(NamedTuple):
    """What becomes of a gradient when the weights go a step against it, (steps,) each.

    cosine : between the gradient before the step and the one after it; 1 is the same direction
    kept   : by how much the loss fell, over what the gradient promised; 1 is a kept promise
    """

    cosine: np.ndarray
    kept: np.ndarray


def trust(model: keras.Model, images: np.ndarray, labels: np.ndarray, steps: Sequence[float]) -> Trust:
    """Go steps against the gradient, each a share of the weights' length, and look again after each.

    The network runs as in training; nothing in it changes in the end.
    """
    measure = _loss_and_gradient(model, images, labels)
    start = [variable.numpy() for variable in model.trainable_variables]
    with statistics_kept(model), Progress(f"stepping in {model.name}", len(steps)) as progress:
        loss, gradient = measure()
        length, size = _length(start), _length(gradient)
        cosines, kept = [], []
        for step in steps:
            far = step * length / size
            _assign(model, [weight - far * slope for weight, slope in zip(start, gradient, strict=True)])
            loss_there, gradient_there = measure()
            cosines.append(_dot(gradient, gradient_there) / (size * _length(gradient_there)))
            kept.append((loss - loss_there) / (far * size**2))
            progress.reach(len(kept))
        _assign(model, start)
    return Trust(np.array(cosines), np.array(kept))


# --- The gradient in two parts ---------------------------------------------------------------------------


class Parts(NamedTuple):
    """The size of the gradient at blocks whose shortcut is the identity, (blocks,) each but the last.

    leaving  : in what the block gives, after its last ReLU
    shortcut : in the sum, which an addition hands to both of its sides
    path     : of that, what comes back through the main path F
    entering : in what the block gets
    error    : how far entering is from shortcut plus path at most, over its largest number
    """

    leaving: np.ndarray
    shortcut: np.ndarray
    path: np.ndarray
    entering: np.ndarray
    error: float


def gradient_parts(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> Parts:
    """Take the gradient at each identity block apart; every part is computed by itself."""
    tf = quiet_tensorflow()
    import keras

    layers = {layer.name for layer in model.layers}
    names = [name for name in block_names(model) if f"{name}_shortcut" not in layers]
    sums = [model.get_layer(f"{name}_add") for name in names]
    tensors = [
        (total.input[1], total.input[0], total.output, model.get_layer(name).output)
        for total, name in zip(sums, names, strict=True)
    ]
    watched = keras.Model(model.input, [model.output, tensors])
    with statistics_kept(model), tf.GradientTape(persistent=True) as tape:
        probabilities, blocks = watched(images, training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
    gradients = tape.gradient(loss, [(entry, total, leaving) for entry, _, total, leaving in blocks])
    sizes, errors = [], []
    with Progress(f"taking {model.name} apart", len(blocks)) as progress:
        for (entry, path, *_), (entering, at_sum, at_end) in zip(blocks, gradients, strict=True):
            through_path = tape.gradient(path, entry, output_gradients=at_sum)
            sizes.append([float(tf.norm(part)) for part in (at_end, at_sum, through_path, entering)])
            difference = tf.reduce_max(abs(entering - at_sum - through_path))
            errors.append(float(difference / tf.reduce_max(abs(entering))))
            progress.reach(len(sizes))
    return Parts(*np.array(sizes).T, max(errors))


# --- A slice through the loss surface -----------------------------------------------------------------


def slice_surface(
    model: keras.Model, images: np.ndarray, labels: np.ndarray, places: np.ndarray, seed: int = 0
) -> np.ndarray:
    """The loss where the weights are moved by `places` along a random direction, (places,).

    Each filter's direction is as long as the filter itself; normalization and biases stay as they are. The
    batch's own statistics normalize. Source: Li et al. 2018, "Visualizing the loss landscape of neural nets".
    """
    measure = _loss_and_gradient(model, images, labels, gradient=False)
    start = [variable.numpy() for variable in model.trainable_variables]
    direction = _direction(start, np.random.default_rng(seed))
    losses = []
    with statistics_kept(model), Progress("walking through the loss surface", len(places)) as progress:
        for number, place in enumerate(places, start=1):
            _assign(model, [weight + place * way for weight, way in zip(start, direction, strict=True)])
            losses.append(measure()[0])
            progress.reach(number)
        _assign(model, start)
    return np.array(losses)


def count_dips(losses: np.ndarray) -> int:
    """How many places of a curve, (places,), lie below both their neighbours.

    >>> count_dips(np.array([3, 1, 2, 0, 4]))
    2
    """
    inner = losses[1:-1]
    return int(np.sum((inner < losses[:-2]) & (inner < losses[2:])))


def _direction(weights: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    ways = []
    for weight in weights:
        if weight.ndim < 2:
            ways.append(np.zeros_like(weight))
            continue
        way = generator.normal(size=weight.shape).astype(weight.dtype)
        inputs = tuple(range(weight.ndim - 1))  # a filter is all that one output sums up
        longer = np.sqrt(np.sum(weight**2, inputs) / np.sum(way**2, inputs))
        ways.append(way * longer)
    return ways


def _loss_and_gradient(
    model: keras.Model, images: np.ndarray, labels: np.ndarray, gradient: bool = True
) -> Callable[[], tuple[float, list[np.ndarray]]]:
    """A function that measures both with the weights that the model has when it is called."""
    tf = quiet_tensorflow()
    import keras

    def measure() -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            probabilities = model(images, training=True)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
        weights = [variable.value for variable in model.trainable_variables]
        return loss, tape.gradient(loss, weights) if gradient else []

    # One graph, made now: TensorFlow warns of functions that it makes graphs for again and again.
    graph = tf.function(measure, autograph=False).get_concrete_function()

    def measured() -> tuple[float, list[np.ndarray]]:
        loss, slopes = graph()
        return float(loss), [slope.numpy() for slope in slopes]

    return measured


def _assign(model: keras.Model, weights: list[np.ndarray]) -> None:
    for variable, weight in zip(model.trainable_variables, weights, strict=True):
        variable.assign(weight)


def _dot(ones: list[np.ndarray], others: list[np.ndarray]) -> float:
    return sum(float(np.vdot(one, other)) for one, other in zip(ones, others, strict=True))


def _length(arrays: list[np.ndarray]) -> float:
    return float(np.sqrt(_dot(arrays, arrays)))


# --- Lesions ------------------------------------------------------------------------------------------

BATCH = 100  # images at a time: of each, the maps in front of every block are kept


def block_names(model: keras.Model) -> list[str]:
    """The names of a network's blocks, in order, such as "conv2_1": the last layer of each bears it."""
    return [layer.name for layer in model.layers if re.fullmatch(r"conv\d_\d+", layer.name)]


def cut(model: keras.Model, block: str) -> tuple[Any, keras.Model]:
    """What goes on where a block is taken out, and the rest of the network, which shares its weights.

    What went into the block goes on as it is, through shortcut A where the size changes. In a plain network
    this takes two layers out.
    """
    import keras

    from zoo_helpers.resnet.layers import ZeroPadShortcut

    first, last = model.get_layer(f"{block}_1"), model.get_layer(block)
    entry = first.input
    stride, width = first.strides[0], last.output.shape[-1]
    if stride > 1:  # its input is padded first
        entry = model.get_layer(f"{block}_1_pad").input
        entry = ZeroPadShortcut(width, stride, name=f"{block}_around")(entry)
    return entry, keras.Model(last.output, model.output)


def lesion_errors(model: keras.Model, images: np.ndarray, labels: np.ndarray, stage: str) -> np.ndarray:
    """The error of the whole network, then without each of its blocks, (1 + blocks,), as fractions."""
    import keras

    cuts = [cut(model, block) for block in block_names(model)]
    before = keras.Model(model.input, [model.output, *(entry for entry, _ in cuts)])
    wrong = np.zeros(1 + len(cuts))
    batches = range(0, len(images), BATCH)
    with Progress(stage, len(batches) * len(cuts)) as progress:
        for earlier, first in enumerate(batches):
            right = labels[first : first + BATCH]
            answers, *entries = before(images[first : first + BATCH], training=False)
            wrong[0] += np.sum(np.argmax(answers, axis=1) != right)
            for number, ((_, tail), entry) in enumerate(zip(cuts, entries, strict=True), start=1):
                wrong[number] += np.sum(np.argmax(tail(entry), axis=1) != right)
                progress.reach(earlier * len(cuts) + number)
    return wrong / len(images)


def path_sizes(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """How large what a residual network's main paths F give is, over what it is added to, (blocks,)."""
    import keras

    sums = [model.get_layer(f"{block}_add").input for block in block_names(model)]
    sides = keras.Model(model.input, sums)(images, training=False)
    return np.array([np.linalg.norm(path) / np.linalg.norm(shortcut) for path, shortcut in sides])


# --- A block as the identity ----------------------------------------------------------------------------

# name -> the layer of `build_block` that holds it, and its name there
BLOCK_WEIGHTS = MappingProxyType(
    {
        "kernel1": ("conv2_1_1", "kernel"),
        "gamma1": ("conv2_1_1_bn", "gamma"),
        "beta1": ("conv2_1_1_bn", "beta"),
        "kernel2": ("conv2_1_2", "kernel"),
        "gamma2": ("conv2_1_2_bn", "gamma"),
        "beta2": ("conv2_1_2_bn", "beta"),
    }
)


def build_block(zeros: Collection[str] = (), residual: bool = True, seed: int = 0) -> keras.Model:
    """One block, maps (8, 8, 4) to (8, 8, 4), with random weights as after a training.

    zeros : names out of BLOCK_WEIGHTS whose numbers are all 0
    """
    quiet_tensorflow()
    import keras

    network = build_cifar(8, residual=residual, width=4, side=8)
    block = keras.Model(network.get_layer("conv1_relu").output, network.get_layer("conv2_1").output)
    generator = np.random.default_rng(seed)
    for weight in block.weights:
        weight.assign(generator.uniform(0.5, 1.5, weight.shape) * generator.choice([-1, 1], weight.shape))
        if weight.name == "moving_variance":
            weight.assign(np.abs(weight))
    for name in zeros:
        layer, weight = BLOCK_WEIGHTS[name]
        values = getattr(block.get_layer(layer), weight)
        values.assign(np.zeros(values.shape))
    return block


def gives_back(block: keras.Model, seed: int = 0) -> bool:
    """Whether a block of `build_block` gives back exactly what comes in, for maps as a ReLU gives them."""
    maps = np.random.default_rng(seed).exponential(size=(4, 8, 8, 4)).astype(np.float32)
    return bool(np.array_equal(block(maps, training=False), maps))
