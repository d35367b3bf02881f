"""Is this a block? What a learner wrote, tried before it is trained; each fault in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from zoo_helpers.core.anatomy import operations
from zoo_helpers.core.answers import kind
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.core.claims import say
from zoo_helpers.core.exercise import Exercise
from zoo_helpers.your_own.plan import BLOCK_SHAPES, BLOCKS, MOST_LAYERS, MOST_PARAMETERS, STEPS

Block = Callable[[Any, int], Any]  # (x, channels) -> what goes on, of x's shape
SHAPE = re.compile(r"[(\[](?:None, )?(\d+), (\d+), (\d+)[)\]]")
_RUNNER = Exercise(lambda x, channels: x, hints=(), minutes=1)  # it calls a learner's function with patience


class BlockError(ValueError):
    """The block cannot be trained as it is; the message says why, to whoever wrote it."""


class Look(NamedTuple):
    """What was found out about a block: its own weights in the first stage, the network's, and remarks."""

    own: int
    parameters: int
    remarks: tuple[str, ...]


def examine(block: Block) -> None:
    """Print what `look_at` finds, or what is wrong; it never raises."""
    try:
        say(describe(look_at(block)))
    except BlockError as wrong:
        say(f"Not yet. {wrong}")


def describe(look: Look) -> str:
    """What was found, in a few lines."""
    side, channels = BLOCK_SHAPES[0]
    shape = f"{side} × {side} × {channels}"
    lines = [f"It works: {shape} in, {shape} out, {look.own:,} trainable weights in such a block."]
    lines.append(f"The whole network has {look.parameters:,}; {MOST_PARAMETERS:,} are allowed.")
    return "\n".join([*lines, *look.remarks])


def look_at(block: Block) -> Look:
    """Try a block in both stages. Raises BlockError for one that cannot be trained, and says why."""
    if not callable(block):
        raise BlockError(f"A block is a function, def block(x, channels): …; got {kind(block)}.")
    models = [build_alone(block, side, channels) for side, channels in BLOCK_SHAPES]
    counts = [count_trainable(model) for model in models]
    parameters = BLOCKS * sum(counts) + FRAME
    if parameters > MOST_PARAMETERS:
        raise BlockError(
            f"Your network would have {parameters:,} trainable weights; at most {MOST_PARAMETERS:,} are "
            f"allowed. Your block alone has {counts[-1]:,} at {BLOCK_SHAPES[-1][1]} channels."
        )
    return Look(counts[0], parameters, tuple(_remarks(models[0])))


def build_alone(block: Block, side: int, channels: int) -> keras.Model:
    """The block as a model, its weights drawn with seed 0. Raises BlockError for what is no block."""
    keras.utils.set_random_seed(0)
    x = keras.Input((side, side, channels))
    return as_block(_call(block, x, channels), x)


def as_block(out: Any, x: keras.KerasTensor) -> keras.Model:
    """What a block gave for x, as a model. Raises BlockError for what is no block's."""
    if out is None:
        raise BlockError(
            "Your block returns None: a function without a return statement does. Is yours missing?"
        )
    if not isinstance(out, keras.KerasTensor):
        raise BlockError(f"That is {kind(out)}; a block returns what a layer gives.")
    before, after = tuple(x.shape[1:]), tuple(out.shape[1:])
    if after != before:
        raise BlockError(f"Your block makes {_said(after)} of {_said(before)}; {_cure(before, after)}")
    try:
        model = keras.Model(x, out)
    except ValueError:
        raise BlockError("Your block ignores its input: what it returns is not made from x.") from None
    if (layers := len(operations_of(model)) - 1) > MOST_LAYERS:
        raise BlockError(f"Your block has {layers} layers; at most {MOST_LAYERS} are allowed.")
    return model


def operations_of(model: keras.Model) -> list[Any]:
    """All that a model computes, in order, also models inside it."""
    try:
        return operations(model)
    except ValueError:  # a model inside
        return model.layers


def count_trainable(model: keras.Model) -> int:
    """The trainable weights of a model, whatever its layers are."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def _frame_parameters() -> int:
    """The trainable weights around the blocks: each stage's first convolution, and the dense layer."""
    count, entering = 0, 3
    for _, channels in BLOCK_SHAPES:
        count += 9 * entering * channels + channels
        entering = channels
    return count + 10 * entering + 10


FRAME = _frame_parameters()


# --- What a learner wrote ---------------------------------------------------------------------------------


