"""Right and wrong answers to lesson 03's exercises; `tests/test_answers.py` runs them."""

import math

import numpy as np

# --- Right: the same in other styles ----------------------------------------------------------------------


def side_by_walking(side, kernel, stride, pad):
    places = 0
    for _ in range(-pad, side + pad - kernel + 1, stride):
        places += 1
    return places


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


def five(image, side):
    height, width, _ = image.shape
    top, left = (height - side) // 2, (width - side) // 2
    return [
        image[:side, :side],
        image[:side, -side:],
        image[-side:, :side],
        image[-side:, -side:],
        image[top : top + side, left : left + side],
    ]


def mirrored(crops):
    return [crop[:, ::-1] for crop in crops]


def mean_score(crops, weights):
    return np.mean([crop.reshape(-1) @ weights for crop in crops], axis=0)


def ten_by_mirroring_the_image(image, side, weights):
    return mean_score(five(image, side) + five(image[:, ::-1], side), weights)


def ten_by_adding(image, side, weights):
    total = 0
    for crop in five(image, side):
        total = total + crop.reshape(-1) @ weights
        total = total + np.fliplr(crop).reshape(-1) @ weights
    return total / 10


def ten_at_once(image, side, weights):
    crops = np.stack(five(image, side))
    crops = np.concatenate([crops, np.flip(crops, axis=2)])
    return (crops.reshape(10, -1) @ weights).mean(axis=0).astype("float32")


def ten_by_rounding(image, side, weights):
    height, width, _ = image.shape
    crops = []
    for row, column in [
        (0, 0),
        (0, width - side),
        (height - side, 0),
        (height - side, width - side),
        (round((height - side) / 2), round((width - side) / 2)),
    ]:
        crop = image[row : row + side, column : column + side, :]
        crops += [crop, crop[:, ::-1, :]]
    return list(mean_score(crops, weights))


