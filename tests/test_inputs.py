"""What the public functions say of wrong arguments: a table of calls, and the words that each must say.

A row is (call, words): the call raises ValueError, whose message holds the words. The calls are grouped by
function; add a group, or a row. Nothing here trains, and nothing is random.
"""

import re
from functools import partial

import numpy as np
import pytest

from zoo_helpers import alexnet, gallery, gradients, lenet, pretrained, resnet, topk, vgg, your_own
from zoo_helpers.alexnet import experiment as alexnet_experiment
from zoo_helpers.core import anatomy, datasets, figures, trained, training
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.claims import claim
from zoo_helpers.core.crops import random_crops, ten_crops
from zoo_helpers.core.trace import Trace
from zoo_helpers.core.widgets import Explorer, Prediction, Quiz, menu, slider
from zoo_helpers.gradients import experiment as gradients_experiment
from zoo_helpers.gradients import theory
from zoo_helpers.lenet import experiment as lenet_experiment
from zoo_helpers.lenet.images import shrink
from zoo_helpers.lenet.readers import share_taken
from zoo_helpers.pretrained import views as pretrained_views
from zoo_helpers.pretrained import zoo
from zoo_helpers.resnet import experiment as resnet_experiment
from zoo_helpers.resnet import probes
from zoo_helpers.resnet.layers import ZeroPadShortcut
from zoo_helpers.topk import experiment as topk_experiment
from zoo_helpers.vgg import experiment as vgg_experiment
from zoo_helpers.vgg.model import sum_stages

# --- networks: builders, and the counts that refuse the same -----------------------------------------------

NOT_WHOLE = (0, -1000, 1.5, 10.0, float("nan"), float("inf"), True, "10", None, [10])
NOT_A_SWITCH = ("no", "True", 0, 1, None, [], float("nan"))
NO_NAME = ("nonsense", "", None, 3, True, [], ["A"], {}, b"A")


def rows(call, words, *values):
    """A row for each wrong value; `{}` in the words is the value."""
    return [(lambda value=value: call(value), words.replace("{}", repr(value))) for value in values]


def small_vgg(**options):
    return vgg.build_mini(**{"width": 1, **options})


def small_resnet(call):
    return lambda **options: call(**{"depth": 8, "width": 2, "side": 8, **options})


WHOLE = "{name} must be a whole number of at least {low}; got {}"
SWITCH = "{name} must be True or False; got {}"
# a builder and its count -> its options: what they must be, and wrong values
BUILDERS = {
    (alexnet.build_mini, alexnet.trace_mini, alexnet.trace): {
        "classes": (WHOLE, NOT_WHOLE),
        "towers": ("towers must be one of 1, 2; got {}", (0, 3, True, 1.0, "2", None, [2])),
        "lrn": (SWITCH, NOT_A_SWITCH),
        "overlapping_pooling": (SWITCH, (2, *NOT_A_SWITCH)),
        "activation": ("activation must be one of relu, tanh; got {}", ("rleu", "Relu", "sigmoid", *NO_NAME)),
    },
    (small_vgg, lambda **options: vgg.trace(**{"config": "A", "side": 32, "width": 1, **options})): {
        "classes": (WHOLE, NOT_WHOLE),
        "width": (WHOLE, (-16, *NOT_WHOLE)),
        "config": ("config must be one of A, A-LRN, B, C, D, E; got {}", ("VGG", "a", *NO_NAME)),
    },
    (lambda **options: vgg.trace("A", **options),): {
        "side": (WHOLE.replace("{low}", "32"), (10, 31, -224, *NOT_WHOLE)),
    },
    (partial(resnet.build, 18), partial(resnet.trace, 18)): {
        "classes": (WHOLE, NOT_WHOLE),
        "residual": (SWITCH, NOT_A_SWITCH),
        "conv_bias": (SWITCH, NOT_A_SWITCH),
        "shortcut": ("shortcut must be one of A, B, C; got {}", ("D", "a", *NO_NAME)),
        "stride_in": ("stride_in must be one of 1x1, 3x3; got {}", ("7x7", 1, *NO_NAME)),
    },
    (resnet.build, resnet.trace): {
        "depth": ("depth must be one of 18, 34, 50, 101, 152; got {}", (19, 50.0, *NOT_WHOLE)),
    },
    (small_resnet(resnet.build_cifar), small_resnet(resnet.trace_cifar)): {
        "depth": ("depth must be 6n + 2, such as 20, 32, 44, 56 or 110; got {}", (2, 19, 20.0, *NOT_WHOLE)),
        "width": (WHOLE, (-16, *NOT_WHOLE)),
        "side": (WHOLE, (-224, 32.5, *NOT_WHOLE)),
        "residual": (SWITCH, NOT_A_SWITCH),
        "shortcut": ("shortcut must be one of A, B, C; got {}", NO_NAME),
    },
    (
        lambda **options: gradients.build_tower(
            **{"depth": 3, "activation": "relu", "initializer": "he", **options}
        ),
        lambda **options: gradients.trace_tower(**{"depth": 3, **options}),
    ): {
        "depth": (WHOLE, (-3, *NOT_WHOLE)),
        "batch_norm": (SWITCH, NOT_A_SWITCH),
        "residual": (SWITCH, NOT_A_SWITCH),
    },
    (
        partial(gradients.build_tower, 3, initializer="he"),
        partial(gradients.predicted_ratio, initializer="he"),
    ): {
        "activation": (
            "activation must be one of sigmoid, tanh, relu, or a function; got {}",
            ("rleu", "Relu", "gelu", "linear", *NO_NAME),
        ),
    },
    (partial(gradients.build_tower, 3, "relu"), partial(gradients.predicted_ratio, "relu")): {
        "initializer": ("initializer must be one of naive, glorot, he; got {}", ("xavier", "He", "", "2")),
    },
    (partial(gradients.build_tower, 3, "relu"), partial(gradients.predicted_ratio, "relu"), None): {
        "initializer": (
            "initializer must be a number above 0; got {}",
            (0, -1, float("nan"), float("inf"), True, None, [], [1.0], 1j),
        ),
    },
}
NETWORKS = {
    f"{option} {number}": rows(
        lambda value, call=call, option=option: call(**{option: value}),
        words.replace("{name}", option).replace("{low}", "1"),
        *values,
    )
    for number, (calls, options) in enumerate(BUILDERS.items())
    for call in filter(None, calls)
    for option, (words, values) in options.items()
}

