"""Right and wrong answers to lesson 07's exercises."""

import itertools

import numpy as np

from zoo_helpers.core.backend import keras, layers, tf

# --- fire -----------------------------------------------------------------------------------------------


def conv(x, channels, kernel, activation="relu", padding="same", **options):
    return layers.Conv2D(channels, kernel, padding=padding, activation=activation, **options)(x)


def module(x, squeeze, left, right, *, join=lambda both: layers.Concatenate()(both), first=1, **options):
    x = conv(x, squeeze, first, options.pop("of_squeeze", "relu"))
    return join([conv(x, left, 1, **options), conv(x, right, 3, **options)])


def variant(**options):
    return lambda x, squeeze, left, right: module(x, squeeze, left, right, **options)


def with_relus_of_their_own(x, squeeze, expand1x1, expand3x3):
    x = layers.ReLU()(layers.Conv2D(squeeze, (1, 1))(x))
    left = layers.Activation("relu")(layers.Conv2D(expand1x1, (1, 1))(x))
    right = layers.ReLU()(layers.Conv2D(expand3x3, (3, 3), padding="SAME")(x))
    return layers.concatenate([left, right], axis=-1)


def with_one_relu_at_the_end(x, squeeze, expand1x1, expand3x3):
    x = conv(x, squeeze, 1)
    both = [conv(x, expand1x1, 1, None), conv(x, expand3x3, 3, None)]
    return layers.ReLU()(layers.Concatenate()(both))


def by_operations(x, squeeze, expand1x1, expand3x3):
    x = keras.ops.relu(layers.Conv2D(squeeze, 1)(x))
    left = keras.ops.relu(layers.Conv2D(expand1x1, 1)(x))
    right = keras.ops.relu(layers.Conv2D(expand3x3, 3, padding="same")(x))
    return keras.ops.concatenate([left, right], axis=3)


def with_a_border(x, squeeze, expand1x1, expand3x3):
    x = conv(x, squeeze, 1)
    right = conv(layers.ZeroPadding2D(1)(x), expand3x3, 3, padding="valid")
    return layers.Concatenate()([conv(x, expand1x1, 1), right])


def in_sequence(x, squeeze, expand1x1, expand3x3):
    first = keras.Sequential([layers.Conv2D(squeeze, 1), layers.ReLU()])
    x = first(x)
    return layers.Concatenate()([conv(x, expand1x1, 1), conv(x, expand3x3, 3)])


class Fire(layers.Layer):
    """The module as a layer of its own, its convolutions inside."""

    def __init__(self, squeeze, left, right):
        super().__init__()
        self.squeeze = layers.Conv2D(squeeze, 1, activation="relu")
        self.left = layers.Conv2D(left, 1, activation="relu")
        self.right = layers.Conv2D(right, 3, padding="same", activation="relu")

    def call(self, x):
        x = self.squeeze(x)
        return keras.ops.concatenate([self.left(x), self.right(x)], axis=-1)


class Gain(layers.Layer):
    """One number, by which all maps are multiplied."""

    def build(self, shape):
        self.gain = self.add_weight(shape=(), initializer="ones")

    def call(self, x):
        return self.gain * x


NUMBERS = itertools.count()


def named(x, squeeze, expand1x1, expand3x3):
    number = next(NUMBERS)
    x = conv(x, squeeze, 1, name=f"own{number}_squeeze")
    left = conv(x, expand1x1, 1, name=f"own{number}_left")
    return layers.Concatenate()([left, conv(x, expand3x3, 3, name=f"own{number}_right")])


def around_the_squeeze(x, squeeze, expand1x1, expand3x3):
    small = conv(x, squeeze, 1)
    return layers.Concatenate()([conv(x, expand1x1, 1), conv(small, expand3x3, 3)])


def squeezes_for_each(x, squeeze, expand1x1, expand3x3):
    left = conv(conv(x, squeeze, 1), expand1x1, 1)
    return layers.Concatenate()([left, conv(conv(x, squeeze, 1), expand3x3, 3)])


def of_fixed_numbers(x, squeeze, expand1x1, expand3x3):
    return module(x, min(squeeze, 16), expand1x1, expand3x3)


