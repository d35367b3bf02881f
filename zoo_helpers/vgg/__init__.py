"""VGG, 2014: depth from stacks of small convolutions."""

from zoo_helpers.vgg.model import (
    CONFIGURATIONS,
    NAMES,
    as_convolutions,
    build,
    build_mini,
    count_multiply_adds,
    count_parameters,
    trace,
    trace_stack,
)
from zoo_helpers.vgg.weights import carry_weights, keras_name

__all__ = [
    "CONFIGURATIONS",
    "NAMES",
    "as_convolutions",
    "build",
    "build_mini",
    "carry_weights",
    "count_multiply_adds",
    "count_parameters",
    "keras_name",
    "trace",
    "trace_stack",
]
