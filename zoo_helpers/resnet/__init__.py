"""ResNet, 2015: depth made trainable by shortcuts."""

from zoo_helpers.resnet.experiment import run_degradation
from zoo_helpers.resnet.model import build, build_cifar, trace, trace_cifar
from zoo_helpers.resnet.plan import CONFIGURATIONS, keras_name

__all__ = ["CONFIGURATIONS", "build", "build_cifar", "keras_name", "run_degradation", "trace", "trace_cifar"]
