"""What LeNet-5 of 1998 is built from: its layers, its squashing function, its loss. They import Keras."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo_helpers.core import arguments
from zoo_helpers.core.backend import keras
from zoo_helpers.core.labels import class_numbers_in_step

ops = keras.ops  # this starts Keras, as the classes below do
register = keras.saving.register_keras_serializable(package="zoo_helpers")


@register
def squash(x: Any) -> Any:
    """1.7159 tanh(2x / 3), which keeps 1 at 1 and -1 at -1. Source: LeCun et al. 1998, equation 6."""
    return 1.7159 * ops.tanh(x * (2 / 3))


@register
class FanInUniform(keras.initializers.Initializer):
    """Random numbers between -2.4 / fan_in and 2.4 / fan_in. Source: LeCun et al. 1998, appendix A.

    fan_in : how many inputs a unit has; a list gives one for each entry of the last axis; without it, the
             product of all axes but the last, which is right for dense layers and full convolutions
    """

    def __init__(self, fan_in: float | Sequence[float] | None = None) -> None:
        self.fan_in = fan_in

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Any:
        """A new tensor of numbers."""
        fan_in = math.prod(shape[:-1]) if self.fan_in is None else self.fan_in
        return keras.random.uniform(shape, -1, 1, dtype=dtype) * ops.convert_to_tensor(
            2.4 / np.array(fan_in), dtype
        )

    def get_config(self) -> dict[str, Any]:
        """The argument of the constructor."""
        return {"fan_in": self.fan_in}


@register
class Subsampling(keras.layers.Layer):
    """Sums each 2 by 2 block, multiplies by the map's coefficient, adds its bias, then squashes.

    Two trainable numbers a map. Input (N, H, W, C), output (N, H // 2, W // 2, C).
    Source: LeCun et al. 1998, section II.B.
    """

    pool_size = (2, 2)
    strides = (2, 2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the coefficients and biases."""
        maps = input_shape[-1:]
        self.coefficient = self.add_weight(name="coefficient", shape=maps, initializer=FanInUniform(4))
        self.bias = self.add_weight(name="bias", shape=maps, initializer="zeros")

    def call(self, inputs: Any) -> Any:
        """Subsample the maps."""
        sums = 4 * ops.average_pool(inputs, self.pool_size, self.strides)
        return squash(sums * self.coefficient + self.bias)

    def count_multiply_adds(self, output_shape: tuple[int, ...]) -> int:
        """One product, with the coefficient, for each output."""
        return math.prod(output_shape)


@register
class ConnectionTableConv2D(keras.layers.Layer):
    """A convolution whose output maps see only some of the input maps, then squashed.

    table : for each output map, the numbers of the input maps that it sees, ascending

    Each pair of maps has a kernel of its own, each output map a bias. Input (N, H, W, C), output
    (N, H - kernel_size + 1, W - kernel_size + 1, len(table)).
    Raises ValueError for a table with an empty row, or with a map that is not there or stands there twice.
    Source: LeCun et al. 1998, Table I.
    """

    strides = (1, 1)

    def __init__(self, table: Sequence[Sequence[int]], kernel_size: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.table = _checked_table(table)
        self.kernel_size = 2 * (arguments.whole("kernel_size", kernel_size),)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make a kernel for each pair and a bias for each output map."""
        if len(input_shape) != 4 or min(side or math.inf for side in input_shape[1:3]) < self.kernel_size[0]:
            raise ValueError(
                f"inputs must have shape (N, H, W, C), H and W at least {self.kernel_size[0]}; "
                f"got shape {input_shape}"
            )
        maps = input_shape[-1]
        pairs = [(source, target) for target, sources in enumerate(self.table) for source in sources]
        if not all(source in range(maps) for source, _ in pairs):
            raise ValueError(f"table must hold map numbers in 0..{maps - 1}; got {self.table}")
        # places[p, i, o] is 1 where pair p joins input map i to output map o.
        self._places = np.zeros((len(pairs), maps, len(self.table)), "float32")
        for number, pair in enumerate(pairs):
            self._places[(number, *pair)] = 1
        fan_in = [math.prod(self.kernel_size) * len(self.table[target]) for _, target in pairs]
        self.kernel = self.add_weight(
            name="kernel", shape=(*self.kernel_size, len(pairs)), initializer=FanInUniform(fan_in)
        )
        self.bias = self.add_weight(name="bias", shape=(len(self.table),), initializer="zeros")

    def call(self, inputs: Any) -> Any:
        """Convolve with a full kernel that is 0 where the table has no connection."""
        places = ops.cast(self._places, self.compute_dtype)
        full = ops.tensordot(self.kernel, places, axes=1)  # (5, 5, C, len(table))
        return squash(ops.conv(inputs, full) + self.bias)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "table": self.table, "kernel_size": self.kernel_size[0]}


def _checked_table(table: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [np.asarray(row).tolist() for row in (table if np.iterable(table) else ())]
    if not rows or not all(isinstance(row, list) and row for row in rows):
        raise ValueError(f"table must name at least one input map for each output map; got {table!r}")
    for row in rows:
        if row != sorted({arguments.whole("a map in table", source, 0) for source in row}):
            raise ValueError(
                "table must name the input maps that an output map sees, ascending and each once; "
                f"got {row}; of rows of 0 and 1, np.flatnonzero(row) makes them"
            )
    return rows


@register
class RadialBasisOutput(keras.layers.Layer):
    """The squared distance from the input to the prototype of each class: the smallest wins.

    prototypes : (classes, inputs) numbers, fixed: nothing here is trained

    Input (N, inputs), output (N, classes). Source: LeCun et al. 1998, equation 7.
    """

    def __init__(self, prototypes: Sequence[Sequence[float]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        prototypes = arguments.numbers("prototypes", prototypes, "(classes, inputs)", None, None)
        self.prototypes = arguments.finite("prototypes", prototypes).astype("float32")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Check that the input is as wide as the prototypes: NumPy's rules would spread a width of 1."""
        if len(input_shape) != 2 or input_shape[1] != self.prototypes.shape[1]:
            raise ValueError(
                f"inputs must have shape (N, {self.prototypes.shape[1]}); got shape {input_shape}"
            )

    def call(self, inputs: Any) -> Any:
        """Measure the distances."""
        steps = inputs[:, None, :] - ops.cast(self.prototypes, self.compute_dtype)  # (N, classes, inputs)
        return ops.sum(ops.square(steps), axis=-1)

    def count_multiply_adds(self, output_shape: tuple[int, ...]) -> int:
        """One square for each number of each prototype."""
        return self.prototypes.size

    def get_config(self) -> dict[str, Any]:
        """The argument of the constructor."""
        return {**super().get_config(), "prototypes": self.prototypes.tolist()}


@register
class MaximumAPosterioriLoss(keras.losses.Loss):
    """y_D + log(exp(-j) + sum of exp(-y_i)): near the right class's prototype D, far from all others.

    The second term competes: it pushes wrong classes away until j, a distance of a class of "none of these".
    The paper asks for a positive j and prints no value.

    y_true : (N,) or (N, 1) class numbers, or (N, C) one-hot; y_pred : (N, C) distances. What is no class
    raises ValueError; inside `fit`, which cannot look at its labels, its loss is NaN.
    Source: LeCun et al. 1998, equation 9.
    """

    def __init__(self, j: float = 0.1, name: str = "maximum_a_posteriori", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.j = arguments.number("j", j, above=0)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each image."""
        labels = class_numbers_in_step(y_true, y_pred)
        right = ops.one_hot(labels, y_pred.shape[-1], dtype=y_pred.dtype)
        rubbish = ops.full_like(y_pred[:, :1], -self.j)
        rivals = ops.logsumexp(ops.concatenate([rubbish, -y_pred], axis=1), axis=1)
        return ops.where(labels < 0, np.nan, ops.sum(right * y_pred, axis=1) + rivals)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "j": self.j}


@register
def nearest_prototype_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the smallest distance is the right class's, else 0: the accuracy to compile LeNet-5 with."""
    return keras.metrics.sparse_categorical_accuracy(y_true, -y_pred)
