"""The gallery: every network of the series by name, and all of them side by side."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zoo_helpers import alexnet, lenet, pretrained, resnet, vgg
from zoo_helpers.core import papers
from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.arguments import one_of
from zoo_helpers.core.backend import keras


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


def _one_crop(table: str, row: str, top5: str = "") -> Published:
    return Published("ImageNet, one crop", table, row, top5=top5)


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
        **{name: _vgg(config) for config, name in vgg.NAMES.items()},
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
        "squeezenet": Network(
            "SqueezeNet",
            2016,
            pretrained.build_squeezenet,
            pretrained.trace_squeezenet,
            _one_crop("squeezenet.table2", "SqueezeNet", top5="top-5 error"),
        ),
        "efficientnet-lite0": Network(
            "EfficientNet",
            2019,
            pretrained.build_efficientnet_lite0,
            pretrained.trace_efficientnet_lite0,
            _one_crop("efficientnet.lite", "efficientnet-lite0"),
        ),
    }
)


def names() -> list[str]:
    """The names of all networks, oldest first."""
    return list(NETWORKS)


def build(name: str, **options: Any) -> keras.Model:
    """The network called `name`, such as "resnet-50"; options go to its lesson's builder, such as classes=10.

    Raises ValueError that suggests names.
    """
    return NETWORKS[one_of("name", name, NETWORKS)].build(**options)


def trace(name: str, **options: Any) -> list[Row]:
    """The rows of `build` with the same options, at once and without TensorFlow.

    >>> totals(trace("vgg-16")).parameters
    138357544
    """
    return NETWORKS[one_of("name", name, NETWORKS)].trace(**options)


def load(path: str | Path) -> keras.Model:
    """A network of the series from a `.keras` file, with all layers of ours known to Keras.

    Raises ValueError that names the file, if it is damaged, or something else.
    """
    import zoo_helpers.alexnet.layers
    import zoo_helpers.lenet.layers
    import zoo_helpers.resnet.layers  # noqa: F401  (importing them registers their layers)

    damaged = f"path must be a file that model.save wrote; {path} is damaged, or something else"
    if Path(path).suffix == ".keras" and Path(path).is_file() and not zipfile.is_zipfile(path):
        raise ValueError(damaged)  # Keras would say that it is not there
    try:
        return keras.saving.load_model(path)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(damaged) from error


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


def as_text(networks: Sequence[Comparison]) -> str:
    """The comparison as a table to print."""
    lines = [f"{'name':18} year depth  parameters  multiply-adds   fc  top-1  top-5  measured on"]
    for one in networks:
        counts = f"{one.depth:5} {one.parameters:11,} {one.multiply_adds:14,} {one.fc_share:4.0%}"
        errors = "  ".join(f"{error or '-':>5}" for error in (one.top1_error, one.top5_error))
        lines.append(f"{one.name:18} {one.year} {counts}  {errors}  {one.protocol}".rstrip())
    return "\n".join(lines)
