"""Lesson 04's pictures: the table, what a stack sees, errors in training, depth, memory, a map of answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from zoo_helpers.core import figures, papers, widgets
from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.figures import BLACK, BLUE, GREY, ON_WHITE, ORANGE, PALE, PURPLE, SERIES, SKY, VERMILION
from zoo_helpers.core.papers import Table
from zoo_helpers.core.pictures import Cost
from zoo_helpers.vgg.model import (
    CONFIGURATIONS,
    count_multiply_adds,
    count_parameters,
    sum_stages,
    trace,
    trace_stack,
)

STAGES = ("#E3F0FA", "#C9E2F5", "#AED3EE", "#8FC1E6", "#6DADDC")
MEGABYTE, GIGABYTE = 1e6, 1e9

# --- the table ------------------------------------------------------------------------------------------


@figures.view
def draw_table(title: str) -> Figure:
    """Table 1 as a picture: a column a configuration, a box a layer, and the counts below."""
    figure = figures.figure(10.0, 6.1)
    axes = figure.subplots()
    # The longest column, E, says how much room a stage takes; a pooling closes it.
    tops = list(accumulate((len(cells.split()) + 1.15 for cells in CONFIGURATIONS["E"]), initial=0.0))
    middle = {"ha": "center", "va": "center"}
    for place, (config, stages) in enumerate(CONFIGURATIONS.items()):
        axes.text(place, -0.85, config, weight="bold", fontsize=13, **middle)
        for top, cells, color in zip(tops, stages, STAGES, strict=False):
            for number, cell in enumerate(cells.split()):
                _draw_cell(axes, place, top + number, cell, color)
        counted = totals(trace(config))
        axes.text(place, tops[-1] + 3.2, f"{counted.weighted_layers} layers", weight="bold", **middle)
        counts = f"{counted.parameters / 1e6:.0f} million\n{counted.multiply_adds / 1e9:.1f} billion"
        axes.text(place, tops[-1] + 4.65, counts, **middle)
    for number, below in enumerate(tops[1:], start=1):
        _draw_band(axes, below - 1.08, 0.8, f"pool{number}: max pooling, 2 × 2")
    for number, units in zip((6, 7, 8), ("4,096", "4,096", "1,000"), strict=True):
        _draw_band(axes, tops[-1] + number - 6.05, 0.85, f"fc{number}: fully connected, {units} units")
    notes = {tops[-1] + 3.2: "with weights", tops[-1] + 4.65: "weights\nmultiply-adds"}
    for number, (top, below) in enumerate(pairwise(tops), start=1):
        notes[(top + below - 2.15) / 2] = f"stage {number}\n{448 >> number} × {448 >> number}"
    for height, note in notes.items():
        axes.text(-0.55, height, note, ha="right", va="center", color=GREY)
    axes.set(title=title, xlim=(-1.5, 5.5), ylim=(tops[-1] + 5.5, -1.4))
    axes.axis("off")
    return figure


def _draw_band(axes: Axes, middle: float, height: float, words: str) -> None:
    """What all six networks share: a band over all columns."""
    axes.add_patch(
        Rectangle((-0.44, middle - height / 2), 5.88, height, facecolor="#ECECEC", edgecolor="white")
    )
    axes.text(2.5, middle, words, ha="center", va="center", fontsize=9)


def _draw_cell(axes: Axes, place: int, top: float, cell: str, color: str) -> None:
    """One box: a 3 by 3 convolution blue, a 1 by 1 orange and hatched, LRN white."""
    style = {"facecolor": color, "edgecolor": "white"}
    if cell.startswith("conv1-"):
        style = {"facecolor": "#F6DDA8", "edgecolor": ORANGE, "hatch": "///"}
    elif cell == "LRN":
        style = {"facecolor": "white", "edgecolor": PURPLE, "linestyle": "--"}
    axes.add_patch(Rectangle((place - 0.44, top - 0.45), 0.88, 0.9, **style))
    on_white = ON_WHITE if "hatch" in style else None
    axes.text(place, top, cell, ha="center", va="center", fontsize=10, bbox=on_white)


# --- what a stack sees ----------------------------------------------------------------------------------


@figures.view
def draw_receptive_field(image: np.ndarray, depth: int, kernel: int, stride: int = 1) -> Figure:
    """On an image (32, 32, 3), the squares that one output of each layer sees; beside it, the weights."""
    stack = trace_stack(depth, kernel, stride)
    side, field = len(image), stack[-1].receptive_field
    figure = figures.figure(9.5, 4.2, layout=None)
    picture = figure.add_axes((0.01, 0.03, 0.4, 0.86))
    picture.imshow(image, alpha=0.75)
    for row in stack:
        seen = row.receptive_field
        corner = (side - seen) / 2 - 0.5
        style = {"edgecolor": VERMILION, "linewidth": 3} if row is stack[-1] else {"edgecolor": BLACK}
        picture.add_patch(Rectangle((corner, corner), seen, seen, fill=False, **style))
    picture.set(xticks=[], yticks=[], xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    seen = f"{field} × {field} pixels" if field < side else "the whole image"
    picture.set_title(f"One output sees {seen}")
    bars = figure.add_axes((0.58, 0.17, 0.38, 0.62))
    weights, names = [totals(stack).parameters], [f"{depth} of {kernel} × {kernel}"]
    if stride == 1:  # with strides, nobody would take one layer instead
        weights, names = [*weights, field**2], [*names, f"1 of {field} × {field}"]
    for place, (count, color, hatch) in enumerate(zip(weights, (BLUE, PALE), ("", "///"), strict=False)):
        bars.barh(place, count, color=color, hatch=hatch)
        bars.text(count, place, f" {count:,} C²", va="center")
    bars.set_yticks(range(len(names)), names)
    bars.set(xlim=(0, 1.35 * max(weights)), xticks=[], ylim=(1.6, -0.6))
    bars.set_xlabel("weights, from C channels to C channels")
    times = weights[-1] / weights[0]
    words = f"One layer that sees as far: {times:.1f} × the weights" if stride == 1 else "The stack's weights"
    bars.set_title(words, x=-0.3)
    return figure


def explore_receptive_field(image: np.ndarray) -> widgets.Explorer:
    """`draw_receptive_field` behind a slider for the layers, and menus for kernel and stride."""

    def caption(depth: int, kernel: int, stride: int) -> str:
        sides = ", ".join(str(row.receptive_field) for row in trace_stack(depth, kernel, stride))
        return f"Sides of the squares, from the first layer to the last: {sides} pixels."

    return widgets.Explorer(
        lambda depth, kernel, stride: draw_receptive_field(image, depth, kernel, stride),
        caption=caption,
        depth=widgets.slider("layers", 1, 6, 3),
        kernel=widgets.menu("kernel", {f"{side} × {side}": side for side in (1, 3, 5, 7)}, 3),
        stride=widgets.menu("stride", (1, 2), 1),
    )


@figures.view
def draw_ways(ways: np.ndarray, title: str) -> Figure:
    """How many ways lead from each pixel to the output, (7, 7), as numbers, and their share by column."""
    figure = figures.figure(9.0, 3.9)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.3])
    left.imshow(ways, cmap="Blues", vmax=1.3 * ways.max())
    for (row, column), count in np.ndenumerate(ways):
        left.text(column, row, f"{count:.0f}", ha="center", va="center", fontsize=10)
    left.set(xticks=[], yticks=[], title="Ways to the output")
    edge = len(ways) // 2
    even = np.full(len(ways), 100 / len(ways))
    shares = {"one 7 × 7": even, "three 3 × 3": 100 * ways.sum(axis=0) / ways.sum()}
    figures.lines(right, shares, first=-edge)
    right.set(title=title, xlabel="column of the field (pixels from the middle)")
    right.set(ylabel="share of the ways (%)", ylim=(0, 30), xticks=range(-edge, edge + 1))
    right.legend(title="all weights 1", loc="upper right")
    return figure


# --- errors in training ---------------------------------------------------------------------------------

Errors = Mapping[str, np.ndarray]  # of each network, as fractions


@figures.view
def draw_training(training: Errors, test: Errors, title: str) -> Figure:
    """Training and test error over the epochs, a line for each network's (epochs,)."""
    figure = figures.figure(9.5, 3.8, title)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, errors, words in zip(panels, (training, test), ("training", "test"), strict=True):
        figures.lines(axes, {name: 100 * curve for name, curve in errors.items()})
        axes.set(xlabel="epochs", ylabel=f"{words} error (%)")
        axes.yaxis.set_tick_params(labelleft=True)
    panels[0].legend()
    return figure


