"""Lesson 02's pictures: a window that slides, a digit on its way, what the networks say, what they miss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLACK, BLUE, ON_WHITE, ORANGE, PALE, SERIES, SKY, VERMILION
from zoo_helpers.core.trained import Classifier
from zoo_helpers.lenet.drawing import DrawingPad, read_ink
from zoo_helpers.lenet.images import center_like_mnist, shift, shrink
from zoo_helpers.lenet.model import CONNECTION_TABLE, PROTOTYPES

LAYERS = ("image", "C1", "S2", "C3", "S4", "C5", "F6", "OUTPUT")


@figures.view
def draw_counts(counts: Mapping[str, int], title: str) -> Figure:
    """Named counts as bars on a logarithmic axis, each with its number."""
    figure = figures.figure(9.0, 0.7 + 0.5 * len(counts))
    axes = figure.subplots()
    bars = axes.barh(list(counts), counts.values(), color=BLUE)
    axes.bar_label(bars, [f"{count:,}" for count in counts.values()], padding=5)
    axes.set(title=title, xscale="log", xlim=(10, 10 * max(counts.values())))
    axes.set_xlabel("trainable parameters; each step to the right is ten times as many")
    axes.invert_yaxis()
    return figure


@figures.view
def draw_digits(rows: Mapping[str, np.ndarray], title: str) -> Figure:
    """Rows of images (N, 28, 28), each in a frame, under the row's name."""
    count = len(next(iter(rows.values())))
    figure = figures.figure(9.5, 0.75 + (9.5 / count + 0.3) * len(rows), title)
    grid = figure.subplots(len(rows), 1, squeeze=False).flat
    for axes, (name, images) in zip(grid, rows.items(), strict=True):
        _draw_tiles(axes, np.pad(images, ((0, 0), (1, 1), (1, 1)), constant_values=90), columns=count)
        axes.set_title(name, fontsize=11, weight="normal")
    return figure


@figures.view
def draw_window(
    image: np.ndarray, weights: np.ndarray, output: np.ndarray, place: tuple[int, int], title: str
) -> Figure:
    """A window of an image, times a filter, summed: one pixel of the feature map.

    image (32, 32), as the network takes it; weights (5, 5); output (28, 28); place is (row, column)
    """
    row, column = place
    size = len(weights)
    window = image[row : row + size, column : column + size]
    products = window * weights
    figure = figures.figure(10.0, 3.3, layout=None)
    axes = figure.add_axes((0, 0, 1, 1))  # in inches; one for all parts, as six would take thrice the time
    ink = {"cmap": "gray_r", "vmin": image.min(), "vmax": image.max()}
    for left, side, numbers, name in (
        (0.1, 2.4, image, "image"),
        (2.9, 1.1, window, "window"),
        (4.4, 1.1, weights, "filter"),
        (5.9, 1.1, products, "products"),
        (7.8, 2.1, output, "feature map"),
    ):
        signed = name in ("filter", "products", "feature map")
        largest = np.abs(products if name == "window" else numbers).max()
        style = {"cmap": "RdBu", "vmin": -largest, "vmax": largest} if signed else ink
        top = 0.75 + (2.4 - side) / 2
        axes.imshow(numbers, extent=(left, left + side, top + side, top), **style)
        _outline(axes, left, top, side, BLACK, 0.8)
        axes.text(left, top - 0.14, name, fontsize=11, weight="bold", va="center")
        if name in ("filter", "products"):  # the sign shows in grey print too
            down, right = np.nonzero(numbers < 0)
            places = left + (right + 0.5) * side / size, top + (down + 0.5) * side / size
            axes.plot(*places, marker="_", color=BLACK, linestyle="none", markersize=6)
    step = 2.4 / len(image)
    _outline(axes, 0.1 + column * step, 0.75 + row * step, size * step, VERMILION, 2.2)
    step = 2.1 / len(output)
    _outline(axes, 7.8 + column * step, 0.9 + row * step, step, VERMILION, 2.2)
    for left, sign in ((4.2, "×"), (5.7, "="), (7.4, "summed,\n+ bias\n→")):
        axes.text(left, 1.95, sign, fontsize=11, ha="center", va="center")
    axes.text(0.1, 0.25, title, fontsize=12, weight="bold", va="center")
    axes.set(xlim=(0, 10), ylim=(3.3, 0), aspect="auto")
    axes.axis("off")
    return figure


