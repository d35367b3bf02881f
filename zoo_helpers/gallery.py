"""The gallery: every network of the series by name, and all of them side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from zoo_helpers import alexnet, lenet, resnet, vgg
from zoo_helpers.core import figures, papers
from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.training import quiet_tensorflow

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Published:
    """Where the ledger has a network's errors: table, row and columns; and how they were measured."""

    protocol: str
    table: str
    row: str | int
    top1: str = "top-1 error"
    top5: str = ""


@dataclass(frozen=True)
class Network:
    """How a network is built, how it is traced without TensorFlow, and what was published of it."""

    family: str
    year: int
    build: Callable[..., keras.Model]
    trace: Callable[..., list[Row]]
    published: Published | None = None


@dataclass(frozen=True)
class Comparison:
    """One line of the table that compares all networks.

    depth counts the layers that multiply by weights, parameters those that are trained; multiply_adds are for
    one image; fc_share is the fraction of the parameters in dense layers. The errors are in percent, of one
    network alone; None where none is published.
    """

    name: str
    family: str
    year: int
    depth: int
    parameters: int
    multiply_adds: int
    fc_share: float
    top1_error: float | None
    top5_error: float | None
    protocol: str
    source: str


def _ten_crops(table: str, row: str | int, top1: str = "top-1 error", top5: str = "top-5 error") -> Published:
    return Published("ImageNet, ten crops", table, row, top1, top5)


def _vgg(config: str) -> Network:
    published = Published("ImageNet, 256 pixels, dense", "vgg.table3", config, top5="top-5 error")
    return Network("VGG", 2014, partial(vgg.build, config), partial(vgg.trace, config), published)


def _resnet(depth: int, published: Published, residual: bool = True) -> Network:
    build, trace = (partial(call, depth, residual=residual) for call in (resnet.build, resnet.trace))
    return Network("ResNet" if residual else "plain", 2015, build, trace, published)


def _resnet_cifar(depth: int) -> Network:
    published = Published("CIFAR-10", "resnet.table6_cifar10", depth, top1="error")
    build, trace = (partial(call, depth) for call in (resnet.build_cifar, resnet.trace_cifar))
    return Network("ResNet", 2015, build, trace, published)


NETWORKS = MappingProxyType(
    {
        "lenet5-1998": Network(
            "LeNet",
            1998,
            lenet.build_1998,
            lenet.trace_1998,
            Published("MNIST", "lenet.test_errors", "LeNet-5", top1="error"),
        ),
        "lenet5-modern": Network("LeNet", 1998, lenet.build_modern, lenet.trace_modern),
        "alexnet": Network(
            "AlexNet",
            2012,
            alexnet.build,
            alexnet.trace,
            _ten_crops("alexnet.table2", "1 CNN", "top-1 error, validation", "top-5 error, validation"),
        ),
        "alexnet-mini": Network("AlexNet", 2012, alexnet.build_mini, alexnet.trace_mini),
        "vgg-11": _vgg("A"),
        "vgg-11-lrn": _vgg("A-LRN"),
        "vgg-13": _vgg("B"),
        "vgg-16-c": _vgg("C"),
        "vgg-16": _vgg("D"),
        "vgg-19": _vgg("E"),
        "plain-18": _resnet(18, _ten_crops("resnet.table2", 18, "plain", ""), residual=False),
        "plain-34": _resnet(34, _ten_crops("resnet.table3", "plain-34"), residual=False),
        "resnet-18": _resnet(
            18, Published("ImageNet, ten crops, shortcuts A", "resnet.table2", 18, "residual")
        ),
        "resnet-34": _resnet(34, _ten_crops("resnet.table3", "ResNet-34 B")),
        **{
            f"resnet-{depth}": _resnet(depth, _ten_crops("resnet.table3", f"ResNet-{depth}"))
            for depth in (50, 101, 152)
        },
        **{f"resnet-{depth}-cifar": _resnet_cifar(depth) for depth in (20, 32, 44, 56, 110)},
    }
)


def names() -> list[str]:
    """The names of all networks, oldest first."""
    return list(NETWORKS)


def build(name: str, **options: Any) -> keras.Model:
    """The network called `name`, such as "resnet-50"; options go to its lesson's builder, such as classes=10.

    Raises ValueError that lists the names.
    """
    return _find(name).build(**options)


