"""Lesson 03's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import exercise

# --- 1: the parameters of a grouped convolution --------------------------------------------------------


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


# --- 2: how many seeds -----------------------------------------------------------------------------------

RECORDED = np.array([57.2, 56.2, 55.6, 57.6, 57.95]), np.array([52.8, 53.9, 56.6, 58.4, 53.65])


@exercise(
    "Take the gains first, seed by seed. What of them stays the same when you run more seeds?",
    "Their standard deviation s stays, with n - 1; the standard error of n pairs is s / √n.",
    "points = 3 * s / √n, solved for n, is (3 * s / points) ** 2; round it up.",
    cases=(
        (RECORDED[0], RECORDED[1], 1.4),
        (np.array([50.0, 60.0, 70.0, 55.0]), np.array([48.5, 57.9, 68.4, 53.0]), 0.5),
        (np.array([10.0, 14.0, 12.0]), np.array([9.0, 10.0, 12.5]), 2.0),
    ),
    minutes=6,
)
def pairs_needed(without, with_it, points):
    deviation = (without - with_it).std(ddof=1)
    return int(np.ceil((3 * deviation / points) ** 2))


@pairs_needed.slip("The networks of a pair share their seed: take the differences, and then their spread.")
def seeds_unpaired(without, with_it, points):
    deviation = np.sqrt(without.var(ddof=1) + with_it.var(ddof=1))
    return int(np.ceil((3 * deviation / points) ** 2))


@pairs_needed.slip("Divide the squares by n - 1, ddof=1: the mean was fitted to the same gains.")
def seeds_by_n(without, with_it, points):
    return np.ceil((3 * (without - with_it).std() / points) ** 2)


@pairs_needed.slip(
    "That takes the standard error of your pairs; what stays is the deviation of single gains."
)
def seeds_by_the_error(without, with_it, points):
    error = (without - with_it).std(ddof=1) / np.sqrt(len(without))
    return np.ceil((3 * error / points) ** 2)


@pairs_needed.slip("That compares `points` with the deviation. The error is s / √n: square the ratio.")
def seeds_by_the_deviation(without, with_it, points):
    return np.ceil(3 * (without - with_it).std(ddof=1) / points)


@pairs_needed.slip("That makes `points` one standard error; three are asked for.")
def seeds_for_one_error(without, with_it, points):
    return np.ceil(((without - with_it).std(ddof=1) / points) ** 2)


@pairs_needed.slip("Round up: with fewer pairs the gain is below three standard errors.")
def seeds_rounded_down(without, with_it, points):
    return np.floor((3 * (without - with_it).std(ddof=1) / points) ** 2)


@pairs_needed.slip("That asks about the gain that you measured; the question is about `points`.")
def seeds_for_the_mean(without, with_it, points):
    gains = without - with_it
    return np.ceil((3 * gains.std(ddof=1) / gains.mean()) ** 2)


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


QUIZ = {
    "Table 2 says “7 CNNs*: 15.3 %”. What are they?": {
        "One network with seven convolutions": "AlexNet has five convolutions; the 7 counts networks.",
        "Seven networks, averaged; some saw more images": (
            "Right: five as usual, and two that first learnt all of ImageNet's Fall 2011 release."
        ),
        "Seven runs, of which the best is reported": "Their scores are averaged, not chosen from.",
    },
    "Where are most of AlexNet's multiply-adds?": {
        "In fc6, the layer with most parameters": "It has 62 % of the parameters, but uses each just once.",
        "In LRN": "It has no weights at all, and a few operations for each activation.",
        "In the five convolutions": "Right: their few weights are used again at every position.",
    },
    "What does groups=2 change in conv4?": {
        "Half of its kernels see one half of the maps, the others the other half.": (
            "Right: so each kernel has half of the weights, and does half of the work."
        ),
        "It has half as many kernels.": "It has 384 with it and without; each of them is smaller.",
        "It looks at every second pixel.": "That is a stride of 2. Groups divide the channels.",
    },
    "In our race, what did the start (pixels, weights) do to the lead of ReLU?": {
        "Nothing: ReLU led by several times from every start.": "The table of medians shows no such lead.",
        "It decided who led: ReLU from the paper's start, tanh from today's.": (
            "Right, and neither led by several times. Our network and images are small: no law either."
        ),
        "tanh led from every start.": "From the paper's start ReLU needed fewer epochs.",
    },
    "One channel alone answers with 400 instead of 200. What comes out of the paper's LRN?": {
        "Twice as much": "The divisor grows as well, and beyond 200 it grows faster.",
        "Less than before": "Right: the output peaks near 200, because 2 × 0.75 is more than 1.",
        "The same": "That would need β = 0.5 and k = 0.",
    },
    "Why does the paper's α do nothing to pixels of about 1?": {
        "Their squares times 0.0001 are tiny beside k = 2.": (
            "Right: what is left is a division by 2 ** 0.75, the same for all."
        ),
        "ReLU has removed the negative ones.": "It has done so for raw pixels too.",
        "Batch normalization undoes it.": "There is none in this network.",
    },
    "Five paired gains have a mean of 1.8 points and a standard deviation of 2.6. What do you say?": {
        "The gain is below the deviation, so there is none.": (
            "The deviation is that of one pair. The mean's error is 2.6 / √5 = 1.2, and it shrinks with n."
        ),
        "The mean is 1.8 ± 1.2: these runs cannot tell it from chance.": (
            "Right: one and a half standard errors. More seeds could tell; absence is not shown either."
        ),
        "The ingredient helps: the mean is above 0.": "So it is in half of all cases without any effect.",
    },
}