SMALL = small_resnet(resnet.build_cifar)
CONVOLUTIONS = "model must have its layers in one line, one of them Flatten; got "
OTHERS = {
    "keras_name of VGG": rows(
        vgg.keras_name, "layer must be one of 19 names", "conv6_1", "conv1_3", "pool1", "Conv3_2", *NO_NAME
    ),
    "keras_name of ResNet": rows(
        resnet.keras_name,
        "layer must be one of 311 names",
        "conv9_9",
        "conv5_4_1",
        "conv4_2",
        "fc_bn",
        *NO_NAME,
    ),
    "a typo": [
        (lambda: vgg.keras_name("conv32"), "such as conv3_2"),
        (lambda: resnet.keras_name("conv4_2-1"), "such as conv4_2_1"),
        (lambda: gallery.build("resnet50"), "such as resnet-50"),
        (lambda: gallery.trace("VGG-16"), "such as vgg-16"),
        (lambda: gradients_experiment.train("relu, He"), '"ReLU, He"'),
    ],
    "gallery": rows(gallery.build, "name must be one of", *NO_NAME),
    "as_convolutions": [
        *rows(vgg.as_convolutions, CONVOLUTIONS, None, 3, "vgg", []),
        (lambda: vgg.as_convolutions(SMALL()), CONVOLUTIONS + "<Functional name=resnet-8-small"),
        (lambda: vgg.as_convolutions(SMALL(residual=False)), CONVOLUTIONS),
        (lambda: vgg.as_convolutions(gradients.build_tower(2, "relu", "he")), CONVOLUTIONS),
    ],
    "carry_weights": rows(
        lambda value: vgg.carry_weights(value, value), "source must be a keras.Model; got {}", None, 3
    ),
    "trace_stack": rows(
        lambda value: vgg.trace_stack(3, value), "kernel must be a whole number of at least 1", *NOT_WHOLE
    ),
    "sum_stages": rows(
        lambda value: sum_stages([], value), "column must be one of parameters, ", "paramters", *NO_NAME
    ),
    "LocalResponseNormalization": [
        (
            lambda: alexnet.LocalResponseNormalization(size=True),
            "size must be a whole number of at least 1; got True",
        ),
        (lambda: alexnet.LocalResponseNormalization(k="2"), "k must be a number above 0; got '2'"),
        (
            lambda: alexnet.LocalResponseNormalization(beta=None),
            "beta must be a number of at least 0; got None",
        ),
    ],
    "ZeroPadShortcut": [
        (
            lambda: ZeroPadShortcut(2)(np.ones((1, 4, 4, 3))),
            "width must be at least the input's 3 channels; got 2",
        ),
        (lambda: ZeroPadShortcut(4, 0), "stride must be a whole number of at least 1; got 0"),
    ],
    "races": [
        (
            lambda: alexnet_experiment.train_racer("papre", "relu"),
            "start must be one of paper, biases, today; got 'papre'",
        ),
        (
            lambda: alexnet_experiment.build_racer("paper", "rleu"),
            "activation must be one of relu, tanh; got 'rleu'",
        ),
    ],
    "small networks": rows(
        resnet_experiment.build_small, "name must ", "rezidual-20", "plain20", "resnet-20-cifar", *NO_NAME
    ),
    "bundled networks": rows(
        resnet_experiment.load_complete, "name must be one of plain-20-cifar, ", "foo", *NO_NAME
    ),
    "theory": [
        (lambda: theory.predict_norms("relu", "he", 1), "depth must be a whole number of at least 2; got 1"),
        (lambda: theory.remaining(None, 3), "factor must be a number; got None"),
        (lambda: theory.moments("relu", -1), "variance must be a number above 0; got -1"),
    ],
    "as_sigmoid": [
        (lambda: gradients.as_sigmoid(None), "tower must be a plain one of tanh; got None"),
        (
            lambda: gradients.as_sigmoid(gradients.build_tower(3, "relu", "he")),
            "tower must be a plain one of tanh",
        ),
    ],
    "digits": [
        (
            lambda: gradients.prepare(np.zeros((28, 28))),
            "images must have shape (N, 28, 28); got shape (28, 28)",
        ),
        (
            lambda: gradients.prepare(np.zeros((2, 28, 28))),
            "images must show something; image 0 has one grey",
        ),
    ],
    "pictures": [
        (
            lambda: resnet_experiment.prepare(np.full((1, 8, 8, 3), 0.5)),
            "images must be pixels of 0..255; got numbers of 0.5 to 0.5",
        ),
        (
            lambda: resnet_experiment.prepare(np.ones((8, 8, 3))),
            "images must have shape (N, H, W, 3); got shape (8, 8, 3)",
        ),
        (
            lambda: alexnet_experiment.prepare(np.zeros((1, 32, 32, 3)), 0),
            "divisor must be a number above 0; got 0",
        ),
        *rows(
            vgg_experiment.normalize,
            "images must ",
            None,
            np.full((1, 8, 8, 3), 0.5),
            np.ones((8, 8, 3), np.uint8),
            np.full((1, 8, 8, 3), 1j),
        ),
        (
            lambda: vgg_experiment.cut_crops(np.zeros((4, 4, 3)), 5, 1),
            "side must be a whole number in 1..4; got 5",
        ),
    ],
    "descent": [
        (lambda: gradients_experiment.descend(None, 0), "steps must be a whole number of at least 1; got 0"),
        (lambda: gradients_experiment.descend(None, 1, clip=0), "clip must be a number above 0; got 0"),
    ],
    "probes": [
        (
            lambda: probes.cut_block(SMALL(), "conv9_9"),
            "block must be one of conv2_1, conv3_1, conv4_1; got 'conv9_9'",
        ),
        (
            lambda: probes.split_gradient(SMALL(residual=False), MAPS, DIGITS),
            "model must be a residual network",
        ),
        (
            lambda: probes.measure_lesions(None, MAPS, DIGITS),
            "model must be a functional keras.Model; got None",
        ),
        (lambda: probes.measure_lesions(SMALL(), MAPS, DIGITS[:4]), "labels must have shape (6,)"),
        (
            lambda: probes.measure_lesions(SMALL(), MAPS, DIGITS + 9),
            "labels must be class numbers in 0..9; got 10",
        ),
        (lambda: probes.measure_trust(SMALL(), MAPS, DIGITS, [0.0]), "steps must be above 0; got 0.0"),
        (
            lambda: probes.slice_surface(SMALL(), MAPS[0], DIGITS, [0.0]),
            "images must have shape (N, 8, 8, 3)",
        ),
        (
            lambda: probes.build_block(["gamma3"]),
            "zeros must be one of kernel1, gamma1, beta1, kernel2, gamma2, beta2",
        ),
    ],
}
MAPS, DIGITS = np.zeros((6, 8, 8, 3), np.float32), np.arange(6)


