"""AlexNet's own layers: local response normalization, and convolutions in towers. They start Keras."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo_helpers.core.arguments import number, switch, whole
from zoo_helpers.core.backend import keras


@keras.saving.register_keras_serializable(package="zoo_helpers")
class LocalResponseNormalization(keras.layers.Layer):
    """Divides each activation by a power of the activity in its own and the neighbouring channels.

        b_i = a_i / scale_i ** beta
        scale_i = k + alpha * sum of a_j ** 2, for j from i - size // 2 to i + size // 2

    Channels outside 0..C-1 count as zero. By these whole halves an even size spans one channel more.
    divide_by_size=True divides alpha by size: Caffe and PyTorch read the formula so, TensorFlow does not.

    Input and output shape: (N, ..., C). Half precision is computed in float32, where no square overflows.
    Raises ValueError unless size is a whole number of at least 1, k above 0, alpha and beta at least 0, and
    the inputs integers or floats.
    Source: Krizhevsky et al. 2012, section 3.3.
    """

    def __init__(
        self,
        size: int = 5,
        k: float = 2.0,
        alpha: float = 1e-4,
        beta: float = 0.75,
        divide_by_size: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = whole("size", size)
        self.k = number("k", k, above=0)
        self.alpha = number("alpha", alpha, low=0)
        self.beta = number("beta", beta, low=0)
        self.divide_by_size = switch("divide_by_size", divide_by_size)

    def call(self, inputs: Any) -> Any:
        """Normalize over the last axis: the sums over neighbours are a product with a band of ones."""
        kind = keras.backend.standardize_dtype(inputs.dtype)
        if kind == "bool" or kind.startswith("complex") or not inputs.shape:
            raise ValueError(f"inputs must be maps of integers or floats; got {kind}, shape {inputs.shape}")
        channels = np.arange(inputs.shape[-1])
        near = np.abs(channels[:, None] - channels) <= self.size // 2  # (C, C)
        alpha = self.alpha / self.size if self.divide_by_size else self.alpha
        a = keras.ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        scale = self.k + keras.ops.square(a) @ keras.ops.cast(alpha * near, a.dtype)
        # a / scale ** beta, by way of the logarithm: TensorFlow's power takes three times as long
        return keras.ops.cast(a * keras.ops.exp(-self.beta * keras.ops.log(scale)), self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer again."""
        own = ("size", "k", "alpha", "beta", "divide_by_size")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}


@keras.saving.register_keras_serializable(package="zoo_helpers")
class TowerConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` whose `groups` towers each see only their own share of the input's channels.

    The same weights and results as with Keras' own groups, computed tower by tower: on a processor that takes
    a tenth of the time.
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve each share of the channels with its share of the kernels."""
        convolve = super().convolution_op
        shares = keras.ops.split(inputs, self.groups, axis=-1)
        kernels = keras.ops.split(kernel, self.groups, axis=-1)
        return keras.ops.concatenate([convolve(*pair) for pair in zip(shares, kernels, strict=True)], axis=-1)