def trace(name: str, **options: Any) -> list[Row]:
    """The rows of `build` with the same options, at once and without TensorFlow.

    >>> totals(trace("vgg-16")).parameters
    138357544
    """
    return _find(name).trace(**options)


def load(path: str | Path) -> keras.Model:
    """A network of the series from a `.keras` file, with all layers of ours known to Keras."""
    quiet_tensorflow()
    import keras

    import zoo_helpers.alexnet.layers
    import zoo_helpers.lenet.layers
    import zoo_helpers.resnet.layers  # noqa: F401  (importing them registers their layers)

    return keras.saving.load_model(path)


def compare() -> list[Comparison]:
    """All networks side by side, at once and without TensorFlow."""
    return [_compare(name, network) for name, network in NETWORKS.items()]


def _compare(name: str, network: Network) -> Comparison:
    rows = network.trace()
    whole = totals(rows)
    dense = sum(row.trainable for row in rows if row.kind == "Dense")
    published = network.published
    cells = papers.table(published.table).row(published.row) if published else {}
    return Comparison(
        name=name,
        family=network.family,
        year=network.year,
        depth=whole.weighted_layers,
        parameters=whole.trainable,
        multiply_adds=whole.multiply_adds,
        fc_share=dense / whole.trainable,
        top1_error=cells.get(published.top1) if published else None,
        top5_error=cells.get(published.top5) if published else None,
        protocol=published.protocol if published else "",
        source=papers.table(published.table).source if published else "",
    )


def _find(name: str) -> Network:
    if name not in NETWORKS:
        raise ValueError(f"name must be one of {', '.join(NETWORKS)}; got {name!r}")
    return NETWORKS[name]


def as_text(networks: Sequence[Comparison]) -> str:
    """The comparison as a table to print."""
    lines = [f"{'name':16} year depth  parameters  multiply-adds   fc  top-1  top-5  measured on"]
    for one in networks:
        counts = f"{one.depth:5} {one.parameters:11,} {one.multiply_adds:14,} {one.fc_share:4.0%}"
        errors = "  ".join(f"{error or '-':>5}" for error in (one.top1_error, one.top5_error))
        lines.append(f"{one.name:16} {one.year} {counts}  {errors}  {one.protocol}".rstrip())
    return "\n".join(lines)


COLOURS = MappingProxyType(
    {"AlexNet": figures.VERMILION, "VGG": figures.ORANGE, "plain": figures.GREY, "ResNet": figures.BLUE}
)
AREA = 9  # square points for a million parameters
ABOVE = ("vgg-11-lrn", "vgg-13", "vgg-19", "plain-18", "plain-34")
BELOW = ("vgg-11", "vgg-16-c", "vgg-16", "resnet-18", "resnet-152", "resnet-101")


@figures.view
def draw_comparison(networks: Sequence[Comparison]) -> Figure:
    """Multiply-adds against top-1 error on ImageNet; each network's circle has the area of its parameters."""
    figure = figures.figure(8.5, 5)
    axes = figure.subplots()
    for network in networks:
        if network.protocol.startswith("ImageNet"):
            _draw_network(axes, network)
    for millions in (10, 50, 140):
        axes.scatter([], [], s=AREA * millions, color="white", edgecolor="black", label=f"{millions} million")
    axes.legend(title="parameters", labelspacing=2, handletextpad=1.2, loc="upper right")
    axes.set(
        title="ResNet-50 errs less than VGG-19, with a fifth of its multiply-adds",
        xlabel="multiply-adds for one image, in billions",
        ylabel="top-1 error on ImageNet, %",
        xscale="log",
        ylim=(19, 42.5),
    )
    ticks = (1, 2, 5, 10, 20)
    axes.set_xticks(ticks, map(str, ticks))
    axes.minorticks_off()
    return figure


def _draw_network(axes: Axes, network: Comparison) -> None:
    place = network.multiply_adds / 1e9, network.top1_error
    area = AREA * network.parameters / 1e6
    axes.scatter(*place, s=area, color=COLOURS[network.family], alpha=0.6, edgecolor="black")
    away = math.sqrt(area) / 2 + 3
    side = (network.name in ABOVE) - (network.name in BELOW)
    axes.annotate(
        network.name,
        place,
        xytext=(0 if side else away, side * away),
        textcoords="offset points",
        ha="center" if side else "left",
        va={1: "bottom", 0: "center", -1: "top"}[side],
        fontsize=10,
    )
