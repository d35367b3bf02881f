"""Right and wrong answers to lesson 04's exercises."""

import math

import numpy as np

from zoo_helpers.core.backend import keras, layers, tf

# --- receptive_field ------------------------------------------------------------------------------------


def from_the_far_end(kernels, strides):
    field = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        field = (field - 1) * stride + kernel
    return field


def by_positions(kernels, strides):
    seen = {0}
    for kernel, stride in zip(kernels[::-1], strides[::-1], strict=True):
        seen = {place * stride + offset for place in seen for offset in range(kernel)}
    return max(seen) - min(seen) + 1


def by_hand_of_numpy(kernels, strides):
    steps = np.concatenate([[1], np.cumprod(strides)])[:-1] if kernels else np.array([])
    return 1 + np.sum((np.array(kernels) - 1) * steps)


def by_recursion(kernels, strides):
    if not kernels:
        return 1
    return kernels[0] + strides[0] * (by_recursion(kernels[1:], strides[1:]) - 1)


def returns_in_the_loop(kernels, strides):
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field += (kernel - 1) * step
        step *= stride
        return field
    return field


def adds_strides(kernels, strides):
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field += (kernel - 1) * step
        step += stride - 1
    return field


def begins_with_the_first_kernel(kernels, strides):
    field, step = kernels[0], 1
    for kernel, stride in zip(kernels[1:], strides[1:], strict=True):
        field += (kernel - 1) * step
        step *= stride
    return field


def empties_the_lists(kernels, strides):
    field, step = 1, 1
    while kernels:
        field += (kernels.pop(0) - 1) * step
        step *= strides.pop(0)
    return field


def loops_without_end(kernels, strides):
    field, place = 1, 0
    while place < len(kernels):
        field += kernels[place] - 1
    return field


def steps(strides, place):
    return math.prod(strides[:place])


# --- c_stage --------------------------------------------------------------------------------------------


def stage(
    images,
    channels,
    start,
    *,
    kernels=(3, 3, 1),
    padding="same",
    act="relu",
    pool=lambda: layers.MaxPooling2D(2),
    **options,
):
    x = images
    options = {"kernel_initializer": start} | options
    for kernel in kernels:
        x = layers.Conv2D(channels, kernel, padding=padding, activation=act, **options)(x)
    return np.array(pool()(x) if pool else x)


def variant(**options):
    return lambda images, channels, start: stage(images, channels, start, **options)


def in_three_lines(images, channels, start):
    options = {"padding": "same", "activation": "relu", "kernel_initializer": start}
    x = layers.Conv2D(channels, 3, **options)(images)
    x = layers.Conv2D(channels, 3, **options)(x)
    return layers.MaxPooling2D()(layers.Conv2D(channels, 1, **options)(x))


def as_a_model(images, channels, start):
    inputs = x = keras.Input(images.shape[1:])
    for side in (3, 3, 1):
        x = layers.Conv2D(channels, (side, side), padding="same", kernel_initializer=start)(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, layers.MaxPool2D((2, 2), strides=2)(x))(images).numpy()


def as_a_sequential(images, channels, start):
    stack = keras.Sequential()
    for side in (3, 3, 1):
        stack.add(layers.Conv2D(channels, side, padding="same", kernel_initializer=start))
        stack.add(layers.Activation("relu"))
    stack.add(layers.MaxPooling2D())
    return np.asarray(stack(images))


def in_tensorflow(images, channels, start):
    x = images
    for side in (3, 3, 1):
        kernel = keras.initializers.get(start)((side, side, x.shape[-1], channels))
        x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME"))
    return tf.nn.max_pool2d(x, 2, 2, "VALID").numpy()


def of_one_image(images, channels, start):
    return stage(images[:1], channels, start) if len(images) > 1 else images[..., :1]


def forgets_to_feed(images, channels, start):
    x = images
    for side in (3, 3, 1):
        x = layers.Conv2D(channels, side, padding="same", activation="relu", kernel_initializer=start)
    return np.array(layers.MaxPooling2D(2)(x))


def always_from_the_images(images, channels, start):
    for side in (3, 3, 1):
        x = layers.Conv2D(channels, side, padding="same", activation="relu", kernel_initializer=start)(images)
    return np.array(layers.MaxPooling2D(2)(x))


def with_relus(*which):
    """The stage with ReLUs in these places only."""

    def answer(images, channels, start):
        x = images
        for side, relu in zip((3, 3, 1), which, strict=True):
            x = layers.Conv2D(channels, side, padding="same", kernel_initializer=start)(x)
            x = layers.Activation("relu")(x) if relu else x
        return np.array(layers.MaxPooling2D(2)(x))

    return answer


