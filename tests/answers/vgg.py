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


# --- vgg_block ------------------------------------------------------------------------------------------


def block(
    images,
    convolutions,
    channels,
    *,
    kernel=3,
    padding="same",
    act="relu",
    relu_last=False,
    pool=lambda: layers.MaxPooling2D(2),
    **options,
):
    x = images
    options = {"kernel_initializer": "ones"} | options
    for _ in range(convolutions):
        x = layers.Conv2D(channels, kernel, padding=padding, activation=act, **options)(x)
    x = pool()(x) if pool else x
    return np.array(layers.ReLU()(x) if relu_last else x)


def variant(**options):
    return lambda images, convolutions, channels: block(images, convolutions, channels, **options)


def as_a_tensor(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")(x)
    return layers.MaxPooling2D(2)(x)


def as_a_model(images, convolutions, channels):
    inputs = x = keras.Input(images.shape[1:])
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", kernel_initializer=keras.initializers.Ones())(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, layers.MaxPool2D((2, 2), strides=2)(x))(images).numpy()


def as_a_sequential(images, convolutions, channels):
    stack = keras.Sequential()
    for _ in range(convolutions):
        stack.add(layers.Conv2D(channels, (3, 3), padding="same", kernel_initializer="ones"))
        stack.add(layers.Activation("relu"))
    stack.add(layers.MaxPooling2D())
    return np.asarray(stack(images))


def in_tensorflow(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = tf.nn.relu(tf.nn.conv2d(x, tf.ones((3, 3, x.shape[-1], channels)), 1, "SAME"))
    return tf.nn.max_pool2d(x, 2, 2, "VALID").numpy()


def in_numpy(images, convolutions, channels):
    x = images.astype(float)
    for _ in range(convolutions):
        padded = np.pad(x.sum(axis=-1), ((0, 0), (1, 1), (1, 1)))
        high, wide = x.shape[1:3]
        total = sum(padded[:, i : i + high, j : j + wide] for i in range(3) for j in range(3))
        x = np.repeat(np.maximum(total, 0)[..., None], channels, axis=-1)
    n, high, wide, _ = x.shape
    return x.reshape(n, high // 2, 2, wide // 2, 2, channels).max(axis=(2, 4))


def of_one_image(images, convolutions, channels):
    return block(images[:1], convolutions, channels)


def widens_at_the_end(images, convolutions, channels):
    x = block(images, convolutions - 1, images.shape[-1], pool=None) if convolutions > 1 else images
    return block(x, 1, channels)


def without_the_last_relu_in_another_way(images, convolutions, channels):
    x = block(images, convolutions - 1, channels, pool=None) if convolutions > 1 else images
    x = layers.Conv2D(channels, 3, padding="same", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D()(x))


def channels_first(images, convolutions, channels):
    return np.moveaxis(block(images, convolutions, channels), -1, 1)


def forgets_to_feed(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")
    return np.array(layers.MaxPooling2D(2)(x))


def always_from_the_images(images, convolutions, channels):
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")(images)
    return np.array(layers.MaxPooling2D(2)(x))


# --- All ------------------------------------------------------------------------------------------------

C = 133_638_952

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
    "vgg_block": [
        variant(),
        as_a_tensor,
        as_a_model,
        as_a_sequential,
        in_tensorflow,
        in_numpy,
        variant(use_bias=False),
        variant(pool=lambda: layers.MaxPooling2D(2, padding="same")),
        lambda *three: block(*three).tolist(),
        lambda *three: block(*three).astype(np.float64),
        lambda *three: np.round(block(*three)).astype(int),
    ],
    "count_c": [
        C,
        float(C),
        np.int64(C),
        np.array(C),
        tf.constant(C, tf.int64),
        133_047_848 + sum(width * width + width for width in (256, 512, 512)),
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
    "vgg_block": [
        (variant(padding="valid"), "eat the border"),
        (variant(act=None), "There is no ReLU"),
        (variant(act="linear"), "There is no ReLU"),
        (variant(pool=None), "max pooling at the end is missing"),
        (lambda images, convolutions, channels: block(images, 1, channels), "as many as `convolutions` says"),
        (always_from_the_images, "as many as `convolutions` says"),
        (without_the_last_relu_in_another_way, "last convolution needs its ReLU"),
        (variant(act=None, relu_last=True), "a ReLU of its own"),
        (variant(kernel=1), None),
        (variant(kernel=5), None),
        (variant(act="sigmoid"), None),
        (variant(act="tanh"), None),
        (variant(act="leaky_relu"), None),
        (variant(bias_initializer="ones"), None),
        (variant(kernel_initializer="glorot_uniform"), None),
        (variant(kernel_initializer="zeros"), None),
        (variant(pool=lambda: layers.AveragePooling2D(2)), None),
        (variant(pool=lambda: layers.MaxPooling2D(3)), None),
        (variant(pool=lambda: layers.MaxPooling2D(2, strides=1)), None),
        (variant(pool=lambda: layers.GlobalMaxPooling2D()), None),
        (variant(strides=2, pool=None), None),
        (lambda images, convolutions, channels: block(images, convolutions + 1, channels), None),
        (lambda images, convolutions, channels: block(images, convolutions, 3), None),
        (lambda images, convolutions, channels: block(images, 2, channels), None),
        (lambda images, convolutions, channels: block(images, channels, convolutions), None),
        (of_one_image, None),
        (widens_at_the_end, None),
        (channels_first, None),
        (forgets_to_feed, "raised ValueError in its line 5"),
        (lambda images, convolutions, channels: block(images, convolutions, channels).shape, None),
        (lambda images, convolutions, channels: images, None),
    ],
    "count_c": [
        (C - 256 - 2 * 512, "The biases are missing"),
        (138_357_544, "That is D"),
        (133_376_296, "Only one of the two"),
        (C - 133_047_848, "add it to B's"),
        (C + 1, None),
        (C - 52, None),
        (float(C) + 0.5, None),
        (133_639_000, None),
        (133.6e6, None),
        (133_047_848, None),
        (133_047_848 + 3 * (256 * 256 + 256), None),
        (133_047_848 + 3 * (512 * 512 + 512), None),
        (133_047_848 + 256 + 512 + 512, None),
        (143_667_240, None),
        (f"{C:,}", "That is a string"),
        ((133, 638, 952), "comma"),
        ([C], "That is a list"),
        (lambda: C, "got a function"),
        (-C, None),
        (C / 1e6, None),
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