@pytest.mark.parametrize("number", [np.int64, np.int32, np.uint8])
def test_numpys_whole_numbers_build_what_pythons_do(number):
    for call, options in (
        (alexnet.build_mini, {"towers": 2, "classes": 7}),
        (vgg.build_mini, {"classes": 7, "width": 4}),
        (gradients.build_tower, {"depth": 3, "activation": "relu", "initializer": 2}),
        (resnet.build_cifar, {"depth": 8, "width": 4, "side": 8}),
        (alexnet.trace, {"classes": 7}),
        (resnet.trace, {"depth": 18, "classes": 7}),
        (resnet.trace_cifar, {"depth": 8, "width": 4, "side": 8}),
    ):
        of_numpy = {
            name: number(value) if isinstance(value, int) else value for name, value in options.items()
        }
        theirs, ours = call(**of_numpy), call(**options)
        same = (theirs, ours) if isinstance(ours, list) else (theirs.to_json(), ours.to_json())
        assert same[0] == same[1]


def test_labels_in_a_column_are_the_same_labels():
    network = SMALL()
    for measure in (probes.measure_lesions, partial(probes.slice_surface, places=[0.0])):
        in_a_row = measure(network, MAPS, DIGITS)
        np.testing.assert_allclose(measure(network, MAPS, DIGITS[:, None]), in_a_row, rtol=1e-6)
        np.testing.assert_allclose(measure(network, MAPS, DIGITS.tolist()), in_a_row, rtol=1e-6)


