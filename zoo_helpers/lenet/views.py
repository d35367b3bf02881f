"""Lesson 02's pictures: a digit on its way through the layers, what the networks say, what they miss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLACK, BLUE, GREEN, ON_WHITE, ORANGE, SKY, VERMILION
from zoo_helpers.core.trained import Classifier
from zoo_helpers.lenet.drawing import DrawingPad, read_ink
from zoo_helpers.lenet.images import center_like_mnist, shift, shrink
from zoo_helpers.lenet.model import CONNECTION_TABLE, PROTOTYPES

LAYERS = ("image", "C1", "S2", "C3", "S4", "C5", "F6")


@figures.view
def draw_counts(counts: Mapping[str, int], title: str) -> Figure:
    """Named counts as bars on a logarithmic axis, each with its number."""
    figure = figures.figure(9.0, 0.7 + 0.5 * len(counts))
    axes = figure.subplots()
    bars = axes.barh(list(counts), counts.values(), color=BLUE)
    axes.bar_label(bars, [f"{count:,}" for count in counts.values()], padding=5)
    axes.set(title=title, xlabel="trainable parameters", xscale="log", xlim=(10, 10 * max(counts.values())))
    axes.invert_yaxis()
    return figure


@figures.view
def draw_digits(rows: Mapping[str, np.ndarray]) -> Figure:
    """Rows of images (N, 28, 28), each under its name."""
    count = len(next(iter(rows.values())))
    figure = figures.figure(9.5, 0.35 + (9.5 / count + 0.3) * len(rows))
    grid = figure.subplots(len(rows), 1, squeeze=False).flat
    for axes, (name, images) in zip(grid, rows.items(), strict=True):
        _draw_tiles(axes, images, columns=count)
        axes.set_title(name)
    return figure


@figures.view
def draw_seeds(groups: Mapping[str, Sequence[float]], title: str, xlabel: str) -> Figure:
    """A row of dots for each group, one dot a seed, in per cent; the mean as a bar and in words."""
    figure = figures.figure(8.5, 1.0 + 0.45 * len(groups))
    axes = figure.subplots()
    largest = 100 * max(map(max, groups.values()))
    for row, values in enumerate(groups.values()):
        per_cent = 100 * np.asarray(values)
        figures.dots(axes, row, per_cent)
        axes.text(per_cent.max() + largest / 40, row, f"mean {per_cent.mean():.1f} %", va="center")
    axes.set_yticks(range(len(groups)), groups)
    axes.set(title=title, xlabel=xlabel, xlim=(0, 1.2 * largest), ylim=(len(groups) - 0.5, -0.5))
    axes.grid(axis="x")
    return figure


@figures.view
def draw_table(title: str) -> Figure:
    """Table I: a column for each map of C3, a row for each map of S2, a filled square for each pair."""
    pairs = np.zeros((6, len(CONNECTION_TABLE)))
    for target, sources in enumerate(CONNECTION_TABLE):
        pairs[list(sources), target] = 1
    figure = figures.figure(8.0, 3.5)
    axes = figure.subplots()
    _draw_cells(axes, pairs, cmap="Blues", vmin=0, vmax=1.3, edgecolor="white", linewidth=2)
    for row, column in np.argwhere(pairs):
        axes.text(column + 0.5, row + 0.5, "×", ha="center", va="center", color="white", weight="bold")
    for border in (6, 12, 15):
        axes.axvline(border, color=BLACK, linewidth=1.5)
    for middle, words in ((3, "3 neighbours"), (9, "4 neighbours"), (13.5, "4 with gaps"), (15.5, "all")):
        axes.text(middle, -0.15, words, ha="center", va="bottom", fontsize=10)
    axes.set_title(title, pad=20)
    axes.set(xlabel="map of C3", ylabel="map of S2")
    return figure


@figures.view
def draw_prototypes() -> Figure:
    """The ten bitmaps that F6 is compared with, 7 × 12 pixels of −1 and +1."""
    figure = figures.figure(9.5, 1.9)
    for digit, axes in enumerate(figure.subplots(1, 10)):
        _draw_bitmap(axes, PROTOTYPES[digit])
        axes.set_title(str(digit), loc="center")
    return figure


@figures.view
def draw_journey(inside: Mapping[str, np.ndarray], title: str) -> Figure:
    """All layers of LeNet-5 of 1998 for one image, side by side."""
    figure = figures.figure(10.0, 2.9, title)
    grid = figure.subplots(1, len(LAYERS), width_ratios=[1.2, 1.6, 1.6, 1.6, 1.6, 1.3, 0.9])
    for axes, name in zip(grid, LAYERS, strict=True):
        _draw_layer(axes, name, inside[name], columns={1: 1, 6: 2, 16: 4})
        axes.set_title(f"{name}\n{_shape_in_words(inside[name].shape)}", loc="center", fontsize=10)
    return figure


def explore_maps(reader: Classifier, images: np.ndarray, labels: np.ndarray) -> widgets.Explorer:
    """Any layer of LeNet-5 of 1998 for any of the images."""

    @figures.view
    def view(digit: int, layer: str) -> Figure:
        output = reader.look(images[digit])[layer]
        figure = figures.figure(6.5, 3.9, layout=None)
        axes = figure.add_axes((0.02, 0.02, 0.96, 0.84))
        _draw_layer(axes, layer, output, columns={1: 1, 6: 3, 16: 6})
        axes.set_title(f"{layer}: {_shape_in_words(output.shape)}, for test image {digit}, a {labels[digit]}")
        return figure

    return widgets.Explorer(
        view,
        caption="From layer to layer the maps get smaller and more. C1 still shows the digit.",
        digit=widgets.slider("test image", 0, len(images) - 1, 4),
        layer=widgets.menu("layer", LAYERS, "C1"),
    )


# --- What the networks say ---------------------------------------------------------------------------


@figures.view
def draw_reading(image: np.ndarray, old: Classifier, modern: Classifier) -> Figure:
    """An image, what F6 of 1998 draws, its ten distances, and the modern network's probabilities."""
    inside = old.look(image)
    figure = figures.figure(8.4, 2.9, layout=None)
    axes = figure.add_axes((0, 0, 1, 1))  # in inches; one for all parts, as four would take thrice the time
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=255, extent=(0.1, 2.3, 2.65, 0.45))
    axes.imshow(inside["F6"].reshape(12, 7), cmap="gray_r", vmin=-1, vmax=1, extent=(2.5, 3.78, 2.65, 0.45))
    axes.plot([2.5, 3.78, 3.78, 2.5, 2.5], [0.45, 0.45, 2.65, 2.65, 0.45], color=BLACK, linewidth=0.8)
    for left, words in ((0.1, "what arrives"), (2.5, "what F6 draws")):
        axes.text(left, 0.24, words, fontsize=12, weight="bold", va="center")
    distances, probabilities = inside["OUTPUT"], modern.look(image)["OUTPUT"]
    _draw_ten_bars(axes, 4.2, distances, distances.argmin(), "1998", "squared distance", 400)
    _draw_ten_bars(axes, 6.5, probabilities, probabilities.argmax(), "modern", "probability", 1)
    axes.set(xlim=(0, 8.4), ylim=(2.9, 0), aspect="auto")
    axes.axis("off")
    return figure


