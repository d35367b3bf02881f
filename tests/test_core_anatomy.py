"""Anatomy: counts held against networks of ones that count themselves, fields of view against gradients."""

import subprocess
import sys

import numpy as np
import pytest
from shared import by_name

from zoo_helpers.core import papers
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.core.backend import keras, layers, tf
from zoo_helpers.core.trace import Trace


def network(*stack, side=12, width=6):
    return keras.Sequential([keras.Input((side, side, width), name="image"), *stack])


# --- Multiply-adds, parameters, bytes -----------------------------------------------------------------


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(4, 3, kernel_initializer="ones"),
        layers.Conv2D(4, (2, 5), strides=2, kernel_initializer="ones"),
        layers.Conv2D(9, 3, groups=3, kernel_initializer="ones", use_bias=False),
        layers.Conv2D(4, 3, dilation_rate=2, kernel_initializer="ones"),
        layers.DepthwiseConv2D(3, depth_multiplier=2, depthwise_initializer="ones"),
        layers.Dense(5, kernel_initializer="ones"),
    ],
    ids=lambda layer: layer.name,
)
def test_a_layer_of_ones_on_an_image_of_ones_sums_up_its_multiply_adds(layer):
    model = network(layer)
    row = trace_layers(model)[-1]
    assert row.multiply_adds == int(np.sum(model(np.ones((1, 12, 12, 6)))))
    assert row.parameters == row.trainable == layer.count_params()
    assert row.kind == type(layer).__name__


def test_a_separable_convolution_costs_what_its_two_steps_cost():
    steps = network(layers.DepthwiseConv2D(3, use_bias=False), layers.Conv2D(7, 1))
    separable = network(layers.SeparableConv2D(7, 3))
    assert totals(separable).multiply_adds == totals(steps).multiply_adds
    assert totals(separable).parameters == totals(steps).parameters


def test_biases_activations_pooling_and_normalization_multiply_nothing():
    model = network(
        layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(), layers.GlobalAveragePooling2D()
    )
    assert totals(model).multiply_adds == totals(model).weighted_layers == 0
    assert totals(model).parameters == 4 * 6
    assert totals(model).trainable == 2 * 6


def test_frozen_layers_are_not_trainable():
    model = network(layers.Conv2D(4, 3), layers.Conv2D(2, 3))
    model.layers[0].trainable = False
    assert totals(model).trainable == model.layers[1].count_params()
    assert totals(model).parameters == model.count_params()


def test_bytes_follow_the_types_of_weights_and_activations():
    model = network(layers.Conv2D(4, 3, dtype="mixed_float16"))
    row = trace_layers(model)[-1]
    assert row.weight_bytes == sum(weight.nbytes for weight in model.get_weights())
    assert row.activation_bytes == model(np.ones((1, 12, 12, 6))).numpy().nbytes


class Locked(layers.Conv2D):
    """A convolution that uses every second of its weights."""

    def count_multiply_adds(self, output_shape):
        height, width, _ = output_shape
        return height * width * self.kernel.numpy().size // 2


def test_an_own_layer_may_count_for_itself():
    row = trace_layers(network(Locked(4, 3)))[-1]
    assert row.multiply_adds == 10 * 10 * 3 * 3 * 6 * 4 // 2


def test_totals_of_keras_networks_are_the_published_ones():
    model = keras.applications.ResNet50(weights=None)
    whole = totals(model)
    assert whole.parameters == papers.table("keras.models").row("ResNet50")["parameters"]
    assert whole.trainable == papers.table("keras.parameters").row("ResNet50")["trainable"]
    assert whole.multiply_adds == papers.table("resnet.multiply_adds").row(50)["stride in the 1x1"]
    assert whole.weighted_layers == 50
    assert whole.weight_bytes == sum(weight.nbytes for weight in model.get_weights())


# --- What an output sees ------------------------------------------------------------------------------


