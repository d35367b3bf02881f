"""Lesson 01, top-k error: the metric, its streaming form for Keras, and the lesson's views and exercises."""

from typing import Any

from zoo_helpers.topk.metric import average_views, error, error_curve, target_ranks

__all__ = ["TopKError", "average_views", "error", "error_curve", "target_ranks"]


def __getattr__(name: str) -> Any:
    if name == "TopKError":  # a Keras class: defining it imports Keras
        from zoo_helpers.topk.keras_metric import TopKError

        return TopKError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
