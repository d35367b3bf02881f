"""Right and wrong answers to lesson 06's exercises."""

import numpy as np

from zoo_helpers.core.backend import layers, tf


def relu(x):
    return np.maximum(x, 0)


# --- residual_block -------------------------------------------------------------------------------------


def residual(x, w1, w2):
    return relu(x + relu(x @ w1) @ w2)


def in_loops(x, w1, w2):
    result = []
    for row in x:
        hidden = [max(0, sum(row[i] * w1[i, j] for i in range(len(row)))) for j in range(len(row))]
        out = [sum(hidden[i] * w2[i, j] for i in range(len(row))) for j in range(len(row))]
        result.append([max(0, one + other) for one, other in zip(row, out, strict=True)])
    return result


def by_masks(x, w1, w2):
    hidden = np.dot(x, w1)
    hidden[hidden < 0] = 0
    y = x + hidden.dot(w2)
    return y * (y > 0)


def in_keras(x, w1, w2):
    first = layers.Dense(len(w1), activation="relu", use_bias=False)
    second = layers.Dense(len(w2), use_bias=False)
    first.build(x.shape), second.build(x.shape)
    first.set_weights([w1]), second.set_weights([w2])
    return layers.ReLU()(layers.Add()([x.astype("float32"), second(first(x))]))


def changes_x(x, w1, w2):
    x += relu(x @ w1) @ w2
    return relu(x)


# --- block_parameters -----------------------------------------------------------------------------------


def parameters(inputs, width, shortcut):
    total = 9 * inputs * width + 2 * width + 9 * width**2 + 2 * width
    if shortcut == "C" or (shortcut == "B" and inputs != width):
        total += inputs * width + 2 * width
    return total


def by_layers(inputs, width, shortcut):
    convolutions = [(3, inputs), (3, width)]
    if {"A": False, "B": inputs < width, "C": True}[shortcut]:
        convolutions.append((1, inputs))
    return sum(side * side * channels * width + 2 * width for side, channels in convolutions)


def by_match(inputs, width, shortcut):
    match shortcut:
        case "A":
            projected = 0
        case "B":
            projected = int(inputs != width)
        case _:
            projected = 1
    return width * (9 * inputs + 9 * width + 4 + projected * (inputs + 2))


def projected(inputs, width, shortcut):
    return shortcut == "C" or (shortcut == "B" and inputs != width)


def plus(extra):
    """`parameters`, and what else `extra` gives."""
    return lambda inputs, width, shortcut: (
        parameters(inputs, width, shortcut) + extra(inputs, width, projected(inputs, width, shortcut))
    )


# --- block_gradient -------------------------------------------------------------------------------------


def changes_the_slopes(total, slope):
    slope += 1
    slope[total <= 0] = 0
    return slope


# --- All ------------------------------------------------------------------------------------------------

ALL_SIX = ["kernel1", "gamma1", "beta1", "kernel2", "gamma2", "beta2"]

RIGHT = {
    "residual_block": [
        residual,
        in_loops,
        by_masks,
        in_keras,
        lambda x, w1, w2: np.where((y := x + relu(x.dot(w1)).dot(w2)) > 0, y, 0),
        lambda x, w1, w2: relu(np.einsum("nj,jk->nk", relu(np.einsum("ni,ij->nj", x, w1)), w2) + x),
        lambda x, w1, w2: tf.nn.relu(tf.nn.relu(tf.constant(x) @ w1) @ w2 + x),
        lambda x, w1, w2: residual(x, w1, w2).tolist(),
        lambda x, w1, w2: np.round(residual(x, w1, w2), 4),
        lambda x, w1, w2: residual(*(part.astype("float32") for part in (x, w1, w2))),
    ],
    "block_parameters": [
        parameters,
        by_layers,
        by_match,
        lambda *three: float(parameters(*three)),
        lambda *three: np.int64(parameters(*three)),
        lambda *three: np.array(parameters(*three)),
        lambda *three: tf.constant(parameters(*three)),
    ],
    "identity": [
        {"gamma2", "beta2"},
        frozenset({"gamma2", "beta2"}),
        ["gamma2", "beta2"],
        ("beta2", "gamma2"),
        np.array(["gamma2", "beta2"]),
        {np.str_("gamma2"), np.str_("beta2")},
        ["gamma2", "beta2", "gamma2"],
    ],
    "block_gradient": [
        lambda total, slope: np.where(total > 0, 1 + slope, 0),
        lambda total, slope: (total > 0) * (1 + slope),
        lambda total, slope: np.heaviside(total, 0) * (slope + 1),
        lambda total, slope: [1 + s if t > 0 else 0 for t, s in zip(total, slope, strict=True)],
        lambda total, slope: tuple((1 + s) * (t >= 0) for t, s in zip(total, slope, strict=True)),
        lambda total, slope: tf.where(total > 0, 1 + slope, 0),
        lambda total, slope: np.array([float(t > 0) for t in total]) * (1 + slope),
        lambda total, slope: np.sign(relu(total)) * (1 + slope),
        lambda total, slope: np.where(total > 0, 1 + slope, 0).astype("float32"),
    ],
}

