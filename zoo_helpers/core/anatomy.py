"""Anatomy: what a network is made of, layer by layer, read from a built Keras model.

The other road to the same rows is `zoo_helpers.core.trace`: arithmetic on a paper's table, no TensorFlow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zoo_helpers.core.backend import keras

# Layers with weights that are counted right; an own layer is taken at its word.
KNOWN = {
    *("Dense", "Embedding", "PReLU", "Layer"),
    *(f"{kind}{d}D" for kind in ("Conv", "DepthwiseConv", "SeparableConv") for d in (1, 2, 3)),
    *(f"{kind}Normalization" for kind in ("Batch", "Layer", "Group", "RMS", "Unit")),
    "Normalization",
}
ENLARGING = {"UpSampling1D", "UpSampling2D", "UpSampling3D", "Resizing", "Resize"}
# Layers and operations without weights that multiply all the same
OTHERWISE = {
    *(
        "Attention",
        "AdditiveAttention",
        "DotProductAttention",
        "Dot",
        "Matmul",
        "Einsum",
        "Tensordot",
        "Vdot",
    ),
    *("Inner", "Outer", "Conv", "DepthwiseConv", "SeparableConv", "AffineTransform"),
}


@dataclass(frozen=True)
class Row:
    """One layer, for one image.

    output_shape is (H, W, C) or (units,), without the batch. receptive_field is the side of the square that
    one output sees, stride the step from one output to the next, both in pixels of the image, along its
    height; where branches meet, the largest counts. depth is the number of layers that multiply by weights on
    the longest way from the image to here. The bytes are those of the weights and of the output.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    trainable: int
    multiply_adds: int
    receptive_field: int
    stride: int
    depth: int
    weight_bytes: int
    activation_bytes: int


@dataclass(frozen=True)
class Totals:
    """A whole network, for one image. weighted_layers is the depth that papers quote: ResNet-50 has 50."""

    parameters: int
    trainable: int
    multiply_adds: int
    weighted_layers: int
    weight_bytes: int
    activation_bytes: int


def totals(network: keras.Model | Iterable[Row]) -> Totals:
    """The sums over all layers of a model, or over the rows of a trace."""
    rows = list(network) if isinstance(network, Iterable) else trace_layers(network)
    if not rows or not all(isinstance(row, Row) for row in rows):
        raise ValueError("network must be a model, or the rows of one, at least one row")
    summed = ("parameters", "trainable", "multiply_adds", "weight_bytes", "activation_bytes")
    sums = {name: sum(getattr(row, name) for row in rows) for name in summed}
    return Totals(**sums, weighted_layers=max(row.depth for row in rows))


def follow(inputs: Sequence[Row], window: int, stride: int, multiply_adds: int) -> dict[str, int]:
    """What a layer inherits from its inputs: how far its outputs see, their stride, and its depth."""
    step = max((row.stride for row in inputs), default=1)
    seen = max((row.receptive_field for row in inputs), default=1)
    return {
        "receptive_field": seen + (window - 1) * step,
        "stride": step * stride,
        "depth": max((row.depth for row in inputs), default=0) + (multiply_adds > 0),
    }


def trace_layers(model: keras.Model) -> list[Row]:
    """The rows of a functional or Sequential model, in the order in which it computes.

    A new kind of layer is counted right if it speaks as Keras' layers do: `kernel_size` (or `pool_size`) and
    `strides` if it slides a window, "kernel" in the name of weights that are used once at every position. If
    its arithmetic is another, it has a method `count_multiply_adds(output_shape)`. Biases, activations and
    normalization count no multiply-adds, as in the papers.

    Raises ValueError for a model without a graph or a fixed input size, with a layer that enlarges maps or
    whose arithmetic is not known here, with a layer used twice, or with a model inside.
    """
    rows: dict[int, Row] = {}  # by the id of the tensor that the layer gives
    for operation in operations(model):
        inputs = [_made(rows, tensor) for tensor in keras.tree.flatten(operation.input)]
        rows[id(operation.output)] = _row(operation, inputs)
    _made(rows, model.outputs[0])
    return list(rows.values())


