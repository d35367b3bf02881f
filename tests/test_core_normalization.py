"""The fused batch normalization, held against Keras' own layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo_helpers.core import normalization
from zoo_helpers.core.normalization import FusedBatchNormalization

SHAPES = [(2, 2, 2, 3), (4, 5, 7, 6), (1, 1, 1, 2)]  # so few values that n - 1 and n are told apart


def twins(shape, seed=0, **options):
    """Ours and Keras' layer with the same weights, and a batch that is far from normalized."""
    random = np.random.default_rng(seed)
    pair = FusedBatchNormalization(**options), keras.layers.BatchNormalization(**options)
    weights = random.uniform(0.5, 2.0, (4, shape[-1]))  # gamma, beta, moving mean, moving variance
    for layer in pair:
        layer.build(shape)
        layer.set_weights(list(weights))
    return *pair, tf.constant(random.normal(3.0, 2.0, shape), "float32")


def test_the_weights_have_the_same_names():
    ours, keras_own, _ = twins((2, 2, 2, 3))
    assert [weight.name for weight in ours.weights] == [weight.name for weight in keras_own.weights]
    assert len(ours.trainable_weights) == len(keras_own.trainable_weights) == 2


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_outputs_gradients_and_statistics_are_those_of_keras(shape, training):
    results = []
    *pair, batch = twins(shape, momentum=0.9, epsilon=1e-5)
    for layer in pair:
        with tf.GradientTape() as tape:
            tape.watch(batch)
            outputs = layer(batch, training=training)
            loss = tf.reduce_sum(outputs**3)
        gradients = tape.gradient(loss, [batch, layer.gamma.value, layer.beta.value])
        results.append([outputs, *gradients, layer.moving_mean, layer.moving_variance])
    for ours, theirs in zip(*results, strict=True):
        scale = np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * scale)


def test_a_frozen_layer_keeps_its_statistics_in_training():
    ours, theirs, batch = twins((4, 5, 7, 6))
    for layer in (ours, theirs):
        layer.trainable = False
    before = ours.get_weights()
    np.testing.assert_allclose(ours(batch, training=True), theirs(batch, training=True), rtol=1e-5)
    for old, new in zip(before, ours.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_half_precision_maps_keep_float32_statistics():
    ours, theirs, batch = twins((4, 5, 7, 6), dtype="mixed_float16")
    half = ours(batch, training=True)
    assert half.dtype == "float16"
    assert ours.moving_variance.dtype == "float32"
    np.testing.assert_allclose(half, theirs(batch, training=True), rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(ours.moving_variance, theirs.moving_variance, rtol=2e-3)


def test_a_network_trains_as_with_keras_own_layer():
    random = np.random.default_rng(1)
    images, labels = random.normal(size=(32, 8, 8, 3)), random.integers(0, 4, 32)
    trained = []
    for layer in (FusedBatchNormalization, keras.layers.BatchNormalization):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((8, 8, 3)),
                keras.layers.Conv2D(5, 3),
                layer(momentum=0.9),
                keras.layers.ReLU(),
                keras.layers.GlobalAveragePooling2D(),
                keras.layers.Dense(4, activation="softmax"),
            ]
        )
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(images, labels, batch_size=16, epochs=3, shuffle=False, verbose=0)
        trained.append([*model.get_weights(), model.predict(images, verbose=0)])
    for ours, theirs in zip(*trained, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_its_config_makes_the_same_layer_again():
    layer = FusedBatchNormalization(momentum=0.8, epsilon=1e-4, name="conv1_bn")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is FusedBatchNormalization
    assert again.get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("options", "shape", "words"),
    [
        ({}, (2, 3), r"input must be \(N, H, W, C\)"),
        ({"axis": 1}, (2, 3, 3, 4), "axis -1; got .* axis 1"),
        ({"scale": False}, (2, 3, 3, 4), "scale and center must be True"),
        ({"synchronized": True}, (2, 3, 3, 4), "synchronized False"),
    ],
)
def test_what_the_kernel_can_not_do_is_refused(options, shape, words):
    with pytest.raises(ValueError, match=words):
        FusedBatchNormalization(**options).build(shape)


@pytest.mark.parametrize("training", [True, False])
def test_where_keras_runs_without_tensorflow_it_is_keras_own_layer(training, monkeypatch):
    ours, theirs, batch = twins((4, 5, 7, 6))
    monkeypatch.setattr(normalization, "tf", None)
    np.testing.assert_array_equal(ours(batch, training=training), theirs(batch, training=training))
    np.testing.assert_array_equal(ours.moving_variance, theirs.moving_variance)
