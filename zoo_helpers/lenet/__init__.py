"""Lesson 02, LeNet-5: the network of 1998, faithful to its paper, beside the one that people build today."""

from typing import Any

from zoo_helpers.lenet.images import (
    LETTERS,
    center_like_mnist,
    distort,
    prepare_1998,
    prepare_modern,
    printed_letters,
    shift,
    shuffle_pixels,
)
from zoo_helpers.lenet.model import (
    CONNECTION_TABLE,
    DIFFERENCES,
    PROTOTYPES,
    build_1998,
    build_modern,
    count_connections,
    trace_1998,
    trace_modern,
)
from zoo_helpers.lenet.readers import load_readers

__all__ = [
    "CONNECTION_TABLE",
    "DIFFERENCES",
    "LETTERS",
    "PROTOTYPES",
    "ConnectionTableConv2D",
    "MaximumAPosterioriLoss",
    "RadialBasisOutput",
    "Subsampling",
    "build_1998",
    "build_modern",
    "center_like_mnist",
    "count_connections",
    "distort",
    "load_readers",
    "nearest_prototype_accuracy",
    "prepare_1998",
    "prepare_modern",
    "printed_letters",
    "shift",
    "shuffle_pixels",
    "trace_1998",
    "trace_modern",
]


def __getattr__(name: str) -> Any:
    if name in __all__:  # what is left are Keras classes: defining them imports Keras
        from zoo_helpers.lenet import layers

        return getattr(layers, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
