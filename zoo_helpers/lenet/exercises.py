"""Lesson 02's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import Exercise, Slip
from zoo_helpers.lenet.model import CONNECTION_TABLE, PROTOTYPES

# --- 1: the parameters of C3 --------------------------------------------------------------------------


def _c3_parameters(table):
    return 25 * table.sum() + table.shape[1]


def _c3_without_biases(table):
    return 25 * table.sum()


def _c3_with_a_bias_for_each_pair(table):
    return 26 * table.sum()


def _c3_with_a_bias_for_each_input(table):
    return 25 * table.sum() + table.shape[0]


def _c3_fully_connected(table):
    return (25 * table.shape[0] + 1) * table.shape[1]


def _c3_pairs(table):
    return table.sum()


_TABLE_I = np.array([[s2_map in sources for sources in CONNECTION_TABLE] for s2_map in range(6)], int)

c3_parameters = Exercise(
    id="c3_parameters",
    prompt=(
        "Count the trainable parameters of a layer like C3 from its table: a 5 × 5 filter for each pair of "
        "maps, a bias for each output map."
    ),
    stub="""\
def c3_parameters(table):
    # table: array (input maps, output maps), 1 where a pair is joined, else 0.
    # Return a whole number.
    return ...""",
    hints=(
        "How many filters has an output map that sees three input maps? And how many biases?",
        "The pairs are the ones in the table; each has 25 weights. The output maps are its columns.",
        "25 * table.sum() + table.shape[1]",
    ),
    solved=_c3_parameters,
    cases=((np.array([[1, 0, 1], [1, 1, 1]]),), (_TABLE_I,), (np.ones((6, 16), int),)),
    slips=(
        Slip(_c3_without_biases, "Those are the weights; each output map has a bias too."),
        Slip(_c3_with_a_bias_for_each_pair, "That is a bias for each pair; an output map has only one."),
        Slip(_c3_with_a_bias_for_each_input, "The biases belong to the output maps, the columns."),
        Slip(
            _c3_fully_connected, "That joins every output map to all input maps; the table has fewer pairs."
        ),
        Slip(_c3_pairs, "Those are the pairs; each pair has a filter of 25 weights."),
    ),
)

# --- 2: subsampling --------------------------------------------------------------------------------------


def _subsample(maps, coefficient, bias):
    height, width, count = maps.shape
    sums = maps.reshape(height // 2, 2, width // 2, 2, count).sum(axis=(1, 3))
    return 1.7159 * np.tanh(2 / 3 * (coefficient * sums + bias))


def _subsample_means(maps, coefficient, bias):
    height, width, count = maps.shape
    means = maps.reshape(height // 2, 2, width // 2, 2, count).mean(axis=(1, 3))
    return 1.7159 * np.tanh(2 / 3 * (coefficient * means + bias))


def _subsample_maxima(maps, coefficient, bias):
    height, width, count = maps.shape
    largest = maps.reshape(height // 2, 2, width // 2, 2, count).max(axis=(1, 3))
    return 1.7159 * np.tanh(2 / 3 * (coefficient * largest + bias))


def _subsample_without_squashing(maps, coefficient, bias):
    height, width, count = maps.shape
    return coefficient * maps.reshape(height // 2, 2, width // 2, 2, count).sum(axis=(1, 3)) + bias


def _subsample_one_of_four(maps, coefficient, bias):
    return 1.7159 * np.tanh(2 / 3 * (coefficient * maps[::2, ::2] + bias))


_MAPS = np.arange(32.0).reshape(4, 4, 2) / 32 - 0.4

subsample = Exercise(
    id="subsample",
    prompt=(
        "Write the subsampling of S2 and S4 in NumPy: sum each block of 2 × 2, multiply by the map's "
        "coefficient, add its bias, squash with 1.7159 tanh(2x / 3)."
    ),
    stub="""\
def subsample(maps, coefficient, bias):
    # maps: array (H, W, C), H and W even; coefficient, bias: arrays (C,).
    # Return an array (H / 2, W / 2, C).
    return ...""",
    hints=(
        "Which four pixels make one output? Try to get an array with an axis for the place in the block.",
        "maps.reshape(H // 2, 2, W // 2, 2, C) has the rows of a block on axis 1 and its columns on axis 3.",
        "Sum it over axis=(1, 3), then 1.7159 * np.tanh(2 / 3 * (coefficient * sums + bias)).",
    ),
    solved=_subsample,
    cases=(
        (_MAPS, np.array([0.5, -0.2]), np.array([0.1, 0.3])),
        (np.ones((2, 6, 3)), np.array([0.25, 0.1, 0.0]), np.array([0.0, 0.2, -1.0])),
    ),
    slips=(
        Slip(_subsample_means, "That takes the mean of the block; LeNet-5 sums it."),
        Slip(
            _subsample_maxima, "That takes the largest of the block, as pooling does today; LeNet-5 sums it."
        ),
        Slip(_subsample_without_squashing, "The sum is right; the squashing is missing."),
        Slip(_subsample_one_of_four, "That keeps one pixel of four and forgets the others: sum them."),
    ),
)

# --- 3: the sizes of a stack --------------------------------------------------------------------------------


def _sides(side, layers):
    found = []
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        found.append(side)
    return found


def _sides_without_the_last(side, layers):
    found = []
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride
        found.append(side)
    return found


def _sides_padded_on_one_side(side, layers):
    found = []
    for kernel, stride, padding in layers:
        side = (side + padding - kernel) // stride + 1
        found.append(side)
    return found


def _sides_from_the_image(side, layers):
    return [(side + 2 * padding - kernel) // stride + 1 for kernel, stride, padding in layers]


def _last_side(side, layers):
    return _sides(side, layers)[-1]


sides = Exercise(
    id="sides",
    prompt=(
        "Find the side of the map after each layer of a stack, of convolutions or subsampling alike. A layer "
        "is (kernel, stride, padding), the padding on each side."
    ),
    stub="""\