def _call(block: Block, x: keras.KerasTensor, channels: int) -> Any:
    """What the block gives; BlockError if it raises something, stops, or never ends."""
    try:
        return _RUNNER.run(block, x, channels)
    except Exception as error:
        cause = error.__context__
        shapes = SHAPE.findall(str(cause)) if isinstance(cause, ValueError) else []
        if len(shapes) == 2 and shapes[0] != shapes[1]:
            one, other = (_said(shape) for shape in shapes)
            raise BlockError(
                f"Your block joins maps of {one} and of {other}, which do not fit. "
                'padding="same" keeps the side; layers.Conv2D(channels, 1) changes the channels.'
            ) from None
        words = str(error).replace("Your function", "Your block")
        if "KerasTensor" in words:
            words = (
                "Your block gives x to NumPy or tf: use keras.layers and keras.ops, such as keras.ops.abs(x)."
            )
        raise BlockError(words or "Your block is not finished: a ... stands in it.") from None


def _said(shape: tuple[Any, ...]) -> str:
    return " × ".join(str(length) for length in shape)


def _cure(before: tuple[int, ...], after: tuple[int, ...]) -> str:
    """What brings the shape back."""
    if len(after) != len(before):
        return "the frame needs maps: leave Flatten and Dense to its end."
    if after[:2] != before[:2]:
        return 'the frame needs the same shape: write padding="same", and no strides.'
    return "the frame needs the same shape: the last convolution takes `channels` filters."


# --- What it does with numbers ----------------------------------------------------------------------------


def _remarks(model: keras.Model) -> list[str]:
    """What is worth a word though it can be trained. Raises BlockError for what can not."""
    generator = np.random.default_rng(0)
    maps, others = generator.normal(size=(2, 8, *model.input_shape[1:])).astype("float32")
    try:
        given, given_others = (np.asarray(model(one)) for one in (maps, others))
        trained = np.asarray(model(maps, training=True))
        slopes, reached = _gradients(model, maps)
    except Exception as error:
        words = " ".join(str(error).split())[:200]
        raise BlockError(
            f"Your block fails when numbers go through: {type(error).__name__}: {words}"
        ) from None
    if not np.isfinite(given).all():
        raise BlockError(
            "Your block gives NaN or infinity for ordinary numbers: is there a division, a root or a "
            "logarithm of what may be 0 or negative?"
        )
    if np.allclose(given, given_others):
        raise BlockError("Your block ignores its input: it gives the same whatever comes in.")
    if slopes is None or not np.any(slopes):
        raise BlockError(
            "No gradient comes back through your block, so nothing before it can learn. Rounding, sign, "
            "argmax, comparisons and stop_gradient let none through."
        )
    if not np.isfinite(slopes).all():
        raise BlockError("The gradient through your block is NaN or infinite: is there a root of 0?")
    unchanged = np.allclose(given, maps, atol=1e-6) and np.allclose(trained, maps, atol=1e-6)
    return [remark for remark in _judged(model, unchanged, reached) if remark]


def _judged(model: keras.Model, unchanged: bool, reached: list[bool]) -> list[str]:
    lags = any(getattr(one, "momentum", 0) > 0.95 for one in operations_of(model))
    return [
        "It returns its input unchanged, and always will: the network is the frame alone. That is allowed."
        if unchanged and not reached
        else "",
        "It starts as the identity: at first it returns its input unchanged."
        if unchanged and reached
        else "",
        "No gradient reaches any of its weights: they stay as they were drawn."
        if reached and not any(reached)
        else "",
        f"BatchNormalization() remembers about 100 steps, and there are {STEPS}: on new images its averages "
        "lag behind. Write BatchNormalization(momentum=0.9), as the baselines do."
        if lags
        else "",
    ]


def _gradients(model: keras.Model, maps: np.ndarray) -> tuple[np.ndarray | None, list[bool]]:
    """The slope of a weighted sum of the outputs: by the input, and by which weights it is not zero."""
    inputs = tf.constant(maps)
    weights = np.random.default_rng(1).normal(size=maps.shape).astype("float32")
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        total = tf.reduce_sum(model(inputs, training=True) * weights)
    own = [variable.value for variable in model.trainable_weights]
    slopes, *others = tape.gradient(total, [inputs, *own])
    return None if slopes is None else np.asarray(slopes), [
        slope is not None and np.any(slope) for slope in others
    ]
