"""Lesson 05's pictures: a product, a chain by hand, gradients and activations by layer, training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLACK, BLUE, GREY, ON_WHITE, SERIES, VERMILION, powers_of_ten
from zoo_helpers.gradients.experiment import DEPTHS, KINDS, SETTINGS, Scales, TrainedTower
from zoo_helpers.gradients.model import CLASSES, INITIALIZERS
from zoo_helpers.gradients.theory import ACTIVATIONS, predict_norms, predicted_ratio, remaining

WORDS = {name: name for name in (*ACTIVATIONS, *INITIALIZERS)} | {
    "glorot": "Glorot",
    "he": "He",
    "relu": "ReLU",
}
FLOAT32 = np.finfo(np.float32)


def _draw_bound(axes: Axes, value: float, words: str) -> None:
    """A dashed line across at `value`, and what it stands for, at its right end."""
    axes.axhline(value, color=GREY, linestyle="--", linewidth=1)
    axes.annotate(
        words,
        (1, value),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="bottom",
        fontsize=9.5,
        color=GREY,
    )


# --- a product of factors -------------------------------------------------------------------------------


@figures.view
def draw_remaining(factor: float, depth: int) -> Figure:
    """What is left of 1, layer by layer, on a logarithmic axis between the ends of float32."""
    left = remaining(factor, depth)
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    for words, value in {
        "the largest number": FLOAT32.max,
        "below: fewer digits": FLOAT32.smallest_normal,
        "the smallest number": FLOAT32.smallest_subnormal,
    }.items():
        _draw_bound(axes, value, f"{words}, {value:.1e}")
    held = np.flatnonzero((left > 0) & np.isfinite(left))
    axes.plot(held, left[held], color=BLUE, linewidth=2.5)
    axes.set(xlim=(0, depth), xlabel="layers passed", ylabel="left of 1")
    powers_of_ten(axes, range(-45, 46, 15), (1e-52, 1e46))
    amount = {0: "nothing", np.inf: "infinity"}.get(left[-1], f"{left[-1]:.3g}")
    axes.set_title(f"{factor:.2f} a layer, {depth} layers: {amount} is left")
    return figure


def explore_remaining() -> widgets.Explorer:
    """`draw_remaining` behind sliders for the factor and the depth."""
    return widgets.Explorer(
        draw_remaining,
        caption=_caption_remaining,
        factor=widgets.slider("factor", 0.1, 2.0, 0.25, 0.05),
        depth=widgets.slider("layers", 1, 300, 100),
    )


def _caption_remaining(factor: float, depth: int) -> str:
    left = remaining(factor, 2000)
    if factor == 1:
        return "Only a factor of 1 keeps what comes in, through any number of layers."
    lost, end = (np.argmax(left == 0), "0") if factor < 1 else (np.argmax(np.isinf(left)), "infinity")
    return f"With this factor float32 says {end} from layer {lost} on."


# --- a chain by hand ------------------------------------------------------------------------------------


@figures.view
def draw_chain(
    weights: Sequence[float],
    sums: Sequence[float],
    outputs: Sequence[float],
    back: Sequence[float],
    title: str,
) -> Figure:
    """Three neurons in a row: what goes forward above, what comes back below.

    weights, sums, outputs, back : of the three neurons; back is the gradient in each sum
    """
    figure = figures.figure(9.5, 2.7)
    axes = figure.subplots()
    axes.set(xlim=(-1.5, 9.2), ylim=(-1.6, 1.1), title=title)
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "#E3F0FA", "edgecolor": BLUE}
    _write(axes, -1.0, 0, "x = 1")
    _write(axes, -1.0, -1.15, "gradient\nin s", color=VERMILION)
    for number, (weight, total, output, gradient) in enumerate(
        zip(weights, sums, outputs, back, strict=True)
    ):
        x = 3.2 * number + 1.4
        _write(axes, x, 0, f"s{number + 1} = {total:.3f}\nsigmoid: {output:.3f}", bbox=box)
        _write(axes, x, -1.15, f"{gradient:.4f}", color=VERMILION, weight="bold")
        start, end = (x - 2.05 if number else -0.45), x - 1.05
        _draw_arrow(axes, start, end, 0.25, BLUE)
        _write(axes, (start + end) / 2, 0.6, f"× {weight:g}", color=BLUE)
        if number:
            slope = outputs[number - 1] * (1 - outputs[number - 1])
            _draw_arrow(axes, x - 0.75, x - 2.35, -1.15, VERMILION, linestyle="--")
            _write(axes, x - 1.55, -0.8, f"× {weight:g} × {slope:.3f}", color=VERMILION)
    return figure


def _write(axes: Axes, x: float, y: float, words: str, **style: object) -> None:
    axes.text(x, y, words, ha="center", va="center", fontsize=11, **style)


def _draw_arrow(axes: Axes, start: float, end: float, y: float, color: str, **style: object) -> None:
    axes.annotate(
        "", (end, y), (start, y), arrowprops={"arrowstyle": "->", "color": color, "linewidth": 2, **style}
    )


# --- gradients by layer ---------------------------------------------------------------------------------


@figures.view
def draw_norms(measured: Mapping[str, np.ndarray], title: str) -> Figure:
    """The gradient's size by layer: a panel an activation for plain towers, and one with normalization.

    measured : of experiment.SETTINGS those shown, (layers,), over that in the last hidden layer
    """
    figure = figures.figure(10.0, 4.3, title)
    panels = figure.subplots(1, 4, sharey=True)
    for axes, activation in zip(panels, ACTIVATIONS, strict=False):
        shown = {WORDS[name]: f"{activation}, {name}, plain" for name in INITIALIZERS}
        _draw_lines(axes, shown, measured, WORDS[activation])
    shown = {WORDS[name]: f"{name}, he, batch normalization" for name in ACTIVATIONS}
    _draw_lines(panels[3], shown, measured, "normalized, He")
    panels[0].set_ylabel("size of the gradient,\nover that in the last hidden layer")
    return figure


def _draw_lines(axes: Axes, shown: Mapping[str, str], measured: Mapping[str, np.ndarray], title: str) -> None:
    """Of each tower that is shown, under its words, a line as predicted and a mark a layer as measured."""
    for (words, name), style in zip(shown.items(), SERIES, strict=False):
        sizes = measured[name]
        layers = np.arange(1, len(sizes) + 1)
        axes.plot(layers, _predict(name, len(sizes)), color=style["color"], linewidth=1.5)
        axes.plot(layers, sizes, style["marker"], color=style["color"], markersize=4, label=words)
    axes.set_title(title, weight="normal")
    axes.set(yscale="log", ylim=(1e-18, 1e4), xlabel="layer")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.legend(loc="lower right")


def _predict(name: str, layers: int) -> np.ndarray:
    activation, initializer, kind = SETTINGS[name]
    return predict_norms(activation, initializer, layers + 1, **KINDS[kind])


@figures.view
def draw_profile(sizes: np.ndarray, name: str, title: str) -> Figure:
    """The gradient's size by layer, a dot a seed, (seeds, layers), and the predicted line if there is one.

    name : of the tower, one of experiment.SETTINGS
    """
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    layers = np.arange(1, sizes.shape[1] + 1)
    if not name.endswith("shortcuts"):
        axes.plot(layers, _predict(name, len(layers)), color=BLACK, linewidth=1.5, label="predicted")
    dots = {"color": BLUE, "markersize": 3.5, "alpha": 0.6, "label": "measured, a dot a seed"}
    axes.plot(np.tile(layers, len(sizes)), sizes.ravel(), "o", **dots)
    axes.set(title=title, xlabel="layer", ylabel="size of the gradient", xlim=(0, len(layers) + 1))
    if len(layers) < 30:
        powers_of_ten(axes, range(-16, 5, 4), (1e-18, 1e6))
    else:
        powers_of_ten(axes, range(-40, 11, 10), (1e-45, 1e15))
    axes.set_xticks(range(5, len(layers) + 1, 5))
    axes.legend(loc="lower right")
    return figure


def explore_norms(recorded: Mapping[str, np.ndarray]) -> widgets.Explorer:
    """`draw_profile` behind menus for all that was recorded by `run_norms`."""
    ratios = {
        name: predicted_ratio(activation, initializer, **KINDS[kind])
        for name, (activation, initializer, kind) in SETTINGS.items()
        if kind != "shortcuts"
    }

    def draw(activation: str, initializer: str, kind: str, depth: int) -> Figure:
        name = f"{activation}, {initializer}, {kind}"
        sizes = recorded[f"depth{depth}/{name}"]
        first = np.median(sizes[:, 0])
        arrives = f"{first:.1e} of it arrives" if first else "nothing arrives"
        title = f"{WORDS[activation]}, {WORDS[initializer]}, {depth} layers: {arrives}"
        return draw_profile(sizes, name, title)

    def caption(activation: str, initializer: str, kind: str, depth: int) -> str:
        name = f"{activation}, {initializer}, {kind}"
        second = np.median(recorded[f"depth{depth}/{name}"][:, 1])
        if second == 0:
            return "So little is left in the first layers that TensorFlow takes it for 0."
        said = f"Measured: {second ** (1 / (depth - 3)):.2f} a layer, from the second to the last."
        if name in ratios:
            return f"{said} Predicted, far from the input: {ratios[name]:.2f}."
        return f"{said} With shortcuts our prediction does not hold."

    return widgets.Explorer(
        draw,
        caption=caption,
        activation=widgets.menu("activation", {WORDS[name]: name for name in ACTIVATIONS}, "sigmoid"),
        initializer=widgets.menu("weights", {WORDS[name]: name for name in INITIALIZERS}, "glorot"),
        kind=widgets.menu("tower", list(KINDS), "plain"),
        depth=widgets.menu("layers", list(DEPTHS), 20),
    )


# --- the forward twin -----------------------------------------------------------------------------------


@figures.view
def draw_histograms(
    towers: Mapping[str, Mapping[str, np.ndarray]], shown: Sequence[str], title: str
) -> Figure:
    """Histograms of the activations: a row a tower, a column a layer of `shown`; each share of all, to 1.

    A row's axis ends at the whole numbers around its activations; what is above 3 is counted there.
    """
    figure = figures.figure(10.0, 5.0, title)
    panels = figure.subplots(len(towers), len(shown), sharey=True, squeeze=False)
    for row, (name, traced) in zip(panels, towers.items(), strict=True):
        low = np.floor(min(traced[layer].min() for layer in shown))
        high = min(3, np.ceil(max(traced[layer].max() for layer in shown)))
        for axes, layer in zip(row, shown, strict=True):
            counts, edges = np.histogram(np.clip(traced[layer], low, high), bins=30, range=(low, high))
            axes.stairs(counts / counts.sum(), edges, fill=True, color=BLUE)
            axes.set(ylim=(0, 0.6), xlim=(low, high), yticks=(0, 0.5))
        row[0].set_ylabel(name.replace(", ", ",\n"), rotation=0, ha="right", va="center", fontsize=10)
    for axes, layer in zip(panels[0], shown, strict=True):
        axes.set_title(layer, weight="normal")
    return figure


@figures.view
def draw_spreads(scales: Mapping[str, Scales], exact: np.ndarray, title: str) -> Figure:
    """How far the images lie apart in each layer, a line a tower, and the first one's in double precision."""
    figure = figures.figure(9.0, 4.0)
    axes = figure.subplots()
    spreads = {name: found.spreads for name, found in scales.items()}
    figures.lines(axes, {**spreads, "the first, in double precision": exact})
    _draw_bound(axes, float(FLOAT32.eps) / 2, "float32 cannot tell 1 from 1 + this")
    axes.set(yscale="log", xlabel="layer", ylabel="spread between the images", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower left")
    return figure


# --- training -------------------------------------------------------------------------------------------


@figures.view
def draw_moved(trained: Mapping[str, TrainedTower], title: str) -> Figure:
    """How far each layer's weights went in training, over their size before, a line a tower."""
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    figures.lines(axes, {name: np.where(tower.moved, tower.moved, np.nan) for name, tower in trained.items()})
    for tower, style in zip(trained.values(), SERIES, strict=False):
        still = np.flatnonzero(tower.moved == 0) + 1
        if len(still):
            crosses = {"color": style["color"], "clip_on": False, "label": "no weight changed at all"}
            axes.plot(still, np.full(len(still), 3e-18), "x", **crosses)
    axes.set(yscale="log", ylim=(1e-18, 10), title=title)
    axes.set(xlabel="layer", ylabel="how far the weights went, over their size")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="center right")
    return figure


