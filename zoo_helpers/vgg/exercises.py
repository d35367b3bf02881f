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
    minutes=7,
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


# --- 2: a stage as C has it -----------------------------------------------------------------------------

_IMAGES = np.random.default_rng(4).integers(-3, 4, (2, 8, 8, 2)).astype(np.float32)
# Weights of both signs, the same in each run; what comes out is never 0 alone, and never close to it.
_START, _OTHER_START = ({"class_name": "HeNormal", "config": {"seed": seed}} for seed in (8, 10))


@exercise(
    "Look at stage 3 of C in the table: which kernels stand there, in which order?",
    'Begin with x = images. Each of the three convolutions keeps the side (padding="same") and has a ReLU.',
    "for kernel in (3, 3, 1): x = layers.Conv2D(…)(x); after the loop np.array(layers.MaxPooling2D(2)(x))",
    cases=((_IMAGES[:, :6], 3, _START), (_IMAGES[:1], 1, _OTHER_START), (_IMAGES, 2, _START)),
    minutes=5,
)
def c_stage(images, channels, start):
    x = images
    for kernel in (3, 3, 1):
        convolution = layers.Conv2D(
            channels, kernel, padding="same", activation="relu", kernel_initializer=start
        )
        x = convolution(x)
    return np.array(layers.MaxPooling2D(2)(x))


def _stage(images, channels, start, kernels=(3, 3, 1), relus=(True, True, True), padding="same", pool=True):
    """The stage, with what the slips get wrong."""
    x = images
    for kernel, relu in zip(kernels, relus, strict=True):
        x = layers.Conv2D(channels, kernel, padding=padding, kernel_initializer=start)(x)
        x = layers.ReLU()(x) if relu else x
    return np.array(layers.MaxPooling2D(2)(x) if pool else x)


@c_stage.slip("All three are 3 × 3: that is D's stage. C's third convolution is 1 × 1.")
def stage_of_d(images, channels, start):
    return _stage(images, channels, start, kernels=(3, 3, 3))


@c_stage.slip("In the table the 1 × 1 convolution stands last, before the pooling.")
def with_the_small_one_first(images, channels, start):
    return _stage(images, channels, start, kernels=(1, 3, 3))


@c_stage.slip("In the table the 1 × 1 convolution stands last, after both 3 × 3.")
def with_the_small_one_between(images, channels, start):
    return _stage(images, channels, start, kernels=(3, 1, 3))


@c_stage.slip("Only one convolution is 3 × 3; C's stages 3 to 5 have two, and then the 1 × 1.")
def with_one_of_3x3(images, channels, start):
    return _stage(images, channels, start, kernels=(3, 1), relus=(True, True))


@c_stage.slip("That is B's stage: the 1 × 1 convolution is missing.")
def stage_of_b(images, channels, start):
    return _stage(images, channels, start, kernels=(3, 3), relus=(True, True))


@c_stage.slip('The 3 × 3 convolutions eat the border: give them padding="same".')
def stage_without_padding(images, channels, start):
    return _stage(images, channels, start, padding="valid")


@c_stage.slip('There is no ReLU: give each convolution activation="relu".')
def stage_without_relus(images, channels, start):
    return _stage(images, channels, start, relus=(False, False, False))


@c_stage.slip("The 1 × 1 convolution needs its ReLU, too: it is why C has it.")
def stage_without_the_last_relu(images, channels, start):
    return _stage(images, channels, start, relus=(True, True, False))


@c_stage.slip("Each convolution has a ReLU of its own, not the last alone.")
def stage_with_one_relu(images, channels, start):
    return _stage(images, channels, start, relus=(False, False, True))


@c_stage.slip("The max pooling at the end is missing.")
def stage_without_pooling(images, channels, start):
    return _stage(images, channels, start, pool=False)


# --- 3: what differs besides depth ----------------------------------------------------------------------

_ALL = {"layers", "weights", "field"}


@exercise(
    "The lesson has printed all three for each configuration: layers and weights in one cell, the receptive "
    "field of pool5 in another.",
    "B and C have the same receptive field, C and D the same number of layers. No two have the same weights.",
    'From B to C: {"layers", "weights"}. From C to D the layers stay, and the other two change.',
    minutes=4,
)
def what_differs():
    return [{"layers", "weights", "field"}, {"layers", "weights"}, {"weights", "field"}]


@what_differs.slip("From B to C: a 1 × 1 convolution has weights, too. Compare the two counts.")
def without_the_weights_of_1x1():
    return [_ALL, {"layers"}, {"weights", "field"}]


@what_differs.slip("From B to C: a 1 × 1 convolution sees one position; the receptive field stays.")
def with_a_field_of_1x1():
    return [_ALL, _ALL, {"weights", "field"}]


@what_differs.slip("From C to D: C has 16 layers with weights, and D has as many.")
def with_more_layers_in_d():
    return [_ALL, {"layers", "weights"}, _ALL]


@what_differs.slip("From C to D: a 3 × 3 kernel has nine times the weights of a 1 × 1.")
def with_as_many_weights_in_d():
    return [_ALL, {"layers", "weights"}, {"field"}]


