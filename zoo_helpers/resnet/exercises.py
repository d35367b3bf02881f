"""Lesson 06's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import Exercise, Slip, WrongError
from zoo_helpers.resnet.probes import BLOCK_WEIGHTS, build_block, gives_back

# --- 1: the block -----------------------------------------------------------------------------------------

_DRAW = np.random.default_rng(7)
_SMALL = tuple(np.array(rows, float) for rows in ([[1, 2], [3, 1]], [[1, -1], [-1, 2]], [[1, -1], [1, -2]]))
_LARGE = tuple(np.round(_DRAW.normal(size=shape), 1) for shape in ((1, 4), (4, 4), (4, 4)))


def _residual_block(x, w1, w2):
    hidden = np.maximum(x @ w1, 0)
    return np.maximum(x + hidden @ w2, 0)


def _block_without_shortcut(x, w1, w2):
    return np.maximum(np.maximum(x @ w1, 0) @ w2, 0)


def _block_added_after_relu(x, w1, w2):
    return x + np.maximum(np.maximum(x @ w1, 0) @ w2, 0)


def _block_without_last_relu(x, w1, w2):
    return x + np.maximum(x @ w1, 0) @ w2


def _block_without_inner_relu(x, w1, w2):
    return np.maximum(x + x @ w1 @ w2, 0)


def _block_with_shortcut_from_inside(x, w1, w2):
    hidden = np.maximum(x @ w1, 0)
    return np.maximum(hidden + hidden @ w2, 0)


residual_block = Exercise(
    id="residual_block",
    prompt=(
        "Write the block of 2015 for dense layers without biases: two layers of weights w1 and w2 with a "
        "ReLU between them, the input added to their output, and a ReLU after the addition."
    ),
    stub="""\
def residual_block(x, w1, w2):
    # x: array (N, width); w1, w2: arrays (width, width). Return an array (N, width).
    return ...""",
    hints=(
        "First the main path: a layer is x @ W, and a ReLU is np.maximum(…, 0).",
        "Only what comes out of w2 is added to x; then comes the second ReLU.",
        "np.maximum(x + hidden @ w2, 0), where hidden = np.maximum(x @ w1, 0)",
    ),
    solved=_residual_block,
    cases=(_SMALL, _LARGE),
    slips=(
        Slip(_block_without_shortcut, "That is a plain block: the input is not added."),
        Slip(_block_added_after_relu, "You add after the second ReLU; in 2015 it comes after the addition."),
        Slip(_block_without_last_relu, "A ReLU follows the addition."),
        Slip(_block_without_inner_relu, "Between the two layers stands a ReLU."),
        Slip(_block_with_shortcut_from_inside, "The shortcut starts before the first layer, at x."),
    ),
)

# --- 2: what a block costs --------------------------------------------------------------------------------


def _block_parameters(inputs, width, shortcut):
    main = 9 * inputs * width + 9 * width * width + 2 * 2 * width
    projected = shortcut == "C" or (shortcut == "B" and inputs != width)
    return main + (inputs * width + 2 * width if projected else 0)


def _parameters_always_projected(inputs, width, shortcut):
    return _block_parameters(inputs, width, "C" if shortcut != "A" else "A")


def _parameters_never_projected(inputs, width, shortcut):
    return _block_parameters(inputs, width, "A")


def _parameters_without_normalization(inputs, width, shortcut):
    normalized = (
        3 if _block_parameters(inputs, width, shortcut) > _block_parameters(inputs, width, "A") else 2
    )
    return _block_parameters(inputs, width, shortcut) - normalized * 2 * width


def _parameters_of_equal_convolutions(inputs, width, shortcut):
    return _block_parameters(inputs, width, shortcut) + 9 * width * (width - inputs)


def _parameters_with_biases(inputs, width, shortcut):
    projected = _block_parameters(inputs, width, shortcut) > _block_parameters(inputs, width, "A")
    return _block_parameters(inputs, width, shortcut) + (3 if projected else 2) * width


block_parameters = Exercise(
    id="block_parameters",
    prompt=(
        "Count the trainable weights of a basic block: two 3 × 3 convolutions without biases, each "
        "normalized by two numbers a map, and the shortcut A, B or C."
    ),
    stub="""\
