"""Lesson 04's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.backend import layers
from zoo_helpers.core.exercise import exercise

# --- 1: the receptive field of a stack ------------------------------------------------------------------


@exercise(
    "Begin with a field of 1 pixel. If all strides are 1, by how much does a kernel of 3 widen it?",
    "Two neighbouring inputs of a layer lie some pixels apart: the product of all strides before it.",
    "Begin with field, step = 1, 1. For each layer field = field + (kernel - 1) * step, and only then "
    "step = step * stride.",
    cases=(
        ([3, 3, 3], [1, 1, 1]),
        ([3, 2, 3], [1, 2, 1]),
        ([11, 3, 5], [4, 2, 1]),
        ([3, 2, 3, 2, 3], [1, 2, 1, 2, 1]),
        ([7], [2]),
        ([], []),
    ),
    minutes=5,
)
def receptive_field(kernels, strides):
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field = field + (kernel - 1) * step
        step = step * stride
    return field


@receptive_field.slip("After a stride of 2, neighbouring outputs lie 2 pixels apart: count that.")
def without_strides(kernels, strides):
    return 1 + sum(kernel - 1 for kernel in kernels)


@receptive_field.slip("A layer's own stride counts only for the layers after it.")
def with_its_own_stride(kernels, strides):
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        step = step * stride
        field = field + (kernel - 1) * step
    return field


@receptive_field.slip("A kernel of 3 adds two pixels, not three: one it shares with the field.")
def of_whole_kernels(kernels, strides):
    return receptive_field([kernel + 1 for kernel in kernels], strides)


@receptive_field.slip("The step is the product of all strides before the layer, not the last one alone.")
def with_the_stride_before(kernels, strides):
    steps = [1, *strides]
    return 1 + sum((kernel - 1) * step for kernel, step in zip(kernels, steps, strict=False))


@receptive_field.slip("One output of no layer at all sees one pixel: begin with 1.")
def from_zero(kernels, strides):
    return receptive_field(kernels, strides) - 1


# --- 2: a block of VGG ----------------------------------------------------------------------------------

# The last image is dark in one corner: there a convolution gives negative sums, and a ReLU nothing.
_IMAGES = np.random.default_rng(4).integers(-3, 4, (2, 8, 8, 2)).astype(np.float32)
_IMAGES[-1, 2:, 4:] = -1


@exercise(
    "Begin with x = images, and let a loop put one convolution after another.",
    'Three words keep the side and bend the line: padding="same", activation="relu".',
    "After the loop: return np.array(layers.MaxPooling2D(2)(x)).",
    cases=((_IMAGES[:, :6], 2, 3), (_IMAGES[:, :6], 1, 4), (_IMAGES, 3, 2)),
    minutes=4,
)
def vgg_block(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(x))


@vgg_block.slip('The convolutions eat the border: give them padding="same".')
def without_padding(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, activation="relu", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(x))


@vgg_block.slip('There is no ReLU: give each convolution activation="relu".')
def without_relu(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(x))


@vgg_block.slip("The last convolution needs its ReLU as well, before the pooling.")
def without_the_last_relu(images, convolutions, channels):
    x = images
    for number in range(convolutions):
        activation = "relu" if number < convolutions - 1 else None
        x = layers.Conv2D(channels, 3, padding="same", activation=activation, kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(x))


@vgg_block.slip("Each convolution has a ReLU of its own, not the last alone.")
def with_one_relu(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(layers.ReLU()(x)))


@vgg_block.slip("The max pooling at the end is missing.")
def without_pooling(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")(x)
    return np.array(x)


@vgg_block.slip("There is one convolution; the block needs as many as `convolutions` says.")
def of_one_convolution(images, convolutions, channels):
    return vgg_block(images, 1, channels)


@vgg_block.slip("Pool once, after the last convolution.")
def that_always_pools(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = vgg_block(x, 1, channels)
    return x


# --- 3: the count of configuration C --------------------------------------------------------------------


@exercise(
    "How many weights does a 1 × 1 convolution have, from C channels to C channels?",
    "C times C weights, and C biases.",
    "133_047_848 + (256 * 256 + 256), and then the same with 512, twice.",
    minutes=3,
)
def count_c():
    return 133_047_848 + (256 * 256 + 256) + 2 * (512 * 512 + 512)


@count_c.slip("The biases are missing: one for each of a layer's output channels.")
def without_biases():
    return 133_047_848 + 256 * 256 + 2 * 512 * 512


@count_c.slip("That is D: there the three convolutions are 3 × 3, nine times the weights.")
def count_d():
    return 133_047_848 + (9 * 256 * 256 + 256) + 2 * (9 * 512 * 512 + 512)


@count_c.slip("Only one of the two with 512 channels is counted.")
def with_one_of_512():
    return 133_047_848 + (256 * 256 + 256) + (512 * 512 + 512)


@count_c.slip("That is what the three add; add it to B's.")
def what_they_add():
    return (256 * 256 + 256) + 2 * (512 * 512 + 512)


# --- 4: the map of answers ------------------------------------------------------------------------------


@exercise(
    "Five poolings halve the side five times. What side has the output of pool5?",
    "fc6 is a window of 7 × 7 on that map. In how many places does it fit along one side?",
    "A window of 3 fits on a map of 10 in 10 - 3 + 1 places. Here the map has side side // 32, the window 7.",
    cases=((224,), (384,), (310,), (255,), (256,), (300,), (1024,)),
    minutes=3,
)
def map_side(side):
    return side // 32 - 7 + 1


@map_side.slip("That is the side of pool5; fc6 then slides a window of 7 over it.")
def side_of_pool5(side):
    return side // 32


@map_side.slip("A window of 7 fits once on a map of 7, not never: add 1.")
def without_the_first(side):
    return side // 32 - 7


@map_side.slip("A pooling leaves out what does not fill a window: round down.")
def rounded(side):
    return round(side / 32) - 7 + 1


@map_side.slip("A pooling leaves out what does not fill a window: round down, not up.")
def rounded_up(side):
    return -(-side // 32) - 7 + 1


@map_side.slip("A side is a whole number of pixels: use //, which rounds down.")
def undivided(side):
    return side / 32 - 7 + 1


@map_side.slip("Answers lie 32 pixels apart, not one: five poolings halve the map.")
def one_for_every_pixel(side):
    return side - 224 + 1


QUIZ = {
    "Three 3 × 3 convolutions replace one 7 × 7, channels equal. What do they save?": {
        "Nothing: they see the same 7 × 7 pixels.": "They see the same, with 27 C² weights instead of 49 C².",
        "Almost half of the weights.": "Right: 27 C² is 45 % less than 49 C². Seen from 27, 49 is 81 % more.",
        "81 % of the weights.": "Seen from 27 C², 49 C² is 81 % more; seen from 49 C², 27 C² is 45 % less.",
    },
    "What would three 3 × 3 convolutions be without the ReLUs between them?": {
        "One 7 × 7 convolution, of a restricted kind.": (
            "Right: linear steps make one linear step, and 27 C² numbers cannot reach all that 49 C² can."
        ),
        "Three times as strong as one 3 × 3.": "Linear steps in a row make one linear step, a wider one.",
        "As non-linear as before: pooling is enough.": "Inside the block nothing would bend any more.",
    },
    "What does a 1 × 1 convolution see?": {
        "Nothing that it could learn from.": "It sees all channels of one position, and mixes them.",
        "The whole image.": "Its own kernel is one position wide; it adds nothing to the receptive field.",
        "One position, through all its channels.": "Right: it mixes channels, adds a ReLU, and no width.",
    },
    "E (19 layers) has a top-1 error of 27.3 % where D (16 layers) has 27.0 %. What follows?": {
        "Networks deeper than 16 layers are worse.": "At another scale E is 0.1 ahead; the gaps are tiny.",
        "That here three more layers gained nothing.": (
            "Right: 0.3 points of 50,000 images, one network each; at the best scales the two are level."
        ),
        "E is overfitted.": "For that its training error would have to be known; the table does not give it.",
    },
    "Where do VGG-16's weights sit?": {
        "In fc6: three quarters of all.": "Right: 102.8 of 138.4 million, for 25,088 inputs to 4,096 units.",
        "In the last stage's wide convolutions.": "All thirteen convolutions together hold a tenth of them.",
        "Evenly in its 16 layers.": "conv1_1 has 1,792 of them, fc6 over a hundred million.",
    },
    "Why can fc6 be written as a 7 × 7 convolution?": {
        "Because 7 × 7 is what three 3 × 3 see.": "That is another seven: here the map of pool5 has side 7.",
        "Because it has few weights.": "It has 102.8 million; as a convolution it has just as many.",
        "Because its window covers the whole map of pool5, once.": (
            "Right: each unit weighs all 7 × 7 × 512 numbers. On a larger map the window can also move."
        ),
    },
}
