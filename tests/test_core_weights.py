"""Carrying weights: what fits, and what is told when something does not."""

import keras
import numpy as np
import pytest
from keras import layers

from zoo_helpers.core.weights import carry_weights


def network(*stack):
    return keras.Sequential([keras.Input((4, 4, 2)), *stack])


def test_layers_are_found_by_their_names_whatever_the_order():
    source = network(layers.Conv2D(2, 3, padding="same", name="a"), layers.Conv2D(2, 3, name="b"))
    target = network(layers.Conv2D(2, 3, padding="same", name="new_b"), layers.Conv2D(2, 3, name="new_a"))
    carry_weights(source, target, lambda name: name.removeprefix("new_"))
    for name in "ab":
        for given, taken in zip(
            source.get_layer(name).get_weights(), target.get_layer(f"new_{name}").get_weights(), strict=True
        ):
            np.testing.assert_array_equal(given, taken)


def test_a_dense_layer_on_a_flattened_map_becomes_a_convolution():
    dense = network(layers.Flatten(), layers.Dense(3, name="fc"))
    convolution = network(layers.Conv2D(3, 4, name="fc"))
    carry_weights(dense, convolution)
    image = np.random.default_rng(0).normal(size=(1, 4, 4, 2))
    np.testing.assert_allclose(convolution(image)[:, 0, 0], dense(image), rtol=1e-5)


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ([layers.Conv2D(2, 3, name="a")], [layers.Conv2D(2, 3, name="b")], "source must have a layer 'b'"),
        (
            [layers.Conv2D(2, 3, name="a")],
            [layers.Conv2D(2, 1, name="a")],
            r"'a' must have the shapes .* got",
        ),
        ([layers.Conv2D(2, 3, name="a")], [layers.Conv2D(2, 3, use_bias=False, name="a")], "'a' must have"),
        (
            [layers.Flatten(), layers.Dense(6, use_bias=False, name="a")],
            [layers.Conv2D(16, (2, 3), use_bias=False, name="a")],  # as many numbers, in another order
            "'a' must have",
        ),
        (
            [layers.Conv2D(2, 3, name="a"), layers.Conv2D(2, 1, name="b")],
            [layers.Conv2D(2, 3, name="a")],
            "left over: b",
        ),
    ],
)
def test_what_does_not_fit_is_named(source, target, words):
    with pytest.raises(ValueError, match=words):
        carry_weights(network(*source), network(*target))
