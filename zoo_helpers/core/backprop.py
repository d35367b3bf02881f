"""How large the gradient is, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from zoo_helpers.core.anatomy import operations
from zoo_helpers.core.arguments import finite, numbers
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.core.labels import class_numbers


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

    images, labels : a batch as the model takes it, (N, ...), and its class numbers (N,) or (N, 1)

    The model's last layer has a softmax. Nothing in the model changes, moving statistics included. Gradients
    are as small as the model's own numbers can be: below 6e-8, float16 passes on 0.
    """
    images, labels = _checked(model, images, labels)
    *hidden, last = layers_with_kernel(model)
    watched = keras.Model(model.inputs[0], (model.outputs[0], [layer.output for layer in hidden]))
    kernels = [layer.kernel.value for layer in (*hidden, last)]
    with statistics_kept(model), tf.GradientTape() as tape:
        tape.watch(kernels)  # frozen ones too
        probabilities, outputs = watched(images, training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
    of_outputs, of_kernels = tape.gradient(loss, [outputs, kernels])
    wanted = tf.one_hot(labels, probabilities.shape[1], dtype=probabilities.dtype)
    of_logits = (probabilities - wanted) / len(labels)
    return Norms(
        tuple(layer.name for layer in (*hidden, last)), _sizes([*of_outputs, of_logits]), _sizes(of_kernels)
    )


def _checked(model: keras.Model, images: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Images and class numbers (N,) as arrays; ValueError where they or the model have no such norms."""
    last = operations(model)[-1]
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(f"model must have one input and one output; got {model.name!r}")
    if (
        getattr(last, "activation", None) is not keras.activations.softmax
        and type(last).__name__ != "Softmax"
    ):
        raise ValueError(f"model must end in a softmax; its last layer is {last.name!r}")
    if not layers_with_kernel(model):
        raise ValueError(f"model must have a layer with a kernel; got {model.name!r} with none")
    shape = model.inputs[0].shape[1:]
    form = f"({', '.join(['N', *map(str, shape)])})"
    images = finite("images", numbers("images", images, form, None, *shape))
    return images, class_numbers(labels, len(images), model.outputs[0].shape[-1])


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
