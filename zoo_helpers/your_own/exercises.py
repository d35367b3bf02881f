"""Lesson 08's exercises, which are challenges, and its quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.backend import keras, layers, tf
from zoo_helpers.core.exercise import WrongError, exercise
from zoo_helpers.your_own.plan import BLOCK_SHAPES
from zoo_helpers.your_own.probes import BlockError, as_block, build_alone, count_trainable, operations_of

SIDE, CHANNELS = BLOCK_SHAPES[-1][0], BLOCK_SHAPES[-1][1]  # 4 and 32: blocks are tried in the second stage
MOST = 3_000  # weights of a frugal block there; the plain block has 18,560


def _model(task, answer):
    """The learner's block as a model, or what is wrong with it."""
    try:
        return as_block(task.run(answer, x := keras.Input((SIDE, SIDE, CHANNELS)), CHANNELS), x)
    except BlockError as wrong:
        raise WrongError(str(wrong)) from None


def _said(task, model):
    """The messages of the slips whose block has the same layers, in front of what the test says itself."""
    kinds = [_kinds(build_alone(slip.answer, SIDE, CHANNELS)) for slip in task.slips]
    return [slip.message for slip, kind in zip(task.slips, kinds, strict=True) if kind == _kinds(model)]


def _kinds(model):
    seen = []
    for layer in operations_of(model):
        options = getattr(layer, "get_config", dict)()
        chosen = {
            key: str(value) for key, value in options.items() if "initializer" in key or key == "padding"
        }
        chosen["activation"] = str(options.get("activation"))
        weights = [tuple(weight.shape) for weight in getattr(layer, "weights", [])]
        seen.append((type(layer).__name__, tuple(layer.output.shape), weights, chosen))
    return seen


def _reach(model):
    """Whether what is changed at one pixel is seen at its four neighbours, and in which channels.

    Four answers, then one for each pair of channels: the one that is changed, and the one that sees it.
    """
    maps = np.random.default_rng(0).normal(size=(1, 16, SIDE, SIDE, CHANNELS)).astype("float32")
    maps = np.repeat(maps, CHANNELS, axis=0)  # in each of these another channel is changed
    changed = maps.copy()
    changed[range(CHANNELS), :, 1, 1, range(CHANNELS)] += 3
    before, after = (np.asarray(model(each.reshape(-1, *maps.shape[2:]))) for each in (maps, changed))
    differs = (np.abs(before - after) > 1e-5).reshape(maps.shape).any(axis=1)
    neighbours = [differs[:, row, column].any() for row, column in ((0, 1), (1, 0), (1, 2), (2, 1))]
    return np.array([*neighbours, *differs.any(axis=(1, 2)).ravel()])


def _shaken(model):
    """`_reach` of the model with other weights, drawn five times: some ReLU may be silent with one draw."""
    found = False
    for seed in range(5):
        generator = np.random.default_rng(seed)
        for weight in model.weights:
            drawn = generator.normal(0, 1, weight.shape)
            weight.assign(drawn if weight.trainable else np.abs(drawn))  # a variance is not negative
        found = found | _reach(model)
    return found


# --- 1: a frugal block ------------------------------------------------------------------------------------


def _accept_frugal(answer):
    model = _model(frugal_block, answer)
    said, count = _said(frugal_block, model), count_trainable(model)
    reached = _shaken(model)
    if count > MOST:
        raise WrongError(
            " ".join([f"It has {count:,} trainable weights; at most {MOST:,} are allowed.", *said])
        )
    if not reached[:4].all():
        raise WrongError(" ".join(["No pixel hears of all four neighbours.", *said]))
    if not reached.all():
        raise WrongError(" ".join(["Not every channel hears of every other.", *said]))


