"""Weights from elsewhere: from a network whose layers have other names, such as Keras' own VGG16."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from zoo_helpers.core.arguments import one_of
from zoo_helpers.core.backend import keras

# layer -> its name in `keras.applications.VGG16` and `VGG19`
KERAS_NAMES = MappingProxyType(
    {
        **{
            f"conv{stage}_{number}": f"block{stage}_conv{number}"
            for stage, count in enumerate((2, 2, 4, 4, 4), start=1)  # of E, which has most
            for number in range(1, count + 1)
        },
        "fc6": "fc1",
        "fc7": "fc2",
        "fc8": "predictions",
    }
)


def carry_weights(
    source: keras.Model, target: keras.Model, source_name: Callable[[str], str] = lambda name: name
) -> None:
    """Give the layers of `target` the weights of the layers of `source`.

    source_name : from a layer's name in `target` to its name in `source`, such as `keras_name`

    A dense kernel (H * W * C, units) also fits a convolution's (H, W, C, units): after flattening a map, both
    hold the same numbers in the same order.

    Raises ValueError that names the layer when one is missing, does not fit, or is left over; `target` may
    then hold a part of the new weights.
    """
    for argument, model in (("source", source), ("target", target)):
        if not isinstance(model, keras.Model):
            raise ValueError(f"{argument} must be a keras.Model; got {model!r:.80}")
    given = {layer.name: layer for layer in source.layers if layer.weights}
    for layer in target.layers:
        if layer.weights:
            name = source_name(layer.name)
            if name not in given:
                raise ValueError(f"source must have a layer {name!r} with weights for {layer.name!r}")
            layer.set_weights(_fitted(given.pop(name).get_weights(), layer))
    if given:
        raise ValueError(f"target must take every layer of source; left over: {', '.join(given)}")


def _fitted(weights: list[np.ndarray], layer: keras.Layer) -> list[np.ndarray]:
    came = [weight.shape for weight in weights]
    shapes = [tuple(weight.shape) for weight in layer.weights]
    if len(came) != len(shapes) or not all(map(_fits, came, shapes)):
        raise ValueError(f"weights for {layer.name!r} must have the shapes {shapes}; got {came}")
    return [weight.reshape(shape) for weight, shape in zip(weights, shapes, strict=True)]


def _fits(came: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    is_flattened = len(came) == 2 and came == (math.prod(shape[:-1]), shape[-1])
    return came == shape or is_flattened


def keras_name(layer: str) -> str:
    """The name in `keras.applications.VGG16` and `VGG19` of a layer of D and E.

    >>> keras_name("conv3_2"), keras_name("fc6"), keras_name("fc8")
    ('block3_conv2', 'fc1', 'predictions')
    """
    return KERAS_NAMES[one_of("layer", layer, KERAS_NAMES)]
