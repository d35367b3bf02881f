"""Lesson 06's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.answers import shown
from zoo_helpers.core.exercise import WrongError, exercise
from zoo_helpers.resnet.probes import BLOCK_WEIGHTS, build_block, gives_back

# --- 1: the block -----------------------------------------------------------------------------------------

_DRAW = np.random.default_rng(10)  # of both signs: an x may be negative
_SMALL = tuple(np.array(rows, float) for rows in ([[1, 2], [3, 1]], [[1, -1], [-1, 2]], [[1, -1], [1, -2]]))
_LARGE = tuple(np.round(_DRAW.normal(size=shape), 1) for shape in ((2, 4), (4, 4), (4, 4)))


@exercise(
    "First the main path: a layer is x @ W, and a ReLU is np.maximum(…, 0).",
    "Only what comes out of w2 is added to x; then comes the second ReLU.",
    "np.maximum(x + hidden @ w2, 0), where hidden = np.maximum(x @ w1, 0)",
    cases=(_SMALL, _LARGE),
    minutes=4,
)
def residual_block(x, w1, w2):
    hidden = np.maximum(x @ w1, 0)
    return np.maximum(x + hidden @ w2, 0)


@residual_block.slip("That is a plain block: the input is not added.")
def block_without_shortcut(x, w1, w2):
    return np.maximum(np.maximum(x @ w1, 0) @ w2, 0)


@residual_block.slip("You add after the second ReLU; in 2015 it comes after the addition.")
def block_added_after_relu(x, w1, w2):
    return x + np.maximum(np.maximum(x @ w1, 0) @ w2, 0)


@residual_block.slip("What comes out of w2 is added as it is; the ReLU comes after the addition.")
def block_with_three_relus(x, w1, w2):
    return np.maximum(x + np.maximum(np.maximum(x @ w1, 0) @ w2, 0), 0)


@residual_block.slip("No ReLU stands before the block: x is taken as it is.")
def block_with_relu_on_input(x, w1, w2):
    return residual_block(np.maximum(x, 0), w1, w2)


@residual_block.slip("A ReLU follows the addition.")
def block_without_last_relu(x, w1, w2):
    return x + np.maximum(x @ w1, 0) @ w2


@residual_block.slip("Between the two layers stands a ReLU.")
def block_without_inner_relu(x, w1, w2):
    return np.maximum(x + x @ w1 @ w2, 0)


@residual_block.slip("The shortcut starts before the first layer, at x.")
def block_with_shortcut_from_inside(x, w1, w2):
    hidden = np.maximum(x @ w1, 0)
    return np.maximum(hidden + hidden @ w2, 0)


# --- 2: what a block costs --------------------------------------------------------------------------------


@exercise(
    "The first convolution turns inputs channels into width channels, the second width into width.",
    "A projection has inputs · width weights and 2 · width numbers of its normalization.",
    "C projects always, A never, B where inputs != width.",
    cases=((64, 128, "B"), (64, 128, "A"), (64, 64, "B"), (64, 64, "C"), (16, 32, "C")),
    minutes=6,
)
def block_parameters(inputs, width, shortcut):
    main = 9 * inputs * width + 9 * width * width + 2 * 2 * width
    projected = shortcut == "C" or (shortcut == "B" and inputs != width)
    return main + (inputs * width + 2 * width if projected else 0)


@block_parameters.slip("A projection has weights: inputs · width, and its normalization's.")
def parameters_never_projected(inputs, width, shortcut):
    return block_parameters(inputs, width, "A")


@block_parameters.slip("B projects only where the number of channels changes.")
def parameters_always_projected(inputs, width, shortcut):
    return block_parameters(inputs, width, "A" if shortcut == "A" else "C")


@block_parameters.slip("A projection is normalized, too: 2 · width numbers more.")
def parameters_of_a_bare_projection(inputs, width, shortcut):
    projections = _convolutions(inputs, width, shortcut) - 2
    return block_parameters(inputs, width, shortcut) - 2 * width * projections


@block_parameters.slip("A projection is a convolution of 1 × 1, not 3 × 3: inputs · width weights.")
def parameters_of_a_wide_projection(inputs, width, shortcut):
    projections = _convolutions(inputs, width, shortcut) - 2
    return block_parameters(inputs, width, shortcut) + 8 * inputs * width * projections


@block_parameters.slip("Moving means and variances are not trained: two numbers a channel, not four.")
def parameters_with_moving_statistics(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) + 2 * width * _convolutions(inputs, width, shortcut)


@block_parameters.slip("Each normalization trains two numbers a channel, γ and β.")
def parameters_without_normalization(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) - 2 * width * _convolutions(inputs, width, shortcut)


@block_parameters.slip("The first convolution reads inputs channels, not width.")
def parameters_of_equal_convolutions(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) + 9 * width * (width - inputs)


@block_parameters.slip("These convolutions have no biases: the normalization has one.")
def parameters_with_biases(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) + width * _convolutions(inputs, width, shortcut)


def _convolutions(inputs, width, shortcut):
    return 3 if shortcut == "C" or (shortcut == "B" and inputs != width) else 2


# --- 3: the identity --------------------------------------------------------------------------------------


def _accept_identity(answer):
    many = isinstance(answer, set | frozenset | list | tuple | np.ndarray)
    names = set(answer) if many and all(isinstance(name, str) for name in answer) else set()
    if not names or not names <= set(BLOCK_WEIGHTS):
        raise WrongError(f"Give a set of names out of {', '.join(BLOCK_WEIGHTS)}; got {shown(answer)}.")
    said = [slip.message for slip in identity.slips if slip.answer() == names]
    if not gives_back(build_block(names)):
        raise WrongError(*said or ["With these at zero the block still changes what comes in."])
    if len(names) > len(identity()):
        raise WrongError("With these at zero it is the identity; with fewer, too. Which are enough?")


@exercise(
    "The sum is x + F(x). What must F(x) be?",
    "The last thing that F does is to normalize: γ · (…) + β.",
    'Only two: the last normalization\'s "gamma2", and one more.',
    accepts=_accept_identity,
    minutes=4,
)
def identity():
    return {"gamma2", "beta2"}


@identity.slip("The normalization after kernel2 still subtracts its mean and adds its β.")
def zero_last_kernel():
    return {"kernel2"}


@identity.slip("γ · (…) is gone, but β is still added.")
def zero_last_scale():
    return {"gamma2"}


@identity.slip("Without kernels the last normalization still gives a constant.")
def zero_kernels():
    return {"kernel1", "kernel2"}


@identity.slip("What the first layer gives is zero; the second's β is not.")
def zero_first_layer():
    return {"kernel1", "gamma1", "beta1"}


# --- 4: the gradient --------------------------------------------------------------------------------------

_TOTALS = np.array([1.5, -0.5, 2.0, -3.0, 0.1])
_SLOPES = np.array([0.5, 0.5, -1.5, 2.0, -0.25])


@exercise(
    "Start with the sum alone: what is the derivative of x + f(x)?",
    "1 + slope. And a ReLU has slope 1 where its sum is positive; elsewhere?",
    "np.where(total > 0, ..., 0)",
    cases=((_TOTALS, _SLOPES), (-_TOTALS, _SLOPES)),
    minutes=3,
)
def block_gradient(total, slope):
    return np.where(total > 0, 1 + slope, 0)


@block_gradient.slip("The ReLU after the addition lets nothing through where the sum is negative.")
def gradient_without_relu(total, slope):
    return 1 + slope


@block_gradient.slip("That is the plain block's: the shortcut adds 1.")
def gradient_of_plain(total, slope):
    return np.where(total > 0, slope, 0)


@block_gradient.slip("f passes on its slope as well: add it to the shortcut's 1.")
def gradient_of_the_shortcut(total, slope):
    return np.where(total > 0, 1, 0)


@block_gradient.slip("The ReLU stands after the addition: it stops the shortcut's 1 too.")
def gradient_with_relu_on_path(total, slope):
    return 1 + np.where(total > 0, slope, 0)


@block_gradient.slip("A ReLU's slope is 1 or 0, not the sum itself.")
def gradient_times_total(total, slope):
    return np.maximum(total, 0) * (1 + slope)


QUIZ = {
    "plain-44-small ends with a higher training loss than plain-20-small. Why is that not overfitting?": {
        "Its test error is higher too.": "So would it be with overfitting; look at the training loss.",
        "It is worse on the very images that it learns.": (
            "Right: an overfitted network is good on these and bad on others."
        ),
        "It has too few weights.": "It has more than twice as many as plain-20-small.",
    },
    "Why must a deeper network be able to do at least as well as a shallower one?": {
        "Its new layers could pass on what comes in.": (
            "Right: such weights exist. The surprise of 2015 is that training did not find them."
        ),
        "More weights always help.": "They help only if training finds good ones.",
        "Batch normalization takes care of it.": "Both had it, and still the deeper one learned worse.",
    },
    "What did we measure in plain-56-small with batch normalization, before training?": {
        "Gradients that vanish toward the input.": "They grow: by about a sixth in each layer.",
        "Gradients of equal size everywhere.": "That is nearly so in resnet-56-small.",
        "Gradients that grow, and hold for tiny steps only.": (
            "Right: a step of a ten-thousandth of the weights' length, and the new gradient points elsewhere."
        ),
    },
    "Shortcut A costs no weights. What does it do where the channels double?": {
        "It fills the new channels with zeros.": "Right: and it keeps every second pixel of the old ones.",
        "It copies each channel twice.": "The new channels get zeros.",
        "It leaves the addition out.": "The addition stays; the new channels get zeros from the shortcut.",
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
    "One of the 27 trained blocks of resnet-56-cifar is taken out. Why do most leave hardly a trace?": {
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