def operations(model: keras.Model) -> list[keras.Operation]:
    """What a functional or Sequential model computes, in order; else, or with a model inside, ValueError."""
    if not hasattr(model, "layers"):
        raise ValueError(f"model must be a functional or Sequential keras.Model; got {model!r}")
    if not hasattr(model, "outputs"):
        why = (
            "it must begin with keras.Input"
            if isinstance(model, keras.Sequential)
            else "a subclass has no graph"
        )
        raise ValueError(f"model must be a functional or Sequential keras.Model; {why}; got {model.name!r}")
    found = keras.Function(model.inputs, model.outputs).operations
    for operation in found:
        if hasattr(operation, "layers"):
            raise ValueError(
                f"model must hold layers only; build on the output of {operation.name!r} instead"
            )
    return found


def _made(rows: dict[int, Row], tensor: keras.KerasTensor) -> Row:
    if id(tensor) not in rows:
        raise ValueError(f"model must use each layer once; the one that gives {tensor.name!r} is used again")
    return rows[id(tensor)]


def _row(operation: keras.Operation, inputs: Sequence[Row]) -> Row:
    shape = tuple(operation.output.shape[1:])
    if None in shape:
        raise ValueError(f"model must have an input of fixed size; layer {operation.name!r} gives {shape}")
    if not hasattr(operation, "count_multiply_adds"):
        _check_arithmetic(operation)
    weights = getattr(operation, "weights", [])  # the plain operation of `a + b` has none
    multiply_adds = _count_multiply_adds(operation, shape, weights)
    window, stride = _window(operation, inputs[0].output_shape if inputs else shape, shape)
    return Row(
        name=operation.name,
        kind=type(operation).__name__,
        output_shape=shape,
        parameters=_count(weights),
        trainable=_count(getattr(operation, "trainable_weights", [])),
        multiply_adds=multiply_adds,
        **follow(inputs, window, stride, multiply_adds),
        weight_bytes=sum(_count([weight]) * _bytes(weight.dtype) for weight in weights),
        activation_bytes=math.prod(shape) * _bytes(operation.output.dtype),
    )


def _count(weights: Iterable[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def _count_multiply_adds(operation: keras.Operation, shape: tuple[int, ...], weights: Sequence[Any]) -> int:
    if hasattr(operation, "count_multiply_adds"):
        return operation.count_multiply_adds(shape)
    return math.prod(shape[:-1]) * _count(weight for weight in weights if "kernel" in weight.name)


def _window(operation: keras.Operation, before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, int]:
    """The side of the window that a layer slides over its input, and the step."""
    size = getattr(operation, "kernel_size", None) or getattr(operation, "pool_size", None)
    if size:
        dilation = getattr(operation, "dilation_rate", (1,))[0]
        return dilation * (size[0] - 1) + 1, operation.strides[0]
    is_map = len(before) > 1
    if is_map and (len(after) == 1 or after[0] == 1):  # flattened, or pooled over the whole map
        return before[0], 1
    return 1, 1


def _check_arithmetic(operation: keras.Operation) -> None:
    """Refuse a layer of Keras whose multiply-adds are not its kernel's, once at every position."""
    kind = next(base.__name__ for base in type(operation).__mro__ if base.__module__.startswith("keras."))
    if kind in ENLARGING or kind.endswith("Transpose"):
        raise ValueError(f"model must not enlarge its maps; layer {operation.name!r} does")
    if kind in OTHERWISE or (getattr(operation, "weights", []) and kind not in KNOWN):
        raise ValueError(
            f"model must have layers whose multiply-adds are known here; layer {operation.name!r} is {kind}, "
            "which is not"
        )


def _bytes(dtype: str) -> int:
    return 1 if dtype == "bool" else int(re.search(r"\d+", dtype).group()) // 8