WRONG = {
    "residual_block": [
        (lambda x, w1, w2: relu(relu(x @ w1) @ w2), "the input is not added"),
        (lambda x, w1, w2: x + relu(relu(x @ w1) @ w2), "after the second ReLU"),
        (lambda x, w1, w2: x + relu(x @ w1) @ w2, "A ReLU follows the addition"),
        (lambda x, w1, w2: relu(x + x @ w1 @ w2), "Between the two layers stands a ReLU"),
        (lambda x, w1, w2: relu(relu(x @ w1) + relu(x @ w1) @ w2), "before the first layer, at x"),
        (lambda x, w1, w2: relu(x + relu(relu(x @ w1) @ w2)), "added as it is"),
        (lambda x, w1, w2: residual(relu(x), w1, w2), "No ReLU stands before the block"),
        (changes_x, "changes its argument x"),
        (lambda x, w1, w2: relu(relu(x) + relu(x @ w1) @ w2), None),
        (lambda x, w1, w2: relu(x + relu(relu(x) @ w1) @ w2), None),
        (lambda x, w1, w2: relu(x + relu(x @ w2) @ w1), None),
        (lambda x, w1, w2: relu(x + relu(x @ w1.T) @ w2), None),
        (lambda x, w1, w2: relu(x + relu(x @ w1.T) @ w2.T), None),
        (lambda x, w1, w2: relu(x + relu(x @ w1)), None),
        (lambda x, w1, w2: relu(x + relu(x @ w1) @ w1), None),
        (lambda x, w1, w2: relu(x + relu(x @ w2) @ w2), None),
        (lambda x, w1, w2: relu(x - relu(x @ w1) @ w2), None),
        (lambda x, w1, w2: relu(x * (relu(x @ w1) @ w2)), None),
        (lambda x, w1, w2: relu(x + relu(x * w1[0]) * w2[0]), None),
        (lambda x, w1, w2: relu(x + abs(x @ w1) @ w2), None),
        (lambda x, w1, w2: relu(x + np.tanh(x @ w1) @ w2), None),
        (lambda x, w1, w2: abs(x + relu(x @ w1) @ w2), None),
        (lambda x, w1, w2: relu(2 * x + relu(x @ w1) @ w2), None),
        (lambda x, w1, w2: relu(x + relu(x @ w1 + x) @ w2), None),
        (lambda x, w1, w2: relu(x @ w2 + relu(x @ w1) @ w2), None),
        (lambda x, w1, w2: relu(x[0] + relu(x[0] @ w1) @ w2), "Your shape is (2,), not (2, 2)"),
        (lambda x, w1, w2: np.max(x + relu(x @ w1) @ w2), "That is a number"),
        (lambda x, w1, w2: np.maximum(x + relu(x @ w1) @ w2), "TypeError"),
        (lambda x, w1, w2: x, None),
        (lambda x, w1, w2: print(residual(x, w1, w2)), "without a return statement"),
    ],
    "block_parameters": [
        (lambda inputs, width, shortcut: parameters(inputs, width, "A"), "A projection has weights"),
        (
            lambda inputs, width, shortcut: parameters(inputs, width, "A" if shortcut == "A" else "C"),
            "B projects only where",
        ),
        (plus(lambda inputs, width, projected: -2 * width * projected), "A projection is normalized, too"),
        (plus(lambda inputs, width, projected: 8 * inputs * width * projected), "1 × 1, not 3 × 3"),
        (
            plus(lambda inputs, width, projected: 2 * width * (2 + projected)),
            "two numbers a channel, not four",
        ),
        (
            plus(lambda inputs, width, projected: -2 * width * (2 + projected)),
            "two numbers a channel, γ and β",
        ),
        (plus(lambda inputs, width, projected: width * (2 + projected)), "no biases"),
        (plus(lambda inputs, width, projected: 9 * width * (width - inputs)), "reads inputs channels"),
        (plus(lambda inputs, width, projected: -width * (2 + projected)), None),
        (plus(lambda inputs, width, projected: -2 * width), None),
        (plus(lambda inputs, width, projected: 2 * (inputs - width)), None),
        (plus(lambda inputs, width, projected: 9 * inputs * (inputs - width)), None),
        (plus(lambda inputs, width, projected: -9 * width * width), None),
        (plus(lambda inputs, width, projected: -9 * inputs * width), None),
        (plus(lambda inputs, width, projected: width * (width - inputs) * projected), None),
        (plus(lambda inputs, width, projected: width * projected), None),
        (plus(lambda inputs, width, projected: 1), None),
        (plus(lambda inputs, width, projected: -8 * inputs * width), None),
        (plus(lambda inputs, width, projected: width), None),
        (lambda inputs, width, shortcut: parameters(inputs, width, "C"), None),
        (lambda inputs, width, shortcut: parameters(width, inputs, shortcut), None),
        (
            lambda inputs, width, shortcut: parameters(inputs, width, shortcut.lower()),
            "A projection has weights",
        ),
        (
            lambda inputs, width, shortcut: parameters(
                inputs, width, "A" if shortcut == "B" and inputs != width else shortcut
            ),
            None,
        ),
        (
            lambda inputs, width, shortcut: parameters(
                inputs, width, "C" if shortcut == "A" and inputs != width else shortcut
            ),
            None,
        ),
        (lambda inputs, width, shortcut: 9 * inputs * width + 9 * width * width, None),
        (lambda inputs, width, shortcut: 2 * (9 * inputs * width + 2 * width), None),
        (lambda *three: f"{parameters(*three):,}", "That is a string"),
        (lambda *three: parameters(*three) / 1e6, None),
    ],
    "identity": [
        ({"kernel2"}, "still subtracts its mean"),
        ({"gamma2"}, "β is still added"),
        ({"kernel1", "kernel2"}, "still gives a constant"),
        ({"kernel1", "gamma1", "beta1"}, "the second's β is not"),
        (set(ALL_SIX), "with fewer, too"),
        (ALL_SIX, "with fewer, too"),
        ({"kernel1", "kernel2", "gamma2", "beta2"}, "with fewer, too"),
        ({"kernel2", "gamma2", "beta2"}, "with fewer, too"),
        ({"kernel2", "beta2"}, "still changes what comes in"),
        ({"beta2"}, "still changes what comes in"),
        ({"gamma1", "beta1"}, "still changes what comes in"),
        ({"gamma1", "gamma2"}, "still changes what comes in"),
        ({"beta1", "beta2"}, "still changes what comes in"),
        ({"gamma1", "gamma2", "kernel1", "kernel2"}, "still changes what comes in"),
        (set(), "Give a set of names"),
        ({"Gamma2", "beta2"}, "Give a set of names"),
        ({"gamma2, beta2"}, "Give a set of names"),
        ({"gamma2", "x"}, "Give a set of names"),
        ({"gamma2", 2}, "Give a set of names"),
        ({"γ2", "β2"}, "Give a set of names"),
        ("gamma2", "Give a set of names"),
        ("gamma2, beta2", "Give a set of names"),
        ([["gamma2"], ["beta2", "x"]], "Give a set of names"),
        ([["gamma2", "beta2"]], "Give a set of names"),
        (np.array([["gamma2", "beta2"]]), "Give a set of names"),
        ({"gamma2": 0, "beta2": 0}, "Give a set of names"),
        (2, "Give a set of names"),
        (lambda: {"gamma2", "beta2"}, "got a function"),
    ],
    "block_gradient": [
        (lambda total, slope: 1 + slope, "lets nothing through where the sum is negative"),
        (lambda total, slope: np.where(total > 0, slope, 0), "the shortcut adds 1"),
        (lambda total, slope: 1 + np.where(total > 0, slope, 0), "it stops the shortcut's 1 too"),
        (lambda total, slope: relu(total) * (1 + slope), "not the sum itself"),
        (lambda total, slope: (total > 0) * 1.0, "f passes on its slope"),
        (changes_the_slopes, "changes its argument slope"),
        (lambda total, slope: np.where(total > 0, 1 + slope, slope), None),
        (lambda total, slope: np.where(total > 0, 1 + slope, 1), "stops the shortcut's 1 too"),
        (lambda total, slope: np.where(total < 0, 1 + slope, 0), None),
        (lambda total, slope: np.where(total > 1, 1 + slope, 0), None),
        (lambda total, slope: np.where(slope > 0, 1 + slope, 0), None),
        (lambda total, slope: relu(1 + slope), None),
        (lambda total, slope: np.where(total > 0, relu(1 + slope), 0), None),
        (lambda total, slope: np.where(total > 0, 1 + relu(slope), 0), None),
        (lambda total, slope: np.where(total > 0, 1 + abs(slope), 0), None),
        (lambda total, slope: np.where(total > 0, 1 - slope, 0), None),
        (lambda total, slope: np.sign(total) * (1 + slope), None),
        (lambda total, slope: slope, None),
        (lambda total, slope: total, None),
        (lambda total, slope: total + slope, None),
        (lambda total, slope: np.where(total > 0, 1 + slope, 0).sum(), "That is a number"),
        (lambda total, slope: (1 + slope)[total > 0], "Your shape is (3,), not (5,)"),
        (lambda total, slope: np.where(total > 0, 1 + slope, None), "an array of object"),
        (lambda total, slope: np.where(total > 0, ..., 0), "Not attempted yet"),
        (lambda total, slope: 1 + slope if total > 0 else 0, "ValueError"),
        (lambda total, slope: np.where(total > 0, "1 + slope", "0"), "an array of"),
        (lambda total, slope: print(1 + slope), "without a return statement"),
    ],
}
