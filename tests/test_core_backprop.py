"""The gradient's size by layer, held against finite differences and against the chain rule in NumPy."""

import numpy as np
import pytest

from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.backprop import layers_with_kernel, norms, statistics_kept

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(6, 5)).astype("float32")
LABELS = np.array([0, 2, 1, 1, 0, 2])


def dense_network(activation, batch_norm=False):
    """5 numbers, two layers of 4, three classes."""
    keras.utils.set_random_seed(1)
    x = images = keras.Input((5,))
    for name in ("first", "second"):
        x = layers.Dense(4, bias_initializer="normal", name=name)(x)
        if batch_norm:
            x = layers.BatchNormalization(name=f"bn_{name}")(x)
        x = layers.Activation(activation)(x)
    return keras.Model(images, layers.Dense(3, activation="softmax", name="third")(x))


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def chain_rule(model):
    """The gradients in the outputs and in the kernels of a tanh network, as lists of arrays, in NumPy."""
    kernels, biases = zip(
        *(model.get_layer(name).get_weights() for name in ("first", "second", "third")), strict=True
    )
    inputs = [IMAGES.astype("float64")]
    for kernel, bias in zip(kernels[:2], biases[:2], strict=True):
        inputs.append(np.tanh(inputs[-1] @ kernel + bias))
    probabilities = softmax(inputs[-1] @ kernels[2] + biases[2])
    deltas = [(probabilities - np.eye(3)[LABELS]) / len(LABELS)]
    for kernel, output in zip(kernels[:0:-1], inputs[:0:-1], strict=True):
        deltas.insert(0, deltas[0] @ kernel.T * (1 - output**2))
    return deltas, [below.T @ delta for below, delta in zip(inputs, deltas, strict=True)]


def test_norms_are_those_of_the_chain_rule():
    model = dense_network("tanh")
    found = norms(model, IMAGES, LABELS)
    of_outputs, of_kernels = chain_rule(model)
    assert found.layers == ("first", "second", "third")
    np.testing.assert_allclose(found.outputs, [np.linalg.norm(delta) for delta in of_outputs], rtol=1e-5)
    np.testing.assert_allclose(found.weights, [np.linalg.norm(kernel) for kernel in of_kernels], rtol=1e-5)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_kernels_norms_are_those_of_finite_differences(batch_norm):
    model = dense_network("tanh", batch_norm)

    def loss():
        probabilities = np.asarray(model(IMAGES, training=True), "float64")
        return -np.log(probabilities[np.arange(len(LABELS)), LABELS]).mean()

    found = norms(model, IMAGES, LABELS)
    for layer, norm in zip(found.layers, found.weights, strict=True):
        kernel = model.get_layer(layer).kernel
        before, slopes = kernel.numpy(), np.zeros(kernel.shape)
        for place in np.ndindex(*kernel.shape):
            sides = []
            for side in (1e-2, -1e-2):
                nudged = before.copy()
                nudged[place] += side
                kernel.assign(nudged)
                sides.append(loss())
            slopes[place] = (sides[0] - sides[1]) / 2e-2
        kernel.assign(before)
        assert norm == pytest.approx(np.linalg.norm(slopes), rel=2e-3)


def test_convolutions_count_too_and_layers_without_a_kernel_do_not():
    keras.utils.set_random_seed(0)
    x = images = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, activation="relu", name="conv")(x)
    x = layers.Flatten()(layers.MaxPooling2D()(x))
    model = keras.Model(images, layers.Dense(3, activation="softmax", name="fc")(x))
    found = norms(model, RANDOM.normal(size=(6, 6, 6, 1)).astype("float32"), LABELS)
    assert found.layers == ("conv", "fc") == tuple(layer.name for layer in layers_with_kernel(model))
    assert (found.outputs > 0).all()
    assert (found.weights > 0).all()


