"""Batch normalization in one fused kernel: what Keras' own layer computes, in less time. Imports Keras."""

from __future__ import annotations

from typing import Any

from zoo_helpers.core.training import quiet_tensorflow

tf = quiet_tensorflow()

import keras  # noqa: E402  (after TensorFlow, so that its start-up lines are silenced)


@keras.saving.register_keras_serializable("zoo_helpers")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization`, same weights and same results, computed by TensorFlow's own kernel.

    Keras composes its layer from small operations, each of which walks over the whole map.

    Input shape: (N, H, W, C). Output shape: the same.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights. Raises ValueError for what the kernel can not do."""
        if len(input_shape) != 4 or self.axis not in (-1, 3):
            raise ValueError(
                f"input must be (N, H, W, C) and axis -1; got {input_shape} and axis {self.axis}"
            )
        if not (self.scale and self.center) or self.renorm or self.synchronized:
            raise ValueError("scale and center must be True, renorm and synchronized False")
        super().build(input_shape)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Normalize by the batch while training, by the moving statistics afterwards."""
        learning = training and self.trainable
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma,
            offset=self.beta,
            mean=[] if learning else self.moving_mean,
            variance=[] if learning else self.moving_variance,
            epsilon=self.epsilon,
            is_training=bool(learning),
        )
        if learning:
            count = tf.cast(tf.size(inputs) / inputs.shape[-1], variance.dtype)
            variance *= (count - 1) / count  # the kernel divides by count - 1, Keras by count
            self.moving_mean.assign(self.momentum * self.moving_mean + (1 - self.momentum) * mean)
            self.moving_variance.assign(self.momentum * self.moving_variance + (1 - self.momentum) * variance)
        return outputs
