"""Lesson 04's pictures: the table, what a stack sees, the duel, depth, memory, a map of answers, cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.anatomy import Row, totals
from zoo_helpers.core.figures import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from zoo_helpers.core.papers import Table
from zoo_helpers.vgg.experiment import Cost, sum_stages, trace_stack
from zoo_helpers.vgg.model import CONFIGURATIONS, trace

STAGES = ("#E3F0FA", "#C9E2F5", "#AED3EE", "#8FC1E6", "#6DADDC")
LINES = (VERMILION, BLUE, GREEN)
MARKERS = ("s", "o", "D")
DASHES = ("--", "-", ":")
ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
PALE = "#C9D3DB"
MEGABYTE = 1e6

# --- the table ------------------------------------------------------------------------------------------


@figures.view
def draw_table() -> Figure:
    """Table 1 as a picture: a column a configuration, a box a layer, and the counts below."""
    figure = figures.figure(10.0, 6.0)
    axes = figure.subplots()
    # The longest column, E, says how much room a stage takes.
    tops = list(accumulate((len(cells.split()) + 0.35 for cells in CONFIGURATIONS["E"]), initial=0.0))
    middle = {"ha": "center", "va": "center"}
    for place, (config, stages) in enumerate(CONFIGURATIONS.items()):
        axes.text(place, -0.75, config, weight="bold", fontsize=13, **middle)
        for top, cells, color in zip(tops, stages, STAGES, strict=False):
            for number, cell in enumerate(cells.split()):
                _draw_cell(axes, place, top + number, cell, color)
        counted = totals(trace(config))
        axes.text(place, tops[-1] + 0.1, f"{counted.weighted_layers} layers", weight="bold", **middle)
        counts = f"{counted.parameters / 1e6:.0f} million\n{counted.multiply_adds / 1e9:.1f} billion"
        axes.text(place, tops[-1] + 1.35, counts, **middle)
    notes = [f"stage {n}\n{448 >> n} × {448 >> n}" for n in range(1, 6)] + [
        "with weights",
        "weights\nmultiply-adds",
    ]
    heights = [(top + below - 1.35) / 2 for top, below in pairwise(tops)] + [tops[-1] + 0.1, tops[-1] + 1.35]
    for height, note in zip(heights, notes, strict=True):
        axes.text(-0.55, height, note, ha="right", va="center", color=GREY)
    axes.set(xlim=(-1.5, 5.5), ylim=(tops[-1] + 2.2, -1.3))
    axes.set_title("Six networks that differ in depth, and in little else")
    axes.axis("off")
    return figure


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
    side, field = len(image), stack.fields[-1]
    figure = figures.figure(9.5, 4.2, layout=None)
    picture = figure.add_axes((0.01, 0.03, 0.4, 0.86))
    picture.imshow(image, alpha=0.75)
    for number, seen in enumerate(stack.fields, start=1):
        corner = (side - seen) / 2 - 0.5
        style = {"edgecolor": VERMILION, "linewidth": 3} if number == depth else {"edgecolor": BLACK}
        picture.add_patch(Rectangle((corner, corner), seen, seen, fill=False, **style))
    picture.set(xticks=[], yticks=[], xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    picture.set_title(
        "One output sees " + (f"{field} × {field} pixels" if field < side else "the whole image")
    )
    bars = figure.add_axes((0.6, 0.2, 0.36, 0.5))
    weights = (stack.weights, stack.weights_of_one)
    bars.barh([0, 1], weights, color=[BLUE, PALE], hatch=["", "///"])
    bars.set_yticks([0, 1], [f"{depth} of {kernel} × {kernel}", f"1 of {field} × {field}"])
    for place, count in enumerate(weights):
        bars.text(count, place, f" {count:,} C²", va="center")
    bars.set(xlim=(0, 1.35 * max(weights)), xticks=[], xlabel="weights, from C channels to C channels")
    bars.invert_yaxis()
    bars.set_title(f"One layer that sees as far: {weights[1] / weights[0]:.1f} × the weights", x=-0.3)
    return figure


def explore_receptive_field(image: np.ndarray) -> widgets.Explorer:
    """`draw_receptive_field` behind a slider for the layers, and menus for kernel and stride."""

    def caption(depth: int, kernel: int, stride: int) -> str:
        fields = ", ".join(map(str, trace_stack(depth, kernel, stride).fields))
        return f"Sides of the squares, from the first layer to the last: {fields} pixels."

    return widgets.Explorer(
        lambda depth, kernel, stride: draw_receptive_field(image, depth, kernel, stride),
        caption=caption,
        depth=widgets.slider("layers", 1, 6, 3),
        kernel=widgets.menu("kernel", {f"{side} × {side}": side for side in (1, 3, 5, 7)}, 3),
        stride=widgets.menu("stride", (1, 2), 1),
    )


@figures.view
def draw_ways(ways: np.ndarray) -> Figure:
    """How many ways lead from each pixel to the output, (7, 7), as numbers, and their share by column."""
    figure = figures.figure(9.0, 3.9)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.3])
    left.imshow(ways, cmap="Blues", vmax=1.3 * ways.max())
    for (row, column), count in np.ndenumerate(ways):
        left.text(column, row, f"{count:.0f}", ha="center", va="center", fontsize=10)
    left.set(xticks=[], yticks=[], title="Ways from a pixel to the output")
    offsets = np.arange(len(ways)) - len(ways) // 2
    right.plot(offsets, 100 * ways.sum(axis=0) / ways.sum(), color=BLUE, marker="o", label="three 3 × 3")
    even = np.full(len(ways), 100 / len(ways))
    right.plot(offsets, even, color=VERMILION, linestyle="--", marker="s", label="one 7 × 7")
    right.set(
        title="A stack favours the middle",
        xlabel="column of the field (pixels from the middle)",
        ylabel="share of the ways (%)",
        ylim=(0, None),
        xticks=offsets,
    )
    right.legend()
    return figure


# --- the duel -------------------------------------------------------------------------------------------


@figures.view
def draw_training(runs: Mapping[str, Mapping[str, np.ndarray]], title: str) -> Figure:
    """Training and test error over the passes, one line for the history of each network."""
    figure = figures.figure(9.0, 3.6)
    for axes, key, words in zip(
        figure.subplots(1, 2, sharey=True), ("accuracy", "val_accuracy"), ("training", "test"), strict=True
    ):
        for (name, history), style in zip(runs.items(), _styles(), strict=False):
            passes = np.arange(1, len(history[key]) + 1)
            axes.plot(passes, 100 * (1 - history[key]), label=name, **style)
        axes.set(xlabel="passes over the 4,000 training images", ylabel=f"{words} error (%)", ylim=(20, 80))
        axes.yaxis.set_tick_params(labelleft=True)
        axes.set_title(words, weight="normal")
        axes.legend()
    figure.suptitle(title, x=0.01, ha="left")
    return figure


@figures.view
def draw_duel(names: Sequence[str], training_error: np.ndarray, test_error: np.ndarray, title: str) -> Figure:
    """The last errors of every network, a dot a seed, a bar the mean: (seeds, networks), as fractions."""
    figure = figures.figure(9.5, 3.6)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, errors, words in zip(
        panels, (training_error, test_error), ("training error (%)", "test error (%)"), strict=True
    ):
        for place, (column, style) in enumerate(zip(100 * errors.T, _styles(), strict=False)):
            spread = np.linspace(-0.18, 0.18, len(column))
            axes.plot(column, place + spread, style["marker"], color=style["color"], alpha=0.8)
            axes.plot([column.mean()] * 2, [place - 0.36, place + 0.36], color=BLACK, linewidth=2.5)
            axes.text(
                column.mean(), place - 0.4, f"mean {column.mean():.1f}", ha="center", va="bottom", fontsize=10
            )
        axes.set(xlabel=words, ylim=(len(names) - 0.4, -0.8))
        axes.grid(axis="x")
    panels[0].set_yticks(range(len(names)), [name.replace(", ", ",\n") for name in names])
    figure.suptitle(title, x=0.01, ha="left")
    return figure


def _styles() -> list[dict[str, str]]:
    return [
        {"color": color, "marker": marker, "linestyle": dash}
        for color, marker, dash in zip(LINES, MARKERS, DASHES, strict=True)
    ]


# --- depth and error ------------------------------------------------------------------------------------


@figures.view
def draw_depth(table3: Table, column: str = "top-1 error") -> Figure:
    """Error against depth, one line for each training scale S; C, as deep as D, is drawn hollow."""
    figure = figures.figure(9.0, 4.4)
    axes = figure.subplots()
    words = {256: "S = 256", 384: "S = 384", "256;512": "S from 256 to 512"}
    for (scale, label), style in zip(words.items(), _styles(), strict=True):
        rows = [row for row in table3.rows if row["S"] == scale]
        line = [row for row in rows if row["configuration"] not in ("A-LRN", "C")]
        axes.plot([_depth(row) for row in line], [row[column] for row in line], label=label, **style)
        for row in rows:
            config = row["configuration"]
            if config in ("A-LRN", "C"):
                axes.plot(_depth(row), row[column], style["marker"], color=style["color"], mfc="white")
            offset = {"A": (-9, -8), "A-LRN": (-9, 0), "C": (8, 2), "D": (-9, -13)}.get(config, (8, -3))
            axes.annotate(
                f"{config} {row[column]}",
                (_depth(row), row[column]),
                xytext=offset,
                textcoords="offset points",
                ha="left" if offset[0] > 0 else "right",
                fontsize=10,
            )
    axes.set(
        title="Depth helps up to 16 layers; a better training scale helps as much again",
        xlabel="layers with weights",
        ylabel=f"{column} (%)",
        xlim=(9.8, 20),
        xticks=(11, 13, 16, 19),
    )
    axes.legend(title="shorter side of the training images (pixels)", loc="upper right")
    return figure


def _depth(row: Mapping[str, object]) -> int:
    return totals(trace(str(row["configuration"]))).weighted_layers


# --- memory ---------------------------------------------------------------------------------------------


@figures.view
def draw_memory(rows: Sequence[Row], title: str) -> Figure:
    """Layer by layer, for one image: the bytes of the output, the bytes of the weights, the multiply-adds."""
    rows = [row for row in rows if row.kind in ("Conv2D", "MaxPooling2D", "Dense")]
    names = [row.name for row in rows]
    figure = figures.figure(10.0, 5.8)
    panels = figure.subplots(1, 3, sharey=True)
    for axes, values, words, color, hatch in (
        (panels[0], [row.activation_bytes / MEGABYTE for row in rows], "its output (MB)", SKY, ""),
        (panels[1], [row.weight_bytes / MEGABYTE for row in rows], "its weights (MB)", VERMILION, "///"),
        (panels[2], [row.multiply_adds / 1e9 for row in rows], "multiply-adds (billions)", PALE, "..."),
    ):
        axes.barh(names, values, color=color, hatch=hatch, edgecolor="white")
        axes.set_xlabel(words)
        largest = int(np.argmax(values))
        axes.text(values[largest], largest, f" {values[largest]:.1f}", va="center", weight="bold")
        axes.set_xlim(0, 1.25 * max(values))
    panels[0].invert_yaxis()
    panels[0].tick_params(axis="y", labelsize=9.5)
    figure.suptitle(title, x=0.01, ha="left")
    return figure


@figures.view
def draw_batch(config: str, images: int) -> Figure:
    """Outputs of a batch beside the weights, summed over stages, in megabytes."""
    rows = trace(config)
    outputs, weights = sum_stages(rows, "activation_bytes"), sum_stages(rows, "weight_bytes")
    kept = images * np.array(list(outputs.values())) / MEGABYTE
    held = np.array(list(weights.values())) / MEGABYTE
    widest = max(kept.max(), held.max())
    figure = figures.figure(9.0, 3.9, layout=None)
    axes = figure.add_axes((0.1, 0.16, 0.86, 0.72))
    for sizes, offset, words, style in (
        (kept, -0.2, "outputs", {"facecolor": SKY}),
        (held, 0.2, "weights", {"facecolor": VERMILION, "hatch": "///"}),
    ):
        bars = [Rectangle((0, place + offset - 0.2), size, 0.4) for place, size in enumerate(sizes)]
        axes.add_collection(PatchCollection(bars, edgecolor="white", linewidth=0, **style))
        largest = int(np.argmax(sizes))
        axes.text(
            sizes[largest] + widest / 80, largest + offset, f"all {words}: {sizes.sum():,.0f} MB", va="center"
        )
    axes.set_yticks(range(len(outputs)), outputs)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    more = "outputs" if kept.sum() > held.sum() else "weights"
    axes.set(xlim=(0, 1.25 * widest), ylim=(7.6, -0.6), xlabel="megabytes (float32)")
    axes.set_title(f"{config}, {images} image{'s' * (images > 1)}: the {more} take more memory")
    return figure


def explore_memory() -> widgets.Explorer:
    """`draw_batch` behind a menu of the configurations and a slider for the images in a batch."""
    return widgets.Explorer(
        draw_batch,
        caption=_caption_batch,
        config=widgets.menu("configuration", list(CONFIGURATIONS), "D"),
        images=widgets.slider("images in a batch", 1, 64, 1),
    )


def _caption_batch(config: str, images: int) -> str:
    outputs, weights = (
        sum(sum_stages(trace(config), column).values()) for column in ("activation_bytes", "weight_bytes")
    )
    return (
        "Training keeps every output for the way back. "
        f"From {-(-weights // outputs)} images on, they take more than the weights of {config}."
    )


# --- a map of answers -----------------------------------------------------------------------------------


@figures.view
def draw_answers(image: np.ndarray, answers: np.ndarray, names: Sequence[str], step: int) -> Figure:
    """An image (H, W, 3), and the map of answers (rows, columns, classes), each as the class it names.

    step : pixels from one answer to the next
    """
    best, sure = answers.argmax(axis=-1), answers.max(axis=-1)
    (height, width), (rows, columns) = image.shape[:2], best.shape
    figure = figures.figure(10.0, 4.4)
    left, right = figure.subplots(1, 2)
    left.imshow(image)
    left.add_patch(Rectangle((-0.5, -0.5), 32, 32, fill=False, edgecolor=VERMILION, linewidth=3))
    left.set_title(f"{width} × {height} pixels, and the first crop")
    right.imshow(image, alpha=0.3)
    first = 16 - step / 2  # a crop's answer is drawn around the crop's middle
    extent = (first, first + step * columns, first + step * rows, first)
    right.imshow(best, cmap="tab10", vmin=-0.5, vmax=9.5, alpha=0.25 + 0.75 * sure, extent=extent)
    for row in range(0, rows, 32 // step):
        for column in range(0, columns, 32 // step):
            place = (16 + step * column, 16 + step * row)
            right.text(*place, names[best[row, column]], ha="center", va="center", fontsize=9, bbox=ON_WHITE)
    right.set_title(f"{columns} × {rows} answers in one go, {step} pixels apart")
    for axes in (left, right):
        axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        axes.axis("off")
    return figure


# --- what it cost ---------------------------------------------------------------------------------------


@figures.view
def draw_cost(networks: Sequence[Cost]) -> Figure:
    """Networks as circles: multiply-adds across, error upwards, the circle's area the weights."""
    figure = figures.figure(9.0, 4.4)
    axes = figure.subplots()
    for network in networks:
        place = (network.multiply_adds / 1e9, network.error)
        area = network.parameters / 1e5
        color = VERMILION if network.name.startswith("VGG") else BLUE
        axes.scatter(*place, s=area, color=color, alpha=0.55, edgecolor=BLACK)
        axes.annotate(
            f"{network.name}\n{network.parameters / 1e6:.0f} million weights",
            place,
            xytext=(6 + np.sqrt(area) / 2, 0),
            textcoords="offset points",
            va="center",
            fontsize=10,
        )
    axes.set(
        title="VGG halved AlexNet's error at 21 times the work; a year later, less did more",
        xlabel="multiply-adds for one image (billions)",
        ylabel="top-5 error, ten crops (%)",
        xlim=(-1, 22),
        ylim=(3, 21),
    )
    return figure
