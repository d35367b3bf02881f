"""Lesson 05, vanishing and exploding gradients: how much of a gradient each layer passes on."""

from zoo_helpers.core.backprop import Norms, norms
from zoo_helpers.gradients.experiment import activation_scales
from zoo_helpers.gradients.model import (
    INITIALIZERS,
    as_sigmoid,
    build_broken,
    build_tower,
    prepare,
    trace_tower,
)
from zoo_helpers.gradients.theory import predicted_ratio

__all__ = [
    "INITIALIZERS",
    "Norms",
    "activation_scales",
    "as_sigmoid",
    "build_broken",
    "build_tower",
    "norms",
    "predicted_ratio",
    "prepare",
    "trace_tower",
]
