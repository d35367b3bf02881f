"""Lesson 02's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import exercise
from zoo_helpers.lenet.model import CONNECTION_TABLE, PROTOTYPES

TABLE = np.array([[s2_map in sources for sources in CONNECTION_TABLE] for s2_map in range(6)], int)


@exercise(
    "How many filters has an output map that sees three input maps? And how many biases?",
    "The pairs are the ones in the table; each has 25 weights. The output maps are its columns.",
    "25 * table.sum() + table.shape[1]",
    cases=((np.array([[1, 0, 1], [1, 1, 1]]),), (TABLE,), (np.ones((6, 16), int),)),
    minutes=3,
)
def c3_parameters(table):
    return 25 * table.sum() + table.shape[1]


@c3_parameters.slip("Those are the weights; each output map has a bias too.")
def c3_without_biases(table):
    return 25 * table.sum()


@c3_parameters.slip("That is a bias for each pair; an output map has only one.")
def c3_with_a_bias_for_each_pair(table):
    return 26 * table.sum()


@c3_parameters.slip("The biases belong to the output maps, the columns.")
def c3_with_a_bias_for_each_input(table):
    return 25 * table.sum() + table.shape[0]


@c3_parameters.slip("That joins every output map to all input maps; the table has fewer pairs.")
def c3_fully_connected(table):
    return (25 * table.shape[0] + 1) * table.shape[1]


@c3_parameters.slip("Those are the pairs; each pair has a filter of 25 weights.")
def c3_pairs(table):
    return table.sum()


UNEVEN = (np.arange(24.0) * 7 % 11 / 10 - 0.5).reshape(4, 2, 3)  # without a pattern


@exercise(
    "Which four pixels make one output? Try to get an array with an axis for the place in the block.",
    "maps.reshape(H // 2, 2, W // 2, 2, C) has the rows of a block on axis 1 and its columns on axis 3.",
    "Sum it over axis=(1, 3), then 1.7159 * np.tanh(2 / 3 * (coefficient * sums + bias)).",
    cases=(
        (np.arange(-8.0, 8.0).reshape(2, 4, 2) / 10, np.array([0.5, -0.2]), np.array([0.1, 0.3])),
        (UNEVEN, np.array([0.7, -0.4, 0.0]), np.array([0.0, 0.2, -1.0])),
        (np.ones((2, 6, 3)), np.array([0.25, 0.1, 0.0]), np.array([0.0, 0.2, -1.0])),
    ),
    minutes=6,
)
def subsample(maps, coefficient, bias):
    height, width, count = maps.shape
    sums = maps.reshape(height // 2, 2, width // 2, 2, count).sum(axis=(1, 3))
    return 1.7159 * np.tanh(2 / 3 * (coefficient * sums + bias))


@subsample.slip("That takes the mean of the block; LeNet-5 sums it.")
def subsample_means(maps, coefficient, bias):
    return subsample(maps, coefficient / 4, bias)


@subsample.slip("That takes the largest of the block, as pooling does today; LeNet-5 sums it.")
def subsample_maxima(maps, coefficient, bias):
    height, width, count = maps.shape
    largest = maps.reshape(height // 2, 2, width // 2, 2, count).max(axis=(1, 3))
    return 1.7159 * np.tanh(2 / 3 * (coefficient * largest + bias))


@subsample.slip("The sum is right; the squashing is missing.")
def subsample_without_squashing(maps, coefficient, bias):
    return 3 / 2 * np.arctanh(subsample(maps, coefficient, bias) / 1.7159)


@subsample.slip("That keeps one pixel of four and forgets the others: sum them.")
def subsample_one_of_four(maps, coefficient, bias):
    return 1.7159 * np.tanh(2 / 3 * (coefficient * maps[::2, ::2] + bias))


@exercise(
    "In how many places can a window of 5 pixels stand on a line of 32?",
    "On a line of n pixels, padding included, a window of k has n - k + 1 places; a stride skips some.",
    "Each layer turns side into (side + 2 * padding - kernel) // stride + 1; collect them in a list.",
    cases=(
        (32, [(5, 1, 0), (2, 2, 0), (5, 1, 0), (2, 2, 0), (5, 1, 0)]),
        (28, [(5, 1, 2), (2, 2, 0), (5, 1, 0), (2, 2, 0)]),
        (24, [(4, 3, 0), (3, 2, 1), (2, 2, 0)]),
        (227, [(11, 4, 0), (3, 2, 0), (5, 1, 2), (3, 2, 0)]),
    ),
    minutes=4,
)
def sides(side, layers):
    found = []
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        found.append(side)
    return found


@sides.slip("One place too few: a window as wide as the line has one place, not 0.")
def sides_without_the_last(side, layers):
    found = []
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride
        found.append(side)
    return found


@sides.slip("The padding is on both sides: the line grows by twice as much.")
def sides_padded_on_one_side(side, layers):
    return sides(side, [(kernel - padding, stride, 0) for kernel, stride, padding in layers])


@sides.slip("Each layer starts from the image here; it should start from the layer before.")
def sides_from_the_image(side, layers):
    return [sides(side, [layer])[0] for layer in layers]


@sides.slip("That is the last side alone; give a list with one side for each layer.")
def last_side(side, layers):
    return sides(side, layers)[-1]


DRAWINGS = PROTOTYPES.reshape(10, 84).astype(float)
STATES = np.stack([0.6 * DRAWINGS[7], 0.8 * DRAWINGS[2] + 0.3, -0.5 * DRAWINGS[1], DRAWINGS[9]])
LOUD = np.stack(  # a few of the states are strong, as far as the squashing lets them be
    [
        np.where(np.arange(84) % 5 < 2, 1.7 * DRAWINGS[3], DRAWINGS[0]),
        np.where(np.arange(84) % 10 < 3, 1.7 * DRAWINGS[0], DRAWINGS[3]),
        np.where(np.arange(84) == 40, -1.7 * DRAWINGS[4], 0.8 * DRAWINGS[4]),
    ]
)
PALE = np.linspace(0.3, 1.2, 10)[:, None] * DRAWINGS  # prototypes of unequal length
FAINT = np.stack([0.1 * DRAWINGS[8], 0.9 * DRAWINGS[9], 0.6 * DRAWINGS[3]])


@exercise(
    "What is the squared distance of one state to one prototype?",
    "states[:, None, :] - prototypes has the shape (N, 10, 84): all differences at once.",
    "Sum the squares over axis 2, then take np.argmin over axis 1.",
    cases=((STATES, DRAWINGS), (LOUD, DRAWINGS), (FAINT, PALE)),
    minutes=5,
)
def read_states(states, prototypes):
    steps = states[:, None, :] - prototypes
    return np.argmin(np.sum(steps**2, axis=2), axis=1)


@read_states.slip("Those are the farthest prototypes; the nearest wins.")
def read_the_farthest(states, prototypes):
    return np.argmax(distances(states, prototypes), axis=1)


@read_states.slip("Without squares, steps up and steps down cancel.")
def read_by_sums(states, prototypes):
    return np.argmin(np.sum(states[:, None, :] - prototypes, axis=2), axis=1)


@read_states.slip("Those are the sums of the steps; the sums of their squares decide.")
def read_by_steps(states, prototypes):
    return np.argmin(np.sum(np.abs(states[:, None, :] - prototypes), axis=2), axis=1)


@read_states.slip("The largest product names the nearest only among prototypes of one length.")
def read_by_products(states, prototypes):
    return np.argmax(states @ prototypes.T, axis=1)


@read_states.slip("Those are the distances; give the number of the smallest in each row.")
def distances(states, prototypes):
    return np.sum((states[:, None, :] - prototypes) ** 2, axis=2)


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