RIGHT = {
    "output_side": [
        side_by_walking,
        lambda side, kernel, stride, pad: (side + 2 * pad - kernel) // stride + 1,
        lambda side, kernel, stride, pad: math.floor((side + 2 * pad - kernel) / stride + 1),
        lambda side, kernel, stride, pad: int((side + 2 * pad - kernel) / stride) + 1,
        lambda side, kernel, stride, pad: (side + pad + pad - kernel + stride) // stride,
        lambda side, kernel, stride, pad: len(range(0, side + 2 * pad - kernel + 1, stride)),
        lambda side, kernel, stride, pad: math.ceil((side + 2 * pad - kernel + 1) / stride),
        lambda side, kernel, stride, pad: np.floor((side + 2 * pad - kernel) / stride) + 1,
        lambda side, kernel, stride, pad: 1 + divmod(side + 2 * pad - kernel, stride)[0],
    ],
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
    "ten_crop_scores": [
        ten_by_mirroring_the_image,
        ten_by_adding,
        ten_at_once,
        ten_by_rounding,
        lambda image, side, weights: mean_score(
            five(image, side) + mirrored(five(image, side)), weights
        ).tolist(),
        lambda image, side, weights: np.round(
            mean_score(mirrored(five(image, side)) + five(image, side), weights), 4
        ),
        lambda image, side, weights: (
            np.mean(five(image, side) + mirrored(five(image, side)), axis=0).ravel() @ weights
        ),
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


def off_by_one(image, side):
    height, width, _ = image.shape
    top, left = (height - side) // 2 + 1, (width - side) // 2
    return [*five(image, side)[:4], image[top : top + side, left : left + side]]


def corners_swapped(image, side):
    return five(image.transpose(1, 0, 2), side)


def crops_too_far(image, side):
    down, right = image.shape[0] - side, image.shape[1] - side
    places = [(0, 0), (0, right - 1), (down - 1, 0), (down - 1, right - 1), (down // 2, right // 2)]
    return [image[row : row + side, column : column + side] for row, column in places]


def both(crops):
    return crops + mirrored(crops)


WRONG = {
    "output_side": [
        (lambda side, kernel, stride, pad: (side + pad - kernel) // stride + 1, "`pad` counts twice"),
        (lambda side, kernel, stride, pad: (side - kernel) // stride + 1, "The zeros are part of the side"),
        (lambda side, kernel, stride, pad: (side + 2 * pad - kernel) // stride, "Those are the steps"),
        (lambda side, kernel, stride, pad: (side + 2 * pad - kernel) / stride + 1, "no fraction of a place"),
        (lambda side, kernel, stride, pad: math.ceil(side / stride), "Keras' “same”"),
        (
            lambda side, kernel, stride, pad: round((side + 2 * pad - kernel) / stride) + 1,
            "rounds to the nearest",
        ),
        (lambda side, kernel, stride, pad: [(side + 2 * pad - kernel) // stride + 1], "That is a list"),
        (lambda side, kernel, stride, pad: side[0], "TypeError"),
        (lambda side, kernel, stride, pad: math.ceil((side + 2 * pad - kernel) / stride) + 1, None),
        (
            lambda side, kernel, stride, pad: round((side + 2 * pad - kernel) / stride + 1),
            "rounds to the nearest",
        ),
        (lambda side, kernel, stride, pad: side + 2 * pad - kernel + 1, None),
        (lambda side, kernel, stride, pad: (side + 2 * pad - kernel + 1) // stride, None),
        (lambda side, kernel, stride, pad: (side + 2 * pad) // stride, None),
        (lambda side, kernel, stride, pad: side // stride, None),
        (lambda side, kernel, stride, pad: (side + 2 * pad) // kernel, None),
        (lambda side, kernel, stride, pad: (side + 2 * pad - stride) // kernel + 1, None),
        (lambda side, kernel, stride, pad: (side - 2 * pad - kernel) // stride + 1, None),
        (lambda side, kernel, stride, pad: (side + 4 * pad - kernel) // stride + 1, None),
        (lambda side, kernel, stride, pad: (side + 2 * pad + kernel) // stride + 1, None),
        (lambda side, kernel, stride, pad: (side + 2 * pad - kernel) // (stride + 1), None),
        (lambda side, kernel, stride, pad: side + 2 * pad - kernel // stride + 1, None),
        (lambda side, kernel, stride, pad: ((side + 2 * pad - kernel) // stride + 1) ** 2, None),
        (lambda side, kernel, stride, pad: (side + 2 * pad - kernel) // stride + 2, None),
        (lambda side, kernel, stride, pad: 55, None),
        (
            lambda side, kernel, stride, pad: (side + 2 * (kernel // 2) - kernel) // stride + 1,
            "Keras' “same”",
        ),
    ],
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
    "ten_crop_scores": [
        (lambda image, side, weights: mean_score(five(image, side), weights), "Those are five crops"),
        (lambda image, side, weights: mean_score(five(image, side)[4:], weights), "the centre crop alone"),
        (
            lambda image, side, weights: mean_score(
                five(image, side) + [crop[::-1] for crop in five(image, side)], weights
            ),
            "stand on their heads",
        ),
        (lambda image, side, weights: 10 * mean_score(both(five(image, side)), weights), "the sum of ten"),
        (lambda image, side, weights: mean_score(both(five(image, side)[:4]), weights), "the centre and its"),
        (
            lambda image, side, weights: np.array([crop.reshape(-1) @ weights for crop in five(image, side)]),
            "Your shape is (5, 4), not (4,)",
        ),
        (
            lambda image, side, weights: mean_score(both(five(image, side)), weights).mean(),
            "That is a number",
        ),
        (lambda image, side, weights: image.reshape(-1) @ weights, "ValueError"),
        (lambda image, side, weights: mean_score(mirrored(five(image, side)), weights), None),
        (lambda image, side, weights: mean_score(both(five(image, side)[4:]), weights), None),
        (lambda image, side, weights: mean_score(both(off_by_one(image, side)), weights), None),
        (lambda image, side, weights: mean_score(both(corners_swapped(image, side)), weights), None),
        (lambda image, side, weights: mean_score(both(crops_too_far(image, side)), weights), None),
        (
            lambda image, side, weights: mean_score(
                five(image, side) + [crop[:, :, ::-1] for crop in five(image, side)], weights
            ),
            None,
        ),
        (
            lambda image, side, weights: mean_score(
                five(image, side) + [crop[::-1, ::-1] for crop in five(image, side)], weights
            ),
            None,
        ),
        (
            lambda image, side, weights: mean_score(
                five(image, side) + [crop.transpose(1, 0, 2) for crop in five(image, side)], weights
            ),
            None,
        ),
        (
            lambda image, side, weights: np.max(
                [crop.reshape(-1) @ weights for crop in both(five(image, side))], axis=0
            ),
            None,
        ),
        (
            lambda image, side, weights: np.median(
                [crop.reshape(-1) @ weights for crop in both(five(image, side))], axis=0
            ),
            None,
        ),
        (lambda image, side, weights: 2 * mean_score(both(five(image, side)), weights), None),
        (lambda image, side, weights: mean_score(five(image, side)[:1], weights), None),
        (
            lambda image, side, weights: mean_score(
                both(five(image, side)[:4]) + five(image, side)[4:], weights
            ),
            None,
        ),
        (lambda image, side, weights: np.round(mean_score(both(five(image, side)), weights), 2), None),
        (
            lambda image, side, weights: (
                np.sum([c.reshape(-1) @ weights for c in both(five(image, side))], axis=0) / 9
            ),
            None,
        ),
    ],
}