def block_parameters(inputs, width, shortcut):
    # inputs: maps that come in; width: maps that go out; shortcut: "A", "B" or "C". Return an int.
    # A projection is a 1 × 1 convolution without bias, and normalized too.
    return ...""",
    hints=(
        "The first convolution turns inputs maps into width maps, the second width into width.",
        "A projection has inputs · width weights and 2 · width numbers of its normalization.",
        "C projects always, A never, B where inputs != width.",
    ),
    solved=_block_parameters,
    cases=((64, 128, "B"), (64, 128, "A"), (64, 64, "B"), (64, 64, "C"), (16, 32, "C")),
    slips=(
        Slip(
            _parameters_never_projected, "A projection has weights: inputs · width, and its normalization's."
        ),
        Slip(_parameters_always_projected, "B projects only where the number of maps changes."),
        Slip(_parameters_without_normalization, "Each normalization trains two numbers a map, γ and β."),
        Slip(_parameters_of_equal_convolutions, "The first convolution reads inputs maps, not width."),
        Slip(_parameters_with_biases, "These convolutions have no biases: the normalization has one."),
    ),
)

# --- 3: the identity --------------------------------------------------------------------------------------


def _check_identity(answer):
    names = set(answer) if isinstance(answer, set | list | tuple) else None
    if names is None or not names <= set(BLOCK_WEIGHTS):
        raise WrongError(f"Expected a set of names out of {', '.join(BLOCK_WEIGHTS)}; got {answer!r}.")
    if gives_back(build_block(names)):
        return
    for slip in identity.slips:
        if names == set(slip.answer):
            raise WrongError(slip.message)
    raise WrongError("With these at zero the block still changes what comes in.")


def _identity():
    return {"gamma2", "beta2"}


identity = Exercise(
    id="identity",
    prompt=(
        "A trained block of convolutions with normalization has the weights kernel1, gamma1, beta1, kernel2, "
        "gamma2 and beta2. Which of them must be zero, so that the block gives back its input exactly? The "
        "fewest will do."
    ),
    stub="""\
identity = ...  # a set of names, such as {"kernel1", "gamma1"}""",
    hints=(
        "The sum is x + F(x). What must F(x) be?",
        "The last thing that F does is to normalize: γ · (…) + β.",
        'Only two: the last normalization\'s "gamma2", and one more.',
    ),
    solved=_identity,
    accepts=_check_identity,
    slips=(
        Slip({"kernel2"}, "The normalization after kernel2 still subtracts its mean and adds its β."),
        Slip({"gamma2"}, "γ · (…) is gone, but β is still added."),
        Slip({"kernel1", "kernel2"}, "Without kernels the last normalization still gives a constant."),
        Slip({"kernel1", "gamma1", "beta1"}, "What the first layer gives is zero; the second's β is not."),
    ),
)

# --- 4: the gradient --------------------------------------------------------------------------------------

_TOTALS = np.array([1.5, -0.5, 2.0, -3.0, 0.1])
_SLOPES = np.array([0.5, 0.5, -1.0, 2.0, -0.25])


def _block_gradient(total, slope):
    return np.where(total > 0, 1 + slope, 0)


def _gradient_without_relu(total, slope):
    return 1 + slope


def _gradient_of_plain(total, slope):
    return np.where(total > 0, slope, 0)


def _gradient_with_relu_on_path(total, slope):
    return 1 + np.where(total > 0, slope, 0)


def _gradient_times_total(total, slope):
    return np.maximum(total, 0) * (1 + slope)


