"""Top-k error as a streaming Keras metric. Importing this file imports Keras."""

from __future__ import annotations

from typing import Any

from zoo_helpers.core.arguments import one_of
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.topk.metric import TIES


@keras.saving.register_keras_serializable(package="zoo_helpers")
class TopKError(keras.metrics.Metric):
    """The top-k error over all batches seen since the last reset, for `compile(metrics=[…])` and `evaluate`.

    k    : how many guesses count
    ties : "pessimistic" or "optimistic", as in `topk.target_ranks`

    y_true : (N,), (N, 1) class numbers or (N, C) one-hot; y_pred : (N, C) scores.
    A row with a NaN or infinite score counts as an error: a metric inside `fit` cannot stop the training.
    Raises ValueError for a k outside 1..C, as soon as C is known.
    """

    def __init__(self, k: int = 5, ties: str = "pessimistic", name: str | None = None, **kwargs: Any) -> None:
        one_of("ties", ties, TIES[:2])
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise ValueError(f"k must be a whole number of at least 1; got {k!r}")
        super().__init__(name=name or f"top{k}_error", **kwargs)
        self.k = k
        self.ties = ties
        self._errors = self.add_weight(name="errors", initializer="zeros")
        self._seen = self.add_weight(name="seen", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch; `sample_weight` (N,) weighs its rows."""
        scores = tf.convert_to_tensor(y_pred)
        classes = scores.shape[-1]
        if self.k > classes:
            raise ValueError(f"k must be a whole number in 1..{classes}; got {self.k}")
        target = tf.gather(scores, self._class_numbers(y_true, classes), batch_dims=1)[:, None]
        ahead, itself = (scores >= target, 0) if self.ties == "pessimistic" else (scores > target, 1)
        ranks = tf.math.count_nonzero(ahead, axis=1) + itself
        finite = tf.reduce_all(tf.math.is_finite(tf.cast(scores, self.dtype)), axis=1)
        errors = tf.cast((ranks > self.k) | ~finite, self.dtype)
        weights = tf.ones_like(errors) if sample_weight is None else tf.cast(sample_weight, self.dtype)
        self._errors.assign_add(tf.reduce_sum(errors * tf.reshape(weights, [-1])))
        self._seen.assign_add(tf.reduce_sum(weights))

    def result(self) -> Any:
        """The top-k error so far, a fraction; 0 before the first batch."""
        return tf.math.divide_no_nan(self._errors.value, self._seen.value)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same metric again."""
        return {**super().get_config(), "k": self.k, "ties": self.ties}

    @staticmethod
    def _class_numbers(y_true: Any, classes: int) -> Any:
        labels = tf.convert_to_tensor(y_true)
        one_hot = labels.shape.rank == 2 and labels.shape[1] == classes and classes > 1
        return tf.argmax(labels, axis=1) if one_hot else tf.cast(tf.reshape(labels, [-1]), tf.int64)
