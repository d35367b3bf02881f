"""Lesson 04's exercises and quiz."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo_helpers.core.exercise import Exercise, Slip
from zoo_helpers.core.training import quiet_tensorflow


class _Layers:
    """`keras.layers`, imported at first use: this file is read long before a network is built."""

    def __getattr__(self, name: str) -> Any:
        quiet_tensorflow()
        import keras

        return getattr(keras.layers, name)


layers = _Layers()

# --- 1: the receptive field of a stack ------------------------------------------------------------------


def _receptive_field(kernels, strides):
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field = field + (kernel - 1) * step
        step = step * stride
    return field


def _field_without_strides(kernels, strides):
    return 1 + sum(kernel - 1 for kernel in kernels)


def _field_with_its_own_stride(kernels, strides):
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        step = step * stride
        field = field + (kernel - 1) * step
    return field


def _field_of_whole_kernels(kernels, strides):
    field, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field = field + kernel * step
        step = step * stride
    return field


def _field_from_zero(kernels, strides):
    return _receptive_field(kernels, strides) - 1


receptive_field = Exercise(
    id="receptive_field",
    prompt=(
        "Write the receptive field of a stack of layers: the side, in pixels of the image, of the square "
        "that one output sees. Each layer has a kernel and a stride; a pooling is a layer too."
    ),
    stub="""\
def receptive_field(kernels, strides):
    # kernels, strides: two lists of one length, the layer next to the image first.
    # Return a whole number; a stack without layers sees one pixel.
    return ...""",
    hints=(
        "Begin with a field of 1 pixel. If all strides are 1, by how much does a kernel of 3 widen it?",
        "Two neighbouring inputs of a layer lie some pixels apart: the product of all strides before it.",
        "field = field + (kernel - 1) * step, and only then step = step * stride.",
    ),
    solved=_receptive_field,
    cases=(
        ([3, 3, 3], [1, 1, 1]),
        ([3, 2, 3], [1, 2, 1]),
        ([11, 3, 5], [4, 2, 1]),
        ([7], [2]),
        ([], []),
    ),
    slips=(
        Slip(
            _field_without_strides,
            "After a stride of 2, neighbouring outputs lie 2 pixels apart: count that.",
        ),
        Slip(_field_with_its_own_stride, "A layer's own stride counts only for the layers after it."),
        Slip(
            _field_of_whole_kernels, "A kernel of 3 adds two pixels, not three: one it shares with the field."
        ),
        Slip(_field_from_zero, "One output of no layer at all sees one pixel: begin with 1."),
    ),
)

# --- 2: a block of VGG ----------------------------------------------------------------------------------

_IMAGES = np.random.default_rng(4).integers(-3, 4, (1, 6, 6, 2)).astype(np.float32)


def _vgg_block(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(x))


def _block_without_padding(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, activation="relu", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(x))


def _block_without_relu(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", kernel_initializer="ones")(x)
    return np.array(layers.MaxPooling2D(2)(x))


def _block_without_pooling(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")(x)
    return np.array(x)


def _block_of_one(images, convolutions, channels):
    return _vgg_block(images, 1, channels)


def _block_that_always_pools(images, convolutions, channels):
    x = images
    for _ in range(convolutions):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="ones")(x)
        x = layers.MaxPooling2D(2)(x)
    return np.array(x)


vgg_block = Exercise(
    id="vgg_block",
    prompt=(
        "Write one stage of VGG: some 3 × 3 convolutions, each followed by a ReLU and none of which changes "
        "the side, then a 2 × 2 max pooling. Start all weights at 1, with "
        '`kernel_initializer="ones"`, so that the checker can compare numbers.'
    ),
    stub="""\
def vgg_block(images, convolutions, channels):
    # images: array (N, H, W, C). Use layers.Conv2D(…)(x) and layers.MaxPooling2D(…)(x).
    # Return an array (N, H / 2, W / 2, channels): np.array(x) makes one of x.
    return ...""",
    hints=(
        "Begin with x = images, and let a loop put one convolution after another.",
        'Three words keep the side and bend the line: padding="same", activation="relu".',
        "After the loop: return np.array(layers.MaxPooling2D(2)(x)).",
    ),
    solved=_vgg_block,
    cases=((_IMAGES, 2, 3), (_IMAGES, 1, 4), (_IMAGES[:, :4, :4], 3, 2)),
    slips=(
        Slip(_block_without_padding, 'The convolutions eat the border: give them padding="same".'),
        Slip(_block_without_relu, 'There is no ReLU: give each convolution activation="relu".'),
        Slip(_block_without_pooling, "The max pooling at the end is missing."),
        Slip(_block_of_one, "There is one convolution; the block needs as many as `convolutions` says."),
        Slip(_block_that_always_pools, "Pool once, after the last convolution."),
    ),
)

# --- 3: the count of configuration C --------------------------------------------------------------------


def _count_c():
    return 133_047_848 + (256 * 256 + 256) + 2 * (512 * 512 + 512)


count_c = Exercise(
    id="count_c",
    prompt=(
        "Configuration B has 133,047,848 weights and biases. C is B with three more convolutions of 1 × 1: "
        "one with 256 channels in and out, two with 512. How many weights and biases has C?"
    ),
    stub="count_c = ...",
    hints=(
        "How many weights does a 1 × 1 convolution have, from C channels to C channels?",
        "C times C weights, and C biases.",
        "133_047_848 + (256 * 256 + 256) + ...: the two with 512 channels are yours.",
    ),
    solved=_count_c,
    slips=(
        Slip(133_637_672, "The biases are missing: one for each of a layer's output channels."),
        Slip(138_357_544, "That is D: there the three convolutions are 3 × 3, nine times the weights."),
        Slip(133_376_296, "Only one of the two with 512 channels is counted."),
        Slip(591_104, "That is what the three add; add it to B's."),
    ),
)

# --- 4: the map of answers ------------------------------------------------------------------------------


def _map_side(side):
    return side // 32 - 7 + 1


def _map_of_pool5(side):
    return side // 32


def _map_without_the_first(side):
    return side // 32 - 7


def _map_of_every_pixel(side):
    return side - 224 + 1


map_side = Exercise(
    id="map_side",
    prompt=(
        "VGG with its fully connected layers as convolutions gives a map of answers. Write the side of that "
        "map for an image of side × side pixels, 224 or more."
    ),
    stub="""\
def map_side(side):
    # side: a whole number of pixels. Return a whole number; 224 gives 1.
    return ...""",
    hints=(
        "Five poolings halve the side five times. What side has the output of pool5?",
        "fc6 is a window of 7 × 7 on that map. In how many places does it fit along one side?",
        "side // 32 - ... + 1",
    ),
    solved=_map_side,
    cases=((224,), (384,), (256,), (300,)),
    slips=(
        Slip(_map_of_pool5, "That is the side of pool5; fc6 then slides a window of 7 over it."),
        Slip(_map_without_the_first, "A window of 7 fits once on a map of 7, not never: add 1."),
        Slip(_map_of_every_pixel, "Answers lie 32 pixels apart, not one: five poolings halve the map."),
    ),
)

EXERCISES = (receptive_field, vgg_block, count_c, map_side)

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
