"""Right and wrong answers to lesson 06's exercises."""

import numpy as np

from zoo_helpers.core.backend import keras, layers, tf


def relu(x):
    return np.maximum(x, 0)


# --- without ------------------------------------------------------------------------------------------


def in_order(x, weights, cut):
    for w in list(weights[:cut]) + list(weights[cut + 1 :]):
        x = relu(x + x @ w)
    return x


def by_deleting(x, weights, cut):
    for w in np.delete(weights, cut, axis=0):
        x = x + x @ w
        x = x * (x > 0)
    return x


def row_by_row(x, weights, cut):
    result = []
    for row in x:
        for number, w in enumerate(weights):
            if number == cut:
                continue
            sums = [sum(row[i] * w[i, j] for i in range(len(row))) for j in range(len(row))]
            row = [max(0, old + new) for old, new in zip(row, sums, strict=True)]
        result.append(list(row))
    return result


def with_a_switch(x, weights, cut):
    for number in range(len(weights)):
        x = x if number == cut else relu(x @ (np.eye(x.shape[1]) + weights[number]))
    return x


def by_recursion(x, weights, cut):
    if not len(weights):
        return x
    return by_recursion(x if cut == 0 else relu(x + x @ weights[0]), weights[1:], cut - 1)


def in_tensorflow(x, weights, cut):
    y = tf.constant(x)
    for number, w in enumerate(weights):
        if number != cut:
            y = tf.nn.relu(y + tf.linalg.matmul(y, tf.constant(w)))
    return y


def changes_x(x, weights, cut):
    for number, w in enumerate(weights):
        if number != cut:
            x += x @ w
            x[x < 0] = 0
    return x


def loop(step):
    """A network whose block number i gives step(x, w, i == cut)."""

    def run(x, weights, cut):
        for number, w in enumerate(weights):
            x = step(x, w, number == cut)
        return x

    return run


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


# --- own_block ----------------------------------------------------------------------------------------


def conv(x, channels, kernel=3, **options):
    return layers.Conv2D(channels, kernel, padding="same", **options)(x)


def papers_own(x, channels):
    y = layers.ReLU()(layers.BatchNormalization()(conv(x, channels)))
    y = layers.BatchNormalization()(conv(y, channels))
    return layers.ReLU()(layers.Add()([y, x]))


def before_the_activation(x, channels):
    y = conv(layers.ReLU()(layers.BatchNormalization()(x)), channels)
    return x + y


