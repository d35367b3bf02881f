"""Right and wrong answers to lesson 08's exercises; `tests/test_answers.py` runs them."""

import math

import numpy as np

from zoo_helpers.core.backend import keras, layers

# --- Right: the same in other styles ----------------------------------------------------------------------


def frugal_depthwise(x, channels):
    y = layers.DepthwiseConv2D(3, padding="same")(x)
    return layers.Conv2D(channels, 1, activation="relu")(y)


def frugal_separable_twice(x, channels):
    for _ in range(2):
        x = layers.SeparableConv2D(channels, 3, padding="same", activation="relu")(x)
    return x


def frugal_bottleneck_normalized(x, channels):
    y = x
    for width, kernel in ((channels // 4, 1), (channels // 4, 3), (channels, 1)):
        y = layers.Conv2D(width, kernel, padding="same", use_bias=False)(y)
        y = layers.BatchNormalization(momentum=0.9)(y)
        y = layers.ReLU()(y)
    return x + y


def frugal_inverted(x, channels):
    y = layers.DepthwiseConv2D(7, padding="same")(x)
    return layers.add([x, layers.Conv2D(channels, 1)(layers.Activation("gelu")(y))])


def frugal_pool(x, channels):
    y = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    return layers.Conv2D(channels, 1, activation="relu")(y)


def frugal_narrow(x, channels):
    y = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    return layers.ReLU()(layers.Conv2D(channels, 1)(y) + x)


def frugal_as_a_model(x, channels):
    parts = [layers.Conv2D(8, 1), layers.Conv2D(8, 3, padding="same"), layers.Conv2D(channels, 1)]
    return keras.Sequential(parts)(x)


def frugal_in_two_strips(x, channels):
    y = layers.Conv2D(8, (3, 1), padding="same", activation="relu")(x)
    y = layers.Conv2D(8, (1, 3), padding="same", activation="relu")(y)
    return layers.add([x, layers.Conv2D(channels, 1)(y)])


def frugal_in_part(x, channels):
    part = layers.Conv2D(8, 3, padding="same", activation="relu")(x[..., -8:])
    return layers.Conv2D(channels, 1)(layers.concatenate([x[..., :-8], part]))


def quiet_zero_kernel(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
    return layers.add([x, layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(y)])


def quiet_zero_kernel_alone(x, channels):
    return x + layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(x)


def quiet_scale_by_depthwise(x, channels):
    y = layers.Conv2D(channels, 3, padding="same")(x)
    y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(y))
    return x + layers.DepthwiseConv2D(1, depthwise_initializer="zeros")(y)


def quiet_without_the_other_bias(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", use_bias=False, activation="gelu")(x)
    y = layers.Conv2D(channels, 1, kernel_initializer="zeros", use_bias=False)(y)
    return layers.Add()([y, x])


def quiet_normalize_first(x, channels):
    y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    y = layers.Conv2D(channels, 3, padding="same")(y)
    y = layers.BatchNormalization(gamma_initializer="zeros")(y)
    return layers.add([y, x])


def quiet_minus(x, channels):
    y = layers.Conv2D(channels, 3, padding="same")(x)
    return x - layers.BatchNormalization(gamma_initializer="zeros")(y)


def quiet_twice(x, channels):
    return quiet_zero_kernel(quiet_zero_kernel(x, channels), channels)


def quiet_after_layer_normalization(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", activation="gelu")(layers.LayerNormalization()(x))
    return x + layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(y)


class Scale(layers.Layer):
    """One number to learn, 0 at first."""

    def build(self, shape):
        self.alpha = self.add_weight(shape=(), initializer="zeros")

    def call(self, inputs):
        return self.alpha * inputs


def quiet_by_one_number(x, channels):
    return x + Scale()(layers.Conv2D(channels, 3, padding="same")(x))


def quiet_by_a_difference(x, channels):
    one, other = (
        layers.Conv2D(
            channels, 3, padding="same", activation="relu", kernel_initializer=keras.initializers.HeNormal(3)
        )(x)
        for _ in range(2)
    )
    return x + one - other


def quiet_in_part(x, channels):
    half = channels // 2
    part = layers.Conv2D(half, 3, padding="same", kernel_initializer="zeros")(x[..., half:])
    return layers.concatenate([x[..., :half], x[..., half:] + part])


def seeds_in_a_loop(spread, difference):
    seeds = 1
    while 2 * spread * math.sqrt(2 / seeds) > difference:
        seeds += 1
    return seeds


RIGHT = {
    "frugal_block": [
        frugal_depthwise,
        frugal_separable_twice,
        frugal_bottleneck_normalized,
        frugal_inverted,
        frugal_pool,
        frugal_narrow,
        frugal_as_a_model,
        frugal_in_two_strips,
        frugal_in_part,
        lambda x, channels: layers.SeparableConv2D(channels, 3, padding="same")(x),
    ],
    "quiet_block": [
        quiet_zero_kernel,
        quiet_zero_kernel_alone,
        quiet_scale_by_depthwise,
        quiet_without_the_other_bias,
        quiet_normalize_first,
        quiet_minus,
        quiet_twice,
        quiet_after_layer_normalization,
        quiet_by_one_number,
        quiet_by_a_difference,
        quiet_in_part,
    ],
    "seeds_needed": [
        seeds_in_a_loop,
        lambda spread, difference: math.ceil(2 / (difference / (2 * spread)) ** 2),
        lambda spread, difference: int(np.ceil(8 * spread**2 / difference**2)),
        lambda spread, difference: np.ceil(8 * (spread / difference) ** 2),
        lambda spread, difference: -int(-8 * spread**2 // difference**2),
        lambda spread, difference: math.ceil((2 * math.sqrt(2) * spread / difference) ** 2),
        lambda spread, difference: math.ceil((2 * (2 * spread**2) ** 0.5 / difference) ** 2),
    ],
    "luck": [
        lambda ideas: 1 - (1 - 0.05) ** ideas,
        lambda ideas: 1 - (19 / 20) ** ideas,
        lambda ideas: 1 - np.prod(np.full(ideas, 0.95)),
        lambda ideas: -np.expm1(ideas * np.log(0.95)),
        lambda ideas: sum(0.05 * 0.95**first for first in range(ideas)),
        lambda ideas: round(1 - 0.95**ideas, 4),
    ],
}


# --- Wrong ------------------------------------------------------------------------------------------------


def plain_normalized(x, channels):
    for _ in range(2):
        x = layers.Conv2D(channels, 3, padding="same")(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return x


def two_blind_layers(x, channels):
    y = layers.Conv2D(channels // 4, 1, activation="relu")(x)
    return layers.Conv2D(channels, 1, activation="relu")(y)


def two_of(kernel, **options):
    """The plain block's layers, with other kernels."""

    def block(x, channels):
        for _ in range(2):
            x = layers.Conv2D(channels, kernel, padding="same", activation="relu", **options)(x)
        return x

    return block


def grouped_by_hand(x, channels):
    half = channels // 2
    one = layers.DepthwiseConv2D(3, padding="same")(x[..., :half])
    return layers.concatenate([one, layers.DepthwiseConv2D(3, padding="same")(x[..., half:])])


def strided(x, channels):
    return layers.Conv2D(channels, 3, strides=2, padding="same")(x)


def no_padding(x, channels):
    return layers.add([x, layers.Conv2D(channels, 3)(x)])


def forgets_to_return(x, channels):
    layers.ReLU()(x)


def quiet_half_way(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(x)
    return 0.5 * layers.add([x, y])


def quiet_for_ever(x, channels):
    return x + 0 * layers.Conv2D(channels, 3, padding="same")(x)


def quiet_scale_alone(x, channels):
    return layers.DepthwiseConv2D(1, depthwise_initializer="ones")(x)


def quiet_frozen(x, channels):
    return x + layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros", trainable=False)(x)


def quiet_zero_first(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros", activation="relu")(x)
    return x + layers.Conv2D(channels, 1, kernel_initializer="zeros")(y)


def quiet_dropout(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(x)
    return layers.Dropout(0.2)(x) + y


def quiet_normalized(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(x)
    return layers.BatchNormalization()(x + y)


def quiet_but_for(share):
    """So little of F that it may pass for rounding."""
    return lambda x, channels: x + share * layers.Conv2D(channels, 3, padding="same")(x)


def quiet_one_by_one(x, channels):
    return x + layers.Conv2D(channels, 1, kernel_initializer="zeros")(x)


WRONG = {
    "frugal_block": [
        (plain_normalized, "at most 3,000 are allowed"),
        (lambda x, channels: layers.Conv2D(channels, 3, padding="same")(x), "It has 9,248"),
        (two_blind_layers, "A 1 × 1 convolution looks at one pixel at a time"),
        (two_of(3), "That is the plain block"),
        (two_of(1), None),
        (two_of(3, groups=32), None),
        (lambda x, channels: layers.Conv2D(channels, 3, padding="same")(x[..., :8]), "Not every channel"),
        (grouped_by_hand, "Not every channel hears of every other"),
        (lambda x, channels: layers.DepthwiseConv2D(3, padding="same")(x), "Not every channel hears"),
        (lambda x, channels: layers.ReLU()(x), "No pixel hears of all four neighbours"),
        (lambda x, channels: x, "No pixel hears of all four neighbours"),
        (lambda x, channels: layers.Conv2D(channels, 1)(x), "No pixel hears of all four neighbours"),
        (lambda x, channels: layers.Conv2D(8, 3, padding="same")(x), "the same shape"),
        (strided, 'write padding="same", and no strides'),
        (no_padding, "ValueError"),
        (forgets_to_return, "return statement"),
        (lambda x, channels: layers.Flatten()(x), "leave Flatten and Dense to its end"),
        (lambda x, channels: [x], "That is a list"),
        (lambda x: x, "TypeError"),
        (lambda x, channels: layers.Conv2d(channels, 3)(x), "AttributeError"),
        (lambda x, channels: np.maximum(x, 0), "ValueError"),
        (lambda x, channels: keras.ops.zeros((4, 4, channels)), "a block returns what a layer gives"),
        (lambda x, channels: keras.Input((4, 4, channels)), "ignores its input"),
        (lambda x, channels: layers.AveragePooling2D(3, strides=1, padding="same")(x), "Not every channel"),
        (3000, "The answer is a function"),
    ],
    "quiet_block": [
        (quiet_half_way, "does not give back x"),
        (quiet_for_ever, "no pixel hears of all four neighbours"),
        (quiet_scale_alone, "no pixel hears of all four neighbours"),
        (quiet_frozen, "nothing in it to train"),
        (quiet_zero_first, "no pixel hears of all four neighbours"),
        (quiet_dropout, "does not give back x"),
        (quiet_normalized, "does not give back x"),
        (quiet_one_by_one, "no pixel hears of all four neighbours"),
        (quiet_but_for(1e-6), "does not give back x"),
        (quiet_but_for(1e-7), "no pixel hears of all four neighbours"),
        (lambda x, channels: x, "nothing in it to train"),
        (lambda x, channels: layers.ReLU()(x), "nothing in it to train"),
        (lambda x, channels: 2 * x - x, "nothing in it to train"),
        (lambda x, channels: layers.Conv2D(channels, 3, padding="same")(x), "does not give back x"),
        (lambda x, channels: layers.concatenate([x, x]), "the same shape"),
        (lambda x, channels: layers.BatchNormalization()(x), "does not give back x"),
        (plain_normalized, "does not give back x"),
        (forgets_to_return, "return statement"),
        (no_padding, "ValueError"),
        (lambda x, channels: "x", "That is a string"),
        (lambda x: x, "TypeError"),
        (quiet_zero_kernel_alone(keras.Input((4, 4, 32)), 32), "The answer is a function"),
    ],
    "seeds_needed": [
        (lambda spread, difference: math.ceil(4 * (spread / difference) ** 2), "Both blocks scatter"),
        (lambda spread, difference: math.ceil(2 * (spread / difference) ** 2), "twice its standard error"),
        (lambda spread, difference: int(8 * (spread / difference) ** 2) or 1, "round up"),
        (lambda spread, difference: math.ceil(8 * spread / difference), "falls with the root"),
        (lambda spread, difference: 3, None),
        (lambda spread, difference: 8 * (spread / difference) ** 2, None),
        (lambda spread, difference: math.ceil(16 * (spread / difference) ** 2), None),
        (lambda spread, difference: math.ceil((spread / difference) ** 2), None),
        (lambda spread, difference: math.ceil(8 * (difference / spread) ** 2), None),
        (lambda spread, difference: math.ceil(2 * spread / difference), None),
        (lambda spread, difference: math.ceil(8 * (spread / difference) ** 2) + 1, None),
        (lambda spread, difference: round(8 * (spread / difference) ** 2), None),
        (lambda spread, difference: print(math.ceil(8 * (spread / difference) ** 2)), "return statement"),
        (lambda spread, difference: str(math.ceil(8 * (spread / difference) ** 2)), "That is a string"),
    ],
    "luck": [
        (lambda ideas: 0.05 * ideas, "do not add up"),
        (lambda ideas: 0.95**ideas, "none of them"),
        (lambda ideas: 0.05**ideas, "all of them"),
        (lambda ideas: 100 * (1 - 0.95**ideas), "in per cent"),
        (lambda ideas: min(0.05 * ideas, 1), None),
        (lambda ideas: 1 - 0.05**ideas, None),
        (lambda ideas: 0.05, None),
        (lambda ideas: ideas * 0.05 * 0.95 ** (ideas - 1), None),
        (lambda ideas: 1 - 0.95 * ideas, None),
        (lambda ideas: round(1 - 0.95**ideas, 1), None),
        (lambda ideas: 1 - 0.975**ideas, None),
        (lambda ideas: print(1 - 0.95**ideas), "return statement"),
        (lambda ideas: f"{1 - 0.95**ideas:.0%}", "That is a string"),
    ],
}
