"""Lesson 05's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.answers import shown
from zoo_helpers.core.exercise import WrongError, exercise

# --- 1: finite differences ------------------------------------------------------------------------------


def _tilted_bowl(weights: np.ndarray) -> float:
    """w[0] ** 2 + 3 * w[0] * w[1]"""
    return float(weights[0] ** 2 + 3 * weights[0] * weights[1])


def _wave(weights: np.ndarray) -> float:
    """np.sin(w).sum() + w[0] * w[-1]"""
    return float(np.sin(weights).sum() + weights[0] * weights[-1])


@exercise(
    "Begin with one weight: copy the weights, make it larger by step there, and ask loss.",
    "Between weight + step and weight - step lie two steps.",
    "For each place: (loss(weights + nudge) - loss(weights - nudge)) / (2 * step), where nudge is 0 but "
    "for a step at that place.",
    cases=(
        (_tilted_bowl, np.array([1.0, 2.0]), 0.1),
        (_wave, np.array([0.3, -1.0, 2.0]), 0.5),
        (_tilted_bowl, np.array([-1.0, 0.5]), 1e-3),
    ),
    minutes=5,
)
def slopes(loss, weights, step):
    slopes = np.zeros(len(weights))
    for place in range(len(weights)):
        nudge = np.zeros(len(weights))
        nudge[place] = step
        slopes[place] = (loss(weights + nudge) - loss(weights - nudge)) / (2 * step)
    return slopes


@slopes.slip("That is from one side; a nudge to both sides lets the curvature cancel.")
def from_one_side(loss, weights, step):
    nudges = step * np.eye(len(weights))
    return np.array([(loss(weights + nudge) - loss(weights)) / step for nudge in nudges])


@slopes.slip("The two nudges lie two steps apart: divide by 2 * step.")
def over_one_step(loss, weights, step):
    return 2 * slopes(loss, weights, step)


@slopes.slip("Those are differences of the loss; divide by the distance of the nudges.")
def undivided(loss, weights, step):
    return 2 * step * slopes(loss, weights, step)


@slopes.slip("The sign is turned: the larger weight's loss comes first.")
def downhill(loss, weights, step):
    return -slopes(loss, weights, step)


@slopes.slip("Nudge one weight at a time; the others stay where they are.")
def all_at_once(loss, weights, step):
    return np.full(len(weights), (loss(weights + step) - loss(weights - step)) / (2 * step))


# --- 2: a new activation's ratio ------------------------------------------------------------------------


@exercise(
    "The ratio is the root of: gain times the mean of the squared slope.",
    "For one half of the sums the squared slope is 1; what is it for the other half?",
    "np.sqrt(gain * mean), where mean is half of the sum: 1, plus the square of the slope.",
    cases=((0.2, 2.0), (0.0, 1.0), (1.0, 1.0), (-1.0, 1.0), (0.5, 0.5), (3.0, 0.2)),
    minutes=3,
)
def leaky_ratio(slope, gain):
    return np.sqrt(gain * (1 + slope**2) / 2)


@leaky_ratio.slip("That is the ratio of the squares; the gradient's size is its root.")
def of_the_squares(slope, gain):
    return leaky_ratio(slope, gain) ** 2


@leaky_ratio.slip("Square the slopes first, then take their mean.")
def with_the_mean_slope(slope, gain):
    return np.sqrt(gain) * (1 + slope) / 2


@leaky_ratio.slip("Square the slope: the mean is one of squares.")
def with_the_slope_unsquared(slope, gain):
    return np.sqrt(gain * (1 + slope) / 2)


@leaky_ratio.slip("The weights count as well: gain is n Var(w), and stands under the root.")
def without_gain(slope, gain):
    return leaky_ratio(slope, 1)


@leaky_ratio.slip("The negative half passes something on too: slope squared of it.")
def like_a_relu(slope, gain):
    return np.sqrt(gain / 2)


@leaky_ratio.slip("Each slope holds for half of the sums only.")
def without_the_half(slope, gain):
    return np.sqrt(gain * (1 + slope**2))


# --- 3: He's initialization -----------------------------------------------------------------------------

# Of no shape here is one count (inputs, outputs, a half or a double of them) the same as another.
_CONVOLUTION, _MATRIX, _WIDE = (
    np.random.default_rng(seed).normal(size=shape)
    for seed, shape in enumerate([(3, 3, 3, 5), (8, 3), (1, 3, 4, 10)])
)


@exercise(
    "What must a number of variance 1 be multiplied by, so that its variance becomes v?",
    "By the root of v. And one output's inputs: all sizes of the shape but the last, multiplied.",
    "draws * np.sqrt(2 / np.prod(draws.shape[:-1]))",
    cases=((_CONVOLUTION,), (_MATRIX,), (_WIDE,)),
    minutes=4,
)
def he_weights(draws):
    inputs = np.prod(draws.shape[:-1])
    return draws * np.sqrt(2 / inputs)


@he_weights.slip("Count what one output sums up, not how many outputs there are.")
def of_the_outputs(draws):
    return draws * np.sqrt(2 / draws.shape[-1])


@he_weights.slip("That counts the outputs that one input goes to; count the inputs of one output.")
def of_the_fan_out(draws):
    return draws * np.sqrt(2 / (np.prod(draws.shape[:-2]) * draws.shape[-1]))


@he_weights.slip("A 3 × 3 kernel reads nine pixels of each input channel: multiply them all.")
def of_the_channels(draws):
    return draws * np.sqrt(2 / draws.shape[-2])


@he_weights.slip("The variance is to be 2 / n; the draws are multiplied by its root.")
def without_the_root(draws):
    return draws * 2 / np.prod(draws.shape[:-1])


@he_weights.slip("Those are Glorot's weights: inputs and outputs. He takes the inputs alone.")
def as_glorot(draws):
    return draws * np.sqrt(2 / (np.prod(draws.shape[:-1]) + np.prod(draws.shape[:-2]) * draws.shape[-1]))


@he_weights.slip("They are drawn with variance 1: do not divide by the deviation that these few have.")
def of_these_draws(draws):
    return he_weights(draws) / draws.std()


@he_weights.slip("Half of what comes to a ReLU is lost; that is what the 2 makes up for.")
def as_lecun(draws):
    return draws * np.sqrt(1 / np.prod(draws.shape[:-1]))


# --- 4: the layer that kills ----------------------------------------------------------------------------


def _accept_killer(answer):
    if not isinstance(answer, str):
        raise WrongError(f'The answer is a name, a string such as "dense3"; got {shown(answer)}.')
    if answer not in [f"dense{number}" for number in range(1, 21)]:
        raise WrongError(f'The layers are called "dense1", "dense2" … "dense20"; got {shown(answer)}.')
    if answer != killer():
        said = {slip.answer(): slip.message for slip in killer.slips}
        raise WrongError(said.get(answer, f"{answer} passes on about as much as it gets."))


@exercise(
    "found = gradients.norms(broken, digits, labels), and look at found.layers beside found.outputs.",
    "On its way back the gradient is healthy in dense19, dense18 and so on. Where is it small at once?",
    "If dense5's gradient is small and dense6's is not, then dense6's weights stood between the two.",
    accepts=_accept_killer,
    minutes=4,
)
def killer():
    return "dense9"


@killer.slip("dense8 is the first whose gradient is small. Whose weights did it come through?")
def the_first_that_suffers():
    return "dense8"


@killer.slip("dense10 passes on all it gets: the gradient in dense9's outputs is healthy.")
def the_one_above():
    return "dense10"


@killer.slip("dense1 gets little because of a layer far above it.")
def the_first():
    return "dense1"


@killer.slip("The last layer's gradient is the start; look where it falls at once.")
def the_last():
    return "dense20"


# --- Quiz -----------------------------------------------------------------------------------------------

QUIZ = {
    "A layer passes on 0.9 of the gradient it hears. How much arrives through 50 such layers?": {
        "About 45 %.": "Factors multiply: 0.9 to the 50th, not 0.9 times 50.",
        "About 0.5 %.": "Right: 0.9 to the 50th is 0.005. One that passes on 1.1 makes 117 of it.",
        "About 10 %.": "That would be lost in one layer; every layer takes its tenth of what is left.",
    },
    "What is true of a sigmoid's slope, at most 1/4, in a tower of 20 layers?": {
        "The weights can make up for it.": (
            "Right: four times Glorot's weights and shifted biases make it a tower of tanh."
        ),
        "It bounds the gradient by 4 to the −20th.": "Only if the weights pass on no more than they hear.",
        "It does not matter.": "With the usual weights it does: about 0.24 a layer.",
    },
    "In the sigmoid tower, layer 19 gives the same for every digit. Do larger steps below help?": {
        "Yes: all that they lack is size.": "A larger step below is still only 10⁻¹² of it above.",
        "No: what they change is lost on its way up.": (
            "Right: Lion moved them by a third and more, and layer 19 gave one answer as before."
        ),
        "Yes, if the last layers' steps become smaller.": "These only learn how often each digit occurs.",
    },
    "A trained network with batch normalization reads a single digit. Which mean is subtracted from a sum?": {
        "That of the batch, which is this digit alone.": (
            "Then every sum would be its own mean, and 0 would be left for any digit."
        ),
        "The moving mean that training has kept.": (
            "Right: in use the answer does not depend on what else is in the batch."
        ),
        "None: normalization is switched off.": "The weights above learned from normalized sums.",
    },
    "What does batch normalization do to the gradients of a plain tower at the start?": {
        "It makes them equal in all layers.": "Nearly so with sigmoids; ReLUs let them grow by 1.21 a layer.",
        "They grow toward the input, how fast depends on the activation.": (
            "Right: never below 1 a layer. With ReLUs it is 1.21, which is 9,862 in 50 layers."
        ),
        "They vanish, only more slowly.": (
            "They cannot: the mean of f′² is never smaller than the variance of f."
        ),
    },
}
