"""How large the gradient is, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from zoo_helpers.core.backend import keras, tf


class Norms(NamedTuple):
    """The size of a loss's gradient at each layer with a kernel, in the model's order.

    layers  : the names, (L,)
    outputs : the Euclidean norm of the gradient in the layer's outputs for the whole batch, (L,);
              for the last layer in what its softmax takes
    weights : the Euclidean norm of the gradient in its kernel, (L,)
    """

    layers: tuple[str, ...]
    outputs: np.ndarray
    weights: np.ndarray


def norms(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> Norms:
    """The gradient of the mean cross-entropy at each layer, in one step as in training.

    images, labels : a batch as the model takes it, (N, ...), and its class numbers (N,)

    The model's last layer has a softmax. Nothing in the model changes, moving statistics included.
    """
    *hidden, last = layers_with_kernel(model)
    watched = keras.Model(model.input, [model.output, *(layer.output for layer in hidden)])
    with statistics_kept(model), tf.GradientTape() as tape:
        probabilities, *outputs = watched(images, training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
    kernels = [layer.kernel.value for layer in (*hidden, last)]
    of_outputs, of_kernels = tape.gradient(loss, [outputs, kernels])
    of_logits = (probabilities - tf.one_hot(labels, probabilities.shape[1])) / len(labels)
    return Norms(
        tuple(layer.name for layer in (*hidden, last)), _sizes([*of_outputs, of_logits]), _sizes(of_kernels)
    )


def layers_with_kernel(model: keras.Model) -> list[keras.Layer]:
    """The layers that multiply by weights, in the model's order."""
    return [layer for layer in model.layers if hasattr(layer, "kernel")]


@contextmanager
def statistics_kept(model: keras.Model) -> Iterator[None]:
    """Let the model run as in training, and have its moving statistics afterwards as they were."""
    before = [variable.numpy() for variable in model.non_trainable_variables]
    try:
        yield
    finally:
        for variable, value in zip(model.non_trainable_variables, before, strict=True):
            variable.assign(value)


def _sizes(gradients: list[Any]) -> np.ndarray:
    # In double precision: the squares of what a deep sigmoid network passes on are too small for float32.
    return np.array([np.linalg.norm(gradient.numpy().astype(np.float64)) for gradient in gradients])
