"""Lesson 03's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import exercise

# --- 1: the side of conv1's output ---------------------------------------------------------------------


@exercise(
    "The kernel's first place needs `kernel` pixels. How many pixels are left to step through?",
    "There are side + 2 * pad - kernel pixels left; a step that does not fit is lost.",
    "Divide what is left by the stride with //, and count the first place too.",
    cases=((224, 11, 4, 0), (227, 11, 4, 0), (226, 11, 4, 0), (224, 11, 4, 2), (55, 3, 2, 0), (13, 3, 1, 1)),
    minutes=3,
)
def output_side(side, kernel, stride, pad):
    return (side + 2 * pad - kernel) // stride + 1


@output_side.slip("The zeros are added at both ends: `pad` counts twice.")
def side_with_one_border(side, kernel, stride, pad):
    return (side + pad - kernel) // stride + 1


@output_side.slip("The zeros are part of the side: `pad` of them at each end.")
def side_without_zeros(side, kernel, stride, pad):
    return (side - kernel) // stride + 1


@output_side.slip("That rounds to the nearest; a step that does not fit is lost.")
def side_rounded(side, kernel, stride, pad):
    return round((side + 2 * pad - kernel) / stride) + 1


@output_side.slip("Those are the steps; the place before the first step counts.")
def side_without_the_first_place(side, kernel, stride, pad):
    return (side + 2 * pad - kernel) // stride


@output_side.slip("There is no fraction of a place: a step that does not fit is lost.")
def side_with_a_fraction(side, kernel, stride, pad):
    return (side + 2 * pad - kernel) / stride + 1


@output_side.slip("That is Keras' “same”, whatever the kernel. Here `pad` says it.")
def side_by_the_stride_alone(side, kernel, stride, pad):
    return -(-side // stride)  # rounded up


# --- 2: the parameters of a convolution in towers ------------------------------------------------------


@exercise(
    "How many weights does one channel of the output need?",
    "One channel needs kernel × kernel × (inputs // groups) weights and one bias.",
    "There are `width` such channels, in all towers together.",
    cases=((5, 96, 256, 2), (3, 384, 256, 2), (3, 256, 384, 1), (3, 64, 64, 4)),
    minutes=3,
)
def grouped_parameters(kernel, inputs, width, groups):
    return kernel * kernel * (inputs // groups) * width + width


@grouped_parameters.slip("Each channel sees only inputs // groups channels.")
def parameters_without_groups(kernel, inputs, width, groups):
    return kernel * kernel * inputs * width + width


@grouped_parameters.slip("That is one tower; count all of them.")
def parameters_of_one_tower(kernel, inputs, width, groups):
    return kernel * kernel * (inputs // groups) * (width // groups) + width // groups


@grouped_parameters.slip("One bias for each of the `width` channels is missing.")
def parameters_without_biases(kernel, inputs, width, groups):
    return grouped_parameters(kernel, inputs, width, groups) - width


@grouped_parameters.slip("Each channel has its own bias, in each tower.")
def parameters_with_shared_biases(kernel, inputs, width, groups):
    return grouped_parameters(kernel, inputs, width, groups) - width + width // groups


# --- 3: local response normalization -------------------------------------------------------------------


@exercise(
    "Take the squares of all activations once. Whose square must be added to whose?",
    "np.pad(a**2, [(0, 0), (n // 2, n // 2)]) adds the channels that do not exist, as zeros.",
    "Sum its slices [:, shift : shift + C] for shift in range(n): that is every window's sum.",
    cases=(
        (
            np.array([[1.0, 2.0, 4.0, 1.5, 3.0, 1.0, 2.0], [5.0, 1.0, 1.0, -2.0, 1.0, -1.0, 6.0]]),
            3,
            2.0,
            0.5,
            0.75,
        ),
        (np.array([[100.0, 20.0, 20.0, 150.0, 10.0, 60.0]]), 5, 2.0, 1e-4, 0.75),
        (np.array([[3.0, 1.0], [0.5, 2.0], [1.0, 1.0]]), 1, 1.0, 1.0, 0.5),
    ),
    minutes=6,
)
def normalize(a, n, k, alpha, beta):
    squares = np.pad(a**2, [(0, 0), (n // 2, n // 2)])
    sums = sum(squares[:, shift : shift + a.shape[1]] for shift in range(n))
    return a / (k + alpha * sums) ** beta


@normalize.slip("That divides alpha by n, as Caffe does; the formula has the sum.")
def normalize_with_the_mean(a, n, k, alpha, beta):
    return normalize(a, n, k, alpha / n, beta)


@normalize.slip("The formula sums squares.")
def normalize_without_squares(a, n, k, alpha, beta):
    padded = np.pad(a, [(0, 0), (n // 2, n // 2)])
    return a / (k + alpha * sum(padded[:, shift : shift + a.shape[1]] for shift in range(n))) ** beta


@normalize.slip("That reaches n channels to each side; n is the whole window.")
def normalize_with_radius_n(a, n, k, alpha, beta):
    return normalize(a, 2 * n + 1, k, alpha, beta)


@normalize.slip("That sums over neighbouring pixels; the neighbours are channels.")
def normalize_over_pixels(a, n, k, alpha, beta):
    return normalize(a.T, n, k, alpha, beta).T


@normalize.slip("There is no ring: beyond the first and the last channel come zeros.")
def normalize_on_a_ring(a, n, k, alpha, beta):
    sums = sum(np.roll(a**2, shift, axis=1) for shift in range(-(n // 2), n // 2 + 1))
    return a / (k + alpha * sums) ** beta


@normalize.slip("beta is the power of the whole divisor, k included.")
def normalize_with_beta_inside(a, n, k, alpha, beta):
    scale = a / normalize(a, n, k, alpha, 1)
    return a / (k + (scale - k) ** beta)


# --- 4: ten-crop averaging -------------------------------------------------------------------------------


@exercise(
    "Where does each of the five crops begin? The last possible row is image.shape[0] - side.",
    "A crop is image[row : row + side, column : column + side]; its mirror image is crop[:, ::-1].",
    "Collect ten times crop.reshape(-1) @ weights in a list, and take np.mean(…, axis=0).",
    cases=tuple(
        (generator.random((height, width, 3)), side, generator.normal(size=(side * side * 3, classes)))
        for generator, height, width, side, classes in (
            (np.random.default_rng(3), 5, 7, 3, 4),
            (np.random.default_rng(4), 6, 4, 2, 3),
        )
    ),
    minutes=6,
)
def ten_crop_scores(image, side, weights):
    down, right = image.shape[0] - side, image.shape[1] - side
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    scores = []
    for row, column in corners:
        crop = image[row : row + side, column : column + side]
        for view in (crop, crop[:, ::-1]):
            scores.append(view.reshape(-1) @ weights)
    return np.mean(scores, axis=0)


@ten_crop_scores.slip("Those are five crops; their mirror images count as well.")
def scores_of_five(image, side, weights):
    return scores_of(five_crops(image, side), weights)


@ten_crop_scores.slip("That is the centre crop alone.")
def scores_of_the_centre(image, side, weights):
    return scores_of(five_crops(image, side)[4:], weights)


@ten_crop_scores.slip("Those crops stand on their heads: mirror left and right, crop[:, ::-1].")
def scores_upside_down(image, side, weights):
    crops = five_crops(image, side)
    return scores_of(np.concatenate([crops, crops[:, ::-1]]), weights)


@ten_crop_scores.slip("The four corners are there; the centre and its mirror image are missing.")
def scores_of_the_corners(image, side, weights):
    crops = five_crops(image, side)[:4]
    return scores_of(np.concatenate([crops, crops[:, :, ::-1]]), weights)


@ten_crop_scores.slip("That is the sum of ten; the test averages.")
def scores_summed(image, side, weights):
    return 10 * ten_crop_scores(image, side, weights)


def five_crops(image, side):
    """The four corners and the centre, (5, side, side, 3)."""
    down, right = image.shape[0] - side, image.shape[1] - side
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    return np.stack([image[row : row + side, column : column + side] for row, column in corners])


def scores_of(crops, weights):
    """The mean scores of the crops."""
    return np.mean(crops.reshape(len(crops), -1) @ weights, axis=0)


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
