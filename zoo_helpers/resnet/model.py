"""ResNet: the ImageNet family of 18 to 152 layers and the CIFAR family of 6n + 2, residual or plain.

Source: He, Zhang, Ren and Sun 2015, "Deep residual learning for image recognition".

Differs from the paper:
- starts from He's normal weights cut off at two deviations (test_weights_start_as_he_says_cut_off)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.trace import Trace
from zoo_helpers.core.training import quiet_tensorflow

if TYPE_CHECKING:
    import keras

# Table 1: the block of each depth, and how many of them stand in the stages conv2, conv3, conv4, conv5.
CONFIGURATIONS = MappingProxyType(
    {
        18: ("basic", (2, 2, 2, 2)),
        34: ("basic", (3, 4, 6, 3)),
        50: ("bottleneck", (3, 4, 6, 3)),
        101: ("bottleneck", (3, 4, 23, 3)),
        152: ("bottleneck", (3, 8, 36, 3)),
    }
)
# Table 1: the convolutions of a block, each as (kernel, channels as a multiple of the stage's width).
BLOCKS = MappingProxyType({"basic": ((3, 1), (3, 1)), "bottleneck": ((1, 1), (3, 1), (1, 4))})


@dataclass(frozen=True)
class Convolution:
    """One convolution with its batch normalization."""

    name: str
    kernel: int
    width: int
    stride: int = 1


@dataclass(frozen=True)
class Block:
    """The main path of one block, and what goes around it: None in a plain network."""

    name: str
    main: tuple[Convolution, ...]
    shortcut: Convolution | str | None


def build(
    depth: int,
    classes: int = 1000,
    *,
    residual: bool = True,
    shortcut: str = "B",
    conv_bias: bool = False,
    stride_in: str = "1x1",
) -> keras.Model:
    """The network of one column of Table 1, for images of 224 by 224 pixels.

    residual  : False leaves out the additions: the plain network
    shortcut  : where dimensions change, "A" pads with zeros and "B" projects; "C" projects everywhere
    conv_bias : True as in keras.applications; batch normalization makes these biases superfluous
    stride_in : the convolution of a bottleneck that takes the stride, "1x1" (the paper) or "3x3" ("v1.5")

    Raises ValueError that names the allowed values.
    """
    blocks = _imagenet_blocks(depth, residual, shortcut, stride_in)