# --- top-k error, LeNet-5, and the rooms of core -----------------------------------------------------------

SCORES = np.array([[0.1, 0.6, 0.3], [0.2, 0.2, 0.6]])
NAN = float("nan")
MASKED = np.ma.masked_array(SCORES, mask=SCORES > 0.5)
RAGGED = [[1], [2, 3]]
RECORDS = np.array([(1, 2.0)], dtype="i,f")
# wrong labels of two images of three classes, and what is said of them, whoever is asked
LABELS = [
    ([3, 0], "labels must be class numbers in 0..2; got 3 in row 0"),
    ([0, -1], "labels must be class numbers in 0..2; got -1 in row 1"),
    ([0, np.inf], "labels must be class numbers in 0..2; got inf in row 1"),
    ([NAN, 0], "labels must be whole numbers; got nan in row 0"),
    ([0, 1.5], "labels must be whole numbers; got 1.5 in row 1"),
    (["a", "b"], "labels must be whole numbers; got an array of <U1"),
    ([True, False], "labels must be whole numbers; got an array of bool"),
    (np.array([(1,), (0,)], [("a", "i4")]), "labels must be whole numbers; got an array of [('a', '<i4')]"),
    ([[1], [0, 1]], "labels must have rows of one length"),
    (np.ma.masked_array([1, 0], mask=[1, 0]), "labels must have no masked entries"),
    ([[1, 0]], "labels must have shape (2,) or, one-hot, (2, 3), one for each image; got shape (1, 2)"),
    ([1, 0, 1], "got shape (3,)"),
    (None, "got shape ()"),
    ([], "got shape (0,)"),
    ([[[1]], [[0]]], "got shape (2, 1, 1)"),
    ([[0, 1, 0], [0.2, 0.8, 0]], "one 1 and zeros in each row; got [0.2 0.8 0. ] in row 1"),
    ([[0, 0, 0], [1, 0, 0]], "one 1 and zeros in each row; got [0 0 0] in row 0"),
    ([[1, 1, 0], [1, 0, 0]], "one 1 and zeros in each row; got [1 1 0] in row 0"),
]
RIGHT_LABELS = (
    [1, 0],
    (1, 0),
    [[1], [0]],
    [1.0, 0.0],
    np.array([1, 0], np.uint8),
    np.array([[1], [0]], np.int64),
    np.ma.masked_array([1, 0]),
    [[0, 1, 0], [1, 0, 0]],
    np.eye(3, dtype=bool)[[1, 0]],
)


def stream(labels=(1, 0), scores=SCORES, weights=None, **options):
    metric = topk.TopKError(**{"k": 1, **options})
    metric.update_state(labels, scores, sample_weight=weights)
    return float(metric.result())


def classifier(activation="softmax", inside=False):
    """Four numbers, three classes."""
    numbers = keras.Input((4,))
    last = layers.Dense(3, activation=activation, name="out")
    return keras.Model(
        numbers, keras.Sequential([keras.Input((4,)), last])(numbers) if inside else last(numbers)
    )


class Subclassed(keras.Model):
    def call(self, inputs):
        return inputs


