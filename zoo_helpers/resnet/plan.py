"""ResNet's tables as plain data: which blocks a network has, and what its name says.

Source: He, Zhang, Ren and Sun 2015, "Deep residual learning for image recognition", Table 1 and section 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial, wraps
from inspect import signature
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from zoo_helpers.core.arguments import one_of, switch, whole

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
# What an option may be, wherever there is one of that name.
_CHECKS: MappingProxyType[str, Callable[[str, Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("classes", "width", "side"), whole),
        **dict.fromkeys(("residual", "conv_bias"), switch),
        "shortcut": partial(one_of, allowed=SHORTCUTS),
        "stride_in": partial(one_of, allowed=STRIDE_IN),
        "kind": partial(one_of, allowed=BLOCKS),
    }
)


def asked(builder: Callable[..., Any], *arguments: Any, **options: Any) -> dict[str, Any]:
    """All options of a builder, these and its own defaults for the rest.

    Raises ValueError that names an option which is not as it may be.
    """
    call = signature(builder).bind(*arguments, **options)
    call.apply_defaults()
    return {name: _CHECKS.get(name, _as_it_is)(name, value) for name, value in call.arguments.items()}


def _as_it_is(_: str, value: Any) -> Any:
    return value


def checked(builder: Callable[..., Any]) -> Callable[..., Any]:
    """The builder, called with its options as `asked` gives them."""

    @wraps(builder)
    def build(*arguments: Any, **options: Any) -> Any:
        return builder(**asked(builder, *arguments, **options))

    return build


class Block(NamedTuple):
    """One block; shortcut is "identity", "zeros", "projection", or None in a plain network."""

    name: str
    width: int
    stride: int
    shortcut: str | None


@checked
def list_blocks(
    kind: str, counts: tuple[int, ...], width: int, shortcut: str, residual: bool
) -> Iterator[Block]:
    """The blocks of all stages. A stage after the first halves the side and doubles the width."""
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
    if not isinstance(depth, int | np.integer) or depth not in range(8, 10_000, 6):
        raise ValueError(f"depth must be 6n + 2, such as 20, 32, 44, 56 or 110; got {depth!r}")
    return int(depth - 2) // 6


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
    found = isinstance(name, str) and re.fullmatch(r"(plain|resnet)-(\d+)(?:-(cifar|small))?", name)
    if not found:
        raise ValueError(f"name must be such as resnet-50, plain-20-cifar or resnet-44-small; got {name!r}")
    kind, depth, size = found.groups(default="")
    return Name(kind, int(depth), size)


def keras_name(layer: str) -> str:
    """The name in `keras.applications.ResNet50`, 101 and 152 of a layer with weights.

    >>> keras_name("conv1"), keras_name("conv4_2_1"), keras_name("conv4_1_shortcut_bn"), keras_name("fc")
    ('conv1_conv', 'conv4_block2_1_conv', 'conv4_block1_0_bn', 'predictions')
    """
    one_of("layer", layer, _with_weights())
    if layer == "fc":
        return "predictions"
    conv = layer.removesuffix("_bn")
    kind = "bn" if layer.endswith("_bn") else "conv"
    return re.sub(r"_(\d+)_", r"_block\1_", conv).replace("shortcut", "0") + f"_{kind}"


@cache
def _with_weights() -> list[str]:
    """The layers with weights of the 152 layers, among which are those of 50 and 101."""
    convolutions = ["conv1"]
    for block in list_blocks(*CONFIGURATIONS[152], 64, "B", residual=True):
        convolutions += [f"{block.name}_{number}" for number in (1, 2, 3)]
        convolutions += [f"{block.name}_shortcut"] * (block.shortcut == "projection")
    return [*convolutions, *(f"{name}_bn" for name in convolutions), "fc"]
