"""ResNet's tables as plain data: which blocks a network has, and what its name says.

Source: He, Zhang, Ren and Sun 2015, "Deep residual learning for image recognition", Table 1 and section 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple

from zoo_helpers.core.arguments import one_of

# Table 1: for each depth the kind of block, and how many of them stand in conv2, conv3, conv4 and conv5.
CONFIGURATIONS = MappingProxyType(
    {
        18: ("basic", (2, 2, 2, 2)),
        34: ("basic", (3, 4, 6, 3)),
        50: ("bottleneck", (3, 4, 6, 3)),
        101: ("bottleneck", (3, 4, 23, 3)),
        152: ("bottleneck", (3, 8, 36, 3)),
    }
)
# Table 1: the convolutions of a block, each as (kernel, channels as a multiple of the block's width).
BLOCKS = MappingProxyType({"basic": ((3, 1), (3, 1)), "bottleneck": ((1, 1), (3, 1), (1, 4))})
SHORTCUTS, STRIDE_IN = ("A", "B", "C"), ("1x1", "3x3")


class Block(NamedTuple):
    """One block; shortcut is "identity", "zeros", "projection", or None in a plain network."""

    name: str
    width: int
    stride: int
    shortcut: str | None


def list_blocks(
    kind: str, counts: tuple[int, ...], width: int, shortcut: str, residual: bool
) -> Iterator[Block]:
    """The blocks of all stages. A stage after the first halves the side and doubles the width."""
    one_of("shortcut", shortcut, SHORTCUTS)
    entering = width
    for stage, count in enumerate(counts, start=2):
        for number in range(1, count + 1):
            leaving = width * BLOCKS[kind][-1][1]
            way = _way(shortcut, changes=leaving != entering) if residual else None
            stride = 2 if number == 1 and stage > 2 else 1
            yield Block(f"conv{stage}_{number}", width, stride, way)
            entering = leaving
        width *= 2


def _way(shortcut: str, changes: bool) -> str:
    """What option A, B or C puts around a block whose dimensions change, or do not."""
    if shortcut == "C" or (shortcut == "B" and changes):
        return "projection"
    return "zeros" if changes else "identity"


def count_a_stage(depth: int) -> int:
    """The blocks in each of the three stages of a CIFAR network, n where it has 6n + 2 layers."""
    if depth not in range(8, 10_000, 6):
        raise ValueError(f"depth must be 6n + 2, such as 20, 32, 44, 56 or 110; got {depth!r}")
    return (depth - 2) // 6


def border_of(kernel: int, stride: int) -> int:
    """Zeros on all four sides in front of a wide kernel with a stride, as in the released networks.

    Keras' padding "same" would set the kernel one pixel further to the lower right.
    """
    return kernel // 2 if stride > 1 else 0


class Name(NamedTuple):
    """A network's name, read: "plain" or "resnet", its layers, and "cifar", "small" or, for ImageNet, ""."""

    kind: str
    depth: int
    size: str


def read_name(name: str) -> Name:
    """What a name such as "resnet-50", "plain-20-cifar" or "resnet-44-small" says.

    Raises ValueError that shows such names.

    >>> read_name("plain-20-cifar")
    Name(kind='plain', depth=20, size='cifar')
    """
    found = re.fullmatch(r"(plain|resnet)-(\d+)(?:-(cifar|small))?", name)
    if not found:
        raise ValueError(f"name must be such as resnet-50, plain-20-cifar or resnet-44-small; got {name!r}")
    kind, depth, size = found.groups(default="")
    return Name(kind, int(depth), size)


def keras_name(layer: str) -> str:
    """The name in `keras.applications.ResNet50`, 101 and 152 of a layer with weights.

    >>> keras_name("conv1"), keras_name("conv4_2_1"), keras_name("conv4_1_shortcut_bn"), keras_name("fc")
    ('conv1_conv', 'conv4_block2_1_conv', 'conv4_block1_0_bn', 'predictions')
    """
    if layer == "fc":
        return "predictions"
    conv = layer.removesuffix("_bn")
    kind = "bn" if layer.endswith("_bn") else "conv"
    return re.sub(r"_(\d+)_", r"_block\1_", conv).replace("shortcut", "0") + f"_{kind}"