@figures.view
def draw_remedies(misread: Mapping[str, np.ndarray], title: str) -> Figure:
    """The share of digits misread in the last epoch, a row a tower, a dot a seed, a bar the mean."""
    figure = figures.figure(9.0, 1.4 + 0.34 * len(misread), title)
    axes = figure.subplots()
    for place, shares in enumerate(misread.values()):
        figures.dots(axes, place, 100 * shares)
        words = f"{100 * shares.mean():.0f} %"
        axes.text(100 * shares.max() + 2, place, words, va="center", fontsize=10, bbox=ON_WHITE)
    axes.axvline(90, color=GREY, linestyle="--", linewidth=1)
    axes.text(89.5, -0.62, "a guess among ten", ha="right", va="bottom", fontsize=9.5, color=GREY)
    axes.set_yticks(range(len(misread)), misread)
    axes.set(xlim=(0, 100), ylim=(len(misread) - 0.4, -0.6))
    axes.set(xlabel="training digits misread in the last epoch (%)")
    axes.grid(axis="x")
    return figure


@figures.view
def draw_losses(losses: Mapping[str, np.ndarray], title: str) -> Figure:
    """The loss step by step, a line a run; a cross where a run's loss is no number any more."""
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    figures.lines(axes, losses, markersize=4)
    for curve, style in zip(losses.values(), SERIES, strict=False):
        lost = ~np.isfinite(curve)
        if lost.any():
            last = int(lost.argmax())  # steps are counted from 1
            axes.plot(last, curve[last - 1], "X", color=style["color"], markersize=13)
            beside = {"xytext": (12, 0), "textcoords": "offset points", "va": "center", "fontsize": 10}
            axes.annotate("NaN from here on", (last, curve[last - 1]), **beside)
    _draw_bound(axes, np.log(CLASSES), "a guess among ten")
    axes.set(yscale="log", xlabel="step", ylabel="loss", title=title)
    axes.set_xlim(0, 1.2 * len(curve))  # beside the lines there is room for the words
    axes.legend(loc="upper right")
    return figure
