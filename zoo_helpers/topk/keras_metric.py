"""Top-k error as a streaming Keras metric. Importing this file imports Keras."""

from __future__ import annotations

from typing import Any

from zoo_helpers.core.arguments import finite, numbers, one_of, whole
from zoo_helpers.core.backend import keras, tf
from zoo_helpers.core.labels import class_numbers_in_step
from zoo_helpers.topk.metric import TIES


@keras.saving.register_keras_serializable(package="zoo_helpers")
class TopKError(keras.metrics.Metric):
    """The top-k error over all batches seen since the last reset, for `compile(metrics=[…])` and `evaluate`.

    k    : how many guesses count
    ties : "pessimistic" or "optimistic", as in `topk.target_ranks`

    y_true : (N,), (N, 1) class numbers or (N, C) one-hot; y_pred : (N, C) scores.
    Raises ValueError for a k outside 1..C, as soon as C is known, and for labels as `topk.error` does.
    A row with a NaN or infinite score counts as an error, and inside `fit` one whose label is no class: there
    a metric cannot stop the training.
    """

    def __init__(self, k: int = 5, ties: str = "pessimistic", name: str | None = None, **kwargs: Any) -> None:
        self.k = whole("k", k)
        self.ties = str(one_of("ties", ties, TIES[:2]))
        super().__init__(name=name or f"top{self.k}_error", **kwargs)
        # Half precision cannot count beyond 2048.
        counter = {"initializer": "zeros", "dtype": "float64" if self.dtype == "float64" else "float32"}
        self._errors = self.add_weight(name="errors", **counter)
        self._seen = self.add_weight(name="seen", **counter)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch; `sample_weight` weighs its rows, (N,) or (N, 1), or all of them alike."""
        scores = _scores(y_pred)
        labels = class_numbers_in_step(y_true, scores)
        whole("k", self.k, high=scores.shape[1])
        target = tf.gather(scores, tf.maximum(labels, 0), batch_dims=1)[:, None]
        ahead, itself = (scores >= target, 0) if self.ties == "pessimistic" else (scores > target, 1)
        ranks = tf.math.count_nonzero(ahead, axis=1) + itself
        counts = (labels >= 0) & _finite_rows(scores)
        errors = tf.cast((ranks > self.k) | ~counts, self._errors.dtype)
        weights = tf.ones_like(errors) * _weights(sample_weight, scores.shape[0], errors.dtype)
        self._errors.assign_add(tf.reduce_sum(errors * weights))
        self._seen.assign_add(tf.reduce_sum(weights))

    def result(self) -> Any:
        """The top-k error so far, a fraction; 0 before the first batch."""
        return tf.math.divide_no_nan(self._errors.value, self._seen.value)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same metric again."""
        return {**super().get_config(), "k": self.k, "ties": self.ties}


def _scores(y_pred: Any) -> Any:
    scores = tf.convert_to_tensor(y_pred if isinstance(y_pred, tf.Tensor) else numbers("scores", y_pred))
    if not (scores.dtype.is_floating or scores.dtype.is_integer):
        raise ValueError(f"scores must be numbers, integer or float; got {scores.dtype.name}")
    return scores


def _finite_rows(scores: Any) -> Any:
    """Which rows hold neither NaN nor infinity, (N,); whole numbers never do."""
    are_finite = tf.math.is_finite(scores) if scores.dtype.is_floating else tf.ones_like(scores, bool)
    return tf.reduce_all(are_finite, axis=1)


def _weights(sample_weight: Any, rows: int | None, dtype: Any) -> Any:
    """One weight for all rows, or one for each, (N,)."""
    if not isinstance(sample_weight, tf.Tensor | None):
        sample_weight = finite("sample_weight", numbers("sample_weight", sample_weight))
        if (sample_weight < 0).any():
            raise ValueError(f"sample_weight must be at least 0; got {sample_weight.min()}")
    weights = tf.cast(1 if sample_weight is None else sample_weight, dtype)
    if (
        weights.shape.rank
        and None not in (rows, *weights.shape)
        and weights.shape not in ((1,), (rows,), (rows, 1))
    ):
        raise ValueError(
            f"sample_weight must have shape ({rows},) or be one number; got shape {weights.shape}"
        )
    return tf.reshape(weights, [-1]) if weights.shape.rank else weights
