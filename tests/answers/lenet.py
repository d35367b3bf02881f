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


def c3_in_a_loop(table):
    total = 0
    for column in table.T:
        for joined in column:
            if joined == 1:
                total += 5 * 5
        total += 1
    return total


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
    "c3_parameters": [
        c3_in_a_loop,
        lambda table: 25 * table.sum() + table.shape[1],
        lambda table: int(25 * np.sum(table)) + len(table[0]),
        lambda table: sum(25 * column.sum() + 1 for column in table.T),
        lambda table: np.count_nonzero(table) * 5**2 + table.shape[-1],
        lambda table: float((25 * table.sum(axis=0) + 1).sum()),
        lambda table: len(np.argwhere(table == 1)) * 25 + table.T.shape[0],
        lambda table: np.array(25 * table.sum() + table.shape[1]),
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
    "c3_parameters": [
        (lambda table: 25 * table.sum(), "each output map has a bias too"),
        (lambda table: 26 * table.sum(), "a bias for each pair"),
        (lambda table: 25 * table.sum() + table.shape[0], "The biases belong to the output maps"),
        (lambda table: 25 * table.sum() + len(table), "The biases belong to the output maps"),
        (lambda table: (25 * table.shape[0] + 1) * table.shape[1], "joins every output map to all"),
        (lambda table: 25 * table.size + table.shape[1], "joins every output map to all"),
        (lambda table: table.sum(), "Those are the pairs"),
        (lambda table: 25 * table + table.shape[1], "That is an array; the answer is a number"),
        (lambda table: 25 * table.sum(axis=0) + 1, "That is an array"),
        (lambda table: 25 * table.count(1), "AttributeError"),
        (lambda table: 1516, None),
        (lambda table: 25 * table.sum() + 16, None),
        (lambda table: 25 * table.sum() + 1, None),
        (lambda table: 25 * table.sum() + 6, None),
        (lambda table: 5 * table.sum() + table.shape[1], None),
        (lambda table: 9 * table.sum() + table.shape[1], None),
        (lambda table: 25 * (table.sum() + table.shape[1]), None),
        (lambda table: 25 * table.sum() + table.size, None),
        (lambda table: 25 * table.shape[1] + table.sum(), None),
        (lambda table: 25 * (table.size - table.sum()) + table.shape[1], None),
        (lambda table: 25 * table.sum() + table.shape[1] + table.shape[0], None),
        (lambda table: 100 * (25 * table.sum() + table.shape[1]), None),
        (lambda table: 25 * sum(table[:, 0]) * table.shape[1] + table.shape[1], None),
        (lambda table: (25 * table.sum() + table.shape[1]) * (1 + 1e-6), None),
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