def pools_twice(images, channels, start):
    return np.array(layers.MaxPooling2D(2)(stage(images, channels, start)))


# --- kernel_from_pytorch --------------------------------------------------------------------------------


def by_einsum(weights, side):
    return np.einsum("ucij->ijcu", weights.reshape(weights.shape[0], -1, side, side))


def by_moving_axes(weights, side):
    maps = np.reshape(weights, (weights.shape[0], weights.shape[1] // side**2, side, side))
    return np.moveaxis(np.moveaxis(maps, 0, -1), 0, 2)


def by_loops(weights, side):
    units, inputs = weights.shape
    kernel = np.zeros((side, side, inputs // side**2, units))
    for unit in range(units):
        for place in range(inputs):
            channel, rest = divmod(place, side * side)
            kernel[rest // side, rest % side, channel, unit] = weights[unit, place]
    return kernel


def by_the_transpose(weights, side):
    return weights.T.reshape(-1, side, side, len(weights)).transpose(1, 2, 0, 3)


def in_tensors(weights, side):
    return tf.transpose(tf.reshape(weights, (weights.shape[0], -1, side, side)), (2, 3, 1, 0))


def maps_of(weights, side):
    return weights.reshape(len(weights), -1, side, side)


def overwrites(weights, side):
    weights += 1
    return by_einsum(weights - 1, side)


# --- All ------------------------------------------------------------------------------------------------

ALL, AB = ("layers", "weights", "field"), ("layers", "weights")
CD = ("weights", "field")


def steps_of(*four):
    return [set(names) for names in four]


RIGHT = {
    "receptive_field": [
        from_the_far_end,
        by_positions,
        by_hand_of_numpy,
        by_recursion,
        lambda kernels, strides: 1 + sum((k - 1) * steps(strides, i) for i, k in enumerate(kernels)),
        lambda kernels, strides: np.int64(from_the_far_end(kernels, strides)),
        lambda kernels, strides: float(from_the_far_end(kernels, strides)),
        lambda *both: tf.constant(from_the_far_end(*both)),
    ],
    "c_stage": [
        variant(),
        in_three_lines,
        as_a_model,
        as_a_sequential,
        in_tensorflow,
        variant(use_bias=False),
        variant(kernels=((3, 3), (3, 3), (1, 1))),
        variant(pool=lambda: layers.MaxPooling2D(2, padding="same")),
        lambda *three: stage(*three).tolist(),
        lambda *three: stage(*three).round(4),
        lambda *three: stage(*three).astype(np.float64),
        lambda *three: tf.constant(stage(*three)),
    ],
    "what_differs": [
        steps_of(ALL, AB, CD),
        [list(names) for names in (ALL, AB, CD)],
        (set(ALL), set(AB), set(CD)),
        [tuple(reversed(names)) for names in (ALL, AB, CD)],
        [frozenset(names) for names in (ALL, AB, CD)],
        [np.array(names) for names in (ALL, AB, CD)],
    ],
    "kernel_from_pytorch": [
        by_einsum,
        by_moving_axes,
        by_loops,
        by_the_transpose,
        in_tensors,
        lambda weights, side: by_einsum(weights, side).tolist(),
        lambda weights, side: by_einsum(weights, side).astype(float),
        lambda weights, side: np.swapaxes(np.transpose(maps_of(weights, side), (3, 2, 1, 0)), 0, 1),
    ],
    "map_side": [
        lambda side: side // 32 - 6,
        lambda side: (side - 224) // 32 + 1,
        lambda side: int(side / 32) - 6,
        lambda side: np.floor(side / 32) - 7 + 1,
        lambda side: math.floor((side - 192) / 32),
        lambda side: side // 2 // 2 // 2 // 2 // 2 - 6,
        lambda side: len(range(0, side - 223, 32)),
        lambda side: keras.layers.MaxPooling1D(32)(np.zeros((1, side, 1))).shape[1] - 6,
        lambda side: np.array(side // 32 - 6),
    ],
}

WRONG = {
    "receptive_field": [
        (lambda kernels, strides: 1 + sum(k - 1 for k in kernels), "neighbouring outputs lie 2 pixels apart"),
        (lambda kernels, strides: from_the_far_end(kernels, strides) - 1, "begin with 1"),
        (
            lambda kernels, strides: 1 + sum((k - 1) * steps(strides, i + 1) for i, k in enumerate(kernels)),
            "own stride counts only for the layers after it",
        ),
        (
            lambda kernels, strides: 1 + sum(k * steps(strides, i) for i, k in enumerate(kernels)),
            "adds two pixels, not three",
        ),
        (
            lambda kernels, strides: (
                1 + sum((k - 1) * s for k, s in zip(kernels, [1, *strides[:-1]], strict=True))
                if kernels
                else 1
            ),
            "product of all strides",
        ),
        (empties_the_lists, "changes its argument kernels"),
        (begins_with_the_first_kernel, None),
        (returns_in_the_loop, None),
        (adds_strides, None),
        (lambda kernels, strides: sum(kernels), None),
        (lambda kernels, strides: sum(kernels) - len(kernels), None),
        (lambda kernels, strides: 1 + 2 * len(kernels), None),
        (lambda kernels, strides: math.prod(kernels), None),
        (lambda kernels, strides: math.prod(strides), None),
        (lambda kernels, strides: 1 + sum((k - 1) * s for k, s in zip(kernels, strides, strict=True)), None),
        (
            lambda kernels, strides: 1 + sum(2 * (k // 2) * steps(strides, i) for i, k in enumerate(kernels)),
            None,
        ),
        (
            lambda kernels, strides: (
                1 + sum((k - 1) * steps(strides, i) for i, k in enumerate(kernels) if k > 2)
            ),
            None,
        ),
        (lambda kernels, strides: from_the_far_end(kernels[::-1], strides[::-1]), None),
        (lambda kernels, strides: from_the_far_end(kernels, strides) ** 2, None),
        (lambda kernels, strides: from_the_far_end(kernels, strides) // 2, None),
        (lambda kernels, strides: max(kernels, default=1), None),
        (lambda kernels, strides: from_the_far_end(kernels, strides) + 0.5, None),
        (lambda kernels, strides: str(from_the_far_end(kernels, strides)), "That is a string"),
        (lambda kernels, strides: [from_the_far_end(kernels, strides)] * 2, "That is a list"),
        (lambda kernels, strides: print(from_the_far_end(kernels, strides)), "without a return statement"),
        (lambda kernels: 7, "TypeError"),
        (7, "The answer is a function"),
    ],
    "c_stage": [
        (lambda images, channels, start: stage(images, channels, start) * (channels > 1), None),
        (variant(kernels=(3, 3, 3)), "that is D's stage"),
        (variant(kernels=(1, 3, 3)), "stands last, before the pooling"),
        (variant(kernels=(3, 1, 3)), "stands last, after both 3 × 3"),
        (variant(kernels=(3, 3)), "That is B's stage"),
        (variant(kernels=(3, 1)), "Only one convolution is 3 × 3"),
        (variant(padding="valid"), "eat the border"),
        (variant(act=None), "There is no ReLU"),
        (variant(act="linear"), "There is no ReLU"),
        (with_relus(True, True, False), "needs its ReLU, too"),
        (with_relus(False, False, True), "a ReLU of its own"),
        (variant(pool=None), "max pooling at the end is missing"),
        (with_relus(False, True, True), None),
        (with_relus(True, False, True), None),
        (variant(kernels=(1, 1, 1)), None),
        (variant(kernels=(5, 5, 1)), None),
        (variant(kernels=(3, 3, 1, 1)), None),
        (variant(kernels=(1,)), None),
        (variant(kernels=(3,)), None),
        (variant(act="sigmoid"), None),
        (variant(act="tanh"), None),
        (variant(act="leaky_relu"), None),
        (variant(bias_initializer="ones"), None),
        (variant(kernel_initializer="ones"), None),
        (variant(kernel_initializer="zeros"), None),
        (variant(pool=lambda: layers.AveragePooling2D(2)), None),
        (variant(pool=lambda: layers.MaxPooling2D(3)), None),
        (variant(pool=lambda: layers.MaxPooling2D(2, strides=1)), None),
        (variant(pool=lambda: layers.GlobalMaxPooling2D()), None),
        (variant(strides=2, pool=None), None),
        (pools_twice, None),
        (of_one_image, None),
        (always_from_the_images, None),
        (lambda images, channels, start: stage(images, 3, start), None),
        (lambda images, channels, start: np.moveaxis(stage(images, channels, start), -1, 1), None),
        (lambda images, channels, start: stage(images, channels, start).shape, None),
        (lambda images, channels, start: images, None),
        (forgets_to_feed, "raised ValueError in its line 5"),
    ],
    "what_differs": [
        (steps_of(ALL, ["layers"], CD), "a 1 × 1 convolution has weights, too"),
        (steps_of(ALL, ALL, CD), "a 1 × 1 convolution sees one position"),
        (steps_of(ALL, AB, ALL), "C has 16 layers with weights, and D has as many"),
        (steps_of(ALL, AB, ["field"]), "nine times the weights"),
        (steps_of(["layers"], ["layers"], ["layers"]), "No step of the table changes the depth alone"),
        (steps_of(["layers", "field"], AB, CD), "they do grow"),
        (steps_of(ALL, ALL, ALL), None),
        (steps_of(CD, CD, CD), None),
        (steps_of(AB, AB, CD), None),
        (steps_of(AB, AB, AB), None),
        (steps_of(ALL, AB, ["weights"]), None),
        (steps_of(ALL, AB, []), None),
        (steps_of(ALL, CD, AB), None),
        (steps_of(ALL, ["weights"], CD), None),
        (steps_of(["layers"], AB, CD), None),
        (steps_of(["weights"], AB, CD), None),
        (steps_of([], [], []), None),
        (steps_of(ALL, AB), "has the length 2, not 3"),
        (steps_of(ALL, AB, CD, ALL), "has the length 4, not 3"),
        (steps_of(["depth", "weights", "field"], ["depth", "weights"], CD), None),
        (steps_of([*ALL, "stages"], AB, CD), None),
        ({"layers", "weights", "field"}, None),
        ("layers, weights", "That is a string"),
        ([", ".join(names) for names in (ALL, AB, CD)], None),
        (16, "That is a number"),
        (lambda: steps_of(ALL, AB, CD), "got a function"),
    ],
    "kernel_from_pytorch": [
        (
            lambda weights, side: weights.T.reshape(side, side, -1, len(weights)),
            "PyTorch flattens channel by channel",
        ),
        (lambda weights, side: maps_of(weights, side).T, "Rows and columns"),
        (lambda weights, side: weights.reshape(side, side, -1, len(weights)), "One reshape mixes the units"),
        (maps_of, "PyTorch's axes still"),
        (lambda weights, side: maps_of(weights, side).transpose(2, 3, 0, 1), "the unit comes last"),
        (lambda weights, side: maps_of(weights, side).transpose(1, 2, 3, 0), None),
        (lambda weights, side: maps_of(weights, side).transpose(3, 2, 0, 1), None),
        (lambda weights, side: maps_of(weights, side).transpose(0, 2, 3, 1), None),
        (lambda weights, side: maps_of(weights, side)[::-1].transpose(2, 3, 1, 0), None),
        (lambda weights, side: maps_of(weights, side)[:, ::-1].transpose(2, 3, 1, 0), None),
        (lambda weights, side: maps_of(weights, side)[:, :, ::-1, ::-1].transpose(2, 3, 1, 0), None),
        (lambda weights, side: weights.reshape(len(weights), side, side, -1).transpose(2, 1, 3, 0), None),
        (lambda weights, side: weights.reshape(-1, len(weights), side, side).transpose(2, 3, 0, 1), None),
        (lambda weights, side: by_einsum(weights, side).reshape(side * side, -1, len(weights)), None),
        (lambda weights, side: by_einsum(weights, side)[..., :1], None),
        (lambda weights, side: by_einsum(weights, side) + 1, None),
        (lambda weights, side: by_einsum(weights, side).astype(int), None),
        (lambda weights, side: by_einsum(weights, side).shape, None),
        (lambda weights, side: weights, None),
        (lambda weights, side: weights.T, None),
        (lambda weights, side: weights.reshape(side, side, 512, len(weights)), "raised ValueError"),
        (lambda weights: weights, "TypeError"),
        (overwrites, "changes its argument weights"),
        (lambda weights, side: print(weights), "without a return statement"),
    ],
    "map_side": [
        (lambda side: side // 32, "That is the side of pool5"),
        (lambda side: side // 32 - 7, "add 1"),
        (lambda side: side - 223, "Answers lie 32 pixels apart"),
        (lambda side: round(side / 32) - 6, "round down"),
        (lambda side: math.ceil(side / 32) - 6, "round down, not up"),
        (lambda side: (side - 224) / 32 + 1, "use //"),
        (lambda side: round((side - 224) / 32) + 1, "round down"),
        (lambda side: side // 32 // 7, None),
        (lambda side: side // 224, None),
        (lambda side: side / 224, None),
        (lambda side: side // 32 - 5, None),
        (lambda side: side // 16 - 6, None),
        (lambda side: side // 64 - 6 + 4, None),
        (lambda side: (side // 32 - 6) ** 2, None),
        (lambda side: (side // 32 - 6, side // 32 - 6), "That is a tuple"),
        (lambda side: (side - 7) // 32 + 1, None),
        (lambda side: (side - 1) // 32 - 6, None),
        (lambda side: max(1, side // 32 - 7), None),
        (lambda side: 1, None),
        (lambda side: {224: 1, 384: 6, 256: 2, 300: 3}[side], "KeyError"),
        (lambda side: side // 5 - 6, None),
        (lambda side: side % 32 + 1, None),
        (lambda side: str(side // 32 - 6), "That is a string"),
    ],
}
