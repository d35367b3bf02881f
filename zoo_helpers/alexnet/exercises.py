"""Lesson 03's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import Exercise, Slip

# --- 1: the size of conv1's maps ---------------------------------------------------------------------


def _output_side(side, kernel, stride, pad):
    return (side + 2 * pad - kernel) // stride + 1


def _side_without_the_first_place(side, kernel, stride, pad):
    return (side + 2 * pad - kernel) // stride


def _side_with_one_border(side, kernel, stride, pad):
    return (side + pad - kernel) // stride + 1


def _side_with_a_fraction(side, kernel, stride, pad):
    return (side + 2 * pad - kernel) / stride + 1


def _side_by_the_stride_alone(side, kernel, stride, pad):
    return -(-side // stride)


output_side = Exercise(
    id="output_side",
    prompt=(
        "Write the side of a convolution's maps: how often a kernel fits along an image's side, in steps of "
        "`stride`, with `pad` zeros added at both ends."
    ),
    stub="""\
def output_side(side, kernel, stride, pad):
    # all whole numbers, in pixels. Return a whole number.
    return ...""",
    hints=(
        "The kernel's first place needs `kernel` pixels. How many pixels are left to step through?",
        "There are side + 2 * pad - kernel pixels left; a step that does not fit is lost.",
        "Divide what is left by the stride with //, and count the first place too.",
    ),
    solved=_output_side,
    cases=((224, 11, 4, 0), (227, 11, 4, 0), (224, 11, 4, 2), (55, 3, 2, 0), (13, 3, 1, 1)),
    slips=(
        Slip(_side_with_one_border, "The zeros are added at both ends: `pad` counts twice."),
        Slip(_side_without_the_first_place, "Those are the steps; the place before the first step counts."),
        Slip(_side_with_a_fraction, "There is no fraction of a place: a step that does not fit is lost."),
        Slip(_side_by_the_stride_alone, "That is Keras' “same”, whatever the kernel. Here `pad` says it."),
    ),
)

# --- 2: the parameters of a convolution in towers ------------------------------------------------------


def _grouped_parameters(kernel, inputs, width, groups):
    return kernel * kernel * (inputs // groups) * width + width


def _parameters_of_one_tower(kernel, inputs, width, groups):
    return kernel * kernel * (inputs // groups) * (width // groups) + width // groups


def _parameters_without_groups(kernel, inputs, width, groups):
    return kernel * kernel * inputs * width + width


def _parameters_without_biases(kernel, inputs, width, groups):
    return kernel * kernel * (inputs // groups) * width


def _parameters_with_shared_biases(kernel, inputs, width, groups):
    return kernel * kernel * (inputs // groups) * width + width // groups


grouped_parameters = Exercise(
    id="grouped_parameters",
    prompt=(
        "Count the parameters of a convolution in `groups` towers: each of its `width` maps sees only its "
        "own tower's share of the `inputs` maps. Biases count too."
    ),
    stub="""\
def grouped_parameters(kernel, inputs, width, groups):
    # conv2: kernel 5, inputs 96, width 256, groups 2. Return a whole number.
    return ...""",
    hints=(
        "How many weights does one map of the output need?",
        "One map needs kernel × kernel × (inputs // groups) weights and one bias.",
        "There are `width` such maps, in all towers together.",
    ),
    solved=_grouped_parameters,
    cases=((5, 96, 256, 2), (3, 384, 256, 2), (3, 256, 384, 1), (3, 64, 64, 4)),
    slips=(
        Slip(_parameters_without_groups, "Each map sees only inputs // groups maps."),
        Slip(_parameters_of_one_tower, "That is one tower; count all of them."),
        Slip(_parameters_without_biases, "One bias for each of the `width` maps is missing."),
        Slip(_parameters_with_shared_biases, "Each map has its own bias, in each tower."),
    ),
)

# --- 3: local response normalization -------------------------------------------------------------------


def _normalize(a, n, k, alpha, beta):
    squares = np.pad(a**2, [(0, 0), (n // 2, n // 2)])
    sums = sum(squares[:, shift : shift + a.shape[1]] for shift in range(n))
    return a / (k + alpha * sums) ** beta


def _normalize_with_the_mean(a, n, k, alpha, beta):
    return _normalize(a, n, k, alpha / n, beta)


def _normalize_without_squares(a, n, k, alpha, beta):
    return a * _normalize(np.sqrt(a), n, k, alpha, beta) / np.sqrt(a)


def _normalize_with_radius_n(a, n, k, alpha, beta):
    return _normalize(a, 2 * n + 1, k, alpha, beta)


def _normalize_over_pixels(a, n, k, alpha, beta):
    return _normalize(a.T, n, k, alpha, beta).T


def _normalize_on_a_ring(a, n, k, alpha, beta):
    sums = sum(np.roll(a**2, shift, axis=1) for shift in range(-(n // 2), n // 2 + 1))
    return a / (k + alpha * sums) ** beta


def _normalize_with_beta_inside(a, n, k, alpha, beta):
    squares = np.pad(a**2, [(0, 0), (n // 2, n // 2)])
    sums = sum(squares[:, shift : shift + a.shape[1]] for shift in range(n))
    return a / (k + (alpha * sums) ** beta)


normalize = Exercise(
    id="normalize",
    prompt=(
        "Write local response normalization for many pixels at once: `a` is an array (N, C), a row for each "
        "pixel. Do without a loop over pixels or channels; one over the n neighbours is enough."
    ),
    stub="""\