def narrow_inside(x, channels):
    y = conv(conv(conv(x, channels // 4, 1), channels // 4), channels, 1)
    return layers.ReLU()(layers.add([x, y]))


def two_branches(x, channels):
    return layers.ReLU()(layers.add([conv(x, channels), x, conv(x, channels, 5, activation="relu")]))


def with_attention(x, channels):
    y = conv(x, channels, activation="swish")
    weight = layers.Dense(channels, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(y))
    return layers.add([layers.multiply([y, weight]), x])


def half_the_channels(x, channels):
    half = conv(x, channels // 2)
    return layers.add([x, layers.Concatenate()([half, half])])


def with_dropout(x, channels):
    return layers.add([x, layers.Dropout(0.3)(conv(x, channels, dilation_rate=2))])


def after(*kinds):
    """A residual block, and the layers that these functions make behind its addition."""

    def block(x, channels):
        y = layers.add([x, conv(x, channels)])
        for kind in kinds:
            y = kind()(y)
        return y

    return block


# --- All ------------------------------------------------------------------------------------------------

ALL_SIX = ["kernel1", "gamma1", "beta1", "kernel2", "gamma2", "beta2"]

RIGHT = {
    "without": [
        in_order,
        by_deleting,
        row_by_row,
        with_a_switch,
        by_recursion,
        in_tensorflow,
        lambda *three: in_order(*three).tolist(),
        lambda *three: np.round(in_order(*three), 4),
        lambda x, weights, cut: in_order(x.astype("float32"), weights.astype("float32"), cut),
    ],
    "own_block": [
        papers_own,
        before_the_activation,
        narrow_inside,
        two_branches,
        with_attention,
        half_the_channels,
        with_dropout,
        after(lambda: layers.ReLU()),
        after(lambda: layers.Dropout(0.5), lambda: layers.ReLU()),
        lambda x, channels: layers.add([layers.SeparableConv2D(channels, 3, padding="same")(x), x]),
        lambda x, channels: layers.maximum([layers.add([x, conv(x, channels)]), 0 * x]),
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
}

WRONG = {
    "without": [
        (lambda x, weights, cut: in_order(x, weights, len(weights)), "no block is missing"),
        (loop(lambda x, w, out: 0 * x if out else relu(x + x @ w)), "You cut the shortcut, too"),
        (lambda x, weights, cut: in_order(x, weights[:cut], len(weights)), "the later ones stay"),
        (loop(lambda x, w, out: relu(x @ w) if out else relu(x + x @ w)), "only the shortcut"),
        (loop(lambda x, w, out: x if out else x + x @ w), "A ReLU follows each addition"),
        (lambda x, weights, cut: in_order(x, weights, cut - 1 if cut else len(weights)), "numbered from 0"),
        (changes_x, "changes its argument x"),
        (loop(lambda x, w, out: relu(x) if out else relu(x + x @ w)), None),
        (loop(lambda x, w, out: x if out else relu(x @ w)), None),
        (loop(lambda x, w, out: x if out else x + relu(x @ w)), None),
        (loop(lambda x, w, out: x if out else relu(x + w @ x.T).T), None),
        (loop(lambda x, w, out: x if out else relu(x + x @ w.T)), None),
        (loop(lambda x, w, out: x if out else relu(x - x @ w)), None),
        (loop(lambda x, w, out: x if out else relu(2 * x + x @ w)), None),
        (loop(lambda x, w, out: x if out else abs(x + x @ w)), None),
        (loop(lambda x, w, out: 2 * x if out else relu(x + x @ w)), None),
        (loop(lambda x, w, out: x if out else np.tanh(x + x @ w)), None),
        (lambda x, weights, cut: in_order(x, weights, cut + 1), None),
        (lambda x, weights, cut: in_order(x, weights[::-1], cut), None),
        (lambda x, weights, cut: relu(x + x @ weights[cut]), None),
        (lambda x, weights, cut: in_order(x, weights, cut)[0], "Your shape is (2,), not (1, 2)"),
        (lambda x, weights, cut: in_order(x, weights, cut).sum(), "That is a number"),
        (lambda x, weights, cut: x @ weights, None),
        (lambda x, weights, cut: weights[cut], None),
        (lambda x, weights, cut: x, None),
        (lambda x, weights, cut: print(in_order(x, weights, cut)), "without a return statement"),
    ],
    "own_block": [
        (lambda x, channels: conv(conv(x, channels), channels), "nothing leads around"),
        (lambda x, channels: layers.multiply([x, conv(x, channels)]), "nothing leads around"),
        (lambda x, channels: layers.BatchNormalization()(x), "nothing leads around"),
        (after(lambda: layers.BatchNormalization()), "at zero they stop x"),
        (after(lambda: layers.Conv2D(8, 1)), "at zero they stop x"),
        (lambda x, channels: layers.add([conv(x, channels), conv(x, channels, 1)]), "at zero they stop x"),
        (after(lambda: layers.Activation("tanh")), "add x once, and as it is"),
        (after(lambda: layers.Activation("sigmoid")), "add x once, and as it is"),
        (lambda x, channels: layers.add([x, x, conv(x, channels)]), "add x once, and as it is"),
        (lambda x, channels: layers.average([x, conv(x, channels)]), "add x once, and as it is"),
        (lambda x, channels: layers.subtract([conv(x, channels), x]), "add x once, and as it is"),
        (
            lambda x, channels: layers.add([layers.AveragePooling2D(3, 1, "same")(x), conv(x, channels)]),
            "add x once, and as it is",
        ),
        (lambda x, channels: x, "nothing in it to train"),
        (lambda x, channels: layers.ReLU()(x), "nothing in it to train"),
        (lambda x, channels: layers.add([x, layers.Dropout(0.5)(x)]), "nothing in it to train"),
        (lambda x, channels: layers.add([x, 0 * conv(x, channels)]), "it gives back x"),
        (
            lambda x, channels: layers.Concatenate()([x, conv(x, channels)]),
            "It makes 6 × 6 × 16 of 6 × 6 × 8",
        ),
        (lambda x, channels: layers.add([x, layers.Conv2D(channels, 3)(x)]), "ValueError"),
        (lambda x, channels: layers.MaxPooling2D(2)(x), "the next block wants the same shape"),
        (lambda x, channels: keras.Input(x.shape[1:]), "not made from x"),
        (
            lambda x, channels: layers.Conv2D(channels, 3, padding="same"),
            "a block returns what a layer gives",
        ),
        (lambda x, channels: layers.add([x, missing(x)]), "NameError"),  # noqa: F821
        (lambda x, channels: print(x), "without a return statement"),
        (lambda x, channels: "x + F(x)", "That is a string"),
        (lambda x, channels: ..., "Not attempted yet"),
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
}