@figures.view
def draw_seeds(training: Errors, test: Errors, title: str) -> Figure:
    """Errors over the epochs, a panel for each network, two lines for each seed of its (seeds, epochs)."""
    figure = figures.figure(10.0, 3.6, title)
    panels = figure.subplots(1, len(training), sharey=True)
    for axes, name in zip(panels, training, strict=True):
        for errors, words, style in zip((training, test), ("training", "test"), SERIES, strict=False):
            look = {"color": style["color"], "linestyle": style["linestyle"], "linewidth": 1.3}
            axes.plot(range(1, errors[name].shape[1] + 1), 100 * errors[name].T, **look)
            axes.plot([], [], label=words, **look)
        axes.set_title(name, fontsize=11)
        axes.set(xlabel="epochs", xticks=(1, 4, 8, 12))
    panels[0].set(ylabel="error (%)", ylim=(40, 92))
    panels[0].legend(loc="lower left")
    return figure


@figures.view
def draw_road(training: Errors, test: Errors, title: str) -> Figure:
    """Test error against training error, means over the seeds: a curve for each network, a point an epoch."""
    figure = figures.figure(8.6, 4.4)
    axes = figure.subplots()
    for (name, seen), style in zip(training.items(), SERIES, strict=False):
        places = (100 * seen.mean(axis=0), 100 * test[name].mean(axis=0))
        axes.plot(*places, label=name, markersize=6, alpha=0.85, **style)
    axes.set(title=title, xlabel="training error (%), which falls to the right")
    axes.set_ylabel("test error (%)")
    axes.invert_xaxis()
    axes.legend()
    return figure