@what_differs.slip("No step of the table changes the depth alone: look at the weights and the fields, too.")
def by_depth_alone():
    return [{"layers"}, {"layers"}, {"layers"}]


@what_differs.slip("From A to B: the weights grow only a little, but they do grow.")
def with_as_many_weights_in_b():
    return [{"layers", "field"}, {"layers", "weights"}, {"weights", "field"}]


# --- 4: fully connected into convolution, from PyTorch --------------------------------------------------


def _counted(units, channels, side):
    """Weights (units, channels * side * side) that tell where they stood."""
    return np.arange(0.5, units * channels * side**2, dtype=np.float32).reshape(units, -1)


@exercise(
    "A row holds one unit's weights: first all of the first channel's map, row by row, then the second's.",
    "Give the rows their four axes first: reshape to (units, channels, side, side). Then order the axes.",
    "weights.reshape(len(weights), -1, side, side).transpose(…): axes 2 and 3 are the map's rows, columns.",
    cases=((_counted(2, 3, 2), 2), (_counted(4, 2, 3), 3), (_counted(3, 3, 3), 3), (_counted(5, 4, 1), 1)),
    minutes=6,
)
def kernel_from_pytorch(weights, side):
    maps = weights.reshape(len(weights), -1, side, side)  # (units, channels, side, side)
    return maps.transpose(2, 3, 1, 0)


@kernel_from_pytorch.slip("The order of the axes: PyTorch flattens channel by channel, Keras pixel by pixel.")
def as_keras_flattens(weights, side):
    return weights.T.reshape(side, side, -1, len(weights))


@kernel_from_pytorch.slip("Rows and columns of the map are exchanged: each kernel would be a mirror image.")
def with_rows_for_columns(weights, side):
    return weights.reshape(len(weights), -1, side, side).transpose(3, 2, 1, 0)


@kernel_from_pytorch.slip("One reshape mixes the units: a row of the weights must stay one unit's.")
def by_one_reshape(weights, side):
    return weights.reshape(side, side, -1, len(weights))


@kernel_from_pytorch.slip("Those are PyTorch's axes still: Keras wants row, column, channel, unit.")
def in_pytorchs_order(weights, side):
    return weights.reshape(len(weights), -1, side, side)


@kernel_from_pytorch.slip("Channels and units are exchanged: in Keras' kernel the unit comes last.")
def with_units_before_channels(weights, side):
    return weights.reshape(len(weights), -1, side, side).transpose(2, 3, 0, 1)


# --- 5: the map of answers ------------------------------------------------------------------------------


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
    "What would three 3 × 3 convolutions be without the ReLUs between them?": {
        "One 7 × 7 convolution, of a restricted kind.": (
            "Right: linear steps make one linear step. Its 49 C² weights come from only 27 C² numbers: most "
            "7 × 7 convolutions are out of reach."
        ),
        "Three times as strong as one 3 × 3.": "Linear steps in a row make one linear step, a wider one.",
        "As non-linear as before: pooling is enough.": "Inside the block nothing would bend any more.",
    },
    "What does VGG need padding for?": {
        "Without it the 3 × 3 would see less.": "What an output sees does not depend on the padding.",
        "So that the side changes only in the poolings.": (
            "Right: each 3 × 3 would cost two pixels, and a stage could not have as many as it likes."
        ),
        "To train faster.": "The zeros at the border are multiplied like any other numbers.",
    },
    "After twelve epochs, network P has errors of 40 % in training and 56 % in the test, network Q of 45 % "
    "and 57 %. Which of them overfits more?": {
        "P: its gap is larger.": "P has learned more. Q may have the same gap when it comes to 40 %.",
        "Q: its test error is higher.": "So is its training error: that is no sign of overfitting.",
        "That cannot be told from these numbers.": (
            "Right: the gap grows as the training error falls. Compare them at the same training error."
        ),
    },
    "E (19 layers) has a top-1 error of 27.3 % where D (16 layers) has 27.0 %. What follows?": {
        "Networks deeper than 16 layers are worse.": "At another scale E is 0.1 ahead; the gaps are tiny.",
        "That here three more layers gained nothing.": (
            "Right: 0.3 points of 50,000 images, and no word on seeds; at the best scales the two are level."
        ),
        "E is overfitted.": "For that its training error would have to be known; the table does not give it.",
    },
    "One paper gives 8.1 % for VGG-16, another 9.3 %, Keras 9.9 %. Who is wrong?": {
        "Nobody: they cut the test images in different ways.": (
            "Right: over the whole image, ten crops, one crop. Name the test with the error."
        ),
        "Keras: its weights are worse.": "They are the weights of the paper's authors.",
        "The paper: nobody else reached its number.": "Nobody else of the three tested as the paper did.",
    },
    "A deeper network has the higher error on its own training images. What is the matter?": {
        "It overfits.": "A network that overfits has a low training error.",
        "It has too few weights.": "It has more than the other, and could copy it.",
        "Its training does not get there.": (
            "Right: what it could represent, it did not learn. Lessons 5 and 6 ask why."
        ),
    },
}
