"""Lesson 02's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import exercise
from zoo_helpers.lenet.model import PROTOTYPES

TWO_MAPS = (np.arange(70.0) * 13 % 17 / 10 - 0.8).reshape(5, 7, 2)  # without a pattern
CORNER = np.array([[[0.5, -1.0], [0.0, 0.305]], [[-0.4, 0.2], [1.0, 0.7]]])
EDGE = (np.arange(18.0) * 5 % 11 / 5 - 1).reshape(3, 3, 2)  # fewer maps than its side


@exercise(
    "Pad first. Then ask: where does the window of output row 1 begin, if the stride is 2?",
    "Output (row, column) sees maps[stride * row : stride * row + k, ...], all maps of it at once.",
    "Each output is (window * weights).sum() + bias; a side has (side + 2 * padding - k) // stride + 1.",
    cases=(
        (TWO_MAPS, CORNER, 0.25, 1, 0),
        (TWO_MAPS, CORNER, 0.25, 2, 0),
        (TWO_MAPS, CORNER, 0.25, 2, 1),
        (np.arange(84.0).reshape(7, 6, 2) * 7 % 19 / 10, EDGE, -1.5, 3, 2),
    ),
    minutes=9,
)
def convolve(maps, weights, bias, stride, padding):
    padded = np.pad(maps, ((padding, padding), (padding, padding), (0, 0)))
    k = len(weights)
    rows, columns = ((side - k) // stride + 1 for side in padded.shape[:2])
    output = np.empty((rows, columns))
    for row, column in np.ndindex(rows, columns):
        window = padded[stride * row : stride * row + k, stride * column : stride * column + k]
        output[row, column] = (window * weights).sum() + bias
    return output


@convolve.slip("The bias belongs to the output: add it once, not once for each input map.")
def convolve_with_a_bias_for_each_map(maps, weights, bias, stride, padding):
    return convolve(maps, weights, bias * maps.shape[2], stride, padding)


@convolve.slip("The bias is missing.")
def convolve_without_bias(maps, weights, bias, stride, padding):
    return convolve(maps, weights, 0, stride, padding)


@convolve.slip("That turns the filter round, as mathematicians do; a network lays it on as it is.")
def convolve_turned(maps, weights, bias, stride, padding):
    return convolve(maps, weights[::-1, ::-1], bias, stride, padding)


@convolve.slip("That takes the mean of the products; their sum is the output.")
def convolve_means(maps, weights, bias, stride, padding):
    return convolve(maps, weights / weights.size, bias, stride, padding)


@convolve.slip("Each input map gives an output of its own here; sum over the maps too.")
def convolve_each_map(maps, weights, bias, stride, padding):
    one_by_one = [
        convolve(maps[:, :, [one]], weights[:, :, [one]], bias, stride, padding)
        for one in range(maps.shape[2])
    ]
    return np.stack(one_by_one, axis=-1)


@convolve.slip("The stride is missing: the next window begins `stride` pixels further on.")
def convolve_without_stride(maps, weights, bias, stride, padding):
    return convolve(maps, weights, bias, 1, padding)


@convolve.slip("The stride sets how many windows there are; it must set where they begin, too.")
def convolve_that_crawls(maps, weights, bias, stride, padding):
    rows, columns = convolve(maps, weights, bias, stride, padding).shape
    return convolve(maps, weights, bias, 1, padding)[:rows, :columns]


@convolve.slip("The padding is missing: the filter must reach over the border.")
def convolve_without_padding(maps, weights, bias, stride, padding):
    return convolve(maps, weights, bias, stride, 0)


@convolve.slip("The padding goes round all four sides.")
def convolve_padded_on_two_sides(maps, weights, bias, stride, padding):
    return convolve(np.pad(maps, ((0, padding), (0, padding), (0, 0))), weights, bias, stride, 0)


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


@exercise(
    "One place to the right in the map of S2: how many pixels is that in the image?",
    "From layer to layer the strides multiply: after strides of 1, 2, 1, 2 one place is 4 pixels.",
    "Multiply the strides up to each layer; count the layers whose product divides the shift.",
    cases=(
        (4, [1, 2, 1, 2]),
        (2, [1, 2, 1, 2]),
        (1, [1, 2, 1, 2]),
        (6, [2, 3, 2]),
        (12, [2, 2, 2, 2]),
        (3, [4, 1, 2]),
    ),
    minutes=5,
)
def following_layers(pixels, strides):
    step, count = 1, 0
    for stride in strides:
        step *= stride
        count += pixels % step == 0
    return count


@following_layers.slip(
    "A stride of a layer is in places of the layer before; in pixels the strides multiply."
)
def following_each_alone(pixels, strides):
    return sum(pixels % stride == 0 for stride in strides)


@following_layers.slip("Strides do not add up; they multiply.")
def following_sums(pixels, strides):
    return sum(pixels % int(step) == 0 for step in np.cumsum(strides))


@following_layers.slip("A shift by a larger multiple follows too: does the step divide the pixels?")
def following_equals(pixels, strides):
    return sum(int(step) == pixels for step in np.cumprod(strides))


@following_layers.slip("Small steps are not enough: a shift by 3 is no whole number of steps of 2.")
def following_at_most(pixels, strides):
    return sum(int(step) <= pixels for step in np.cumprod(strides))


@following_layers.slip("That counts the layers that do not follow.")
def layers_left_behind(pixels, strides):
    return len(strides) - following_layers(pixels, strides)


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
    "A filter of 5 × 5, padding 2, stride 2, on 28 × 28 pixels. How large is the map?": {
        "28 × 28": "That is the map for stride 1. A stride of 2 leaves out every second place.",
        "14 × 14": "Right: (28 + 4 − 5) // 2 + 1 = 14.",
        "12 × 12": "That is without padding: (28 − 5) // 2 + 1 = 12.",
    },
    "In equation 9, all ten distances grow by 5. What happens to the loss?": {
        "Nothing: a softmax looks at differences only.": (
            "That holds for ten scores. The eleventh, −j, does not move along."
        ),
        "It grows: the eleventh class has not moved.": (
            "Right: its share of the softmax grows, so the right class gets less."
        ),
        "It falls: the wrong digits are farther away.": "They are, but so is the right one.",
    },
    "A convolutional network meets a digit 6 pixels off the centre. What happens?": {
        "It reads it as before: convolutions do not care where things are.": (
            "Its maps move along with the digit, but the layers after them have weights for each place."
        ),
        "It refuses to answer.": "It has no such answer: one of ten outputs always wins.",
        "It often misreads it.": (
            "Right: the maps move along; the dense layers after them have not seen a digit there."
        ),
    },
    "Two networks err on 0.95 % and 0.90 % of 10,000 test images. Which is better?": {
        "The second, by 5 images.": "Chance alone moves such a count by about ten images either way.",
        "The first: it is the paper's.": "A name is no evidence. The difference is within chance.",
        "One cannot tell: chance alone moves such a count by about ten images.": (
            "Right: 95 errors have a standard deviation of about √95, nearly 10."
        ),
    },
    "A book shows LeNet-5 with 61,706 parameters. Where do the 1,706 come from?": {
        "A full C3, a dense output, and pooling without parameters.": "Right: 900 + 850 − 44.",
        "From the padding.": "Padding has no parameters.",
        "From ReLU.": "ReLU has no parameters; nor had the squashing function.",
    },
}