# --- depth and error ------------------------------------------------------------------------------------


@figures.view
def draw_depth(table3: Table, title: str) -> Figure:
    """Top-1 error against depth, a line for each pair of scales; C, as deep as D, is drawn hollow."""
    figure = figures.figure(9.0, 4.4)
    axes = figure.subplots()
    scales = {256: "S = 256, Q = 256", 384: "S = 384, Q = 384", "256;512": "S from 256 to 512, Q = 384"}
    named = set()
    beside = {"A": (-9, -8), "A-LRN": (-9, 0), "C": (8, 2), "D": (-9, -13), "B": (8, -3), "E": (8, -3)}
    for (scale, label), style in zip(scales.items(), SERIES, strict=False):
        rows = [row for row in table3.rows if row["S"] == scale]
        places = {row["configuration"]: (_depth(row["configuration"]), row["top-1 error"]) for row in rows}
        line = [place for config, place in places.items() if config not in ("A-LRN", "C")]
        axes.plot(*zip(*line, strict=True), label=label, **style)
        for config, place in places.items():
            if config in ("A-LRN", "C"):  # C has 28.1 twice: both markers are seen
                size = 11 if config == "C" and scale == 256 else 6
                axes.plot(*place, style["marker"], color=style["color"], mfc="white", markersize=size)
            away = {"xytext": beside[config], "ha": "left" if beside[config][0] > 0 else "right"}
            if place not in named:
                axes.annotate(f"{config} {place[1]}", place, textcoords="offset points", fontsize=10, **away)
            named.add(place)
    axes.set(title=title, xlabel="layers with weights", ylabel="top-1 error (%)")
    axes.set(xlim=(9.8, 20), xticks=(11, 13, 16, 19))
    axes.legend(title="shorter side (pixels): S in training, Q in the test", loc="upper right")
    return figure


def _depth(config: str) -> int:
    return totals(trace(config)).weighted_layers


# --- memory ---------------------------------------------------------------------------------------------


@figures.view
def draw_memory(rows: Sequence[Row], title: str) -> Figure:
    """Layer by layer, for one image: the bytes of the output, the bytes of the weights, the multiply-adds."""
    rows = [row for row in rows if row.kind in ("Conv2D", "MaxPooling2D", "Dense")]
    names = [row.name for row in rows]
    figure = figures.figure(10.0, 5.8, title)
    panels = figure.subplots(1, 3, sharey=True)
    for axes, values, words, unit, color, hatch in (
        (panels[0], [row.activation_bytes / MEGABYTE for row in rows], "its output", "MB", SKY, ""),
        (panels[1], [row.weight_bytes / MEGABYTE for row in rows], "its weights", "MB", VERMILION, "///"),
        (panels[2], [row.multiply_adds / 1e9 for row in rows], "multiply-adds", "billion", PALE, "..."),
    ):
        axes.barh(names, values, color=color, hatch=hatch, edgecolor="white")
        axes.set_xlabel(f"{words} ({unit})")
        largest = int(np.argmax(values))
        axes.text(values[largest], largest, f" {values[largest]:.1f}", va="center", weight="bold")
        axes.set_title(f"together {sum(values):,.1f} {unit}", fontsize=11, weight="normal")
        axes.set_xlim(0, 1.25 * max(values))
    panels[0].invert_yaxis()
    panels[0].tick_params(axis="y", labelsize=9.5)
    return figure