FOUR = np.ones((2, 4), np.float32)
DIGITS_28 = np.full((2, 28, 28), 200, np.uint8)
PICTURES = np.zeros((2, 32, 32, 3), np.uint8)
VECTORS = np.zeros((2, 3), np.float32)
NO_SCORES = [
    ([[0.1, NAN, 0.3], SCORES[1]], "scores must be finite; got nan in row 0, class 1"),
    (RAGGED, "scores must have rows of one length"),
    (MASKED, "scores must have no masked entries"),
    (RECORDS, "scores must be numbers, integer or float; got an array of [('f0', '<i4'), ('f1', '<f4')]"),
    (SCORES > 0.2, "scores must be numbers, integer or float; got an array of bool"),
    (SCORES * 1j, "got an array of complex128"),
    (None, "scores must be numbers, integer or float; got None"),
    (SCORES[None], "scores must have shape (N, C)"),
]
LENET = {
    "loss": [
        (
            lambda labels=labels: lenet.MaximumAPosterioriLoss().call(labels, keras.ops.array(SCORES)),
            words,
        )
        for labels, words in LABELS
    ]
    + rows(
        lambda j: lenet.MaximumAPosterioriLoss(j),
        "j must be a number above 0; got {}",
        0,
        -1,
        NAN,
        None,
        "0.1",
        True,
    ),
    "prepare": [
        (lambda call=call, images=images: call(images), words)
        for call in (lenet.prepare_1998, lenet.prepare_modern)
        for images, words in (
            (
                DIGITS_28 / 255,
                "images must be of 0..255; got 0..0.784314 at the most: they are prepared already",
            ),
            (np.minimum(DIGITS_28, 1), "images must be of 0..255; got 0..1 at the most"),
            (DIGITS_28 * 2.0, "images must be of 0..255; got 400.0"),
            (DIGITS_28 - 255.0, "images must be of 0..255; got -55.0"),
            (DIGITS_28 * NAN, "images must be of 0..255; got nan"),
            (DIGITS_28[0], "images must have shape (N, 28, 28); got shape (28, 28)"),
            (DIGITS_28[..., None], "got shape (2, 28, 28, 1)"),
            (DIGITS_28.reshape(2, -1), "got shape (2, 784)"),
            (np.zeros((2, 32, 32)), "got shape (2, 32, 32)"),
            (DIGITS_28[:0], "images must have shape (N, 28, 28) with nothing empty"),
            (None, "images must be numbers, integer or float; got None"),
        )
    ],
    "images": [
        *rows(
            lambda v: lenet.distort(DIGITS_28, v),
            "generator must be a generator, as np.random.default_rng(0)",
            0,
            None,
        ),
        (lambda: lenet.distort(DIGITS_28 / 255, np.random.default_rng(0)), "they are prepared already"),
        *rows(
            lambda v: lenet.shift(DIGITS_28, v),
            "right must be a whole number in -28..28; got {}",
            29,
            1.5,
            "1",
            True,
        ),
        *rows(
            lambda v: lenet.shift(DIGITS_28, 0, v),
            "down must be a whole number in -28..28; got {}",
            -40,
            None,
        ),
        (lambda: lenet.shuffle_pixels(DIGITS_28[0]), "images must have shape (N, 28, 28)"),
        (lambda: lenet.center_like_mnist(DIGITS_28[0] / 255), "ink must be uint8"),
        (lambda: lenet.center_like_mnist(DIGITS_28), "ink must have shape (H, W)"),
        (lambda: shrink(np.zeros((30, 30), np.uint8)), "a multiple of 28; got shape (30, 30)"),
    ],
    "connections": [
        *rows(
            lenet.ConnectionTableConv2D,
            "table must name at least one input map",
            None,
            5,
            [],
            [[]],
            [0, 1],
            [[0], []],
        ),
        *rows(
            lenet.ConnectionTableConv2D,
            "np.flatnonzero(row) makes them",
            [[1, 0, 1], [1, 1, 1]],
            [[0, 0]],
            [[1, 0], [0, 1]],
            np.eye(4, dtype=int),
        ),
        *rows(
            lambda v: lenet.ConnectionTableConv2D([[v]]),
            "a map in table must be a whole number of at least 0; got {}",
            -1,
            0.5,
            "a",
            True,
            NAN,
        ),
        *rows(
            lambda v: lenet.ConnectionTableConv2D([[0]], v),
            "kernel_size must be a whole number",
            0,
            1.5,
            (5, 5),
        ),
        (
            lambda: lenet.ConnectionTableConv2D([[0]])(np.zeros((1, 3, 3, 1))),
            "H and W at least 5; got shape (1, 3, 3, 1)",
        ),
        (
            lambda: lenet.ConnectionTableConv2D([[0]])(np.zeros((8, 8, 1))),
            "inputs must have shape (N, H, W, C)",
        ),
    ],
    "prototypes": [
        *rows(lenet.RadialBasisOutput, "prototypes must be numbers", None, "a"),
        *rows(lenet.RadialBasisOutput, "prototypes must have ", [], [1.0], RAGGED),
        (lambda: lenet.RadialBasisOutput([[NAN]]), "prototypes must be finite; got nan at [0, 0]"),
        (
            lambda: lenet.RadialBasisOutput(np.eye(3))(VECTORS[:, :1]),
            "inputs must have shape (N, 3); got shape (2, 1)",
        ),
        (lambda: lenet.RadialBasisOutput(np.eye(3))(VECTORS[None]), "inputs must have shape (N, 3)"),
    ],
    "share_taken": [
        (lambda: share_taken([], [1.0], 0.1), "digits must have shape (N,) with nothing empty"),
        (lambda: share_taken([1.0], [NAN], 0.1), "others must be finite"),
        *rows(
            lambda v: share_taken([1.0], [1.0], v),
            "refused must be a number in 0..1; got {}",
            2,
            -0.1,
            NAN,
            None,
        ),
    ],
}
TOPK = {
    "labels": [
        (lambda call=call, labels=labels: call(labels), words)
        for call in (
            partial(topk.target_ranks, SCORES),
            partial(topk.error_curve, SCORES),
            lambda labels: topk.error(SCORES, labels, 1),
            stream,
        )
        for labels, words in LABELS
    ],
    "scores": [
        (lambda call=call, scores=scores: call(scores), words)
        for call in (
            lambda scores: topk.target_ranks(scores, [1, 0]),
            lambda scores: topk.error(scores, [1, 0], 1),
        )
        for scores, words in NO_SCORES
    ]
    + [(lambda scores=scores: stream(scores=scores), words) for scores, words in NO_SCORES[1:]],
    "k": rows(
        lambda k: topk.error(SCORES, [1, 0], k),
        "k must be a whole number in 1..3; got {}",
        0,
        4,
        1.0,
        "1",
        True,
        None,
    )
    + rows(topk.TopKError, "k must be a whole number of at least 1; got {}", 0, 1.0, "1", True, None),
    "ties": rows(
        lambda v: topk.error(SCORES, [1, 0], 1, ties=v), "ties must be one of", "lucky", None, 1, []
    ),
    "average_views": [
        (lambda: topk.average_views(SCORES), "scores must have shape (N, V, C); got shape (2, 3)"),
        (
            lambda: topk.average_views(np.zeros((0, 2, 3))),
            "scores must have shape (N, V, C) with nothing empty",
        ),
        (
            lambda: topk.average_views(np.zeros((2, 3, 0))),
            "scores must have shape (N, V, C) with nothing empty",
        ),
        (lambda: topk.average_views([[[1, NAN]]]), "scores must be finite; got nan at [0, 0, 1]"),
        *rows(
            lambda v: topk.average_views(SCORES[None], v),
            "axis must be a whole number in 0..1; got {}",
            1.0,
            True,
            2,
            -1,
        ),
    ],
    "weights": [
        (
            lambda: stream(weights=[1, 2, 3]),
            "sample_weight must have shape (2,) or be one number; got shape (3,)",
        ),
        (lambda: stream(weights=[[1, 2]]), "sample_weight must have shape (2,)"),
        (lambda: stream(weights=[1, NAN]), "sample_weight must be finite"),
        (lambda: stream(weights=[1, -1]), "sample_weight must be at least 0; got -1"),
        (lambda: stream(weights="a"), "sample_weight must be numbers"),
    ],
}
CORE = {
    "norms": [
        *(
            (lambda labels=labels: gradients.norms(classifier(), FOUR, labels), words)
            for labels, words in LABELS
        ),
        (
            lambda: gradients.norms(classifier(), FOUR[:0], []),
            "images must have shape (N, 4) with nothing empty",
        ),
        (
            lambda: gradients.norms(classifier(), FOUR[0], [0]),
            "images must have shape (N, 4); got shape (4,)",
        ),
        (
            lambda: gradients.norms(classifier(), FOUR * NAN, [0, 1]),
            "images must be finite; got nan at [0, 0]",
        ),
        *rows(
            lambda m: gradients.norms(m, FOUR, [0, 1]),
            "model must be a functional or Sequential keras.Model; got {}",
            None,
            5,
        ),
        (lambda: gradients.norms(Subclassed(), FOUR, [0, 1]), "a subclass has no graph"),
        (
            lambda: gradients.norms(keras.Sequential([layers.Dense(3)]), FOUR, [0, 1]),
            "it must begin with keras.Input",
        ),
        (
            lambda: gradients.norms(classifier("linear"), FOUR, [0, 1]),
            "must end in a softmax; its last layer is 'out'",
        ),
        (lambda: gradients.norms(classifier(inside=True), FOUR, [0, 1]), "model must hold layers only"),
        (
            lambda: gradients.norms(keras.Sequential([keras.Input((4,)), layers.Softmax()]), FOUR, [0, 1]),
            "model must have a layer with a kernel",
        ),
    ],
    "anatomy": [
        *rows(anatomy.totals, "network must be a model, or the rows of one, at least one", [], {}, [1], "ab"),
        *rows(anatomy.totals, "model must be a functional or Sequential keras.Model; got {}", None, 5),
    ],
    "trace": [
        *rows(Trace, "side must be a whole number of at least 1; got {}", 0, -1, 1.5, "8", True),
        *rows(lambda v: Trace(8, v), "width must be a whole number of at least 1; got {}", 0, 1.5, None),
        *rows(
            lambda v: Trace(8).conv("c", v, 3),
            "width must be a whole number of at least 1; got {}",
            0,
            1.5,
            None,
        ),
        *rows(
            lambda v: Trace(8).conv("c", 4, v),
            "kernel must be a whole number of at least 1; got {}",
            0,
            1.5,
            None,
        ),
        *rows(
            lambda v: Trace(8).conv("c", 4, 3, padding=v),
            "padding must be one of same, valid; got {}",
            "smae",
            "SAME",
            None,
        ),
        (
            lambda: Trace(8).conv("c", 4, 11, padding="valid"),
            "'c' must have a window that fits into the map; got 11 for a side of 8",
        ),
        (lambda: Trace(8).pool("p", 9, 2), "'p' must have a window that fits into the map"),
        *rows(lambda v: Trace(8).conv("c", 4, 3, stride=v), "stride must be a whole number", 0, 1.5, "2"),
        *rows(lambda v: Trace(8).conv("c", 4, 3, groups=v), "groups must ", 0, 2, 1.5),
        *rows(
            lambda v: Trace(8).conv("c", 4, 3, bias=v), "bias must be True or False; got {}", "no", 1, None
        ),
        (lambda: Trace(8).dense("d", 4), "'d' must follow a vector"),
        (lambda: Trace(width=8).conv("c", 4, 3), "'c' must follow a map of shape (H, W, C); got shape (8,)"),
        (lambda: Trace(8).add("a"), "'a' must add branches of one shape"),
    ],
    "crops": [
        *rows(
            lambda v: random_crops(PICTURES, np.random.default_rng(0), v),
            "side must be a whole number of at least 1; got {}",
            0,
            1.5,
            None,
        ),
        (
            lambda: random_crops(PICTURES, np.random.default_rng(0), 33),
            "images must be at least 33 by 33 pixels",
        ),
        *rows(lambda v: random_crops(PICTURES, v), "generator must be a generator", None, 5, "a"),
        (
            lambda: ten_crops(PICTURES[:, :27]),
            "images must be at least 28 by 28 pixels for such crops; got shape (2, 27, 32, 3)",
        ),
        (lambda: ten_crops(PICTURES[0]), "images must have shape (N, H, W, C); got shape (32, 32, 3)"),
    ],
    "training": [
        *rows(
            training.set_seeds,
            "seed must be a whole number in 0..4294967295; got {}",
            -1,
            1.5,
            None,
            "0",
            True,
            2**32,
        ),
        *rows(
            lambda v: training.fit(classifier(), FOUR, [0, 1], epochs=v, stage="s"),
            "epochs must be a whole number of at least 1; got {}",
            0,
            1.5,
            None,
        ),
        *rows(
            lambda v: training.fit(classifier(), FOUR, [0, 1], epochs=1, batch_size=v, stage="s"),
            "batch_size must be a whole number of at least 1; got {}",
            0,
            "64",
        ),
        (lambda: training.fit(classifier(), FOUR, [0], epochs=1, stage="s"), "got 2 images and 1 labels"),
    ],
    "widgets": [
        (lambda: Explorer(draw_nothing, caption="c"), "controls must be widgets, as widgets.slider"),
        *rows(
            lambda v: Explorer(draw_nothing, caption="c", k=v),
            "k must be a widget",
            [],
            {},
            (1, 10),
            None,
            "ab",
        ),
        *rows(
            lambda v: Explorer(v, caption="c", k=slider("k", 0, 9, 1)),
            "view must be a function",
            None,
            "draw",
        ),
        (
            lambda: Explorer(lambda k: None, caption="c", k=slider("k", 0, 9, 1)),
            "what view returns must be a Matplotlib figure",
        ),
        *rows(
            lambda v: Explorer(draw_nothing, caption=v, k=slider("k", 0, 9, 1)),
            "caption must be a text; got {}",
            None,
            "",
            5,
        ),
        *rows(
            lambda v: slider("k", *v),
            "slider 'k' must have low < high",
            (0, 10, 11),
            (10, 0, 5),
            (0, 10, 5, -1),
        ),
        *rows(lambda v: slider("k", 0, v, 0), "high must be a number; got {}", NAN, "10", None),
        *rows(
            lambda v: menu("m", v, 1),
            "options must be a list or a mapping with at least one; got {}",
            [],
            {},
            None,
            5,
            "abc",
        ),
        (lambda: menu("m", ["a"], "b"), "start must be an option of menu 'm', ['a']; got 'b'"),
        *rows(
            lambda v: Prediction("q", v),
            "options must be a list of two or more different texts; got {}",
            "abc",
            [],
            ["a"],
            ["a", "a"],
            [1, 2],
            None,
        ),
        *rows(
            lambda v: Prediction("q", ["a", "b"]).reveal(v, ""),
            "answer must be one of a, b; got {}",
            "c",
            None,
            "A",
        ),
        *rows(Quiz, "questions must map each question to its choices, at least one", {}, [], None, "q"),
        *rows(lambda v: Quiz({"q": v}), "choices must ", {}, [], "ab", None, {"a": "Right."}),
        (lambda: Quiz({"q": {"a": "No.", "b": "Nor this."}}), "exactly one choice must begin"),
    ],
    "words": [
        *rows(lambda v: figures.show(draw_nothing(), v), "caption must be a text; got {}", None, "", 5),
        *rows(lambda v: figures.show(v, "c"), "figure must be a Matplotlib figure; got {}", None, "a"),
        *rows(lambda v: claim(v, True), "text must be a text; got {}", None, "", 5),
        *rows(
            lambda v: claim("two is two", v), "holds must be True or False; got {}", 1, "True", None, [True]
        ),
    ],
}