def normalize(a, n, k, alpha, beta):
    # a: array (N, C); n: odd. Return an array (N, C).
    return ...""",
    hints=(
        "Take the squares of all activations once. Whose square must be added to whose?",
        "np.pad(a**2, [(0, 0), (n // 2, n // 2)]) adds the channels that do not exist, as zeros.",
        "Sum its slices [:, shift : shift + C] for shift in range(n): that is every window's sum.",
    ),
    solved=_normalize,
    cases=(
        (
            np.array([[1.0, 2.0, 4.0, 1.5, 3.0, 1.0, 2.0], [5.0, 1.0, 1.0, 2.0, 1.0, 1.0, 6.0]]),
            3,
            2.0,
            0.5,
            0.75,
        ),
        (np.array([[100.0, 20.0, 20.0, 150.0, 10.0, 60.0]]), 5, 2.0, 1e-4, 0.75),
        (np.array([[3.0, 1.0], [0.5, 2.0], [1.0, 1.0]]), 1, 1.0, 1.0, 0.5),
    ),
    slips=(
        Slip(_normalize_with_the_mean, "That divides alpha by n, as Caffe does; the formula has the sum."),
        Slip(_normalize_without_squares, "The formula sums squares."),
        Slip(_normalize_with_radius_n, "That reaches n channels to each side; n is the whole window."),
        Slip(_normalize_over_pixels, "That sums over neighbouring pixels; the neighbours are channels."),
        Slip(_normalize_on_a_ring, "There is no ring: beyond the first and the last channel come zeros."),
        Slip(_normalize_with_beta_inside, "beta is the power of the whole divisor, k included."),
    ),
)

# --- 4: ten-crop averaging -------------------------------------------------------------------------------

_IMAGES = np.random.default_rng(3).random((5, 6, 3)), np.random.default_rng(4).random((4, 4, 3))
_WEIGHTS = (
    np.random.default_rng(5).normal(size=(3 * 3 * 3, 4)),
    np.random.default_rng(6).normal(size=(2 * 2 * 3, 3)),
)


def _ten_crop_scores(image, side, weights):
    down, right = image.shape[0] - side, image.shape[1] - side
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    scores = []
    for row, column in corners:
        crop = image[row : row + side, column : column + side]
        for view in (crop, crop[:, ::-1]):
            scores.append(view.reshape(-1) @ weights)
    return np.mean(scores, axis=0)


def _crops(image, side):
    down, right = image.shape[0] - side, image.shape[1] - side
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    return np.stack([image[row : row + side, column : column + side] for row, column in corners])


def _scores(crops, weights):
    return np.mean(crops.reshape(len(crops), -1) @ weights, axis=0)


def _scores_of_five(image, side, weights):
    return _scores(_crops(image, side), weights)


def _scores_of_the_centre(image, side, weights):
    return _scores(_crops(image, side)[4:], weights)


def _scores_upside_down(image, side, weights):
    crops = _crops(image, side)
    return _scores(np.concatenate([crops, crops[:, ::-1]]), weights)


def _scores_summed(image, side, weights):
    return 10 * _ten_crop_scores(image, side, weights)


ten_crop_scores = Exercise(
    id="ten_crop_scores",
    prompt=(
        "Average a network's scores over an image's ten crops: four corners, the centre, and their mirror "
        "images. To keep it small, the network is one layer: the scores of a crop are "
        "`crop.reshape(-1) @ weights`."
    ),
    stub="""\
