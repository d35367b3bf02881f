"""Right and wrong answers to lesson 02's exercises; `tests/test_answers.py` runs them."""

import math

import numpy as np


def squash(x):
    return 1.7159 * np.tanh(2 / 3 * x)


def blocks(maps):
    """The pixels of each block on axes 1 and 3: (H / 2, 2, W / 2, 2, C)."""
    height, width, count = maps.shape
    return maps.reshape(height // 2, 2, width // 2, 2, count)


def sums(maps):
    return blocks(maps).sum(axis=(1, 3))


def distances(states, prototypes):
    return ((states[:, None] - prototypes) ** 2).sum(axis=2)


# --- Right: the same in other styles ----------------------------------------------------------------------


def convolve_pixel_by_pixel(maps, weights, bias, stride, padding):
    height, width, count = maps.shape
    k = len(weights)
    result = []
    for top in range(-padding, height + padding - k + 1, stride):
        result.append([])
        for left in range(-padding, width + padding - k + 1, stride):
            total = bias
            for i, j, c in np.ndindex(k, k, count):
                if 0 <= top + i < height and 0 <= left + j < width:
                    total += maps[top + i, left + j, c] * weights[i, j, c]
            result[-1].append(total)
    return result


def convolve_by_shifts(maps, weights, bias, stride, padding):
    p, k = padding, weights.shape[0]
    height, width, count = maps.shape
    big = np.zeros((height + 2 * p, width + 2 * p, count))
    big[p : p + height, p : p + width] = maps
    rows, columns = height + 2 * p - k + 1, width + 2 * p - k + 1
    whole = sum(big[i : i + rows, j : j + columns] @ weights[i, j] for i in range(k) for j in range(k))
    return whole[::stride, ::stride] + bias


def convolve_by_windows(maps, weights, bias, stride, padding):
    maps = np.pad(maps, [(padding, padding), (padding, padding), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(maps, weights.shape[:2], axis=(0, 1))
    return np.einsum("rcmij,ijm->rc", windows, weights)[::stride, ::stride] + bias


def convolve_map_after_map(maps, weights, bias, stride, padding):
    total = 0
    for one in range(maps.shape[-1]):
        padded = np.pad(maps[..., one], padding)
        k = weights.shape[0]
        tops = range(0, padded.shape[0] - k + 1, stride)
        lefts = range(0, padded.shape[1] - k + 1, stride)
        total = total + np.array(
            [
                [
                    np.vdot(padded[i : i + k, j : j + k], np.ascontiguousarray(weights[..., one]))
                    for j in lefts
                ]
                for i in tops
            ]
        )
    return (total + bias).astype("float32")


def convolve_with_tensordot(maps, weights, bias, stride, padding):
    padded = np.pad(maps, ((padding,) * 2, (padding,) * 2, (0, 0)), constant_values=0)
    size, _, _ = weights.shape
    height, width = (np.array(padded.shape[:2]) - size) // stride + 1
    output = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = padded[i * stride : i * stride + size, j * stride : j * stride + size, :]
            output[i, j] = np.tensordot(window, weights, axes=3) + bias
    return output


def following_by_remainders(pixels, strides):
    count = 0
    for stride in strides:
        if pixels % stride:
            break
        pixels //= stride
        count += 1
    return count


def following_by_floats(pixels, strides):
    place, count = float(pixels), 0
    for stride in strides:
        place = place / stride
        if place == int(place):
            count = count + 1
    return float(count)


def subsample_in_loops(maps, coefficient, bias):
    height, width, count = maps.shape
    result = np.zeros((height // 2, width // 2, count))
    for row in range(height // 2):
        for column in range(width // 2):
            for one in range(count):
                total = maps[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, one].sum()
                result[row, column, one] = 1.7159 * math.tanh(2 * (coefficient[one] * total + bias[one]) / 3)
    return result


def subsample_by_slices(maps, coefficient, bias):
    total = maps[::2, ::2] + maps[1::2, ::2] + maps[::2, 1::2] + maps[1::2, 1::2]
    return 1.7159 * np.tanh(2 * (total * coefficient + bias) / 3)


def sides_by_while(side, layers):
    found = []
    for kernel, stride, padding in layers:
        places, start = 0, 0
        while start + kernel <= side + 2 * padding:
            places, start = places + 1, start + stride
        side = places
        found += [side]
    return found


def sides_in_an_array(side, layers):
    found = np.zeros(len(layers), int)
    for number, (kernel, stride, padding) in enumerate(layers):
        side = found[number] = int((side + 2 * padding - kernel) / stride + 1)
    return found


def sides_by_ceil(side, layers):
    found = [side]
    for kernel, stride, padding in layers:
        found.append(math.ceil((found[-1] + 2 * padding - kernel + 1) / stride))
    return tuple(found[1:])


def read_in_loops(states, prototypes):
    digits = []
    for state in states:
        best, smallest = None, np.inf
        for number in range(10):
            distance = sum((a - b) ** 2 for a, b in zip(state, prototypes[number], strict=True))
            if distance < smallest:
                best, smallest = number, distance
        digits.append(best)
    return digits


def read_by_norms(states, prototypes):
    return np.linalg.norm(states[:, None] - prototypes, axis=-1).argmin(-1)


def read_by_the_binomial(states, prototypes):
    squares = (prototypes**2).sum(axis=1)
    return np.argmin(squares - 2 * states @ prototypes.T, axis=1)


RIGHT = {
    "convolve": [
        convolve_pixel_by_pixel,
        convolve_by_shifts,
        convolve_by_windows,
        convolve_map_after_map,
        convolve_with_tensordot,
        lambda *given: np.round(convolve_by_shifts(*given), 6),
        lambda *given: convolve_by_windows(*given).tolist(),
    ],
    "following_layers": [
        following_by_remainders,
        following_by_floats,
        lambda pixels, strides: int((pixels % np.cumprod(strides) == 0).sum()),
        lambda pixels, strides: sum(pixels % math.prod(strides[: n + 1]) == 0 for n in range(len(strides))),
        lambda pixels, strides: np.count_nonzero(np.mod(pixels, np.cumprod(strides)) == 0),
        lambda pixels, strides: len([step for step in np.cumprod(strides) if pixels / step % 1 == 0]),
    ],
    "subsample": [
        subsample_in_loops,
        subsample_by_slices,
        lambda maps, coefficient, bias: squash(coefficient * sums(maps) + bias),
        lambda maps, coefficient, bias: squash(coefficient * sums(maps) + bias).tolist(),
        lambda maps, coefficient, bias: squash(4 * coefficient * blocks(maps).mean(axis=(1, 3)) + bias),
        lambda maps, coefficient, bias: 1.7159 * np.tanh(0.6667 * (coefficient * sums(maps) + bias)),
        lambda maps, coefficient, bias: squash(coefficient * sums(maps) + bias).astype("float32"),
        lambda maps, coefficient, bias: np.round(squash(coefficient * sums(maps) + bias), 4),
        lambda maps, coefficient, bias: squash(sums(maps * coefficient) + bias),
    ],
    "sides": [
        sides_by_while,
        sides_in_an_array,
        sides_by_ceil,
        lambda side, layers: [side := (side + 2 * p - k) // s + 1 for k, s, p in layers],
        lambda side, layers: [side := math.floor((side + 2 * p - k) / s) + 1 for k, s, p in layers],
        lambda side, layers: [side := (side + p + p - k + s) // s for k, s, p in layers],
        lambda side, layers: [side := len(range(0, side + 2 * p - k + 1, s)) for k, s, p in layers],
        lambda side, layers: [side := np.floor((side + 2 * p - k) / s + 1) for k, s, p in layers],
    ],
    "read_states": [
        read_in_loops,
        read_by_norms,
        read_by_the_binomial,
        lambda states, prototypes: distances(states, prototypes).argmin(axis=1),
        lambda states, prototypes: [np.argmin(((s - prototypes) ** 2).sum(1)) for s in states],
        lambda states, prototypes: tuple(
            min(range(10), key=lambda digit: np.sum((state - prototypes[digit]) ** 2)) for state in states
        ),
        lambda states, prototypes: np.argsort(distances(states, prototypes), axis=1)[:, 0],
        lambda states, prototypes: np.argmin(np.mean((states[:, None] - prototypes) ** 2, -1), -1),
        lambda states, prototypes: distances(states, prototypes).argmin(axis=1).astype("uint8"),
        lambda states, prototypes: distances(states, prototypes).argmin(axis=1).astype(float),
    ],
}


# --- Wrong ------------------------------------------------------------------------------------------------


def convolve_changing_its_input(maps, weights, bias, stride, padding):
    result = convolve_by_shifts(maps, weights, bias, stride, padding)
    maps *= 0
    return result


def convolve_by_the_last_axis(maps, weights, bias, stride, padding):
    padded = np.pad(maps, ((padding, padding), (padding, padding), (0, 0)))
    k = weights.shape[-1]  # the number of maps
    tops, lefts = (range(0, side - k + 1, stride) for side in padded.shape[:2])
    windows = [[padded[top : top + k, left : left + k] for left in lefts] for top in tops]
    return [[(window * weights).sum() + bias for window in row] for row in windows]


def after(change):
    """An answer that changes the arguments of a right one."""
    return lambda *given: convolve_by_shifts(*change(*given))


def subsample_in_place(maps, coefficient, bias):
    maps *= coefficient
    return squash(sums(maps) + bias)


def sides_at_once(side, layers):
    found = []
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        found.append(side)
        return found


def sides_that_forget(side, layers):
    found = np.array([], int)
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        np.append(found, side)
    return found


def sides_that_hold_themselves(side, layers):
    found = []
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        found.append(found)
    return found


WRONG = {
    "convolve": [
        (after(lambda m, w, b, s, p: (m, w, b * m.shape[2], s, p)), "add it once"),
        (after(lambda m, w, b, s, p: (m, w, 0, s, p)), "The bias is missing"),
        (after(lambda m, w, b, s, p: (m, w[::-1, ::-1], b, s, p)), "as mathematicians do"),
        (after(lambda m, w, b, s, p: (m, w / w.size, b, s, p)), "takes the mean"),
        (after(lambda m, w, b, s, p: (m, w, b, 1, p)), "The stride is missing"),
        (after(lambda m, w, b, s, p: (m, w, b, s, 0)), "The padding is missing"),
        (
            after(lambda m, w, b, s, p: (np.pad(m, ((0, p), (0, p), (0, 0))), w, b, s, 0)),
            "all four sides",
        ),
        (
            lambda m, w, b, s, p: np.stack(
                [
                    convolve_by_shifts(m[..., c : c + 1], w[..., c : c + 1], b, s, p)
                    for c in range(m.shape[2])
                ],
                axis=2,
            ),
            "sum over the maps too",
        ),
        (
            lambda m, w, b, s, p: convolve_by_shifts(m, w, b, 1, p)[
                : (m.shape[0] + 2 * p - len(w)) // s + 1, : (m.shape[1] + 2 * p - len(w)) // s + 1
            ],
            "where they begin",
        ),
        (convolve_changing_its_input, "changes its argument maps"),
        (lambda m, w, b, s, p: convolve_by_shifts(m, w, b, s, p)[:-1, :-1], "Your shape is"),
        (lambda m, w, b, s, p: convolve_by_shifts(m, w, b, s, p).T, "Your shape is"),
        (lambda m, w, b, s, p: convolve_by_shifts(m, w, b, s, p)[..., None], "Your shape is"),
        (lambda m, w, b, s, p: convolve_by_shifts(m, w, b, s, p).ravel(), "Your shape is"),
        (lambda m, w, b, s, p: convolve_by_shifts(m, w, b, s, p).sum(), "That is a number"),
        (lambda m, w, b, s, p: m[: len(w), : len(w)] * w + b, "Your shape is"),
        (lambda m, w, b, s, p: (m * w).sum() + b, "ValueError"),
        (convolve_by_the_last_axis, "ValueError"),
        (lambda *given: np.round(convolve_by_shifts(*given), 2), None),
        (lambda m, w, b, s, p: convolve_by_shifts(m, w, b), "TypeError"),
        (after(lambda m, w, b, s, p: (m, w, -b, s, p)), None),
        (after(lambda m, w, b, s, p: (m, w.swapaxes(0, 1), b, s, p)), None),
        (after(lambda m, w, b, s, p: (m, w[::-1], b, s, p)), None),
        (after(lambda m, w, b, s, p: (m, w[:, ::-1], b, s, p)), None),
        (after(lambda m, w, b, s, p: (m, w[..., ::-1], b, s, p)), None),
        (after(lambda m, w, b, s, p: (np.pad(m, ((p, 0), (p, 0), (0, 0))), w, b, s, 0)), None),
        (after(lambda m, w, b, s, p: (np.pad(m, ((p, p), (p, p), (0, 0)), "edge"), w, b, s, 0)), None),
        (after(lambda m, w, b, s, p: (m[..., :1], w[..., :1], b, s, p)), None),
        (after(lambda m, w, b, s, p: (m, np.ones_like(w), b, s, p)), None),
        (after(lambda m, w, b, s, p: (m, w, b * w.size, s, p)), None),
        (lambda m, w, b, s, p: np.maximum(convolve_by_shifts(m, w, b, s, p), 0), None),
        (lambda m, w, b, s, p: np.tanh(convolve_by_shifts(m, w, b, s, p)), None),
    ],
    "following_layers": [
        (lambda pixels, strides: sum(pixels % stride == 0 for stride in strides), "the strides multiply"),
        (lambda pixels, strides: int((pixels % np.cumsum(strides) == 0).sum()), "do not add up"),
        (lambda pixels, strides: int((np.cumprod(strides) == pixels).sum()), "larger multiple"),
        (lambda pixels, strides: int((np.cumprod(strides) <= pixels).sum()), "Small steps are not enough"),
        (lambda pixels, strides: int((pixels % np.cumprod(strides) != 0).sum()), "that do not follow"),
        (lambda pixels, strides: pixels % np.cumprod(strides) == 0, "That is an array"),
        (lambda pixels, strides: pixels // np.cumprod(strides), "That is an array"),
        (lambda pixels, strides: pixels % strides, "TypeError"),
        (lambda pixels, strides: len(strides), None),
        (lambda pixels, strides: pixels, None),
        (lambda pixels, strides: 4, None),
        (lambda pixels, strides: math.prod(strides), None),
        (lambda pixels, strides: pixels // math.prod(strides), None),
        (lambda pixels, strides: pixels % math.prod(strides), None),
        (lambda pixels, strides: pixels % math.prod(strides) == 0, None),
        (lambda pixels, strides: following_by_remainders(pixels, strides) + 1, None),
        (lambda pixels, strides: following_by_remainders(pixels, strides) - 1, None),
        (lambda pixels, strides: following_by_remainders(pixels, strides[1:]), None),
        (lambda pixels, strides: following_by_remainders(pixels, strides[::-1]), None),
        (lambda pixels, strides: strides.count(1), None),
        (lambda pixels, strides: strides.count(2), None),
        (lambda pixels, strides: int(np.gcd(pixels, math.prod(strides))), None),
    ],
    "subsample": [
        (
            lambda maps, coefficient, bias: squash(coefficient * sums(maps) / 4 + bias),
            "the mean of the block",
        ),
        (
            lambda maps, coefficient, bias: squash(coefficient * blocks(maps).max(axis=(1, 3)) + bias),
            "the largest of the block",
        ),
        (lambda maps, coefficient, bias: coefficient * sums(maps) + bias, "the squashing is missing"),
        (lambda maps, coefficient, bias: squash(coefficient * maps[::2, ::2] + bias), "one pixel of four"),
        (lambda maps, coefficient, bias: squash(coefficient * maps + bias), "Your shape is"),
        (lambda maps, coefficient, bias: squash(coefficient * maps.sum(axis=(0, 1)) + bias), "Your shape is"),
        (subsample_in_place, "changes its argument maps"),
        (
            lambda maps, coefficient, bias: squash(coefficient * sums(maps) + bias).transpose(1, 0, 2),
            "Your shape is",
        ),
        (lambda maps, coefficient, bias: squash(coefficient * (sums(maps) + bias)), None),
        (lambda maps, coefficient, bias: squash(coefficient * sums(maps) + 4 * bias), None),
        (lambda maps, coefficient, bias: squash(coefficient * sums(maps)), None),
        (lambda maps, coefficient, bias: squash(sums(maps) + bias), None),
        (lambda maps, coefficient, bias: squash(coefficient[0] * sums(maps) + bias[0]), None),
        (lambda maps, coefficient, bias: coefficient * squash(sums(maps)) + bias, None),
        (lambda maps, coefficient, bias: coefficient * sums(squash(maps)) + bias, None),
        (lambda maps, coefficient, bias: squash(coefficient * sums(maps) - bias), None),
        (lambda maps, coefficient, bias: np.tanh(coefficient * sums(maps) + bias), None),
        (lambda maps, coefficient, bias: 1.7159 * np.tanh(coefficient * sums(maps) + bias), None),
        (lambda maps, coefficient, bias: np.tanh(2 / 3 * (coefficient * sums(maps) + bias)), None),
        (lambda maps, coefficient, bias: 1.7159 * np.tanh(3 / 2 * (coefficient * sums(maps) + bias)), None),
        (lambda maps, coefficient, bias: 1.7159 * np.tanh(2 // 3 * (coefficient * sums(maps) + bias)), None),
        (lambda maps, coefficient, bias: 1.7159 * np.tanh(0.67 * (coefficient * sums(maps) + bias)), None),
        (lambda maps, coefficient, bias: 1.7 * np.tanh(2 / 3 * (coefficient * sums(maps) + bias)), None),
        (lambda maps, coefficient, bias: squash(coefficient * sums(np.maximum(maps, 0)) + bias), None),
        (lambda maps, coefficient, bias: np.maximum(squash(coefficient * sums(maps) + bias), 0), None),
        (lambda maps, coefficient, bias: squash(coefficient * sums(maps**2) + bias), None),
        (lambda maps, coefficient, bias: squash(coefficient * sums(maps[::-1]) + bias), None),
        (lambda maps, coefficient, bias: squash(coefficient * blocks(maps).sum(axis=(0, 2)) + bias), None),
        (
            lambda maps, coefficient, bias: squash(coefficient * blocks(maps).sum(axis=1) + bias),
            "Your shape is",
        ),
    ],
    "sides": [
        (lambda side, layers: [side := (side + 2 * p - k) // s for k, s, p in layers], "One place too few"),
        (lambda side, layers: [side := (side + p - k) // s + 1 for k, s, p in layers], "on both sides"),
        (lambda side, layers: [(side + 2 * p - k) // s + 1 for k, s, p in layers], "starts from the image"),
        (
            lambda side, layers: [side := (side + 2 * p - k) // s + 1 for k, s, p in layers][-1],
            "the last side",
        ),
        (
            lambda side, layers: [side] + [side := (side + 2 * p - k) // s + 1 for k, s, p in layers],
            "Your list has the length 6, not 5.",
        ),
        (sides_that_hold_themselves, None),
        (sides_at_once, "Your list has the length 1, not 5."),
        (sides_that_forget, "Your list has the length 0, not 5."),
        (lambda side, layers: [side - layer + 1 for layer in layers], "TypeError"),
        (lambda side, layers: [side := round((side + 2 * p - k) / s) + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := round((side + 2 * p - k) / s + 1) for k, s, p in layers], None),
        (lambda side, layers: [side := math.ceil((side + 2 * p - k) / s) + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := (side + 2 * p - k) / s + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := (side - k) // s + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := (side + 2 * p - k + 1) // s for k, s, p in layers], None),
        (lambda side, layers: [side := side + 2 * p - k + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := side // s for k, s, p in layers], None),
        (lambda side, layers: [side := math.ceil(side / s) for k, s, p in layers], None),
        (lambda side, layers: [side := side // k for k, s, p in layers], None),
        (lambda side, layers: [side := (side + 2 * p - k) // k + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := (side + 2 * p - s) // k + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := (side + p - 2 * k) // s + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := (side + 4 * p - k) // s + 1 for k, s, p in layers], None),
        (lambda side, layers: [side := (side + 2 * p - k) // s + 1 for k, s, p in layers][::-1], None),
        (lambda side, layers: [(side := (side + 2 * p - k) // s + 1) ** 2 for k, s, p in layers], None),
        (lambda side, layers: sum(side := (side + 2 * p - k) // s + 1 for k, s, p in layers), None),
        (lambda side, layers: [str(side := (side + 2 * p - k) // s + 1) for k, s, p in layers], None),
        (lambda side, layers: [28, 14, 10, 5, 1], None),
    ],
    "read_states": [
        (lambda states, prototypes: distances(states, prototypes).argmax(axis=1), "the farthest prototypes"),
        (lambda states, prototypes: (states[:, None] - prototypes).sum(axis=2).argmin(axis=1), "cancel"),
        (
            lambda states, prototypes: np.abs(states[:, None] - prototypes).sum(axis=2).argmin(axis=1),
            "the sums of their squares decide",
        ),
        (lambda states, prototypes: (states @ prototypes.T).argmax(axis=1), "prototypes of one length"),
        (distances, "Those are the distances"),
        (lambda states, prototypes: distances(states, prototypes).argmin(axis=0), "Your shape is"),
        (lambda states, prototypes: distances(states, prototypes).argmin(), "That is a number"),
        (lambda states, prototypes: np.argmin(np.sum((states - prototypes) ** 2, axis=1)), "ValueError"),
        (lambda states, prototypes: np.abs(states[:, None] - prototypes).max(axis=2).argmin(axis=1), None),
        (
            lambda states, prototypes: (np.sign(states[:, None]) == np.sign(prototypes)).sum(2).argmax(1),
            None,
        ),
        (
            lambda states, prototypes: np.argmax(
                states
                @ prototypes.T
                / np.linalg.norm(states, axis=1)[:, None]
                / np.linalg.norm(prototypes, axis=1),
                axis=1,
            ),
            None,
        ),
        (lambda states, prototypes: distances(states, prototypes).min(axis=1), None),
        (lambda states, prototypes: distances(states, prototypes).argmin(axis=1) + 1, None),
        (lambda states, prototypes: (states @ prototypes.T).argmin(axis=1), None),
        (lambda states, prototypes: ((states[:, None] - prototypes) ** 3).sum(2).argmin(1), "cancel"),
        (lambda states, prototypes: (states[:, None] - prototypes).sum(2).__abs__().argmin(1), None),
        (
            lambda states, prototypes: np.abs((states**2).sum(1)[:, None] - (prototypes**2).sum(1)).argmin(1),
            None,
        ),
        (lambda states, prototypes: distances(states[:, :42], prototypes[:, :42]).argmin(1), None),
        (lambda states, prototypes: distances(np.sign(states), prototypes).argmin(1), None),
        (lambda states, prototypes: distances(states, prototypes[:5]).argmin(1), None),
        (lambda states, prototypes: ((states[:, None] - prototypes) ** 4).sum(2).argmin(1), None),
        (lambda states, prototypes: distances(states, prototypes).argmin(1)[::-1], None),
        (lambda states, prototypes: np.argsort(distances(states, prototypes), axis=1)[:, 1], None),
        (lambda states, prototypes: states.argmin(axis=1), None),
        (lambda states, prototypes: np.zeros(len(states), int), None),
        (lambda states, prototypes: np.array([7, 2, 1, 9]), None),
        (lambda states, prototypes: np.eye(10)[distances(states, prototypes).argmin(1)], "Your shape is"),
    ],
}
