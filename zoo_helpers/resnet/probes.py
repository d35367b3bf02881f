"""What is done to a network to learn about it: steps against its gradient, a walk, lesions."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from zoo_helpers.core.arguments import finite, numbers, one_of
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.core.backprop import statistics_kept
from zoo_helpers.core.labels import class_numbers
from zoo_helpers.core.progress import Progress
from zoo_helpers.resnet.model import build_cifar


def _mean_loss(probabilities: Any, labels: np.ndarray) -> Any:
    return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))


def _checked(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A batch as the model takes it, and its class numbers (N,); else a ValueError."""
    images = _as_taken(model, images)
    return images, class_numbers(labels, len(images), model.output_shape[-1])


def _as_taken(model: keras.Model, images: np.ndarray) -> np.ndarray:
    if not isinstance(model, keras.Model) or not getattr(model, "inputs", None):
        raise ValueError(f"model must be a functional keras.Model; got {model!r:.80}")
    shape = model.input_shape[1:]
    return finite("images", numbers("images", images, f"(N, {', '.join(map(str, shape))})", None, *shape))


def _graph(measure: Any) -> Any:
    """The function as one graph, made now: TensorFlow warns of functions that it makes graphs for again."""
    return tf.function(measure, autograph=False).get_concrete_function()


# --- All weights as one vector --------------------------------------------------------------------------


def _join(arrays: Sequence[Any]) -> np.ndarray:
    return np.concatenate([np.ravel(array) for array in arrays])


def _go_to(model: keras.Model, weights: np.ndarray) -> None:
    """Give the model the trainable weights, all of them in one vector."""
    ends = np.cumsum([math.prod(variable.shape) for variable in model.trainable_variables])
    for variable, values in zip(model.trainable_variables, np.split(weights, ends[:-1]), strict=True):
        variable.assign(values.reshape(variable.shape))


# --- How far a gradient holds ---------------------------------------------------------------------------


class Trust(NamedTuple):
    """What becomes of a gradient when the weights go a step against it, (steps,) each.

    cosine : between the gradient before the step and the one after it; 1 is the same direction
    kept   : by how much the loss fell, over what the gradient promised; 1 is a kept promise
    """

    cosine: np.ndarray
    kept: np.ndarray


def measure_trust(
    model: keras.Model, images: np.ndarray, labels: np.ndarray, steps: Sequence[float]
) -> Trust:
    """Go steps against the gradient, each a share of the weights' length, and look again after each.

    The network runs as in training; nothing in it changes in the end.
    """

    images, labels = _checked(model, images, labels)
    steps = finite("steps", numbers("steps", steps, "(steps,)", None))
    if steps.min() <= 0:
        raise ValueError(f"steps must be above 0; got {steps.min()}")

    @_graph
    def differentiate() -> Any:
        with tf.GradientTape() as tape:
            loss = _mean_loss(model(images, training=True), labels)
        return loss, tape.gradient(loss, [variable.value for variable in model.trainable_variables])

    start, found = _join(model.trainable_variables), []
    with statistics_kept(model), Progress(f"stepping in {model.name}", len(steps)) as progress:
        loss, slopes = differentiate()
        gradient = _join(slopes)
        size = np.linalg.norm(gradient)
        for step in steps:
            far = step * np.linalg.norm(start) / size
            _go_to(model, start - far * gradient)
            loss_there, slopes_there = differentiate()
            gradient_there = _join(slopes_there)
            cosine = gradient @ gradient_there / (size * np.linalg.norm(gradient_there))
            found.append((cosine, float(loss - loss_there) / (far * size**2)))
            progress.reach(len(found))
        _go_to(model, start)
    return Trust(*np.array(found).T)


class FirstStep(NamedTuple):
    """What training's first step promises, and what it does.

    loss     : before the step
    promised : by how much the loss would fall if the gradient held
    obtained : by how much it falls
    share    : of the squared gradient, how much lies in each layer's kernel, (layers,)
    turned   : the cosine between a kernel's gradient before and after the step, (layers,)
    """

    loss: float
    promised: float
    obtained: float
    share: np.ndarray
    turned: np.ndarray


def take_first_step(model: keras.Model, images: np.ndarray, labels: np.ndarray, rate: float) -> FirstStep:
    """Go the first step of Adam, which moves each weight by the learning rate against its gradient's sign.

    The network runs as in training; nothing in it changes in the end.
    """
    images, labels = _checked(model, images, labels)
    weights = [variable.value for variable in model.trainable_variables]
    before = [weight.numpy() for weight in weights]

    def differentiate() -> tuple[Any, list[np.ndarray]]:
        with tf.GradientTape() as tape:
            loss = _mean_loss(model(images, training=True), labels)
        return loss, [slope.numpy() for slope in tape.gradient(loss, weights)]

    with statistics_kept(model):
        loss, slopes = differentiate()
        for weight, start, slope in zip(weights, before, slopes, strict=True):
            weight.assign(start - rate * np.sign(slope))
        loss_there, slopes_there = differentiate()
        for weight, start in zip(weights, before, strict=True):
            weight.assign(start)
    promised = sum(rate * np.abs(slope).sum(dtype=np.float64) for slope in slopes)
    kernels = [
        (np.ravel(slope), np.ravel(there))
        for weight, slope, there in zip(weights, slopes, slopes_there, strict=True)
        if len(weight.shape) > 1
    ]
    squared = np.array([slope @ slope for slope, _ in kernels])
    turned = [slope @ there / (np.linalg.norm(slope) * np.linalg.norm(there)) for slope, there in kernels]
    whole = sum(float(np.sum(np.square(slope))) for slope in slopes)
    return FirstStep(
        float(loss), float(promised), float(loss - loss_there), squared / whole, np.array(turned)
    )


