"""Right and wrong answers to lesson 05's exercises."""

import math
from fractions import Fraction

import numpy as np

from zoo_helpers.core.backend import tf

# --- slopes ---------------------------------------------------------------------------------------------


def central(loss, weights, step):
    return np.array(
        [(loss(weights + n) - loss(weights - n)) / (2 * step) for n in step * np.eye(len(weights))]
    )


def with_copies(loss, weights, step):
    result = []
    for place in range(len(weights)):
        up, down = weights.copy(), weights.copy()
        up[place] += step
        down[place] -= step
        result.append((loss(up) - loss(down)) / (up[place] - down[place]))
    return result


def there_and_back(loss, weights, step):
    result = np.empty(weights.size)
    for place in range(weights.size):
        before = weights[place]
        weights[place] = before + step
        up = loss(weights)
        weights[place] = before - step
        down = loss(weights)
        weights[place] = before
        result[place] = (up - down) / (2 * step)
    return result


def mean_of_two_sides(loss, weights, step):
    here = loss(weights)
    nudges = np.eye(len(weights)) * step
    ahead = np.array([loss(weights + nudge) - here for nudge in nudges]) / step
    behind = np.array([here - loss(weights - nudge) for nudge in nudges]) / step
    return (ahead + behind) / 2


def along_an_axis(loss, weights, step):
    nudges = np.diag(np.full(len(weights), step))
    return (
        np.apply_along_axis(loss, 1, weights + nudges) - np.apply_along_axis(loss, 1, weights - nudges)
    ) / (2 * step)


def leaves_a_nudge(loss, weights, step):
    result = []
    for place in range(len(weights)):
        up = loss(weights)
        weights[place] += step
        result.append((loss(weights) - up) / step)
    return np.array(result)


def nudges_pile_up(loss, weights, step):
    up, down = weights.copy(), weights.copy()
    result = np.zeros(len(weights))
    for place in range(len(weights)):
        up[place] += step
        down[place] -= step
        result[place] = (loss(up) - loss(down)) / (2 * step)
    return result


def only_the_first(loss, weights, step):
    for nudge in step * np.eye(len(weights)):
        return np.array([(loss(weights + nudge) - loss(weights - nudge)) / (2 * step)])


def relative(loss, weights, step):
    nudges = np.diag(step * weights)
    return np.array([(loss(weights + n) - loss(weights - n)) / (2 * step) for n in nudges])


# --- he_weights -----------------------------------------------------------------------------------------


def he(draws):
    return draws * np.sqrt(2 / math.prod(draws.shape[:-1]))


def of_each_output(draws):
    result = np.empty_like(draws)
    for output in range(draws.shape[-1]):
        result[..., output] = draws[..., output] * (2 / draws[..., output].size) ** 0.5
    return result


def in_place(draws):
    draws *= np.sqrt(2 / np.prod(draws.shape[:-1]))
    return draws


# --- All ------------------------------------------------------------------------------------------------

RIGHT = {
    "slopes": [
        central,
        with_copies,
        there_and_back,
        mean_of_two_sides,
        along_an_axis,
        lambda *three: tf.constant(central(*three)),
        lambda *three: tuple(central(*three)),
        lambda *three: np.round(central(*three), 4),
        lambda *three: central(*three).astype(np.float32),
    ],
    "leaky_ratio": [
        lambda slope, gain: np.sqrt(gain * (1 + slope**2) / 2),
        lambda slope, gain: math.sqrt(gain / 2 * (1 + slope * slope)),
        lambda slope, gain: (gain * np.mean([1, slope**2])) ** 0.5,
        lambda slope, gain: np.sqrt(gain) * np.hypot(1, slope) / np.sqrt(2),
        lambda slope, gain: math.exp(0.5 * math.log(gain * (0.5 + 0.5 * slope**2))),
        lambda slope, gain: tf.sqrt(gain * (1.0 + slope**2) / 2.0),
        lambda slope, gain: round(math.sqrt(gain * (1 + slope**2) / 2), 4),
        lambda slope, gain: Fraction(math.sqrt(gain * (1 + slope**2) / 2)),
        lambda slope, gain: np.array(np.sqrt(gain * (1 + slope**2) / 2)),
    ],
    "he_weights": [
        he,
        of_each_output,
        lambda draws: draws * np.sqrt(2 * draws.shape[-1] / draws.size),
        lambda draws: draws / np.sqrt(draws.reshape(-1, draws.shape[-1]).shape[0] / 2),
        lambda draws: np.sqrt(2 / draws[..., 0].size) * draws,
        lambda draws: np.sqrt(2) * draws / math.sqrt(math.prod(draws.shape[:-1])),
        lambda draws: he(draws).tolist(),
        lambda draws: tf.constant(he(draws)),
        lambda draws: he(draws).astype(np.float32),
        lambda draws: tf.cast(draws, tf.float32) * (2 / math.prod(draws.shape[:-1])) ** 0.5,
    ],
    "killer": [
        "dense9",
        np.str_("dense9"),
        f"dense{np.int64(9)}",
        np.array(["dense8", "dense9"])[1],
        np.array("dense9"),
        "".join(["dense", "9"]),
    ],
}

