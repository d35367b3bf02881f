"""Lesson 07's exercises and quiz."""

from __future__ import annotations

from functools import cache

import numpy as np

from zoo_helpers.core import imagenet
from zoo_helpers.core.answers import kind
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.exercise import WrongError, exercise
from zoo_helpers.pretrained import zoo
from zoo_helpers.pretrained.model import SQUEEZENET

# --- 1: the fire module, with the real weights ------------------------------------------------------------

_SMALL = (3, 4, 4)  # a module for trying: squeeze, expand1x1 and expand3x3, on six channels


def _accept_fire(answer):
    """Give the learner's modules the real weights, and follow photographs through both networks."""
    tried, differs = _tried(answer), ""
    mine = theirs = _pixels()
    for cell in SQUEEZENET["1.1"]:
        name, *numbers = cell.split()
        if not name.startswith("fire"):
            mine, theirs = (_network().get_layer(name)(maps) for maps in (mine, theirs))
            continue
        module = _module(answer, mine.shape[1:], [int(number) for number in numbers])
        if problem := _carry(name, module):
            raise WrongError(problem + _slips_like(tried))
        mine, theirs = module(mine), _real(name, theirs)
        if mine.shape != theirs.shape:
            shapes = f"its shape is {tuple(mine.shape[1:])}, not {tuple(theirs.shape[1:])}"
            raise WrongError(f"The first layer that differs is {name}: {shapes}.{_slips_like(tried)}")
        if not np.allclose(mine, theirs, rtol=1e-3, atol=1e-3):
            differs = differs or name
    if differs:
        seen, real = _guesses(mine), _guesses(theirs)
        sees = f"sees {seen}; the real one sees {real}" if seen != real else f"still sees {real}"
        where = f"The first layer whose numbers differ is {differs}."
        raise WrongError(f"With the real weights your network {sees}. {where}{_slips_like(tried)}")


def _slips_like(tried):
    """What to say of the slips that give the same."""
    return "".join(f" {slip.message}" for slip in fire.slips if _same(_tried_slip(slip.answer), tried))


def _module(function, shape, numbers):
    """The function's module as a model, if it gives a tensor that is made from its input."""
    x = keras.Input(shape)
    out = fire.run(function, x, *numbers)
    if out is None:
        raise WrongError("A function without a return statement returns None: is yours missing?")
    if not isinstance(out, keras.KerasTensor):
        raise WrongError(f"That is {kind(out)}; the answer is what a layer gives for x.")
    try:
        return keras.Model(x, out)
    except ValueError:
        raise WrongError("What your function returns is not made from x.") from None


def _tried(function):
    """What a small module gives, all its weights drawn by their shapes; and these shapes."""
    module = _module(function, (7, 7, 6), _SMALL)
    shapes = [tuple(weight.shape) for weight in module.weights]
    drawn = [np.random.default_rng(shape).uniform(-1, 1, shape) for shape in shapes]
    module.set_weights([np.abs(weight) if weight.ndim == 1 else weight for weight in drawn])
    maps = np.random.default_rng(0).uniform(-1, 1, (1, 7, 7, 6)).astype("float32")
    return sorted(shapes), np.asarray(module(maps))


@cache
def _tried_slip(function):
    return _tried(function)


def _same(one, other):
    return one[0] == other[0] and one[1].shape == other[1].shape and np.allclose(one[1], other[1], atol=1e-4)


def _carry(name, module):
    """Give the module the real weights, by their shapes; what does not fit, in words, or nothing."""
    parts = [_network().get_layer(f"{name}_{part}") for part in ("squeeze1x1", "expand1x1", "expand3x3")]
    wanted = [tuple(weight.shape) for part in parts for weight in part.weights]
    came = [tuple(weight.shape) for weight in module.weights]
    if sorted(wanted) != sorted(came):
        missing = next((shape for shape in wanted if wanted.count(shape) > came.count(shape)), None)
        extra = next((shape for shape in came if came.count(shape) > wanted.count(shape)), None)
        needs = "" if missing is None else f"{name} needs more weights of shape {missing}."
        has = "" if extra is None else f"Yours has more weights of shape {extra} than {name}."
        return f"{needs} {has}".strip()
    real = {tuple(part.kernel.shape): part.get_weights() for part in parts}
    left = []
    for weight in module.weights:  # behind each kernel comes its bias, however deep inside their layer lies
        left = left or list(real[tuple(weight.shape)])
        weight.assign(left.pop(0))
    return ""