# --- Noise on the pixels --------------------------------------------------------------------------------


def follow_noise(model: keras.Model, images: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """How far noise moves what each block gives, over the distance between two images there, (blocks,).

    noise : what is added to the images, of their shape

    The network runs as in training; nothing in it changes in the end. Distances are root mean squares.
    """
    images, noise = _as_taken(model, images), _as_taken(model, noise)
    outputs = keras.Model(model.input, [model.get_layer(name).output for name in find_blocks(model)])
    with statistics_kept(model):
        clean, noisy = outputs(images, training=True), outputs(images + noise, training=True)
    return np.array(
        [
            float(tf.norm(two - one) / tf.norm(one - tf.roll(one, 1, axis=0)))
            for one, two in zip(clean, noisy, strict=True)
        ]
    )


# --- A slice through the loss surface -------------------------------------------------------------------


def slice_surface(
    model: keras.Model, images: np.ndarray, labels: np.ndarray, places: np.ndarray, seed: int = 0
) -> np.ndarray:
    """The loss where the weights are moved by `places` along a random direction, (places,).

    The batch's own statistics normalize. Source: Li et al. 2018, "Visualizing the loss landscape of neural
    nets".
    """
    images, labels = _checked(model, images, labels)
    places = finite("places", numbers("places", places, "(places,)", None))
    measure = _graph(lambda: _mean_loss(model(images, training=True), labels))
    weights = [variable.numpy() for variable in model.trainable_variables]
    start, direction = _join(weights), _join(choose_direction(weights, np.random.default_rng(seed)))
    losses = []
    with statistics_kept(model), Progress("walking through the loss surface", len(places)) as progress:
        for place in places:
            _go_to(model, start + place * direction)
            losses.append(float(measure()))
            progress.reach(len(losses))
        _go_to(model, start)
    return np.array(losses)


def choose_direction(weights: Sequence[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """A random direction in which each filter's part is as long as the filter itself.

    Normalization and biases stay as they are.
    """
    ways = [np.zeros_like(weight) for weight in weights]
    for weight, way in zip(weights, ways, strict=True):
        if weight.ndim > 1:
            way[:] = generator.normal(size=weight.shape)
            inputs = tuple(range(weight.ndim - 1))  # a filter is all that one output sums up
            way *= np.sqrt(np.sum(weight**2, inputs) / np.sum(way**2, inputs))
    return ways


def count_dips(losses: np.ndarray) -> int:
    """How many places of a curve, (places,), lie below both their neighbours.

    >>> count_dips(np.array([3, 1, 2, 0, 4]))
    2
    """
    losses = numbers("losses", losses, "(places,)", None)
    inner = losses[1:-1]
    return int(np.sum((inner < losses[:-2]) & (inner < losses[2:])))


# --- The gradient in two parts --------------------------------------------------------------------------


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


def split_gradient(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> Parts:
    """Take the gradient at each identity block apart; every part is computed by itself."""
    images, labels = _checked(model, images, labels)
    present = {layer.name for layer in model.layers}
    names = [name for name in find_blocks(model, residual=True) if f"{name}_shortcut" not in present]
    sums = [model.get_layer(f"{name}_add") for name in names]
    places = {
        "entering": [addition.input[1] for addition in sums],
        "path": [addition.input[0] for addition in sums],
        "sum": [addition.output for addition in sums],
        "leaving": [model.get_layer(name).output for name in names],
    }
    watched = keras.Model(model.input, [model.output, places])
    with statistics_kept(model), tf.GradientTape(persistent=True) as tape:
        probabilities, at = watched(images, training=True)
        loss = _mean_loss(probabilities, labels)
    came = tape.gradient(loss, {name: at[name] for name in ("entering", "sum", "leaving")})
    through_path = []
    with Progress(f"taking {model.name} apart", len(names)) as progress:
        for path, entering, upstream in zip(at["path"], at["entering"], came["sum"], strict=True):
            through_path.append(tape.gradient(path, entering, output_gradients=upstream))
            progress.reach(len(through_path))
    errors = [
        float(tf.reduce_max(abs(entering - upstream - path)) / tf.reduce_max(abs(entering)))
        for entering, upstream, path in zip(came["entering"], came["sum"], through_path, strict=True)
    ]
    sizes = [
        np.array([float(tf.norm(tf.cast(gradient, "float32"))) for gradient in gradients])
        for gradients in (came["leaving"], came["sum"], through_path, came["entering"])
    ]
    return Parts(*sizes, max(errors))


def measure_block_gradients(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The size of the gradient in what each block gives, behind its last ReLU, (blocks,)."""
    images, labels = _checked(model, images, labels)
    outputs = [model.get_layer(name).output for name in find_blocks(model)]
    watched = keras.Model(model.input, [model.output, outputs])
    with statistics_kept(model), tf.GradientTape() as tape:
        probabilities, at = watched(images, training=True)
        loss = _mean_loss(probabilities, labels)
    return np.array([float(tf.norm(gradient)) for gradient in tape.gradient(loss, at)])


# --- Lesions --------------------------------------------------------------------------------------------

BATCH = 100  # images at a time: of each, the channels in front of every block are kept


def find_blocks(model: keras.Model, residual: bool = False) -> list[str]:
    """The names of a network's blocks, in order, such as "conv2_1": the last layer of each bears it.

    residual : ask for a residual network

    Raises ValueError for a network without such blocks.
    """
    present = [layer.name for layer in getattr(model, "layers", ())]
    blocks = [name for name in present if re.fullmatch(r"conv\d_\d+", name) and f"{name}_1" in present]
    if not blocks or (residual and f"{blocks[0]}_add" not in present):
        raise ValueError(
            f"model must be a {'residual' if residual else 'ResNet or its plain'} network; got {model!r:.80}"
        )
    return blocks


def cut_block(model: keras.Model, block: str) -> tuple[keras.KerasTensor, keras.Model]:
    """What goes on where a block is taken out, and the rest of the network, which shares its weights.

    What went into the block goes on as it is, through shortcut A where the size changes. In a plain network
    this takes two layers out.
    """
    from zoo_helpers.resnet.layers import ZeroPadShortcut

    one_of("block", block, find_blocks(model))
    first, last = model.get_layer(f"{block}_1"), model.get_layer(block)
    entry = first.input
    stride, width = first.strides[0], last.output.shape[-1]
    if stride > 1:  # its input is padded first
        entry = model.get_layer(f"{block}_1_pad").input
        entry = ZeroPadShortcut(width, stride, name=f"{block}_around")(entry)
    return entry, keras.Model(last.output, model.output)


def measure_lesions(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The error of the whole network, then without each of its blocks, (1 + blocks,), as fractions."""
    images, labels = _checked(model, images, labels)
    entries, tails = zip(*(cut_block(model, block) for block in find_blocks(model)), strict=True)
    before = keras.Model(model.input, [model.output, *entries])
    wrong = np.zeros(1 + len(tails))
    with Progress(f"cutting {model.name}", len(images) * len(tails)) as progress:
        for first in range(0, len(images), BATCH):
            right = labels[first : first + BATCH]
            answers, *entering = before(images[first : first + BATCH], training=False)
            wrong[0] += np.sum(np.argmax(answers, axis=1) != right)
            for number, (tail, maps) in enumerate(zip(tails, entering, strict=True), start=1):
                wrong[number] += np.sum(np.argmax(tail(maps), axis=1) != right)
                progress.reach(first * len(tails) + number * len(right))
    return wrong / len(images)


def measure_paths(model: keras.Model, images: np.ndarray, training: bool = False) -> np.ndarray:
    """How large what a residual network's main paths F give is, over what it is added to, (blocks,)."""
    sums = [model.get_layer(f"{block}_add").input for block in find_blocks(model, residual=True)]
    images = _as_taken(model, images)
    with statistics_kept(model):
        sides = keras.Model(model.input, sums)(images, training=training)
    sizes = [[float(tf.norm(tf.cast(side, "float32"))) for side in pair] for pair in sides]
    return np.array([path / shortcut for path, shortcut in sizes])


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


def build_block(zeros: Collection[str] = (), residual: bool = True) -> keras.Model:
    """One block, from (8, 8, 4) to (8, 8, 4), with random weights as after a training.

    zeros : names out of BLOCK_WEIGHTS whose numbers are all 0
    """
    zeros = [one_of("zeros", name, BLOCK_WEIGHTS) for name in ([zeros] if isinstance(zeros, str) else zeros)]
    network = build_cifar(8, residual=residual, width=4, side=8)
    block = keras.Model(network.get_layer("conv1_relu").output, network.get_layer("conv2_1").output)
    generator = np.random.default_rng(0)
    for weight in block.weights:
        weight.assign(generator.uniform(0.5, 1.5, weight.shape) * generator.choice([-1, 1], weight.shape))
        if weight.name == "moving_variance":
            weight.assign(np.abs(weight))
    for name in zeros:
        layer, weight = BLOCK_WEIGHTS[name]
        values = getattr(block.get_layer(layer), weight)
        values.assign(np.zeros(values.shape))
    return block


def gives_back(block: keras.Model) -> bool:
    """Whether a block of `build_block` gives back exactly what comes in, for numbers as a ReLU gives them."""
    maps = np.random.default_rng(0).exponential(size=(4, 8, 8, 4))
    maps = keras.ops.cast(maps, block.output.dtype)  # half precision is rounded before, not by the block
    return bool(np.array_equal(block(maps, training=False), maps))