def _outline(axes: Axes, left: float, top: float, side: float, color: str, width: float) -> None:
    right, bottom = left + side, top + side
    x, y = [left, right, right, left, left], [top, top, bottom, bottom, top]
    axes.plot(x, y, color=color, linewidth=width)


def explore_window(
    image: np.ndarray, kernels: np.ndarray, biases: np.ndarray, place: tuple[int, int], title: str
) -> widgets.Explorer:
    """`draw_window` with the window, and one of the filters (5, 5, count), to choose."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[:2])
    maps = np.einsum("rcij,ijf->frc", windows, kernels) + biases[:, None, None]

    def view(number: int, row: int, column: int) -> Figure:
        return draw_window(image, kernels[..., number], maps[number], (row, column), title)

    def caption(number: int, row: int, column: int) -> str:
        bias, pixel = biases[number], maps[number, row, column]
        return (
            f"Filter {number}, window at row {row}, column {column}: the 25 products sum to "
            f"{pixel - bias:.2f}; with the bias of {bias:.2f} the pixel is {pixel:.2f}. A dash marks "
            "negative numbers."
        )

    return widgets.Explorer(
        view,
        caption=caption,
        number=widgets.slider("filter", 0, len(maps) - 1, 1),
        row=widgets.slider("row", 0, len(maps[0]) - 1, place[0]),
        column=widgets.slider("column", 0, len(maps[0]) - 1, place[1]),
    )


@figures.view
def draw_slopes(
    groups: Mapping[str, Sequence[Sequence[float]]],
    places: Sequence[str],
    star: tuple[int, float],
    title: str,
) -> Figure:
    """Errors in per cent at a few places: a line through the means of each group, one dot a seed.

    groups : name -> for each place, the errors of all seeds
    star   : the learner's own network: its place, its error
    """
    figure = figures.figure(7.5, 4.0)
    axes = figure.subplots()
    for (name, errors), own in zip(groups.items(), SERIES, strict=False):
        means = [np.mean(values) for values in errors]
        axes.plot(range(len(means)), means, label=name, **{**own, "marker": ""})
        for place, values in enumerate(errors):
            spread = place + np.linspace(-0.03, 0.03, len(values))
            axes.plot(spread, values, **{**own, "linestyle": "none", "alpha": 0.8})
            words = f"{means[place]:.1f} %"
            axes.text(place + 0.07, means[place], words, va="center", bbox=ON_WHITE)
    place, error = star
    axes.plot(place - 0.12, error, "*", markerfacecolor=ORANGE, markeredgecolor=BLACK, markersize=17)
    axes.text(place - 0.17, error, "yours", ha="right", va="center", weight="bold", bbox=ON_WHITE)
    axes.set_xticks(range(len(places)), places)
    axes.set(title=title, ylabel="test error (%)", xlim=(-0.3, len(places) - 0.6), ylim=(0, None))
    axes.legend(loc="upper left")
    return figure


@figures.view
def draw_seeds(groups: Mapping[str, Sequence[float]], title: str, xlabel: str) -> Figure:
    """A row of dots for each group of per cents, one dot a seed; the mean as a bar and in words."""
    figure = figures.figure(8.5, 1.0 + 0.45 * len(groups))
    axes = figure.subplots()
    largest = max(map(max, groups.values()))
    for row, values in enumerate(groups.values()):
        figures.dots(axes, row, values)
        axes.text(max(values) + largest / 40, row, f"mean {np.mean(values):.1f} %", va="center")
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
def draw_prototypes(title: str) -> Figure:
    """The ten bitmaps that F6 is compared with, 7 × 12 pixels of −1 and +1."""
    figure = figures.figure(9.5, 2.2, title)
    for digit, axes in enumerate(figure.subplots(1, 10)):
        _draw_bitmap(axes, PROTOTYPES[digit])
        axes.set_title(str(digit), loc="center")
    return figure


@figures.view
def draw_journey(inside: Mapping[str, np.ndarray], title: str) -> Figure:
    """All layers of LeNet-5 of 1998 for one image, side by side; last, the ten distances."""
    figure = figures.figure(10.4, 3.3, title)
    grid = figure.subplots(1, len(LAYERS), width_ratios=[1.6, 1.5, 1.5, 2.1, 2.1, 1.7, 1.4, 1.3])
    for axes, name in zip(grid, LAYERS, strict=True):
        shape = _shape_in_words(inside[name].shape)
        axes.set_anchor("N")
        if name == "OUTPUT":
            distances = inside[name]
            colors = [ORANGE if digit == distances.argmin() else SKY for digit in range(10)]
            axes.barh(range(10), distances, color=colors)
            axes.set_yticks(range(10), range(10))
            axes.text(0, distances.argmin(), " ◀ smallest", va="center", fontsize=9)
            axes.set(ylim=(9.6, -0.6), xticks=[], xlabel="distance")
        else:
            _draw_layer(axes, name, inside[name], columns={1: 1, 6: 2, 16: 4})
        axes.set_title(f"{name}\n{shape}", loc="center", fontsize=10)
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
        caption="From layer to layer the maps get smaller and their number grows. C1 still shows the digit.",
        digit=widgets.slider("test image", 0, len(images) - 1, 4),
        layer=widgets.menu("layer", LAYERS[:-1], "C1"),
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
    _draw_ten_bars(
        axes, 4.2, distances, distances.argmin(), "1998", "distance, 0 to 250;\nthe smallest wins", 250
    )
    _draw_ten_bars(
        axes,
        6.5,
        probabilities,
        probabilities.argmax(),
        "modern",
        "probability, 0 to 1;\nthe largest wins",
        1,
    )
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
    axes.text(left, 2.66, what, fontsize=10, va="center")


def explore_shift(
    old: Classifier, modern: Classifier, images: np.ndarray, labels: np.ndarray, start: int
) -> widgets.Explorer:
    """`draw_reading` of any of the images, moved by sliders."""

    def view(digit: int, right: int, down: int) -> Figure:
        return draw_reading(shift(images[digit][None], right, down)[0], old, modern)

    def caption(digit: int, right: int, down: int) -> str:
        moved = shift(images[digit][None], right, down)
        lost = " Part of its ink is outside." if moved.sum() < images[digit].sum() else ""
        return (
            f"Test image {digit}, a {labels[digit]}, moved {right} pixels to the right and {down} down.{lost}"
        )

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
            value=False, description="centre it as MNIST does", indent=False, layout={"width": "max-content"}
        ),
    )


# --- What they miss --------------------------------------------------------------------------------------


@figures.view
def draw_errors(groups: Mapping[str, Mapping[str, float]], count: int, title: str) -> Figure:
    """Test errors in per cent, each with two standard errors of `count` images: a marker for each group."""
    figure = figures.figure(8.5, 1.3 + 0.5 * sum(map(len, groups.values())))
    axes = figure.subplots()
    names, largest = [], 0
    for (group, errors), own in zip(groups.items(), SERIES, strict=False):
        places = np.arange(len(names), len(names) + len(errors))
        values = np.array([*errors.values()])
        spread = 2 * np.sqrt(values * (100 - values) / count)
        axes.errorbar(values, places, xerr=spread, label=group, capsize=4, **{**own, "linestyle": "none"})
        for place, value, end in zip(places, values, values + spread, strict=True):
            axes.text(end + 0.03, place, f"{value:.2f} %", va="center", bbox=ON_WHITE)
        names, largest = [*names, *errors], max(largest, *values)
    axes.set_yticks(range(len(names)), names)
    axes.set(title=title, xlabel=f"error on the {count:,} test images (%)")
    axes.set(xlim=(0, 1.6 * largest), ylim=(len(names) - 0.4, -0.6))
    axes.legend(loc="lower right")
    return figure


@figures.view
def draw_mistakes(images: np.ndarray, title: str) -> Figure:
    """Images, ten a row, each under its number, from 1 on."""
    rows = math.ceil(len(images) / 10)
    figure = figures.figure(9.5, 0.4 + 1.15 * rows, title)
    grid = figure.subplots(rows, 10, squeeze=False)
    for number, (axes, image) in enumerate(zip(grid.flat, images, strict=False), start=1):
        figures.picture(axes, image, str(number), cmap="gray_r")
    for axes in grid.flat[len(images) :]:
        axes.axis("off")
    return figure


@figures.view
def draw_blends(images: np.ndarray, drawings: np.ndarray, names: Sequence[str], title: str) -> Figure:
    """Images under their names, each above what F6 of 1998 draws for it: (N, 28, 28) and (N, 84)."""
    figure = figures.figure(9.5, 3.6, title)
    top, bottom = figure.subplots(2, len(images), height_ratios=[1, 1.45])
    for above, below, image, drawing, name in zip(top, bottom, images, drawings, names, strict=True):
        figures.picture(above, image, name, cmap="gray_r")
        _draw_bitmap(below, drawing)
    return figure


@figures.view
def draw_filters(kernels: np.ndarray, title: str) -> Figure:
    """Filters (5, 5, count) in a row, each with its number; a dash marks negative weights."""
    largest = np.abs(kernels).max()
    figure = figures.figure(9.5, 2.2, title)
    grid = figure.subplots(1, kernels.shape[-1])
    for number, axes in enumerate(grid):
        style = {"cmap": "RdBu", "vmin": -largest, "vmax": largest}
        figures.picture(axes, kernels[..., number], f"filter {number}", **style)
        down, right = np.nonzero(kernels[..., number] < 0)
        axes.plot(right, down, marker="_", color=BLACK, linestyle="none", markersize=6)
    figure.colorbar(grid[-1].images[0], ax=grid, label="weight", shrink=0.8)
    return figure


@figures.view
def draw_table_filters(kernels: np.ndarray, title: str) -> Figure:
    """C3's filters (5, 5, 60) in their places in Table I; a grey cell has none."""
    table = np.full((6, 16, 5, 5), np.nan)
    places = [(source, target) for target, sources in enumerate(CONNECTION_TABLE) for source in sources]
    for number, place in enumerate(places):
        table[place] = kernels[..., number]
    sheet = np.pad(table, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=0)
    sheet = sheet.swapaxes(1, 2).reshape(6 * 6, 16 * 6)[:-1, :-1]
    largest = np.nanmax(np.abs(sheet))
    figure = figures.figure(9.5, 3.9)
    axes = figure.subplots()
    axes.set_facecolor(PALE)  # shows where there is no number
    shown = axes.imshow(sheet, cmap="RdBu", vmin=-largest, vmax=largest)
    axes.set_xticks(6 * np.arange(16) + 2, range(16))
    axes.set_yticks(6 * np.arange(6) + 2, range(6))
    axes.set(title=title, xlabel="map of C3", ylabel="map of S2")
    figure.colorbar(shown, ax=axes, label="weight", shrink=0.7)
    return figure


@figures.view
def draw_shift_errors(curves: Mapping[str, np.ndarray], whole: int, title: str) -> Figure:
    """The error over the shift, 0 to 8 pixels: a line for each network, a band for its four directions.

    curves : name -> (4, 9) per cents, a row for each direction
    whole  : how far the digits can be moved whole; beyond it the picture is grey
    """
    figure = figures.figure(7.5, 4.0)
    axes = figure.subplots()
    figures.lines(axes, {name: errors.mean(axis=0) for name, errors in curves.items()}, first=0)
    for errors, own in zip(curves.values(), SERIES, strict=False):
        low, high = errors.min(axis=0), errors.max(axis=0)
        axes.fill_between(range(len(low)), low, high, color=own["color"], alpha=0.15, linewidth=0)
    axes.axvspan(whole, 8, color=PALE, alpha=0.8, zorder=0)
    axes.text((whole + 8) / 2, 3, "ink leaves the frame", ha="center")
    axes.set(title=title, xlabel="digits moved (pixels)", ylabel="test error (%)", xlim=(0, 8), ylim=(0, 100))
    axes.legend(loc="upper left")
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