def sides(side, layers):
    # side: pixels of the image; layers: a list of (kernel, stride, padding).
    # Return a list of whole numbers, one for each layer.
    return ...""",
    hints=(
        "In how many places can a window of 5 pixels stand on a line of 32?",
        "On a line of n pixels, padding included, a window of k has n - k + 1 places; a stride skips some.",
        "Each layer turns side into (side + 2 * padding - kernel) // stride + 1; collect them in a list.",
    ),
    solved=_sides,
    cases=(
        (32, [(5, 1, 0), (2, 2, 0), (5, 1, 0), (2, 2, 0), (5, 1, 0)]),
        (28, [(5, 1, 2), (2, 2, 0), (5, 1, 0), (2, 2, 0)]),
        (11, [(3, 2, 1), (3, 2, 0)]),
    ),
    slips=(
        Slip(
            _sides_without_the_last, "One place too few: a window as wide as the line has one place, not 0."
        ),
        Slip(_sides_padded_on_one_side, "The padding is on both sides: the line grows by twice as much."),
        Slip(
            _sides_from_the_image,
            "Each layer starts from the image here; it should start from the layer before.",
        ),
        Slip(_last_side, "That is the last side alone; give a list with one side for each layer."),
    ),
)

# --- 4: reading by distance -------------------------------------------------------------------------------


def _read_states(states, prototypes):
    steps = states[:, None, :] - prototypes
    return np.argmin(np.sum(steps**2, axis=2), axis=1)


def _read_the_farthest(states, prototypes):
    return np.argmax(np.sum((states[:, None, :] - prototypes) ** 2, axis=2), axis=1)


def _read_by_sums(states, prototypes):
    return np.argmin(np.sum(states[:, None, :] - prototypes, axis=2), axis=1)


def _distances(states, prototypes):
    return np.sum((states[:, None, :] - prototypes) ** 2, axis=2)


_PROTOTYPES = PROTOTYPES.reshape(10, 84).astype(float)
_STATES = np.stack([0.6 * _PROTOTYPES[7], 0.8 * _PROTOTYPES[2] + 0.3, -0.5 * _PROTOTYPES[1], _PROTOTYPES[9]])

read_states = Exercise(
    id="read_states",
    prompt=(
        "Read digits as LeNet-5's output layer does: for each state of F6, the number of the prototype at "
        "the smallest squared distance."
    ),
    stub="""\
def read_states(states, prototypes):
    # states: array (N, 84); prototypes: array (10, 84). Return an array (N,) of digits.
    return ...""",
    hints=(
        "What is the squared distance of one state to one prototype?",
        "states[:, None, :] - prototypes has the shape (N, 10, 84): all differences at once.",
        "Sum the squares over axis 2, then take np.argmin over axis 1.",
    ),
    solved=_read_states,
    cases=((_STATES, _PROTOTYPES), (np.array([[0.0, 0.9], [2.0, 0.1]]), np.array([[1.0, 0.0], [0.0, 1.0]]))),
    slips=(
        Slip(_read_the_farthest, "Those are the farthest prototypes; the nearest wins."),
        Slip(_read_by_sums, "Without squares, steps up and steps down cancel."),
        Slip(_distances, "Those are the distances; give the number of the smallest in each row."),
    ),
)

EXERCISES = (c3_parameters, subsample, sides, read_states)

QUIZ = {
    "C1 has 156 parameters and 122,304 connections. What does the ratio tell?": {
        "How often each weight is used for one image.": (
            "Right: 784 times, once at each of the 28 × 28 places of the filter."
        ),
        "How many weights were pruned.": "None was: all 156 are used, each at 784 places.",
        "How many images are needed for training.": "Neither number says that. It counts uses of a weight.",
    },
    "Why does C3 not see all maps of S2, by the paper?": {
        "A full C3 would read digits worse.": "The paper does not say so, and we did not see it.",
        "To keep connections few, and to make its maps differ.": (
            "Right: maps that see different inputs cannot all learn the same filter."
        ),
        "Convolutions over six maps were not known.": "Map 15 is one: it sees all six.",
    },
    "A convolutional network meets a digit 6 pixels off the centre. What happens?": {
        "It reads it as before: convolutions do not care where things are.": (
            "Its maps move along with the digit, but the layers behind them know only places they have seen."
        ),
        "It refuses to answer.": "It has no such answer: one of ten outputs always wins.",
        "It often misreads it.": (
            "Right: convolution makes the maps move along; the layers after it have never seen them there."
        ),
    },
    "What does the output layer of 1998 train?": {
        "850 weights.": "That is the dense layer of today. The prototypes are fixed.",
        "Nothing: it measures distances to fixed drawings.": "Right: 840 connections, no parameter.",
        "The ten prototypes.": "The paper lets them stand as they were drawn by hand.",
    },
    "Two networks err on 0.95 % and 0.90 % of 10,000 test images. Which is better?": {
        "The second, by 5 images.": "Chance alone moves such a count by about ten images either way.",
        "The first: it is the paper's.": "A name is no evidence. The difference is within chance.",
        "One cannot tell: chance alone moves such a count by about ten images.": (
            "Right: 95 errors have a standard deviation of about √95, nearly 10."
        ),
    },
    "A blog shows LeNet-5 with 61,706 parameters. Where do the 1,706 come from?": {
        "A full C3, a dense output, and pooling without parameters.": "Right: 900 + 850 − 44.",
        "From the padding.": "Padding has no parameters.",
        "From ReLU.": "ReLU has no parameters; nor had the squashing function.",
    },
}