def ten_crop_scores(image, side, weights):
    # image: array (H, W, 3); a crop: (side, side, 3); weights: (side * side * 3, C).
    # Return an array (C,).
    return ...""",
    hints=(
        "Where does each of the five crops begin? The last possible row is image.shape[0] - side.",
        "A crop is image[row : row + side, column : column + side]; its mirror image is crop[:, ::-1].",
        "Collect ten times crop.reshape(-1) @ weights in a list, and take np.mean(…, axis=0).",
    ),
    solved=_ten_crop_scores,
    cases=tuple(
        (image, side, weights) for image, side, weights in zip(_IMAGES, (3, 2), _WEIGHTS, strict=True)
    ),
    slips=(
        Slip(_scores_of_five, "Those are five crops; their mirror images count as well."),
        Slip(_scores_of_the_centre, "That is the centre crop alone."),
        Slip(_scores_upside_down, "Those crops stand on their heads: mirror left and right, crop[:, ::-1]."),
        Slip(_scores_summed, "That is the sum of ten; the test averages."),
    ),
)

EXERCISES = (output_side, grouped_parameters, normalize, ten_crop_scores)

QUIZ = {
    "conv1's kernels are 11 pixels wide and move in steps of 4. Which image gives 55 places a side?": {
        "224 pixels, unpadded": "(224 − 11) / 4 + 1 = 54.25: the last step does not fit, and 54 are left.",
        "227 pixels, unpadded": "Right: (227 − 11) / 4 + 1 = 55, with nothing left over.",
        "256 pixels, unpadded": "(256 − 11) / 4 + 1 = 62.25. The images are 256 wide, the crops are not.",
    },
    "Where does most of AlexNet's computing time go?": {
        "Into fc6, the layer with most parameters": "It has 62 % of the parameters, but uses each just once.",
        "Into LRN": "It has no weights at all, and a few operations for each activation.",
        "Into the five convolutions": "Right: their few weights are used again at every position.",
    },
    "What did the second GPU allow?": {
        "A network whose activations and weights did not fit in 3 GB": (
            "Right: each GPU held half of the kernels, and they exchanged maps in certain layers only."
        ),
        "Twice the batch": "Each image went through both GPUs, half of the kernels on each.",
        "A second network for averaging": "The two halves are one network, trained together.",
    },
    "Which of table 2's results used pictures beyond the challenge's own?": {
        "None": "Look for the star: those networks first learnt all of ImageNet's Fall 2011 release.",
        "“5 CNNs”, 16.4 %": "No star: these five saw the challenge's images only.",
        "“7 CNNs*”, 15.3 %": "Right: two of its seven networks carry the star, and it is the famous result.",
    },
    "A channel is strong, its neighbours are weak. What does LRN do?": {
        "It raises the strong channel.": "With k = 2 every divisor exceeds 1: nothing is raised.",
        "It lowers all of them, and the neighbours by as much as the strong one.": (
            "Right: the strong square is in its neighbours' sums as well as in its own."
        ),
        "It lowers the neighbours only.": "Its own square is in its own sum: it is lowered too.",
    },
    "You write tf.nn.local_response_normalization(x, depth_radius=5). How many channels does it span?": {
        "5": "The radius reaches to each side: 5 to the left, 5 to the right, and the channel itself.",
        "10": "Count the channel itself as well.",
        "11": "Right: n = 2 × radius + 1. The paper's n = 5 is a radius of 2.",
    },
    "Why is LRN rarely used today?": {
        "It is forbidden by a patent.": "Nothing of the kind: it was measured, and did not help.",
        "VGG saw no gain from it, and batch normalization does more.": (
            "Right: A-LRN was no better than A, and cost memory and time."
        ),
        "It cannot be differentiated.": "It can: our layer's gradient is tested against differences.",
    },
}
