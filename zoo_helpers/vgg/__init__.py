"""VGG, 2014: depth from stacks of small convolutions."""

from zoo_helpers.vgg.model import (
    CONFIGURATIONS,
    as_convolutions,
    build,
    build_mini,
    count_multiply_adds,
    count_parameters,
    keras_name,
    trace,
)

__all__ = [
    "CONFIGURATIONS",
    "as_convolutions",
    "build",
    "build_mini",
    "count_multiply_adds",
    "count_parameters",
    "keras_name",
    "trace",
]