def narrow_where_it_is_deep(x, squeeze, expand1x1, expand3x3):
    return module(x, squeeze, min(expand1x1, 128), min(expand3x3, 128))


def quiet_where_it_is_wide(x, squeeze, expand1x1, expand3x3):
    return module(x, squeeze, expand1x1, expand3x3, activation="relu" if expand1x1 < 200 else None)


def with_the_squeezed_maps_too(x, squeeze, expand1x1, expand3x3):
    x = conv(x, squeeze, 1)
    return layers.Concatenate()([x, conv(x, expand1x1, 1), conv(x, expand3x3, 3)])


def with_a_shortcut(x, squeeze, expand1x1, expand3x3):
    out = module(x, squeeze, expand1x1, expand3x3)
    return layers.Add()([x, out]) if x.shape == out.shape else out


def with_pooling(x, squeeze, expand1x1, expand3x3):
    return layers.MaxPooling2D(2)(module(x, squeeze, expand1x1, expand3x3))


def of_nothing(x, squeeze, expand1x1, expand3x3):
    return keras.Input((7, 7, expand1x1 + expand3x3))


# --- class_map ------------------------------------------------------------------------------------------


def in_loops(features, kernel, number):
    height, width, maps = features.shape
    return [
        [sum(features[row, column, c] * kernel[c, number] for c in range(maps)) for column in range(width)]
        for row in range(height)
    ]


def by_a_convolution(features, kernel, number):
    return tf.nn.conv2d(features[None], kernel[None, None], 1, "VALID")[0, ..., number]


def changes_the_maps(features, kernel, number):
    features *= kernel[:, number]
    return features.sum(axis=-1)


# --- restore --------------------------------------------------------------------------------------------

MEAN = np.array([103.939, 116.779, 123.68])


def channel_by_channel(pixels):
    photograph = np.zeros(pixels.shape)
    for ours, (theirs, mean) in enumerate(((2, 123.68), (1, 116.779), (0, 103.939))):
        photograph[..., ours] = np.minimum(np.maximum(np.rint(pixels[..., theirs] + mean), 0), 255)
    return photograph


def with_the_mean_turned_too(pixels):
    return np.clip(np.round(np.flip(pixels, -1) + MEAN[::-1]), 0, 255).astype("uint8")


def changes_the_pixels(pixels):
    pixels += MEAN
    return np.clip(np.round(pixels), 0, 255)[..., ::-1]


def back(pixels, *, mean=MEAN, turn=True, rounded=np.round, clip=(0, 255)):
    photograph = rounded(pixels + mean)
    photograph = photograph[..., ::-1] if turn else photograph
    return np.clip(photograph, *clip) if clip else photograph


RIGHT = {
    "fire": [
        variant(),
        with_relus_of_their_own,
        with_one_relu_at_the_end,
        by_operations,
        with_a_border,
        in_sequence,
        named,
        lambda x, *numbers: Fire(*numbers)(x),
        variant(join=lambda both: layers.concatenate(both)),
        variant(kernel_initializer="zeros"),
        lambda x, s, e1, e3: layers.Dropout(0.5)(module(x, s, e1, e3)),
    ],
    "class_map": [
        lambda features, kernel, number: features @ kernel[:, number],
        lambda features, kernel, number: (features @ kernel)[..., number],
        lambda features, kernel, number: np.einsum("hwc,c->hw", features, kernel[:, number]),
        lambda features, kernel, number: (features * kernel[:, number]).sum(axis=-1),
        lambda features, kernel, number: np.dot(features, kernel.T[number]),
        lambda features, kernel, number: np.tensordot(features, kernel, 1)[:, :, number],
        lambda features, kernel, number: (tf.constant(features) @ kernel[:, [number]])[..., 0],
        lambda features, kernel, number: np.round(features @ kernel[:, number], 4).tolist(),
        in_loops,
        by_a_convolution,
    ],
    "restore": [
        back,
        channel_by_channel,
        with_the_mean_turned_too,
        lambda pixels: back(pixels).astype(np.uint8),
        lambda pixels: back(pixels, rounded=np.rint).astype(int).tolist(),
        lambda pixels: back(pixels, rounded=lambda values: np.floor(values + 0.5)),
        lambda pixels: tf.cast(tf.clip_by_value(tf.round(pixels + MEAN), 0, 255), tf.uint8)[..., ::-1],
        lambda pixels: np.round(np.clip(pixels + MEAN, 0, 255))[..., [2, 1, 0]],
    ],
}

