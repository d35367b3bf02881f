"""Lesson 03, AlexNet: two towers, rectified units, dropout, and local response normalization."""

from typing import Any

from zoo_helpers.alexnet.experiment import (
    run_lrn,
    run_overfitting,
    run_pooling,
    run_rates,
    run_relu_vs_tanh,
)
from zoo_helpers.alexnet.model import (
    CONVOLUTIONS,
    build,
    build_cifar,
    build_mini,
    count_multiply_adds,
    count_parameters,
    trace,
    trace_cifar,
    trace_mini,
)

__all__ = [
    "CONVOLUTIONS",
    "LocalResponseNormalization",
    "build",
    "build_cifar",
    "build_mini",
    "count_multiply_adds",
    "count_parameters",
    "run_lrn",
    "run_overfitting",
    "run_pooling",
    "run_rates",
    "run_relu_vs_tanh",
    "trace",
    "trace_cifar",
    "trace_mini",
]


def __getattr__(name: str) -> Any:
    if name == "LocalResponseNormalization":  # a Keras class: defining it imports Keras
        from zoo_helpers.alexnet.layers import LocalResponseNormalization

        return LocalResponseNormalization
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