def _real(name, maps):
    """What the real module gives for these maps."""
    squeeze, left, right, joined = (
        _network().get_layer(layer)
        for layer in (f"{name}_squeeze1x1", f"{name}_expand1x1", f"{name}_expand3x3", name)
    )
    maps = squeeze(maps)
    return joined([left(maps), right(maps)])


def _guesses(maps):
    """The first guess for each of the photographs, from the maps of the last module."""
    scores = np.asarray(_network().get_layer("conv10")(maps)).mean(axis=(1, 2))
    return ", ".join(imagenet.CLASS_NAMES[best] for best in scores.argmax(axis=1))


@cache
def _network():
    return zoo.load("squeezenet")


@cache
def _pixels():
    """Three photographs that the real network names right, as it takes them."""
    photographs = map(imagenet.photograph, ("red panda", "goldfish", "baseball"))
    return np.concatenate([zoo.prepare(_network(), one.image) for one in photographs])


@exercise(
    "Three convolutions: one that squeezes, and two that both read what it gives.",
    'Each has activation="relu"; the 3 × 3 one needs padding="same", so that the sides agree.',
    "layers.Concatenate()([left, right]), the 1 × 1 convolution's maps first",
    accepts=_accept_fire,
    minutes=8,
)
def fire(x, squeeze, expand1x1, expand3x3):
    x = layers.Conv2D(squeeze, 1, activation="relu")(x)
    left = layers.Conv2D(expand1x1, 1, activation="relu")(x)
    right = layers.Conv2D(expand3x3, 3, padding="same", activation="relu")(x)
    return layers.Concatenate()([left, right])


def _conv(x, channels, kernel, activation="relu"):
    return layers.Conv2D(channels, kernel, padding="same", activation=activation)(x)


@fire.slip("The squeezing convolution needs its ReLU, too.")
def fire_without_first_relu(x, squeeze, expand1x1, expand3x3):
    x = _conv(x, squeeze, 1, None)
    return layers.Concatenate()([_conv(x, expand1x1, 1), _conv(x, expand3x3, 3)])


@fire.slip("The two expanding convolutions need their ReLUs, too.")
def fire_without_last_relus(x, squeeze, expand1x1, expand3x3):
    x = _conv(x, squeeze, 1)
    return layers.Concatenate()([_conv(x, expand1x1, 1, None), _conv(x, expand3x3, 3, None)])


@fire.slip('There is no ReLU: give each convolution activation="relu".')
def fire_without_relus(x, squeeze, expand1x1, expand3x3):
    x = _conv(x, squeeze, 1, None)
    return layers.Concatenate()([_conv(x, expand1x1, 1, None), _conv(x, expand3x3, 3, None)])


@fire.slip("The order counts: the next layer expects the maps of expand1x1 first.")
def fire_the_other_way_round(x, squeeze, expand1x1, expand3x3):
    x = _conv(x, squeeze, 1)
    return layers.Concatenate()([_conv(x, expand3x3, 3), _conv(x, expand1x1, 1)])


@fire.slip("Both expanding convolutions read the squeezed maps, not x.")
def fire_around_the_squeeze(x, squeeze, expand1x1, expand3x3):
    return layers.Concatenate()([_conv(_conv(x, squeeze, 1), expand1x1, 1), _conv(x, expand3x3, 3)])


@fire.slip("Nothing is squeezed: a 1 × 1 convolution with few kernels comes first.")
def fire_without_squeeze(x, squeeze, expand1x1, expand3x3):
    return layers.Concatenate()([_conv(x, expand1x1, 1), _conv(x, expand3x3, 3)])