block_gradient = Exercise(
    id="block_gradient",
    prompt=(
        "y = relu(x + f(x)), number by number. You are told the sums x + f(x) and the slopes f′(x). Write "
        "dy/dx."
    ),
    stub="""\
def block_gradient(total, slope):
    # total: array (n,), the sums x + f(x); slope: array (n,), f′(x). Return an array (n,).
    return ...""",
    hints=(
        "Start with the sum alone: what is the derivative of x + f(x)?",
        "1 + slope. And a ReLU has slope 1 where its sum is positive; elsewhere?",
        "np.where(total > 0, ..., 0)",
    ),
    solved=_block_gradient,
    cases=((_TOTALS, _SLOPES), (-_TOTALS, _SLOPES)),
    slips=(
        Slip(
            _gradient_without_relu, "The ReLU after the addition passes nothing on where the sum is negative."
        ),
        Slip(_gradient_of_plain, "That is the plain block's: the shortcut adds 1."),
        Slip(
            _gradient_with_relu_on_path, "The ReLU stands after the addition: it stops the shortcut's 1 too."
        ),
        Slip(_gradient_times_total, "A ReLU's slope is 1 or 0, not the sum itself."),
    ),
)

EXERCISES = (residual_block, block_parameters, identity, block_gradient)

QUIZ = {
    "Plain-44 ends with a higher training loss than plain-20. Why is that not overfitting?": {
        "Its test error is higher too.": "So would it be with overfitting; look at the training loss.",
        "It is worse on the very images that it learns.": (
            "Right: an overfitted network is good on these and bad on others."
        ),
        "It has too few weights.": "It has more than twice as many as plain-20.",
    },
    "Why must a deeper network be able to do at least as well as a shallower one?": {
        "Its new layers could pass on what comes in.": (
            "Right: such weights exist. The surprise of 2015 is that training did not find them."
        ),
        "More weights always help.": "They help only if training finds good ones.",
        "Batch normalization takes care of it.": "Both had it, and still the deeper one learned worse.",
    },
    "What did we measure in plain-56 with batch normalization, before training?": {
        "Gradients that vanish toward the input.": "They grow: by about a sixth in each layer.",
        "Gradients of equal size everywhere.": "That is nearly so in residual-56.",
        "Gradients that grow, and hold for tiny steps only.": (
            "Right: a step of a ten-thousandth of the weights' length, and the new gradient points elsewhere."
        ),
    },
    "Shortcut A costs no weights. What does it do where the maps double?": {
        "It fills the new maps with zeros.": "Right: and it keeps every second pixel of the old ones.",
        "It copies each map twice.": "The new maps get zeros.",
        "It leaves the addition out.": "The addition stays; the new maps get zeros from the shortcut.",
    },
    "Where does the gradient come through x + F(x) unchanged, beside what F adds?": {
        "In every residual network, from end to end.": (
            "In the network of 2015 a ReLU follows each addition, and twice the size changes."
        ),
        "From a sum back to its input, through an identity shortcut.": (
            "Right: that step is exact; the ReLU between two blocks is not."
        ),
        "Nowhere.": "Backpropagation through an addition hands the same gradient to both sides.",
    },
    "One of residual-56's 27 trained blocks is taken out. Why do most leave hardly a trace?": {
        "The other 26 have learned to replace it.": "Nothing was trained after the cut.",
        "Its input goes on, and the block had changed little in it.": (
            "Right: the later blocks get nearly what they are used to."
        ),
        "Most blocks have weights of zero.": "They compute something; it is small beside what passes by.",
    },
    "You load a ResNet-50 and count 25,636,712 weights; a friend counts 25,557,032. Who is wrong?": {
        "You: it should be 25.5 million.": "Keras counts biases and moving statistics, too.",
        "Your friend: something is missing.": "Nothing that computes: normalization undoes the biases.",
        "Nobody.": "Right: 26,560 biases and 53,120 moving statistics lie between.",
    },
}
