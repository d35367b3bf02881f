"""The pretrained zoo: networks that know ImageNet, loaded in one call."""

from zoo_helpers.pretrained.model import (
    EFFICIENTNET_LITE0,
    SQUEEZENET,
    build_efficientnet_lite0,
    build_squeezenet,
    count_multiply_adds,
    count_parameters,
    trace_efficientnet_lite0,
    trace_squeezenet,
)
from zoo_helpers.pretrained.zoo import load, predict_top, prepare, read_image, zoo_table

__all__ = [
    "EFFICIENTNET_LITE0",
    "SQUEEZENET",
    "build_efficientnet_lite0",
    "build_squeezenet",
    "count_multiply_adds",
    "count_parameters",
    "load",
    "predict_top",
    "prepare",
    "read_image",
    "trace_efficientnet_lite0",
    "trace_squeezenet",
    "zoo_table",
]