def _draw_ten_bars(
    axes: Axes, left: float, values: np.ndarray, winner: int, network: str, what: str, largest: float
) -> None:
    """Ten bars from `left` on, 1.5 inches for the `largest` value; the winner is orange, with an arrow."""
    places = 0.54 + 0.19 * np.arange(10)
    lengths = 1.5 * np.minimum(values / largest, 1)
    colors = [ORANGE if digit == winner else SKY for digit in range(10)]
    axes.hlines(places, left, left + lengths, colors, linewidth=72 * 0.16)  # at once: bars take twice as long
    for digit, place in enumerate(places):
        weight = "bold" if digit == winner else "normal"
        axes.text(left - 0.06, place, str(digit), ha="right", va="center", fontsize=10, weight=weight)
    arrow = f"◀ {values[winner]:.2g}"
    axes.text(left + lengths[winner] + 0.04, places[winner], arrow, va="center", fontsize=10)
    axes.text(left, 0.24, f"{network} reads {winner}", fontsize=12, weight="bold", va="center")
    axes.text(left, 2.65, f"{what}, 0 to {largest}", fontsize=10, va="center")


def explore_shift(
    old: Classifier, modern: Classifier, images: np.ndarray, labels: np.ndarray, start: int
) -> widgets.Explorer:
    """`draw_reading` of any of the images, moved by sliders."""

    def view(digit: int, right: int, down: int) -> Figure:
        return draw_reading(shift(images[digit][None], right, down)[0], old, modern)

    def caption(digit: int, right: int, down: int) -> str:
        return f"Test image {digit}, a {labels[digit]}, moved {right} pixels to the right and {down} down."

    return widgets.Explorer(
        view,
        caption=caption,
        digit=widgets.slider("test image", 0, len(images) - 1, start),
        right=widgets.slider("right", -10, 10, 0),
        down=widgets.slider("down", -10, 10, 0),
    )