def test_nothing_in_the_model_changes():
    model = dense_network("relu", batch_norm=True)
    before = model.get_weights()
    norms(model, IMAGES, LABELS)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_it_runs_as_in_training():
    model = dense_network("relu", batch_norm=True)
    for name in ("bn_first", "bn_second"):
        layer = model.get_layer(name)
        gamma, beta, mean, variance = layer.get_weights()
        layer.set_weights([gamma, beta, mean + 100, variance * 100])  # what inference would use
    assert norms(model, IMAGES, LABELS).weights == pytest.approx(
        norms(dense_network("relu", batch_norm=True), IMAGES, LABELS).weights, rel=1e-5
    )


def test_statistics_are_kept_even_if_the_block_fails():
    model = dense_network("relu", batch_norm=True)
    before = model.get_layer("bn_first").get_weights()

    def fails():
        with statistics_kept(model):
            model(10 * IMAGES, training=True)
            assert (model.get_layer("bn_first").get_weights()[3] != before[3]).all()
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    for old, new in zip(before, model.get_layer("bn_first").get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_network_that_is_sure_and_wrong_still_has_its_gradient():
    # Probabilities of 0 and 1 in float32: a loss that takes their logarithm would be cut off.
    model = dense_network("relu")
    kernel, bias = model.get_layer("third").get_weights()
    model.get_layer("third").set_weights([1000 * kernel, bias])
    probabilities = np.asarray(model(IMAGES))
    wrong = (probabilities.argmax(axis=1) + 1) % 3
    assert (probabilities[np.arange(6), wrong] < 1e-7).any()
    found = norms(model, IMAGES, wrong)
    delta = (probabilities - np.eye(3)[wrong]) / 6
    expected = (
        delta @ (1000 * kernel).T * (keras.Model(model.input, model.layers[-2].output)(IMAGES).numpy() > 0)
    )
    assert found.outputs[1] == pytest.approx(np.linalg.norm(expected), rel=1e-5)


@pytest.mark.parametrize("policy", ["float64", "mixed_float16", "mixed_bfloat16", "bfloat16", "float16"])
def test_every_precision_gives_the_same_within_its_own(policy):
    model = dense_network("relu", batch_norm=True)
    expected = norms(model, IMAGES, LABELS)
    keras.config.set_dtype_policy(policy)
    try:
        other = dense_network("relu", batch_norm=True)
    finally:
        keras.config.set_dtype_policy("float32")
    other.set_weights(model.get_weights())
    found = norms(other, IMAGES, LABELS)
    close = {"rel": 0.1 if "b" in policy else 1e-2}
    assert found.outputs == pytest.approx(expected.outputs, **close)
    assert found.weights == pytest.approx(expected.weights, **close)


def test_a_sequential_model_that_has_been_called_and_frozen_layers_count_too():
    model = dense_network("tanh")
    stack = keras.Sequential([layers.Dense(4, "tanh"), layers.Dense(4, "tanh"), layers.Dense(3, "softmax")])
    stack(IMAGES)
    stack.set_weights(model.get_weights())
    stack.layers[0].trainable = False
    np.testing.assert_allclose(
        norms(stack, IMAGES, LABELS).weights, norms(model, IMAGES, LABELS).weights, rtol=1e-5
    )


def test_a_network_of_one_layer_has_one_norm():
    images = keras.Input((5,))
    model = keras.Model(images, layers.Dense(3, activation="softmax")(images))
    delta = (model(IMAGES).numpy() - np.eye(3)[LABELS]) / len(LABELS)
    found = norms(model, IMAGES, LABELS)
    assert found.outputs == pytest.approx([np.linalg.norm(delta)])
    assert found.weights == pytest.approx([np.linalg.norm(IMAGES.T @ delta)])


def test_sizes_below_float32s_squares_are_not_lost():
    model = dense_network("tanh")
    kernel, bias = model.get_layer("third").get_weights()
    first = norms(model, IMAGES, LABELS).outputs[1]
    model.get_layer("third").set_weights([1e-25 * kernel, bias])  # their squares are 0 in float32
    assert 0 < norms(model, IMAGES, LABELS).outputs[1] < 1e-20 * first
