"""The layers of ResNet: the normalized convolution that every path is made of, and shortcut A."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from zoo_helpers.core.normalization import FusedBatchNormalization


@keras.saving.register_keras_serializable("zoo_helpers")
class ZeroPadShortcut(layers.Layer):
    """Shortcut A: every `stride`-th pixel, and channels of zeros up to `width`. It has no parameters.

    Input shape: (N, H, W, C), C at most width. Output shape: (N, ceil(H / stride), ceil(W / stride), width).
    """

    kernel_size = (1, 1)  # with `strides`, for anatomy: each output sees one pixel

    def __init__(self, width: int, stride: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = width
        self.strides = (stride, stride)

    def call(self, inputs: Any) -> Any:
        """Drop pixels, then add channels."""
        kept = inputs[:, :: self.strides[0], :: self.strides[1]]
        return keras.ops.pad(kept, ((0, 0), (0, 0), (0, 0), (0, self.width - inputs.shape[-1])))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "width": self.width, "stride": self.strides[0]}


def convolution(x: Any, name: str, kernel: int, width: int, stride: int = 1, bias: bool = False) -> Any:
    """A convolution, then batch normalization.

    A wide kernel with a stride stands where the released networks place it: zeros on all four sides. Keras' "same"
    would move it half a stride to the lower right.
    """
    padding = "same"
    if kernel > 1 and stride > 1:
        padding = "valid"
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x)
    x = layers.Conv2D(
        width,
        kernel,
        strides=stride,
        padding=padding,
        use_bias=bias,
        kernel_initializer="he_normal",
        name=name,
    )(x)
    return FusedBatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_bn")(x)