def explore_drawing(old: Classifier, modern: Classifier, digit: np.ndarray) -> widgets.Explorer:
    """A drawing pad that both networks read at every stroke; it begins with a digit (28, 28) in a corner."""
    corner = np.zeros((112, 112), np.uint8)
    corner[60:, 60:] = np.kron(digit, np.ones((2, 2), np.uint8))[2:-2, 2:-2]

    def read(drawing: bytes, centred: bool) -> np.ndarray:
        return (center_like_mnist if centred else shrink)(read_ink(drawing))

    def view(drawing: bytes, centred: bool) -> Figure:
        return draw_reading(read(drawing, centred), old, modern)

    def caption(drawing: bytes, centred: bool) -> str:
        if not any(drawing):
            return "Nothing is drawn yet, and still both networks answer."
        outputs = (reader.look(read(drawing, centred))["OUTPUT"] for reader in (old, modern))
        return f"1998 reads {next(outputs).argmin()}, the modern network {next(outputs).argmax()}."

    return widgets.Explorer(
        view,
        caption=caption,
        beside=True,
        drawing=DrawingPad(corner, "Draw a digit from 0 to 9."),
        centred=ipywidgets.Checkbox(
            value=True, description="centre it as MNIST does", indent=False, layout={"width": "230px"}
        ),
    )


# --- What they miss --------------------------------------------------------------------------------------


@figures.view
def draw_errors(errors: Mapping[str, float], paper: Mapping[str, float], count: int, title: str) -> Figure:
    """Test errors, fractions of `count` images, with two standard errors; the paper's are in per cent."""
    figure = figures.figure(8.5, 1.4 + 0.5 * len(errors))
    axes = figure.subplots()
    for row, error in enumerate(errors.values()):
        spread = 2 * 100 * np.sqrt(error * (1 - error) / count)
        axes.errorbar(100 * error, row, xerr=spread, fmt="o", color=BLUE, capsize=4, markersize=8)
        words = f"{100 * error:.2f} %"
        axes.text(100 * error + spread + 0.03, row, words, va="center", bbox=ON_WHITE)
    for (name, error), color, dash in zip(paper.items(), (VERMILION, GREEN), ("--", ":"), strict=True):
        axes.axvline(error, color=color, linestyle=dash, label=f"paper, {name}: {error} %")
    axes.set_yticks(range(len(errors)), errors)
    axes.set(
        title=title,
        xlabel=f"error on the {count:,} test images (%)",
        xlim=(0, max(1.5, 130 * max(errors.values()))),
        ylim=(len(errors) - 0.4, -0.6),
    )
    axes.legend(loc="upper left")
    return figure


@figures.view
def draw_mistakes(images: np.ndarray, labels: np.ndarray, read: np.ndarray) -> Figure:
    """Misread images, ten a row, each with its label and what was read."""
    rows = math.ceil(len(images) / 10)
    figure = figures.figure(9.5, 1.15 * rows)
    grid = figure.subplots(rows, 10, squeeze=False)
    for axes, image, label, digit in zip(grid.flat, images, labels, read, strict=False):
        figures.picture(axes, image, f"{label} as {digit}", cmap="gray_r")
    for axes in grid.flat[len(images) :]:
        axes.axis("off")
    return figure


@figures.view
def draw_blends(images: np.ndarray, labels: Sequence[object], reader: Classifier) -> Figure:
    """Images, each above what F6 of 1998 draws for it; label and reading above."""
    figure = figures.figure(9.5, 3.1)
    top, bottom = figure.subplots(2, len(images), height_ratios=[1, 1.45])
    for above, below, image, label in zip(top, bottom, images, labels, strict=True):
        inside = reader.look(image)
        figures.picture(above, image, f"{label} as {inside['OUTPUT'].argmin()}", cmap="gray_r")
        _draw_bitmap(below, inside["F6"])
    return figure