@figures.view
def draw_batch(config: str, images: int) -> Figure:
    """What training keeps of a batch beside what it keeps of the weights, by stage, in gigabytes."""
    activations, weights = _kept(config, images)
    widest = max(*activations.values(), *weights.values()) / GIGABYTE
    figure = figures.figure(9.0, 3.9, layout=None)
    axes = figure.add_axes((0.1, 0.16, 0.86, 0.72))
    for sizes, offset, words, style in (
        (activations, -0.2, "activations and their gradients", {"facecolor": SKY}),
        (weights, 0.2, "weights, gradients, momentum", {"facecolor": VERMILION, "hatch": "///"}),
    ):
        bars = [
            Rectangle((0, place + offset - 0.2), size / GIGABYTE, 0.4)
            for place, size in enumerate(sizes.values())
        ]
        axes.add_collection(PatchCollection(bars, edgecolor="white", linewidth=0, **style))
        together = f"{words}: {sum(sizes.values()) / GIGABYTE:.2f} GB together"
        axes.add_patch(Rectangle((0, 0), 0, 0, label=together, edgecolor="white", **style))
    axes.set_yticks(range(len(activations)), activations)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.legend(loc="center", bbox_to_anchor=(0.62, 0.42), frameon=True, framealpha=1, edgecolor="white")
    more = "activations" if sum(activations.values()) > sum(weights.values()) else "weights"
    axes.set(xlim=(0, 1.05 * widest), ylim=(7.6, -0.6), xlabel="gigabytes (float32)")
    axes.set_title(f"{config}, {images} image{'s' * (images > 1)}: the {more} take more memory")
    return figure


def _kept(config: str, images: int) -> tuple[dict[str, int], dict[str, int]]:
    """What training keeps, in bytes a stage: of the activations, and of the weights.

    Counted as in lesson 3: each activation with its gradient, each weight with its gradient and its momentum.
    """
    rows = trace(config)
    activations, weights = (sum_stages(rows, column) for column in ("activation_bytes", "weight_bytes"))
    return {name: 2 * images * size for name, size in activations.items()}, {
        name: 3 * size for name, size in weights.items()
    }


def explore_memory() -> widgets.Explorer:
    """`draw_batch` behind a menu of the configurations and a slider for the images in a batch."""

    def caption(config: str, images: int) -> str:
        activations, weights = (sum(sizes.values()) for sizes in _kept(config, images=1))
        return (
            "Training keeps each activation and its gradient, each weight with its gradient and momentum. "
            f"From {math.ceil(weights / activations)} images on, the activations of {config} take more."
        )

    return widgets.Explorer(
        draw_batch,
        caption=caption,
        config=widgets.menu("configuration", list(CONFIGURATIONS), "D"),
        images=widgets.slider("images in a batch", 1, 64, 1),
    )


# --- a map of answers -----------------------------------------------------------------------------------


@figures.view
def draw_heat(scene: np.ndarray, heat: np.ndarray, name: str, step: int, title: str) -> Figure:
    """A scene (H, W, 3), and over it the map of one class's probability (rows, columns).

    step : pixels from one answer to the next
    """
    figure = figures.figure(10.0, 3.9, title)
    left, right = figure.subplots(1, 2)
    height, width = scene.shape[:2]
    left.imshow(scene)
    left.add_patch(Rectangle((-0.5, -0.5), 32, 32, fill=False, edgecolor=VERMILION, linewidth=3))
    left.set_title(f"{width} × {height} pixels, and one crop", fontsize=11, weight="normal")
    first = 16 - step / 2 - 0.5  # an answer is drawn around its crop's middle
    rows, columns = heat.shape
    extent = (first, first + step * columns, first + step * rows, first)
    right.imshow(scene.mean(axis=-1), cmap="gray", alpha=0.4)
    warm = right.imshow(heat, cmap="cividis", vmin=0, vmax=1, alpha=0.8, extent=extent)
    right.set_title(f"{columns} × {rows} answers, {step} pixels apart", fontsize=11, weight="normal")
    for axes in left, right:
        axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        axes.axis("off")
    figure.colorbar(warm, ax=right, shrink=0.85).set_label(f"probability of “{name}”")
    return figure


# --- what it cost ---------------------------------------------------------------------------------------


def compare_cost() -> list[Cost]:
    """AlexNet, VGG-16 and two ResNets from the ledger: top-5 errors of one network, with ten crops."""
    counts = [papers.fact(f"alexnet.{name}").value for name in ("multiply_adds", "parameters")]
    error = papers.table("alexnet.table2").row("1 CNN")["top-5 error, validation"]
    alexnet = Cost("AlexNet, 2012", "AlexNet", *counts, error)
    errors = papers.table("resnet.table3")
    counts = count_multiply_adds("D"), count_parameters("D")
    costs = [alexnet, Cost("VGG-16, 2014", "VGG", *counts, errors.row("VGG-16")["top-5 error"])]
    for depth, name in ((34, "ResNet-34 B"), (152, "ResNet-152")):
        work = papers.table("resnet.multiply_adds").row(depth)["stride in the 1x1"]
        parameters = papers.table("resnet.parameters").row(depth)["parameters"]
        error = errors.row(name)["top-5 error"]
        costs.append(Cost(f"ResNet-{depth}, 2015", "ResNet", work, parameters, error))
    return costs