WRONG = {
    "fire": [
        (variant(of_squeeze=None), "The squeezing convolution needs its ReLU"),
        (variant(activation=None), "The two expanding convolutions need their ReLUs"),
        (variant(of_squeeze=None, activation=None), "There is no ReLU"),
        (variant(join=lambda both: layers.Concatenate()(both[::-1])), "The order counts"),
        (variant(join=lambda both: layers.Add()(both)), "a sum is ResNet's way"),
        (variant(first=3), "The squeezing convolution is 1 × 1"),
        (lambda x, s, e1, e3: layers.BatchNormalization()(module(x, s, e1, e3)), "has no normalization"),
        (lambda x, s, e1, e3: module(x, s, e1, e3, join=lambda both: both[1]), None),
        (lambda x, s, e1, e3: module(x, s, e1, e3, join=lambda both: both), "That is a list"),
        (lambda x, s, e1, e3: layers.Concatenate()([conv(x, e1, 1), conv(x, e3, 3)]), "Nothing is squeezed"),
        (around_the_squeeze, None),
        (of_fixed_numbers, "fire4"),
        (narrow_where_it_is_deep, "fire6"),
        (squeezes_for_each, "Yours has more weights of shape (1, 1, 64, 16) than fire2"),
        (quiet_where_it_is_wide, "The first layer whose numbers differ is fire8"),
        (with_the_squeezed_maps_too, "fire2"),
        (with_a_shortcut, "The first layer whose numbers differ is fire3"),
        (with_pooling, "The first layer that differs is fire2"),
        (lambda *four: Gain()(module(*four)), "Not yet. Yours has more weights of shape () than fire2"),
        (lambda x, s, e1, e3: Fire(e1, s, e3)(x), "has more weights of shape (1, 1, 64, 64) than fire2"),
        (variant(activation="gelu"), "still sees lesser panda, goldfish, baseball. The first"),
        (lambda x, *numbers: module(np.zeros((1, 7, 7, 6)), *numbers), "is what a layer gives for x"),
        (of_nothing, "is not made from x"),
        (variant(activation="sigmoid"), "The first layer whose numbers differ is fire2"),
        (variant(activation="leaky_relu"), "The first layer whose numbers differ is fire2"),
        (variant(join=lambda both: layers.Concatenate(axis=1)(both)), "fire2"),
        (variant(join=lambda both: layers.Maximum()(both)), None),
        (variant(use_bias=False), None),
        (variant(padding="valid"), "ValueError"),
        (variant(dilation_rate=2), "fire2"),
        (lambda x, s, e1, e3: module(x, e1, s, e3), None),
        (lambda x, s, e1, e3: module(x, s, e1 + e3, e1 + e3), None),
        (lambda x, s, e1, e3: module(x, s, e1 // 2, e3 // 2), None),
        (lambda x, s, e1, e3: conv(conv(x, s, 1), e1 + e3, 3), None),
        (lambda x, s, e1, e3: layers.ReLU()(x), None),
        (lambda x, s, e1, e3: x, None),
        (lambda x, s, e1, e3: layers.SeparableConv2D(e1 + e3, 3, padding="same")(x), None),
        (lambda x, s, e1, e3: module(x, s, e1, e3).shape, "That is a tuple"),
        (lambda x, s, e1, e3: np.zeros((7, 7, e1 + e3)), "That is an array"),
        (lambda x, squeeze, expand: module(x, squeeze, expand, expand), "TypeError"),
        (lambda x, s, e1, e3: print(module(x, s, e1, e3)), "without a return statement"),
        (variant(join=lambda both: ...), "Not attempted yet"),
    ],
    "class_map": [
        (lambda features, kernel, number: features @ kernel[number], "A class's weights are a column"),
        (lambda features, kernel, number: np.maximum(features @ kernel[:, number], 0), "No ReLU stands"),
        (lambda features, kernel, number: features @ kernel, "a map for every class"),
        (lambda features, kernel, number: features.sum(-1), "the sum of the maps knows no class"),
        (lambda features, kernel, number: features.mean((0, 1)) @ kernel[:, number], "the score itself"),
        (lambda features, kernel, number: (features @ kernel[:, number]).mean(), "the score itself"),
        (
            lambda features, kernel, number: (
                features @ kernel[:, number] / (features.shape[0] * features.shape[1])
            ),
            "Do not divide",
        ),
        (changes_the_maps, "changes its argument features"),
        (lambda features, kernel, number: features @ kernel[:, number - 1], None),
        (lambda features, kernel, number: features[..., number % features.shape[-1]], None),
        (lambda features, kernel, number: features.mean(-1), None),
        (lambda features, kernel, number: np.abs(features @ kernel[:, number]), None),
        (lambda features, kernel, number: features @ np.abs(kernel[:, number]), None),
        (lambda features, kernel, number: -(features @ kernel[:, number]), None),
        (lambda features, kernel, number: (features @ kernel[:, number]).T, None),
        (lambda features, kernel, number: (features @ kernel[:, number])[::-1], None),
        (lambda features, kernel, number: (features @ kernel[:, number]).ravel(), "Your shape is"),
        (lambda features, kernel, number: (features @ kernel).max(axis=-1), None),
        (lambda features, kernel, number: (features @ kernel).argmax(axis=-1), None),
        (lambda features, kernel, number: features * kernel[:, number], None),
        (
            lambda features, kernel, number: (
                features @ kernel[:, number] - (features @ kernel[:, number]).mean()
            ),
            None,
        ),
        (lambda features, kernel, number: features @ kernel[:, number] > 0, None),
        (lambda features, kernel, number: features @ kernel[:, [number]], "Your shape is"),
        (lambda features, kernel, number: kernel[:, number], None),
        (lambda features, kernel, number: print(features @ kernel[:, number]), "without a return statement"),
    ],
    "restore": [
        (lambda pixels: back(pixels[..., ::-1], turn=False), "add it before you turn"),
        (lambda pixels: back(pixels, turn=False), "turn the last axis around"),
        (lambda pixels: back(pixels, mean=0), "The mean is not added back"),
        (lambda pixels: back(pixels, rounded=np.array), "of whole numbers: round"),
        (lambda pixels: back(pixels, rounded=np.array).astype(np.uint8), "between the whole ones"),
        (lambda pixels: back(pixels, clip=None).astype(int).astype(np.uint8), "Clip first"),
        (changes_the_pixels, "changes its argument pixels"),
        (lambda pixels: back(pixels, clip=None), None),
        (lambda pixels: back(pixels, clip=([0, 0, -9], 255)), None),
        (lambda pixels: back(pixels, clip=(0, [255, 999, 255])), None),
        (lambda pixels: back(pixels, rounded=np.floor), "between the whole ones"),
        (lambda pixels: back(pixels, rounded=np.ceil), None),
        (lambda pixels: back(pixels, clip=(0, 254)), None),
        (lambda pixels: back(pixels, clip=(1, 255)), None),
        (lambda pixels: back(pixels) / 255, None),
        (lambda pixels: back(pixels, mean=-MEAN), None),
        (lambda pixels: back(pixels, mean=MEAN.mean()), None),
        (lambda pixels: back(pixels, mean=MEAN[::-1]), "add it before you turn"),
        (lambda pixels: back(pixels, mean=127), None),
        (lambda pixels: back(pixels * 128, mean=127), None),
        (lambda pixels: np.clip(np.round((pixels + MEAN)[::-1]), 0, 255), None),
        (lambda pixels: np.clip(np.round((pixels + MEAN)[:, ::-1]), 0, 255), None),
        (lambda pixels: back(pixels)[..., [1, 0, 2]], None),
        (lambda pixels: pixels, None),
        (lambda pixels: back(pixels)[None], "Your shape is"),
        (lambda pixels: back(pixels).mean(axis=-1), "Your shape is"),
        (lambda pixels: back(pixels).astype(str), "an array of strings"),
        (lambda pixels: print(back(pixels)), "without a return statement"),
    ],
}
