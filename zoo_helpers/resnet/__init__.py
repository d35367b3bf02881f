"""ResNet, 2015: depth made trainable by shortcuts."""

from zoo_helpers.resnet.model import CONFIGURATIONS, build, build_cifar, keras_name, trace, trace_cifar

__all__ = ["CONFIGURATIONS", "build", "build_cifar", "keras_name", "trace", "trace_cifar"]