@figures.view
def draw_confusion(labels: np.ndarray, read: np.ndarray) -> Figure:
    """How often each digit was read as each other: a row a true digit, a column a reading."""
    table = np.zeros((10, 10), int)
    np.add.at(table, (labels, read), 1)
    np.fill_diagonal(table, 0)
    figure = figures.figure(6.2, 4.6)
    axes = figure.subplots()
    shades = {"cmap": "Oranges", "vmin": -2, "vmax": 1.4 * table.max()}
    _draw_cells(axes, np.ma.masked_equal(table, 0), edgecolor="#D9D9D9", linewidth=0.5, **shades)
    for row, column in np.argwhere(table):
        axes.text(column + 0.5, row + 0.5, table[row, column], ha="center", va="center")
    title = f"{table.sum()} misread test images"
    axes.set(title=title, xlabel="read as", ylabel="true digit", aspect="equal")
    return figure


@figures.view
def draw_filters(kernels: np.ndarray, c3_kernels: np.ndarray) -> Figure:
    """The learned 5 × 5 filters: C1's (5, 5, 1, 6), and C3's (5, 5, 60) in their places in Table I."""
    figure = figures.figure(9.5, 4.6)
    top, bottom = figure.subplots(2, 1, height_ratios=[1, 4.4])
    _draw_tiles(top, np.moveaxis(kernels[:, :, 0], -1, 0), columns=16, diverging=True)
    top.set_title(f"C1: {kernels.shape[-1]} filters, one for each map")
    places = [(source, target) for target, sources in enumerate(CONNECTION_TABLE) for source in sources]
    table = np.full((6, 16, 5, 5), np.nan)
    for number, place in enumerate(places):
        table[place] = c3_kernels[..., number]
    _draw_tiles(bottom, table.reshape(96, 5, 5), columns=16, diverging=True)
    bottom.set_title(f"C3: {len(places)} filters, a column a map of C3, a row a map of S2")
    return figure


@figures.view
def draw_shift_errors(curves: Mapping[str, Sequence[float]], title: str) -> Figure:
    """The error over the shift to the right, 0 to 8 pixels: a line for each network."""
    figure = figures.figure(7.5, 3.8)
    axes = figure.subplots()
    figures.lines(axes, {name: 100 * np.asarray(errors) for name, errors in curves.items()}, first=0)
    axes.set(title=title, xlabel="digits moved to the right (pixels)", ylabel="test error (%)", ylim=(0, 100))
    axes.legend()
    return figure


# --- Parts -------------------------------------------------------------------------------------------------


def _draw_layer(axes: Axes, name: str, output: np.ndarray, columns: Mapping[int, int]) -> None:
    """A layer's output, its maps in as many columns as `columns` has for their number."""
    if name == "F6":
        _draw_bitmap(axes, output)
    elif name == "C5":
        _draw_tiles(axes, output.reshape(1, 12, 10), columns=1, diverging=True)
    else:
        maps = np.moveaxis(output, -1, 0)
        _draw_tiles(axes, maps, columns[len(maps)], diverging=name != "image")


def _draw_tiles(axes: Axes, images: np.ndarray, columns: int, diverging: bool = False) -> None:
    """Images (N, H, W) as one picture with gaps: ink is dark; or, if they have signs, blue to red."""
    count, height, _ = images.shape
    rows, gap = math.ceil(count / columns), max(1, height // 14)
    padding = ((0, rows * columns - count), (0, gap), (0, gap))
    tiles = np.pad(images.astype(float), padding, constant_values=np.nan)
    sheet = tiles.reshape(rows, columns, height + gap, -1).swapaxes(1, 2).reshape(rows * (height + gap), -1)
    largest = np.nanmax(np.abs(images))
    shades = {"cmap": "RdBu", "vmin": -largest, "vmax": largest} if diverging else {"cmap": "gray_r"}
    axes.imshow(sheet[:-gap, :-gap], **shades)
    axes.axis("off")


def _draw_cells(axes: Axes, table: np.ndarray, **style: object) -> None:
    """A table as a grid of cells, its rows and columns numbered from 0, the first row on top."""
    rows, columns = table.shape
    axes.pcolormesh(table, **style)
    axes.set_xticks(np.arange(columns) + 0.5, range(columns))
    axes.set_yticks(np.arange(rows) + 0.5, range(rows))
    axes.set_ylim(rows, 0)


def _draw_bitmap(axes: Axes, numbers: np.ndarray) -> None:
    """84 numbers from −1 (paper) to 1 (ink) as a picture of 7 × 12 pixels."""
    axes.imshow(numbers.reshape(12, 7), cmap="gray_r", vmin=-1, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)


def _shape_in_words(shape: tuple[int, ...]) -> str:
    height, width, maps = shape if len(shape) == 3 else (1, 1, shape[0])
    if height == 1:
        return f"{maps} numbers"
    return f"{maps} of {height} × {width}" if maps > 1 else f"{height} × {width}"