def draw_nothing(**values):
    figure = figures.figure(2, 2)
    figure.subplots()
    return figure


@pytest.mark.parametrize("labels", RIGHT_LABELS, ids=repr)
def test_labels_in_every_right_form_give_the_same(labels):
    right = [1, 0]
    assert topk.target_ranks(SCORES, labels).tolist() == topk.target_ranks(SCORES, right).tolist()
    assert stream(labels) == stream(right)
    model = classifier()
    assert gradients.norms(model, FOUR, labels).outputs == pytest.approx(
        gradients.norms(model, FOUR, right).outputs
    )
    loss, distances = lenet.MaximumAPosterioriLoss(), keras.ops.array(SCORES)
    assert loss.call(labels, distances).numpy() == pytest.approx(loss.call(right, distances).numpy())


SHARES, NO_BLOCK = [0.2, 0.3, 0.4], "block must be a function of x and channels; got {}"
HELPERS = {
    "interval": [
        *rows(
            lambda v: topk_experiment.interval(v, 10),
            "errors must be a whole number in 0..10; got {}",
            *(-1, 11, 1.5, "3", True, NAN, None),
        ),
        *rows(
            lambda v: topk_experiment.interval(0, v),
            "images must be a whole number of at least 1; got {}",
            *NOT_WHOLE,
        ),
    ],
    "digits read": [
        *rows(lambda v: lenet_experiment.count_confusions(v, [0, 1]), "labels must ", [0], 0, None, [0, -1]),
        *rows(lambda v: lenet_experiment.count_confusions([0, 1], v), "must ", 0, None, ["a", "b"], [[0, 1]]),
        *(
            (lambda v=v: lenet_experiment.count_confusions([0, 1], [0, v]), f"digits in 0..9; got {v}")
            for v in (10, -1, 1.5, NAN)
        ),
        *rows(lenet_experiment.stand_free, "images must ", None, DIGITS_28[0], DIGITS_28[..., None]),
        *rows(
            lambda v: lenet_experiment.stand_free(DIGITS_28, v),
            "pixels must be a whole number in 1..13; got {}",
            *(14, -1, 0, 1.5, True, None),
        ),
    ],
    "the zoo": [
        *rows(pretrained.load, "name must be one of ", *NO_NAME),
        (lambda: pretrained.load("vgg16"), "such as VGG16"),
        *rows(pretrained.read_image, "image must be ", None, 3, [], PICTURES, PICTURES[0] / 255),
        *rows(lambda v: zoo.resize(v, 8), "image must be ", None, [], PICTURES, PICTURES[0] / 255),
        *rows(
            lambda v: zoo.resize(PICTURES[0], v),
            "side must be a whole number of at least 1; got {}",
            *NOT_WHOLE,
        ),
        *rows(zoo.preparation, "model must be a keras.Model, as load gives one; got {}", None, 3, "vgg"),
        *rows(pretrained_views.best, "probabilities must ", None, "x", [0.5, 0.5], np.ones((1, 1000))),
        *rows(
            lambda v: pretrained_views.best(np.ones(1000), v),
            "k must be a whole number in 1..1000; got {}",
            *(0, 1001, 1.5, True, None),
        ),
        *rows(
            lambda v: trained.load_weights(v, "lenet5-modern"), "model must be a keras.Model; got {}", None, 3
        ),
    ],
    "your own": [
        *rows(your_own.build, NO_BLOCK, None, 3, "block", []),
        *rows(lambda v: your_own.compare(v, SHARES), "errors must ", None, [], "x", [NAN], [[0.1]], [True]),
        *rows(lambda v: your_own.compare(SHARES, v), "baseline must ", None, [], "x", [NAN] * 3, [True] * 3),
        (
            lambda: your_own.compare(SHARES, [0.1, 0.2]),
            "the seeds of baseline must be a whole number of at least 3; got 2",
        ),
    ],
    "switches and labels": [
        *rows(lambda v: datasets.load("mnist", v), "full must be True or False; got {}", *NOT_A_SWITCH),
        *rows(lambda v: slider(v, 0, 9, 1), "label must be a text; got {}", None, 3, "", b"x"),
        *rows(lambda v: menu(v, ["a"], "a"), "label must be a text; got {}", None, 3, "", b"x"),
        *rows(lambda v: Prediction("q", v), "options must be a list of two or more", ["a", ""], ["a", " "]),
        *rows(
            lambda v: Prediction("q", ["a", "b"]).reveal("a", v), "because must be a text; got {}", None, 3
        ),
    ],
}

REFUSED = {
    f"{name}-{number}": row
    for table in (
        NETWORKS,
        OTHERS,
        TOPK,
        LENET,
        CORE,
        HELPERS,
    )
    for name, rows in table.items()
    for number, row in enumerate(rows)
}


@pytest.mark.parametrize(("call", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said(call, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        call()
    assert len(str(caught.value)) < 400
