"""Right and wrong answers to lesson 03's exercises; `tests/test_answers.py` runs them."""

import math
import statistics

import numpy as np

# --- Right: the same in other styles ----------------------------------------------------------------------


def parameters_tower_by_tower(kernel, inputs, width, groups):
    total = 0
    for _ in range(groups):
        total += kernel * kernel * (inputs // groups) * (width // groups)
        total += width // groups
    return total


def normalize_in_loops(a, n, k, alpha, beta):
    result = np.empty_like(a)
    channels = a.shape[1]
    for i in range(channels):
        first, last = max(0, i - n // 2), min(channels - 1, i + n // 2)
        total = 0
        for j in range(first, last + 1):
            total += a[:, j] ** 2
        result[:, i] = a[:, i] / (k + alpha * total) ** beta
    return result


def normalize_with_a_band(a, n, k, alpha, beta):
    channels = np.arange(a.shape[1])
    band = np.abs(channels[:, None] - channels) <= n // 2
    return a * (k + alpha * a**2 @ band) ** -beta


def normalize_with_convolve(a, n, k, alpha, beta):
    rows = []
    for row in a:
        squares = np.pad(row**2, n // 2)
        rows.append(row / (k + alpha * np.convolve(squares, np.ones(n), "valid")) ** beta)
    return rows


def normalize_with_cumsum(a, n, k, alpha, beta):
    padded = np.pad(a**2, [(0, 0), (n // 2 + 1, n // 2)])
    sums = np.cumsum(padded, axis=1)
    return a / np.power(k + alpha * (sums[:, n:] - sums[:, :-n]), beta)


def seeds_by_counting(without, with_it, points):
    gains = [before - after for before, after in zip(without, with_it, strict=True)]
    pairs = 1
    while points < 3 * statistics.stdev(gains) / math.sqrt(pairs):
        pairs += 1
    return pairs


def seeds_by_hand(without, with_it, points):
    gains = np.array(without) - np.array(with_it)
    mean = sum(gains) / len(gains)
    variance = sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1)
    return -int(-9 * variance // points**2)


def seeds_by_covariance(without, with_it, points):
    table = np.cov(without, with_it)
    return np.ceil(9 * (table[0, 0] + table[1, 1] - 2 * table[0, 1]) / points**2)


def deviation(without, with_it):
    return np.std(without - with_it, ddof=1)


RIGHT = {
    "grouped_parameters": [
        parameters_tower_by_tower,
        lambda kernel, inputs, width, groups: kernel**2 * (inputs // groups) * width + width,
        lambda kernel, inputs, width, groups: (kernel**2 * inputs // groups + 1) * width,
        lambda kernel, inputs, width, groups: kernel * kernel * inputs * width / groups + width,
        lambda kernel, inputs, width, groups: np.prod([kernel, kernel, inputs // groups, width]) + width,
        lambda kernel, inputs, width, groups: sum(kernel**2 * inputs // groups + 1 for _ in range(width)),
        lambda kernel, inputs, width, groups: np.int64(width) * (1 + kernel * kernel * (inputs // groups)),
    ],
    "normalize": [
        normalize_in_loops,
        normalize_with_a_band,
        normalize_with_convolve,
        normalize_with_cumsum,
        lambda a, n, k, alpha, beta: normalize_with_a_band(a.astype("float32"), n, k, alpha, beta),
        lambda a, n, k, alpha, beta: np.round(normalize_with_a_band(a, n, k, alpha, beta), 4),
        lambda a, n, k, alpha, beta: normalize_in_loops(a, n, k, alpha, beta).tolist(),
    ],
    "pairs_needed": [
        seeds_by_counting,
        seeds_by_hand,
        seeds_by_covariance,
        lambda without, with_it, points: math.ceil((3 * np.std(with_it - without, ddof=1) / points) ** 2),
        lambda without, with_it, points: float(np.ceil(9 * np.var(without - with_it, ddof=1) / points**2)),
        lambda without, with_it, points: math.ceil((statistics.stdev(without - with_it) / (points / 3)) ** 2),
        lambda without, with_it, points: int((3 * (without - with_it).std(ddof=1) / points) ** 2) + 1,
    ],
}


# --- Wrong ------------------------------------------------------------------------------------------------


def divided(a, sums, k, alpha, beta):
    return a / (k + alpha * sums) ** beta


def windows(values, n, mode="constant"):
    """The sums over n neighbours of each channel, with something beyond the first and the last."""
    padded = np.pad(values, [(0, 0), (n // 2, n // 2)], mode=mode)
    return sum(padded[:, shift : shift + values.shape[1]] for shift in range(n))


def normalize_in_place(a, n, k, alpha, beta):
    a /= (k + alpha * windows(a**2, n)) ** beta
    return a


def normalize_what_is_normalized(a, n, k, alpha, beta):
    result = a.copy()
    for i in range(a.shape[1]):
        near = result[:, max(0, i - n // 2) : i + n // 2 + 1]
        result[:, i] = a[:, i] / (k + alpha * (near**2).sum(axis=1)) ** beta
    return result


def normalize_to_the_left(a, n, k, alpha, beta):
    result = np.empty_like(a)
    for i in range(a.shape[1]):
        near = a[:, max(0, i - n // 2) : i + n // 2]
        result[:, i] = a[:, i] / (k + alpha * (near**2).sum(axis=1)) ** beta
    return result


def normalize_with_negative_starts(a, n, k, alpha, beta):
    result = np.empty_like(a)
    for i in range(a.shape[1]):
        near = a[:, i - n // 2 : i + n // 2 + 1]
        result[:, i] = a[:, i] / (k + alpha * (near**2).sum(axis=1)) ** beta
    return result


WRONG = {
    "grouped_parameters": [
        (
            lambda kernel, inputs, width, groups: kernel**2 * inputs * width + width,
            "inputs // groups channels",
        ),
        (
            lambda kernel, inputs, width, groups: (kernel**2 * inputs // groups + 1) * (width // groups),
            "That is one tower",
        ),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs // groups * width, "One bias for each"),
        (
            lambda kernel, inputs, width, groups: kernel**2 * inputs // groups * width + width // groups,
            "Each channel has its own bias",
        ),
        (
            lambda kernel, inputs, width, groups: (
                groups * kernel**2 * (inputs // groups) * width // groups + width // groups
            ),
            "Each channel has its own bias",
        ),
        (lambda kernel, inputs, width, groups: inputs.shape[-1] // groups, "AttributeError"),
        (
            lambda kernel, inputs, width, groups: f"{kernel**2 * inputs * width // groups + width:,}",
            "a string",
        ),
        (lambda kernel, inputs, width, groups: kernel * inputs // groups * width + width, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width // groups**2 + width, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width // 2 + width, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width // groups + inputs, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width // groups + groups, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width // groups + groups * width, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width // groups + 1, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width * groups + width, None),
        (lambda kernel, inputs, width, groups: kernel**2 * (inputs + width) // groups + width, None),
        (lambda kernel, inputs, width, groups: kernel**2 * (inputs // groups) + width, None),
        (lambda kernel, inputs, width, groups: (kernel**2 + 1) * inputs // groups * width, None),
        (lambda kernel, inputs, width, groups: kernel**3 * inputs // groups * width + width, None),
        (lambda kernel, inputs, width, groups: 307_456, None),
        (lambda kernel, inputs, width, groups: 307_457, None),
        (lambda kernel, inputs, width, groups: (kernel**2 * inputs * width + width) / 1000, None),
        (lambda kernel, inputs, width, groups: kernel**2 * inputs * width // groups + width + 1, None),
    ],
    "normalize": [
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n) / n, k, alpha, beta), "as Caffe does"),
        (lambda a, n, k, alpha, beta: divided(a, windows(a, n), k, alpha, beta), "The formula sums squares"),
        (
            lambda a, n, k, alpha, beta: divided(a, windows(a**2, 2 * n + 1), k, alpha, beta),
            "reaches n channels",
        ),
        (
            lambda a, n, k, alpha, beta: divided(a, windows(a.T**2, n).T, k, alpha, beta),
            "the neighbours are channels",
        ),
        (
            lambda a, n, k, alpha, beta: divided(a, windows(a**2, n, "wrap"), k, alpha, beta),
            "There is no ring",
        ),
        (
            lambda a, n, k, alpha, beta: a / (k + (alpha * windows(a**2, n)) ** beta),
            "the power of the whole divisor",
        ),
        (normalize_in_place, "changes its argument a"),
        (lambda a, n, k, alpha, beta: (k + alpha * windows(a**2, n)) ** beta, None),
        (lambda a, n, k, alpha, beta: np.convolve(a**2, np.ones(n)), "ValueError"),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n)[:, 1:-1], k, alpha, beta), "ValueError"),
        (normalize_what_is_normalized, None),
        (normalize_to_the_left, None),
        (normalize_with_negative_starts, None),
        (lambda a, n, k, alpha, beta: divided(np.maximum(a, 0), windows(a**2, n), k, alpha, beta), None),
        (
            lambda a, n, k, alpha, beta: divided(a, windows(np.maximum(a, 0) ** 2, n), k, alpha, beta),
            None,
        ),
        (lambda a, n, k, alpha, beta: divided(a, windows(np.abs(a), n), k, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a, n) ** 2, k, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n, "edge"), k, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n) - a**2, k, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, 5), k, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n), 2, 1e-4, 0.75), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n), k, 1e-4, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n), 2, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n), k, alpha, 0.75), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n), k, alpha, 1), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n), k, alpha, -beta), None),
        (lambda a, n, k, alpha, beta: divided(a, a**2, k, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, (a**2).sum(1, keepdims=True), k, alpha, beta), None),
        (lambda a, n, k, alpha, beta: divided(a, windows(a**2, n), k, alpha**2, beta), None),
        (lambda a, n, k, alpha, beta: np.abs(divided(a, windows(a**2, n), k, alpha, beta)), None),
        (lambda a, n, k, alpha, beta: divided(a**2, windows(a**2, n), k, alpha, beta), None),
    ],
    "pairs_needed": [
        (
            lambda without, with_it, points: math.ceil(
                9 * (np.var(without, ddof=1) + np.var(with_it, ddof=1)) / points**2
            ),
            "share their seed",
        ),
        (
            lambda without, with_it, points: math.ceil(9 * np.var(without - with_it) / points**2),
            "Divide the squares by n - 1",
        ),
        (
            lambda without, with_it, points: math.ceil(
                9 * np.var(without - with_it, ddof=1) / len(without) / points**2
            ),
            "the standard error of your pairs",
        ),
        (
            lambda without, with_it, points: math.ceil(3 * deviation(without, with_it) / points),
            "square the ratio",
        ),
        (
            lambda without, with_it, points: math.ceil(deviation(without, with_it) ** 2 / points**2),
            "three are asked for",
        ),
        (lambda without, with_it, points: int(9 * deviation(without, with_it) ** 2 / points**2), "Round up"),
        (
            lambda without, with_it, points: math.ceil(
                9 * deviation(without, with_it) ** 2 / np.mean(without - with_it) ** 2
            ),
            "the gain that you measured",
        ),
        (lambda without, with_it, points: round(9 * deviation(without, with_it) ** 2 / points**2), None),
        (lambda without, with_it, points: 9 * deviation(without, with_it) ** 2 / points**2, None),
        (lambda without, with_it, points: math.ceil(4 * deviation(without, with_it) ** 2 / points**2), None),
        (lambda without, with_it, points: math.ceil(9 * deviation(without, with_it) ** 2 / points), None),
        (lambda without, with_it, points: math.ceil(9 * deviation(without, with_it) / points**2), None),
        (lambda without, with_it, points: math.ceil(3 * deviation(without, with_it) ** 2 / points**2), None),
        (lambda without, with_it, points: math.ceil(points / deviation(without, with_it)), None),
        (lambda without, with_it, points: math.ceil((points / deviation(without, with_it)) ** 2), None),
        (lambda without, with_it, points: math.ceil(9 * np.var(without) / points**2), None),
        (lambda without, with_it, points: math.ceil(9 * np.var(with_it, ddof=1) / points**2), None),
        (lambda without, with_it, points: math.ceil(9 * np.ptp(without - with_it) ** 2 / points**2), None),
        (
            lambda without, with_it, points: math.ceil(
                9 * np.mean(np.abs(without - with_it)) ** 2 / points**2
            ),
            None,
        ),
        (lambda without, with_it, points: math.ceil(9 * np.mean(without - with_it) / points), None),
        (
            lambda without, with_it, points: (
                len(without) * math.ceil(9 * deviation(without, with_it) / points)
            ),
            None,
        ),
        (lambda without, with_it, points: 32, None),
        (lambda without, with_it, points: len(without), None),
        (
            lambda without, with_it, points: 1 + math.ceil(9 * deviation(without, with_it) ** 2 / points**2),
            None,
        ),
        (lambda without, with_it, points: without.stdev() / points, "AttributeError"),
        (
            lambda without, with_it, points: f"{9 * deviation(without, with_it) ** 2 / points**2:.0f}",
            "a string",
        ),
        (
            lambda without, with_it, points: math.ceil(
                9 * np.var(without.mean() - with_it, ddof=1) / points**2
            ),
            None,
        ),
        (lambda without, with_it, points: np.ceil(9 * (without - with_it) ** 2 / points**2), None),
    ],
}
