"""ResNet's own layer: shortcut A. Importing it starts Keras."""

from __future__ import annotations

from typing import Any

from zoo_helpers.core.arguments import whole
from zoo_helpers.core.backend import keras


@keras.saving.register_keras_serializable("zoo_helpers")
class ZeroPadShortcut(keras.layers.Layer):
    """Shortcut A: every `stride`-th pixel, and channels of zeros up to `width`. It has no parameters.

    Input shape: (N, H, W, C), C at most width. Output shape: (N, ceil(H / stride), ceil(W / stride), width).
    """

    kernel_size = (1, 1)  # with `strides`, for anatomy: each output sees one pixel

    def __init__(self, width: int, stride: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = whole("width", width)
        self.strides = (whole("stride", stride),) * 2

    def call(self, inputs: Any) -> Any:
        """Drop pixels, then add channels."""
        if inputs.shape[-1] > self.width:
            raise ValueError(
                f"width must be at least the input's {inputs.shape[-1]} channels; got {self.width}"
            )
        kept = inputs[:, :: self.strides[0], :: self.strides[1]]
        return keras.ops.pad(kept, ((0, 0), (0, 0), (0, 0), (0, self.width - inputs.shape[-1])))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "width": self.width, "stride": self.strides[0]}
