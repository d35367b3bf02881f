"""Lesson 06's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.answers import kind, shown
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.exercise import WrongError, exercise
from zoo_helpers.resnet.probes import BLOCK_WEIGHTS, build_block, gives_back

# --- 1: the identity --------------------------------------------------------------------------------------


def _accept_identity(answer):
    many = isinstance(answer, set | frozenset | list | tuple | np.ndarray)
    names = set(answer) if many and all(isinstance(name, str) for name in answer) else set()
    if not names or not names <= set(BLOCK_WEIGHTS):
        raise WrongError(f"Give a set of names out of {', '.join(BLOCK_WEIGHTS)}; got {shown(answer)}.")
    said = [slip.message for slip in identity.slips if slip.answer() == names]
    if not gives_back(build_block(names)):
        raise WrongError(*said or ["With these at zero the block still changes what comes in."])
    if len(names) > len(identity()):
        raise WrongError("With these at zero it is the identity; with fewer, too. Which are enough?")


@exercise(
    "The sum is x + F(x). What must F(x) be?",
    "The last thing that F does is to normalize: γ · (…) + β.",
    'Only two: the last normalization\'s "gamma2", and one more.',
    accepts=_accept_identity,
    minutes=4,
)
def identity():
    return {"gamma2", "beta2"}


@identity.slip("The normalization after kernel2 still subtracts its mean and adds its β.")
def zero_last_kernel():
    return {"kernel2"}


@identity.slip("γ · (…) is gone, but β is still added.")
def zero_last_scale():
    return {"gamma2"}


@identity.slip("Without kernels the last normalization still gives a constant.")
def zero_kernels():
    return {"kernel1", "kernel2"}


@identity.slip("What the first layer gives is zero; the second's β is not.")
def zero_first_layer():
    return {"kernel1", "gamma1", "beta1"}


# --- 2: a block taken out ---------------------------------------------------------------------------------

_DRAW = np.random.default_rng(10)
_PIXELS = np.array([[1.0, 2.0]])
_THREE = np.array([[[1, -1], [0, 1]], [[0, 1], [-2, 0]], [[1, 0], [1, -1]]], float)
_FOUR = np.round(_DRAW.normal(size=(4, 3, 3)), 1)
_IMAGES = np.round(_DRAW.exponential(size=(2, 3)), 1)


@exercise(
    "Go through the blocks in order. What does a block give, and what is there without it?",
    "Without the block x goes on as it is: not even a ReLU is left of it.",
    "for number, w in enumerate(weights): if number != cut: x = np.maximum(x + x @ w, 0)",
    cases=((_PIXELS, _THREE, 1), (_IMAGES, _FOUR, 2), (_IMAGES, _FOUR, 0), (_IMAGES - 1, _FOUR[:1], 0)),
    minutes=4,
)
def without(x, weights, cut):
    for number, w in enumerate(weights):
        if number != cut:
            x = np.maximum(x + x @ w, 0)
    return x


@without.slip("That is the whole network: no block is missing.")
def without_nothing(x, weights, cut):
    return without(x, weights, len(weights))


@without.slip("You cut the shortcut, too: x has to go on where the block was.")
def without_the_shortcut(x, weights, cut):
    return without(
        0 * x if cut == 0 else without(x, weights[:cut], cut) * 0, weights[cut + 1 :], len(weights)
    )


@without.slip("You took out all blocks from this one on; the later ones stay.")
def without_the_rest(x, weights, cut):
    return without(x, weights[:cut], len(weights))


@without.slip("You cut only the shortcut: the main path F has to go, x stays.")
def without_only_the_shortcut(x, weights, cut):
    for number, w in enumerate(weights):
        x = np.maximum(x @ w + (number != cut) * x, 0)
    return x


@without.slip("Blocks are numbered from 0 here.")
def without_the_one_before(x, weights, cut):
    return without(x, weights, cut - 1 if cut else len(weights))


@without.slip("A ReLU follows each addition.")
def without_relu(x, weights, cut):
    for number, w in enumerate(weights):
        if number != cut:
            x = x + x @ w
    return x


# --- 3: what a block costs --------------------------------------------------------------------------------


@exercise(
    "The first convolution turns inputs channels into width channels, the second width into width.",
    "A projection has inputs · width weights and 2 · width numbers of its normalization.",
    "C projects always, A never, B where inputs != width.",
    cases=((64, 128, "B"), (64, 128, "A"), (64, 64, "B"), (64, 64, "C"), (16, 32, "C")),
    minutes=6,
)
def block_parameters(inputs, width, shortcut):
    main = 9 * inputs * width + 9 * width * width + 2 * 2 * width
    projected = shortcut == "C" or (shortcut == "B" and inputs != width)
    return main + (inputs * width + 2 * width if projected else 0)


@block_parameters.slip("A projection has weights: inputs · width, and its normalization's.")
def parameters_never_projected(inputs, width, shortcut):
    return block_parameters(inputs, width, "A")


@block_parameters.slip("B projects only where the number of channels changes.")
def parameters_always_projected(inputs, width, shortcut):
    return block_parameters(inputs, width, "A" if shortcut == "A" else "C")


@block_parameters.slip("A projection is normalized, too: 2 · width numbers more.")
def parameters_of_a_bare_projection(inputs, width, shortcut):
    projections = _convolutions(inputs, width, shortcut) - 2
    return block_parameters(inputs, width, shortcut) - 2 * width * projections


@block_parameters.slip("A projection is a convolution of 1 × 1, not 3 × 3: inputs · width weights.")
def parameters_of_a_wide_projection(inputs, width, shortcut):
    projections = _convolutions(inputs, width, shortcut) - 2
    return block_parameters(inputs, width, shortcut) + 8 * inputs * width * projections


@block_parameters.slip("Moving means and variances are not trained: two numbers a channel, not four.")
def parameters_with_moving_statistics(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) + 2 * width * _convolutions(inputs, width, shortcut)


@block_parameters.slip("Each normalization trains two numbers a channel, γ and β.")
def parameters_without_normalization(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) - 2 * width * _convolutions(inputs, width, shortcut)


@block_parameters.slip("The first convolution reads inputs channels, not width.")
def parameters_of_equal_convolutions(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) + 9 * width * (width - inputs)


@block_parameters.slip("These convolutions have no biases: the normalization has one.")
def parameters_with_biases(inputs, width, shortcut):
    return block_parameters(inputs, width, shortcut) + width * _convolutions(inputs, width, shortcut)


def _convolutions(inputs, width, shortcut):
    return 3 if shortcut == "C" or (shortcut == "B" and inputs != width) else 2


# --- 4: a block of one's own ------------------------------------------------------------------------------

SIDE, CHANNELS = 6, 8
_NOTHING = "There is nothing in it to train: what should it learn?"
_LOST = "With all its weights at zero it gives 0, and x is lost: nothing leads around the weights."
_STOPPED = "You add x, but weights come after the addition: at zero they stop x as well."
_CHANGED = "With all its weights at zero it does not give back x: add x once, and as it is."


def _accept_own(answer):
    model = _as_model(own_block.run(answer, x := keras.Input((SIDE, SIDE, CHANNELS)), CHANNELS), x)
    maps = np.random.default_rng(0).exponential(size=(4, SIDE, SIDE, CHANNELS)).astype("float32")
    if not model.trainable_weights:
        raise WrongError(_NOTHING)
    if np.allclose(_with_weights(model, 1)(maps), maps):
        raise WrongError("Whatever its weights are, it gives back x.")
    given = np.asarray(_with_weights(model, 0)(maps))
    if not given.any():
        added = any(isinstance(layer, keras.layers.Add) for layer in model.layers)
        raise WrongError(_STOPPED if added else _LOST)
    if not np.allclose(given, maps, atol=1e-5):
        raise WrongError(_CHANGED)


def _as_model(out, x):
    if out is None:
        raise WrongError("A function without a return statement returns None: is yours missing?")
    if not isinstance(out, keras.KerasTensor):
        raise WrongError(f"That is {kind(out)}; a block returns what a layer gives.")
    if out.shape != x.shape:
        before, after = (" × ".join(map(str, maps.shape[1:])) for maps in (x, out))
        raise WrongError(f"It makes {after} of {before}; the next block wants the same shape.")
    try:
        return keras.Model(x, out)
    except ValueError:
        raise WrongError("What it returns is not made from x.") from None


def _with_weights(model, size):
    """The model with its trainable weights drawn anew, of this size."""
    generator = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(size * generator.normal(0, 0.3, weight.shape))
    return model


@exercise(
    "Any layers may stand in F, as long as they keep side and channels. What comes around them?",
    "Begin with y = x, let y go through your layers, and add x at the end.",
    "layers.ReLU()(layers.add([x, y])), where y went through the layers of your idea",
    accepts=_accept_own,
    minutes=5,
)
def own_block(x, channels):
    y = layers.DepthwiseConv2D(5, padding="same", use_bias=False)(x)  # a wide look at each channel alone
    y = layers.BatchNormalization()(y)
    y = layers.Conv2D(channels, 1)(y)
    return layers.ReLU()(layers.add([x, y]))


@own_block.slip(_LOST)
def own_but_plain(x, channels):
    y = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(channels, 3, padding="same", activation="relu")(y)


@own_block.slip(_STOPPED)
def own_normalized_at_the_end(x, channels):
    y = layers.Conv2D(channels, 3, padding="same")(x)
    return layers.BatchNormalization()(layers.add([x, y]))


@own_block.slip(_CHANGED)
def own_with_a_bent_shortcut(x, channels):
    y = layers.Conv2D(channels, 3, padding="same")(x)
    return layers.add([layers.Activation("tanh")(x), y])


@own_block.slip(_NOTHING)
def own_without_weights(x, channels):
    return layers.add([x, layers.Dropout(0.5)(x)])


QUIZ = {
    "plain-44-small ends with a higher training loss than plain-20-small. Why is that not overfitting?": {
        "Its test error is higher too.": "So would it be with overfitting; look at the training loss.",
        "It is worse on its own training images.": (
            "Right: an overfitted network is good on these and bad on others."
        ),
        "It has too few weights.": "It has more than twice as many as plain-20-small.",
    },
    "Which sentence about the gradients of plain-56 do our measurements support?": {
        "They vanish.": "At no moment that we looked at: not at the start, and not at the end.",
        "They grow toward the input, from the first step to the last.": (
            "At the start they do. In the trained network they are nearly equal from layer to layer."
        ),
        "At the start they grow toward the input; at the end of training they are flat.": (
            "Right: whoever says *healthy* or *they grow* should say when."
        ),
    },
    "Before training, plain-44-small's gradient promises a large fall of the loss. Why does the step fail?": {
        "The gradient is wrong.": "It is right, for steps much shorter than those that training takes.",
        "The network is so sensitive that the promise holds for tiny steps only.": (
            "Right: what makes gradients large makes small changes large, too."
        ),
        "The learning rate is too small.": "One a hundredth as large did no worse: too long, if anything.",
    },
    "Why does a residual network with normalization not explode at the start?": {
        "What is added cannot grow.": "It does grow: 27 factors of √2 would be more than ten thousand.",
        "The sum grows, and each branch is as large as the one before, so it adds less and less.": (
            "Right: the growth is a power of the depth, and not an exponential."
        ),
        "The shortcut holds the gradient at exactly 1.": (
            "A ReLU follows each addition, and in two places the size of the maps changes."
        ),
    },
    "One of the 27 trained blocks of resnet-56-cifar is taken out. Why do most leave hardly a trace?": {
        "The other 26 have learned to replace it.": "Nothing was trained after the cut.",
        "Its input goes on without it; and many blocks, not all, change little in it.": (
            "Right: how much a block changes is a part of what it is worth, and not all of it."
        ),
        "Most blocks have weights of zero.": "They compute something, some of them much.",
    },
}