@exercise(
    "A 3 × 3 convolution costs 9 · inputs · outputs. Which of these three numbers can be made small?",
    "Channels can be brought down by a 1 × 1 convolution, and up again by another (ResNet-50's bottleneck); "
    "or the 3 × 3 can look at each channel alone (a depthwise convolution), and a 1 × 1 mixes them.",
    "1 × 1 to channels // 4, then 3 × 3 to channels // 4, then 1 × 1 to channels",
    accepts=_accept_frugal,
    minutes=8,
)
def frugal_block(x, channels):
    y = layers.Conv2D(channels // 4, 1, activation="relu")(x)
    y = layers.Conv2D(channels // 4, 3, padding="same", activation="relu")(y)
    y = layers.Conv2D(channels, 1)(y)
    return layers.ReLU()(layers.add([x, y]))


@frugal_block.slip("That is the plain block without normalization: both convolutions read all the channels.")
def frugal_but_plain(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(channels, 3, padding="same", activation="relu")(y)


@frugal_block.slip("A 1 × 1 convolution looks at one pixel at a time: one layer must look at 3 × 3.")
def frugal_but_blind(x, channels):
    y = layers.Conv2D(channels // 4, 1, activation="relu")(x)
    return layers.Conv2D(channels, 1, activation="relu")(y)


@frugal_block.slip("A depthwise convolution keeps the channels apart: a 1 × 1 convolution has to mix them.")
def frugal_but_apart(x, channels):
    return layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)


@frugal_block.slip("Half the channels inside are still too many; try a quarter.")
def frugal_but_half(x, channels):
    y = layers.Conv2D(channels // 2, 1, activation="relu")(x)
    y = layers.Conv2D(channels // 2, 3, padding="same", activation="relu")(y)
    return layers.ReLU()(layers.add([x, layers.Conv2D(channels, 1)(y)]))


# --- 2: a block that starts as the identity ---------------------------------------------------------------


def _accept_quiet(answer):
    model = _model(quiet_block, answer)
    said = _said(quiet_block, model)
    maps, target = np.random.default_rng(1).normal(size=(2, 16, SIDE, SIDE, CHANNELS)).astype("float32")
    if not count_trainable(model):
        raise WrongError(" ".join(["There is nothing in it to train.", *said]))
    if not all(np.allclose(model(maps, training=mode), maps, rtol=0, atol=2e-6) for mode in (True, False)):
        raise WrongError(" ".join(["Before training it does not give back x.", *said]))
    _descend(model, maps, target)
    if not _reach(model)[:4].all():
        raise WrongError(
            " ".join(["After ten steps of training no pixel hears of all four neighbours yet.", *said])
        )


def _descend(model, maps, target, steps=10, rate=0.01):
    """Some steps of descent towards a target that means nothing, each of one size: so none grows to NaN."""
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(maps, training=True) - target) ** 2)
        weights = model.trainable_weights
        slopes = tape.gradient(loss, [weight.value for weight in weights])
        for weight, slope in zip(weights, slopes, strict=True):
            if slope is not None:
                weight.assign_sub(rate * tf.sign(slope))


@exercise(
    "x + F(x) is x if F(x) is 0. What makes F(x) zero at the start, without stopping it for good?",
    "Only the last factor in F may start at zero: then its own gradient is not zero. No ReLU after the sum.",
    'layers.BatchNormalization(gamma_initializer="zeros") at the end of F',
    accepts=_accept_quiet,
    minutes=8,
)
def quiet_block(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(channels, 3, padding="same")(y)
    y = layers.BatchNormalization(momentum=0.9, gamma_initializer="zeros")(y)
    return layers.add([x, y])


@quiet_block.slip("A ReLU after the addition cuts off what is negative in x.")
def quiet_with_a_relu(x, channels):
    return layers.ReLU()(quiet_block(x, channels))


@quiet_block.slip("x alone is the identity, and stays it: the block has to be able to learn.")
def quiet_for_good(x, channels):
    return layers.Identity()(x)


@quiet_block.slip("F starts with weights drawn at random, so F(x) is not 0.")
def quiet_but_random(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
    return layers.add([x, layers.Conv2D(channels, 3, padding="same")(y)])


@quiet_block.slip(
    "With both kernels at zero each one's gradient is multiplied by the other: they stay there."
)
def quiet_and_dead(x, channels):
    zeros = {"padding": "same", "kernel_initializer": "zeros"}
    y = layers.Conv2D(channels, 3, activation="relu", **zeros)(x)
    return layers.add([x, layers.Conv2D(channels, 3, **zeros)(y)])


# --- 3: how many seeds would show it? ---------------------------------------------------------------------


@exercise(
    "The mean of n seeds has a variance of spread² / n. Two means are subtracted: what has the difference?",
    "The standard error is spread · √(2 / n). It has to be at most half of the difference.",
    "int(np.ceil(8 * (spread / difference) ** 2))",
    cases=((1.4, 1.0), (1.5, 2.0), (2.1, 0.5), (1.9, 4.0), (0.5, 3.0)),  # none is a whole number
    minutes=5,
)
def seeds_needed(spread, difference):
    return int(np.ceil(8 * (spread / difference) ** 2))


@seeds_needed.slip("Both blocks scatter: the variances of the two means add up.")
def seeds_of_one_block(spread, difference):
    return int(np.ceil(4 * (spread / difference) ** 2))


@seeds_needed.slip("The difference has to be twice its standard error, not once.")
def seeds_for_one_standard_error(spread, difference):
    return int(np.ceil(2 * (spread / difference) ** 2))


@seeds_needed.slip("That many are not quite enough: round up.")
def seeds_rounded_down(spread, difference):
    return max(int(8 * (spread / difference) ** 2), 1)


@seeds_needed.slip(
    "A standard error falls with the root of n: half the difference takes four times the seeds."
)
def seeds_without_a_square(spread, difference):
    return int(np.ceil(8 * spread / difference))


# --- 4: luck ----------------------------------------------------------------------------------------------


@exercise(
    "First one idea: how likely is it that the rule is not fooled?",
    "That no idea fools the rule has the chance 0.95 · 0.95 · …",
    "1 - 0.95 ** ideas",
    cases=((10,), (1,), (2,), (20,), (100,)),
    minutes=3,
)
def luck(ideas):
    return 1 - 0.95**ideas


@luck.slip("Chances of this kind do not add up: with 100 ideas that would be 5.")
def luck_added_up(ideas):
    return 0.05 * ideas


@luck.slip("That is the chance that none of them fools the rule.")
def luck_of_none(ideas):
    return 0.95**ideas


@luck.slip("That is the chance that all of them fool the rule.")
def luck_of_all(ideas):
    return 0.05**ideas


@luck.slip("A chance lies between 0 and 1; that is in per cent.")
def luck_in_per_cent(ideas):
    return 100 * (1 - 0.95**ideas)


QUIZ = {
    "Your idea errs 2 points less than residual, with one seed each. What have you shown?": {
        "That it is better by 2 points.": "Another seed may turn that around.",
        "Nothing yet; it may be worth three seeds.": "Right: a quick look tells what to look at longer.",
        "That it is not better.": "That is not shown either: one seed says little in both directions.",
    },
    "Why must the steps be the same for all blocks?": {
        "So that none takes longer.": "They may take longer: the scoreboard prints the seconds.",
        "Because Keras needs it.": "Keras trains for as many steps as it is told.",
        "So that a difference comes from the block alone.": (
            "Right: with more steps the plain block would err less, too, and you would praise the block."
        ),
    },
    "“No difference shown”, says the verdict. What does that mean?": {
        "The two blocks are equally good.": "There may be a difference that three seeds are too few to see.",
        "A difference, if there is one, is smaller than what these seeds can show.": (
            "Right: more seeds would show a smaller one."
        ),
        "The idea was bad.": "The verdict says nothing about that.",
    },
    "You try ten ideas that change nothing, and one comes out better by more than twice the error. Then?": {
        "Train that one again with new seeds, and believe those.": (
            "Right: chosen among ten, its first seeds are the lucky ones."
        ),
        "Publish it: the rule was kept.": "The rule errs one time in twenty, and you gave it ten chances.",
        "Throw it away.": "It may be good. New seeds will tell.",
    },
    "A block with 300,000 weights beats one with 100,000. What could explain it besides the idea?": {
        "Nothing: a better error is better.": "It may be the weights: give the other block as many.",
        "Its size alone.": "Right: that is why the scoreboard draws the error against the weights.",
        "The seed.": "Not if the seeds' spread is smaller than the difference.",
    },
    "All ideas are judged on the same 2,000 new images. What happens after very many ideas?": {
        "The images wear out and get easier.": "The images stay as they are; our choice adapts to them.",
        "Nothing, they were never trained on.": "No weights were fitted to them, but your choice was.",
        "The best one was chosen for these images, and errs more on others.": (
            "Right: keep a set that you look at once, at the end."
        ),
    },
    "Here the VGG-like stack errs far more than the plain one. Is VGG a bad idea?": {
        "Yes.": "In 2014 it was one of the best networks. Its authors trained it for weeks, and in steps.",
        "The measurement says: not in this frame, at this rate, in so few steps.": (
            "Right: a result holds for what was measured, and where."
        ),
        "No, the measurement is wrong.": "It is right for what it measures.",
    },
}
