"""The plan of a ResNet as plain data, from the paper's tables, and what it costs by arithmetic alone.

Source: He, Zhang, Ren and Sun 2015, "Deep residual learning for image recognition", Table 1 and section 4.2.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from zoo_helpers.core.anatomy import Row
from zoo_helpers.core.trace import Trace

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
# Table 1: the convolutions of a block, each as (kernel, channels as a multiple of the stage's width).
BLOCKS = MappingProxyType({"basic": ((3, 1), (3, 1)), "bottleneck": ((1, 1), (3, 1), (1, 4))})
SHORTCUTS = ("A", "B", "C")


@dataclass(frozen=True)
class Convolution:
    """One convolution, always followed by batch normalization."""

    name: str
    kernel: int
    width: int
    stride: int = 1
    bias: bool = False

    @property
    def border(self) -> int:
        """Zeros added on all four sides where a wide kernel has a stride, as in the released networks.

        Keras' padding "same" would set the kernel one pixel further to the lower right.
        """
        return self.kernel // 2 if self.stride > 1 else 0


@dataclass(frozen=True)
class Block:
    """The convolutions of the main path, and the way around them.

    shortcut is "identity", "zero padding", "projection", or None in a plain network. width and stride are
    those of the block as a whole.
    """

    name: str
    main: tuple[Convolution, ...]
    shortcut: str | None
    width: int
    stride: int

    @property
    def projection(self) -> Convolution:
        """The 1 by 1 convolution of a projection."""
        return Convolution(f"{self.name}_shortcut", 1, self.width, self.stride, self.main[0].bias)


@dataclass(frozen=True)
class Plan:
    """A whole network. pooled: a max pooling follows the first convolution."""

    name: str
    side: int
    stem: Convolution
    pooled: bool
    blocks: tuple[Block, ...]
    classes: int


def plan(
    depth: int,
    classes: int = 1000,
    *,
    residual: bool = True,
    shortcut: str = "B",
    conv_bias: bool = False,
    stride_in: str = "1x1",
) -> Plan:
    """The plan of one column of Table 1. The options are those of `build`."""
    _require("depth", depth, CONFIGURATIONS)
    _require("shortcut", shortcut, SHORTCUTS)
    _require("stride_in", stride_in, ("1x1", "3x3"))
    kind, counts = CONFIGURATIONS[depth]
    strided = 2 if kind == "bottleneck" and stride_in == "3x3" else 1
    option = shortcut if residual else None
    return Plan(
        name=f"{'resnet' if residual else 'plain'}_{depth}",
        side=224,
        stem=Convolution("conv1", kernel=7, width=64, stride=2, bias=conv_bias),
        pooled=True,
        blocks=tuple(_blocks(kind, counts, 64, option, strided, conv_bias)),
        classes=classes,
    )


def plan_cifar(
    depth: int, *, residual: bool = True, shortcut: str = "A", width: int = 16, side: int = 32
) -> Plan:
    """The plan of section 4.2. The options are those of `build_cifar`."""
    _require("shortcut", shortcut, SHORTCUTS)
    if depth not in range(8, 10_000, 6):
        raise ValueError(f"depth must be 6n + 2, such as 20, 32, 44, 56 or 110; got {depth!r}")
    n = (depth - 2) // 6
    option = shortcut if residual else None
    return Plan(
        name=f"{'resnet' if residual else 'plain'}_{depth}_cifar",
        side=side,
        stem=Convolution("conv1", kernel=3, width=width),
        pooled=False,
        blocks=tuple(_blocks("basic", (n, n, n), width, option)),
        classes=10,
    )


def trace(depth: int, classes: int = 1000, **options: Any) -> list[Row]:
    """The rows of `build` with the same options, by arithmetic.

    >>> from zoo_helpers.core.anatomy import totals
    >>> totals(trace(152)).weighted_layers
    152
    """
    return _trace(plan(depth, classes, **options))


def trace_cifar(depth: int, **options: Any) -> list[Row]:
    """The rows of `build_cifar` with the same options, by arithmetic.

    >>> from zoo_helpers.core.anatomy import totals
    >>> totals(trace_cifar(20)).trainable
    269722
    """
    return _trace(plan_cifar(depth, **options))


def _blocks(
    kind: str, counts: tuple[int, ...], width: int, option: str | None, strided: int = 1, bias: bool = False
) -> Iterator[Block]:
    """The blocks of all stages. A stage after the first halves the side and doubles the width."""
    entering = width
    for stage, count in enumerate(counts, start=2):
        for number in range(1, count + 1):
            name = f"conv{stage}_{number}"
            stride = 2 if number == 1 and stage > 2 else 1
            main = tuple(
                Convolution(f"{name}_{i}", kernel, width * factor, stride if i == strided else 1, bias)
                for i, (kernel, factor) in enumerate(BLOCKS[kind], start=1)
            )
            leaving = main[-1].width
            shortcut = _shortcut(option, changes=stride > 1 or leaving != entering)
            yield Block(name, main, shortcut, leaving, stride)
            entering = leaving
        width *= 2


def _shortcut(option: str | None, changes: bool) -> str | None:
    """The way around a block whose dimensions change or not, under the paper's option A, B or C."""
    if option is None:
        return None
    if option == "C" or (option == "B" and changes):
        return "projection"
    return "zero padding" if changes else "identity"


def _trace(plan: Plan) -> list[Row]:
    net = Trace(plan.side)
    _trace_convolution(net, plan.stem)
    net.layer("conv1_relu", "ReLU")
    if plan.pooled:
        net.pad("pool1_pad", 1)
        net.pool("pool1", size=3, stride=2)
    for block in plan.blocks:
        _trace_block(net, block)
    net.global_pool("pool5")
    net.dense("fc", plan.classes)
    return net.rows


def _trace_block(net: Trace, block: Block) -> None:
    entry = net.rows[-1]
    for conv in block.main[:-1]:
        _trace_convolution(net, conv)
        net.layer(f"{conv.name}_relu", "ReLU")
    main = _trace_convolution(net, block.main[-1])
    if block.shortcut:
        net.add(f"{block.name}_add", main, _trace_shortcut(net, block, entry))
    net.layer(block.name, "ReLU")


def _trace_shortcut(net: Trace, block: Block, entry: Row) -> Row:
    if block.shortcut == "projection":
        return _trace_convolution(net, block.projection, after=entry)
    if block.shortcut == "zero padding":
        side = -(-entry.output_shape[0] // block.stride)
        shape = (side, side, block.width)
        return net.layer(f"{block.name}_shortcut", "ZeroPadShortcut", shape, stride=block.stride, after=entry)
    return entry


def _trace_convolution(net: Trace, conv: Convolution, after: Row | None = None) -> Row:
    if conv.border:
        net.pad(f"{conv.name}_pad", conv.border)
    net.conv(
        conv.name,
        conv.width,
        conv.kernel,
        stride=conv.stride,
        padding="valid" if conv.border else "same",
        bias=conv.bias,
        after=after,
    )
    return net.batch_norm(f"{conv.name}_bn", kind="FusedBatchNormalization")


def _require(argument: str, value: Any, allowed: Collection[Any]) -> None:
    if value not in allowed:
        raise ValueError(f"{argument} must be one of {', '.join(map(str, allowed))}; got {value!r}")