@fire.slip("The 3 × 3 convolution does not stand behind the 1 × 1 one, but beside it.")
def fire_in_one_line(x, squeeze, expand1x1, expand3x3):
    left = _conv(_conv(x, squeeze, 1), expand1x1, 1)
    return layers.Concatenate()([left, _conv(left, expand3x3, 3)])


@fire.slip("Put the two side by side with Concatenate; a sum is ResNet's way.")
def fire_that_adds(x, squeeze, expand1x1, expand3x3):
    x = _conv(x, squeeze, 1)
    return layers.Add()([_conv(x, expand1x1, 1), _conv(x, expand3x3, 3)])


@fire.slip("The squeezing convolution is 1 × 1.")
def fire_that_squeezes_wide(x, squeeze, expand1x1, expand3x3):
    x = _conv(x, squeeze, 3)
    return layers.Concatenate()([_conv(x, expand1x1, 1), _conv(x, expand3x3, 3)])


@fire.slip("SqueezeNet has no normalization; its weights have none for it.")
def fire_with_normalization(x, squeeze, expand1x1, expand3x3):
    return layers.BatchNormalization()(fire(x, squeeze, expand1x1, expand3x3))


# --- 2: a class map with another head ---------------------------------------------------------------------

_DRAW = np.random.default_rng(7)
_MAPS = tuple(np.round(_DRAW.normal(size=shape), 1) for shape in ((1, 3, 3), (2, 2, 3), (3, 2, 4)))
_KERNELS = tuple(np.round(_DRAW.normal(size=shape), 1) for shape in ((3, 3), (3, 5), (4, 4)))


@exercise(
    "Pooling and the dense layer may change places: first weigh, then take the mean.",
    "At each place, weigh the C numbers with the class's column of the kernel, and sum.",
    "features @ …, where … are the weights of the class: one for each of the C maps",
    cases=tuple(
        (maps, kernel, number) for maps, kernel, number in zip(_MAPS, _KERNELS, (1, 4, 0), strict=True)
    ),
    minutes=4,
)
def class_map(features, kernel, number):
    return features @ kernel[:, number]


@class_map.slip("A class's weights are a column of the kernel: each row belongs to one of the C maps.")
def class_map_by_rows(features, kernel, number):
    return features @ kernel[number]


@class_map.slip("Its mean should be the score; yours sums up to it. Do not divide.")
def class_map_that_sums_up(features, kernel, number):
    return features @ kernel[:, number] / features[..., 0].size


@class_map.slip("No ReLU stands between the dense layer and its score: a place may speak against the class.")
def class_map_of_positive_parts(features, kernel, number):
    return np.maximum(features @ kernel[:, number], 0)


@class_map.slip("That is the score itself: take no mean over the places.")
def class_map_already_pooled(features, kernel, number):
    return float(features.mean(axis=(0, 1)) @ kernel[:, number])


@class_map.slip("That is a map for every class: take the one that is asked for.")
def class_maps_of_all(features, kernel, number):
    return features @ kernel


@class_map.slip("The maps are weighed before they are summed; the sum of the maps knows no class.")
def class_map_without_weights(features, kernel, number):
    return features.sum(axis=-1)


# --- 3: back from the network's pixels --------------------------------------------------------------------

_MEAN = np.array([103.939, 116.779, 123.68])  # blue, green, red
_PHOTOS = (np.array([[[0, 128, 255], [200, 30, 90]]]), np.array([[[255, 255, 255]], [[1, 0, 77]]]))
_PIXELS = tuple(photo[..., ::-1] - _MEAN for photo in _PHOTOS)
_RESIZED = _PIXELS[0] + np.array(
    [[[0.7, 0.4, -0.6], [0.6, -0.4, 0.3]]]
)  # between pixels, and beyond both ends
_WHITE_AND_BLACK = np.array([[[255.7] * 3, [-0.7] * 3]]) - _MEAN  # beyond them in every channel


