"""Lesson 05, vanishing and exploding gradients: how much of what it hears a layer passes on."""

from zoo_helpers.core.backprop import Norms, norms
from zoo_helpers.gradients.experiment import (
    activation_scales,
    build_tower,
    predicted_ratio,
)

__all__ = ["Norms", "activation_scales", "build_tower", "norms", "predicted_ratio"]