def seen_rows(model, shift=0):
    """First and last row of the image that reach the middle output, or the one `shift` further down."""
    image = tf.ones((1, *model.input_shape[1:]))
    with tf.GradientTape() as tape:
        tape.watch(image)
        outputs = model(image)
        middle = outputs.shape[1] // 2 + shift
        output = tf.reduce_sum(outputs[:, middle, outputs.shape[2] // 2])
    reached = np.flatnonzero(np.abs(tape.gradient(output, image)).sum(axis=(0, 2, 3)))
    return reached[0], reached[-1]


def conv(kernel, **options):
    return layers.Conv2D(1, kernel, kernel_initializer="ones", **options)


def branches(side=40):
    """A narrow and a wide branch side by side, and a shortcut around both."""
    image = keras.Input((side, side, 1))
    entry = conv(3, strides=2, padding="same")(image)
    narrow = conv(1)(entry)
    wide = conv(5, padding="same")(conv(3, padding="same")(entry))
    both = layers.Concatenate()([narrow, wide])
    return keras.Model(image, layers.Add()([conv(1)(both), entry]) + entry)


STACKS = {
    "stack of 3 by 3": lambda: network(conv(3), conv(3), conv(3), side=40),
    "strides": lambda: network(conv(7, strides=2), conv(3, strides=2), conv(3), side=60),
    "dilation": lambda: network(conv(3, dilation_rate=3), conv(3), side=40),
    "pooling": lambda: network(
        conv(3), layers.AveragePooling2D(3, strides=2), conv(3, padding="same"), side=40
    ),
    "branches": branches,
}


@pytest.mark.parametrize("build", STACKS.values(), ids=STACKS)
def test_receptive_field_and_stride_are_where_gradients_arrive(build):
    model = build()
    row = trace_layers(model)[-1]
    first, last = seen_rows(model)
    assert row.receptive_field == last - first + 1
    assert row.stride == seen_rows(model, shift=1)[0] - first


@pytest.mark.parametrize("gather", [layers.Flatten, layers.GlobalMaxPooling2D])
def test_a_vector_sees_what_the_whole_map_sees(gather):
    model = network(layers.Conv2D(2, 3, strides=2), gather(), layers.Dense(3), side=13)
    assert [row.receptive_field for row in trace_layers(model)] == [1, 3, 13, 13]
    kept = network(layers.Conv2D(2, 3, strides=2), layers.GlobalAveragePooling2D(keepdims=True), side=13)
    assert trace_layers(kept)[-1].receptive_field == 13


def test_where_vectors_of_two_scales_meet_the_coarser_one_counts():
    net = Trace(side=32)
    fine = net.conv("fine", 4, kernel=3, stride=2)
    fine_vector = net.global_pool("fine_vector")
    net.conv("coarse", 4, kernel=3, stride=2, after=fine)
    both = net.layer("both", "Concatenate", (8,), after=[fine_vector, net.global_pool("coarse_vector")])
    assert both.stride == 4
    assert both.receptive_field == max(row.receptive_field for row in net.rows)


def test_depth_counts_the_weighted_layers_on_the_longest_way():
    assert totals(branches()).weighted_layers == 4
    assert [row.depth for row in trace_layers(branches()) if row.kind == "Conv2D"].count(2) == 2


# --- Straight from a table ----------------------------------------------------------------------------


def test_arithmetic_gives_the_rows_of_the_model():
    x = image = keras.Input((29, 29, 4), name="image")
    x = layers.ZeroPadding2D(2, name="pad")(x)
    x = stem = layers.Conv2D(6, 5, strides=2, name="stem")(x)
    x = layers.Conv2D(6, 3, groups=2, padding="same", name="grouped")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Add(name="add")([x, layers.Conv2D(6, 1, use_bias=False, name="shortcut")(stem)])
    x = layers.ReLU(name="relu")(x)
    x = layers.AveragePooling2D(3, strides=2, padding="same", name="pool")(x)
    x = layers.Flatten(name="flatten")(x)
    model = keras.Model(image, layers.Dense(5, name="dense")(x))

    net = Trace(side=29, width=4)
    net.pad("pad", 2)
    stem = net.conv("stem", 6, kernel=5, stride=2, padding="valid")
    net.conv("grouped", 6, kernel=3, groups=2)
    main = net.batch_norm("norm")
    net.add("add", main, net.conv("shortcut", 6, kernel=1, bias=False, after=stem))
    net.layer("relu", "ReLU")
    net.pool("pool", size=3, stride=2, padding="same", kind="AveragePooling2D")
    net.flatten("flatten")
    net.dense("dense", 5)

    assert by_name(net.rows) == by_name(trace_layers(model))
    assert totals(net.rows) == totals(model)


def test_the_tables_need_no_tensorflow():
    script = (
        "import sys; from zoo_helpers import resnet, vgg; resnet.trace(152); vgg.trace('E');"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# --- What can not be followed -------------------------------------------------------------------------


class Subclassed(keras.Model):
    def call(self, inputs):
        return inputs


def used_twice():
    image = keras.Input((8, 8, 1))
    layer = layers.ReLU()
    return keras.Model(image, layer(layers.Conv2D(1, 3)(layer(image))))


def model_inside():
    image = keras.Input((12, 12, 6))
    return keras.Model(image, network(layers.ReLU())(image))


def sequence(*stack):
    return keras.Sequential([keras.Input((8, 8)), *stack])


def on_itself(layer, in_a_list=False):
    image = keras.Input((8, 8))
    return keras.Model(image, layer([image, image]) if in_a_list else layer(image, image))


class OwnLSTM(layers.LSTM):
    """Still an LSTM."""


UNKNOWN = [
    ([layers.LSTM(3)], "multiply-adds are known here; layer 'lstm.*' is LSTM, which is not"),
    ([OwnLSTM(3)], "layer 'own_lstm.*' is LSTM"),
    ([layers.GRU(3)], "layer 'gru.*' is GRU"),
    ([layers.Bidirectional(layers.GRU(3))], "layer 'bidirectional.*' is Bidirectional"),
    ([layers.TimeDistributed(layers.Dense(3))], "layer 'time_distributed.*' is TimeDistributed"),
    ([layers.EinsumDense("abc,cd->abd", (8, 3))], "layer 'einsum_dense.*' is EinsumDense"),
]


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (Subclassed, "functional or Sequential"),
        (used_twice, "use each layer once"),
        (model_inside, "hold layers only; build on the output of 'sequential"),
        *((lambda stack=stack: sequence(*stack), words) for stack, words in UNKNOWN),
        (
            lambda: on_itself(layers.MultiHeadAttention(2, 4)),
            "layer 'multi_head_attention.*' is MultiHeadAttention",
        ),
        (lambda: on_itself(layers.Attention(), in_a_list=True), "layer 'attention.*' is Attention"),
        (lambda: on_itself(layers.Dot(2), in_a_list=True), "layer 'dot.*' is Dot"),
        (lambda: on_itself(keras.ops.matmul), "layer 'matmul.*' is Matmul"),
        (lambda: network(layers.Resizing(4, 4)), "not enlarge its maps; layer 'resizing"),
        (lambda: network(layers.Conv2DTranspose(2, 3)), "not enlarge its maps; layer 'conv2d_transpose"),
        (lambda: keras.Sequential([layers.Dense(3)]), "it must begin with keras.Input"),
        (lambda: network(layers.UpSampling2D()), "not enlarge its maps; layer 'up_sampling2d"),
        (lambda: network(layers.Conv2D(1, 3), side=None), r"input of fixed size; layer 'image'"),
    ],
)
def test_what_can_not_be_followed_is_named(build, words):
    with pytest.raises(ValueError, match=words):
        trace_layers(build())