@exercise(
    "Walk the way back: what was done last is undone first.",
    "Add the mean while the channels are blue, green, red; then turn them around.",
    "np.clip(np.round(…), 0, 255), and [..., ::-1] turns the last axis around",
    cases=((_PIXELS[0],), (_PIXELS[1],), (_RESIZED,), (_WHITE_AND_BLACK,)),
    minutes=4,
)
def restore(pixels):
    mean = np.array([103.939, 116.779, 123.68])
    photograph = np.round(pixels + mean)[..., ::-1]
    return np.clip(photograph, 0, 255).astype(np.uint8)


@restore.slip("The mean is in the order blue, green, red: add it before you turn the channels around.")
def restore_with_the_mean_turned(pixels):
    return np.clip(np.round(pixels[..., ::-1] + _MEAN), 0, 255)


@restore.slip("The channels are still blue, green, red: turn the last axis around.")
def restore_in_blue(pixels):
    return np.clip(np.round(pixels + _MEAN), 0, 255)


@restore.slip("Resizing leaves numbers between the whole ones: round before they become whole.")
def restore_by_cutting_off(pixels):
    return np.clip((pixels + _MEAN)[..., ::-1], 0, 255).astype(np.uint8)


@restore.slip("The mean is not added back.")
def restore_without_mean(pixels):
    return np.clip(np.round(pixels)[..., ::-1], 0, 255)


@restore.slip("Below 0 and above 255 there is no pixel: uint8 counts on from the other end. Clip first.")
def restore_around_the_end(pixels):
    return np.round((pixels + _MEAN)[..., ::-1]).astype(int).astype(np.uint8)


@restore.slip("A photograph is of whole numbers: round.")
def restore_without_rounding(pixels):
    return np.clip((pixels + _MEAN)[..., ::-1], 0, 255)


QUIZ = {
    "You feed a network pixels of 0 to 1; it was trained on others. What happens?": {
        "Keras raises an error.": "The shape is right, and any number is a pixel to Keras.",
        "It answers as always, and wrongly.": (
            "Right: nothing warns you. Grade a few photographs whose class you know before you trust it."
        ),
        "Batch normalization repairs it.": "It uses the mean and the variance stored from training.",
    },
    "A network of 1,000 classes says “palace, 60 %” of a windmill. What does that tell you?": {
        "It is a palace with a probability of 60 %.": "The 1,000 probabilities sum to 1, whatever it sees.",
        "Among its classes, palace fits best.": (
            "Right: windmill is not among them, and “none of these” is no class either."
        ),
        "It was badly trained.": "The best network has no word for what is not among its classes.",
    },
    "SqueezeNet's first guess errs less often on our photographs than published. Why?": {
        "The weights that ship are better.": "They are the published weights.",
        "Our photographs are others, and easier.": (
            "Right: mostly one thing in the middle, and only what a labeller was sure of."
        ),
        "It is chance.": "At five guesses it may be; at one the published error lies outside the interval.",
    },
    "Why does SqueezeNet's class map need no gradient?": {
        "Its score is the mean of a map, which is there already.": (
            "Right: a map for each class, and then only the mean and the softmax."
        ),
        "Its maps are small.": "Size is not the point: behind two dense layers, as in VGG, there is no map.",
        "It was trained with boxes.": "It was told one class for each photograph, and nothing of places.",
    },
    "Frozen features and a new head: which weights does training change?": {
        "All, a little.": "That would be fine-tuning.",
        "The last convolutions.": "The network is used as it is.",
        "The head's alone.": "Right: so the features are computed once, and training takes a second.",
    },
    "int8 per channel: what is stored for each kernel?": {
        "One byte a weight, and one scale for each output channel.": (
            "Right: a quarter of float32's bytes; the scale stretches -127..127 to the channel's range."
        ),
        "One byte a weight, and one scale for the whole network.": (
            "Then the channel with the largest weights would leave few steps to all others."
        ),
        "Two bytes a weight.": "That is float16.",
    },
    "You fine-tune with batch normalization in training mode, eight images in a batch. What may break?": {
        "The convolutions' weights.": "They change by the optimizer's steps, in either mode.",
        "The moving mean and variance, which become those of your few batches.": (
            "Right: call the frozen part with training=False, or it drifts while you train the head."
        ),
        "Nothing, where its weights are frozen.": "No gradient changes the moving statistics; the mode does.",
    },
}