WRONG = {
    "slopes": [
        (
            lambda loss, weights, step: [
                (loss(weights + n) - loss(weights)) / step for n in step * np.eye(len(weights))
            ],
            "from one side",
        ),
        (lambda *three: 2 * central(*three), "divide by 2 * step"),
        (lambda loss, weights, step: 2 * step * central(loss, weights, step), "differences of the loss"),
        (lambda *three: -central(*three), "The sign is turned"),
        (
            lambda loss, weights, step: np.full(
                len(weights), (loss(weights + step) - loss(weights - step)) / (2 * step)
            ),
            "one weight at a time",
        ),
        (leaves_a_nudge, "changes its argument weights"),
        (nudges_pile_up, None),
        (only_the_first, "Your shape is (1,), not (2,)"),
        (relative, None),
        (
            lambda loss, weights, step: [
                (loss(weights) - loss(weights - n)) / step for n in step * np.eye(len(weights))
            ],
            None,
        ),
        (lambda loss, weights, step: central(loss, weights, 1e-6), None),
        (lambda loss, weights, step: central(loss, weights, step / 2), None),
        (lambda loss, weights, step: central(loss, weights, 2 * step), None),
        (lambda *three: central(*three) / 2, None),
        (lambda *three: abs(central(*three)), None),
        (lambda *three: central(*three)[::-1], None),
        (lambda *three: central(*three).sum(), "That is a number"),
        (lambda *three: central(*three)[:, None], "Your shape is (2, 1), not (2,)"),
        (lambda *three: np.linalg.norm(central(*three)), "That is a number"),
        (lambda loss, weights, step: loss(weights), "That is a number"),
        (lambda loss, weights, step: weights, None),
        (lambda loss, weights, step: np.zeros(len(weights)), None),
        (lambda loss, weights, step: np.gradient(weights, step), None),
        (lambda loss, weights, step: np.array([2 * weights[0] + 3 * weights[1], 3 * weights[0]]), None),
        (lambda loss, weights, step: loss(weights + step) - loss(weights - step) / (2 * step), "a number"),
        (lambda *three: print(central(*three)), "without a return statement"),
    ],
    "leaky_ratio": [
        (lambda slope, gain: gain * (1 + slope**2) / 2, "ratio of the squares"),
        (lambda slope, gain: np.sqrt(gain) * (1 + slope) / 2, "Square the slopes first"),
        (lambda slope, gain: np.sqrt(gain * ((1 + slope) / 2) ** 2), "Square the slopes first"),
        (lambda slope, gain: np.sqrt(gain * (1 + slope) / 2), "Square the slope:"),
        (lambda slope, gain: np.sqrt(gain / 2), "negative half passes something on"),
        (lambda slope, gain: np.sqrt(gain * (1 + slope**2)), "half of the sums only"),
        (lambda slope, gain: np.sqrt((1 + slope**2) / 2), "The weights count as well"),
        (lambda slope, gain: np.sqrt(gain * (1 + slope**2) // 2), None),
        (lambda slope, gain: gain * np.sqrt((1 + slope**2) / 2), None),
        (lambda slope, gain: np.sqrt(gain) * (1 + slope**2) / 2, None),
        (lambda slope, gain: np.sqrt(gain) * (1 + slope**2 / 2), None),
        (lambda slope, gain: np.sqrt(gain * (1 - slope**2) / 2) if slope < 1 else 0.0, None),
        (lambda slope, gain: np.sqrt(gain * slope**2 / 2), None),
        (lambda slope, gain: np.sqrt(2 / (1 + slope**2)), None),
        (lambda slope, gain: np.sqrt(2 * gain / (1 + slope**2)), None),
        (lambda slope, gain: 1.0, None),
        (lambda slope, gain: gain, None),
        (lambda slope, gain: np.sqrt(slope * gain) if slope > 0 else 0.0, None),
        (lambda slope, gain: round(np.sqrt(gain * (1 + slope**2) / 2), 2), None),
        (lambda slope, gain: (gain * (1 + slope**2) / 2) ** 0.25, None),
        (lambda slope, gain: [np.sqrt(gain * (1 + slope**2) / 2)], "That is a list"),
        (lambda slope, gain: f"{np.sqrt(gain * (1 + slope**2) / 2):.3f}", "That is a string"),
        (lambda slope: np.sqrt(1 + slope**2), "TypeError"),
    ],
    "he_weights": [
        (lambda draws: draws * np.sqrt(2 / draws.shape[-1]), "not how many outputs"),
        (
            lambda draws: draws * np.sqrt(2 / (math.prod(draws.shape[:-2]) * draws.shape[-1])),
            "outputs that one input goes to",
        ),
        (lambda draws: draws * np.sqrt(2 / draws.shape[-2]), "multiply them all"),
        (lambda draws: draws * 2 / math.prod(draws.shape[:-1]), "multiplied by its root"),
        (lambda draws: he(draws) / np.sqrt(2), "what the 2 makes up for"),
        (lambda draws: he(draws) / draws.std(), "do not divide by the deviation"),
        (
            lambda draws: (
                draws
                * np.sqrt(2 / (math.prod(draws.shape[:-1]) + math.prod(draws.shape[:-2]) * draws.shape[-1]))
            ),
            "Those are Glorot's weights",
        ),
        (in_place, "changes its argument draws"),
        (lambda draws: draws / np.sqrt(math.prod(draws.shape[:-1]) // 2), None),
        (lambda draws: draws * np.sqrt(2 / draws.size), None),
        (lambda draws: draws * np.sqrt(2 / draws.shape[0]), None),
        (lambda draws: draws * np.sqrt(2 / len(draws)) / 3, None),
        (lambda draws: draws * np.sqrt(2 / sum(draws.shape[:-1])), None),
        (lambda draws: draws * np.sqrt(2 / (9 * draws.shape[-2])), None),
        (lambda draws: draws * np.sqrt(2 / draws.shape[2]), None),
        (lambda draws: draws * np.sqrt(6 / math.prod(draws.shape[:-1])), None),
        (lambda draws: draws * np.sqrt(4 / math.prod(draws.shape[:-1])), None),
        (lambda draws: draws / np.sqrt(2 / math.prod(draws.shape[:-1])), None),
        (lambda draws: draws + np.sqrt(2 / math.prod(draws.shape[:-1])), None),
        (lambda draws: np.sqrt(draws**2 * 2 / math.prod(draws.shape[:-1])), None),
        (lambda draws: draws, None),
        (lambda draws: np.sqrt(2 / math.prod(draws.shape[:-1])), "That is a number"),
        (lambda draws: he(draws).T, None),
        (lambda draws: he(draws).ravel(), "Your shape is (135,), not (3, 3, 3, 5)"),
        (lambda draws: np.random.default_rng().normal(size=draws.shape), None),
        (lambda draws: he(draws).var(), "That is a number"),
    ],
    "killer": [
        ("dense8", "first whose gradient is small"),
        ("dense10", "dense10 passes on all it gets"),
        ("dense1", "far above it"),
        ("dense20", "is the start"),
        ("dense7", "dense7 passes on about as much as it gets"),
        ("dense12", "dense12 passes on about as much as it gets"),
        ("Dense9", 'The layers are called "dense1"'),
        (" dense9", 'The layers are called "dense1"'),
        ("dense_9", 'The layers are called "dense1"'),
        ("dense 9", 'The layers are called "dense1"'),
        ("dense21", 'The layers are called "dense1"'),
        ("dense0", 'The layers are called "dense1"'),
        ("output", 'The layers are called "dense1"'),
        ("9", 'The layers are called "dense1"'),
        ("", 'The layers are called "dense1"'),
        (9, "The answer is a name"),
        (np.int64(8), "The answer is a name"),
        (["dense9"], "The answer is a name"),
        (np.array(["dense9"]), "The answer is a name"),
        ({"dense9"}, "The answer is a name"),
        (b"dense9", "The answer is a name"),
        (lambda: "dense9", "got a function"),
    ],
}
