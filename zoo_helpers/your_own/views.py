"""Lesson 08's pictures: how far seeds scatter, what a few seeds can show, and the scoreboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLACK, BLUE, GREEN, GREY, ORANGE, PALE, PURPLE, VERMILION
from zoo_helpers.your_own.plan import CHANNELS, SIDE
from zoo_helpers.your_own.scoreboard import Idea

STYLES = {
    "plain": {"color": VERMILION, "marker": "s"},
    "residual": {"color": BLUE, "marker": "o"},
    "VGG-like": {"color": GREEN, "marker": "D"},
    "LRN": {"color": PURPLE, "marker": "^"},
}
# Fonts that have Hangul, on one system or another; Matplotlib's own has none
KOREAN = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "NanumGothic",
)
EDGES = np.arange(-26, 27)  # points of error; 0 is one of them
MIDDLE = {"ha": "center", "va": "center"}


@figures.view
def draw_frame(blocks: int, title: str) -> Figure:
    """The frame from left to right: two stages, each a strided convolution and its blocks, and the end."""
    figure = figures.figure(9.5, 2.5)
    axes = figure.subplots()
    axes.axis("off")
    place, parts = 0.0, [(f"image\n{SIDE} × {SIDE} × 3", "white", GREY, 1.5)]
    for stage, channels in enumerate(CHANNELS, start=1):
        side = SIDE // 2**stage
        parts.append((f"3 × 3, {channels}\nstride 2", PALE, GREY, 1.35))
        parts += [("your\nblock", "#FBE9C6", ORANGE, 0.95)] * blocks
        parts.append((f"{side} × {side} × {channels}", "none", "none", 1.35))
    parts.append(("average,\ndense, 10", PALE, GREY, 1.45))
    for words, fill, edge, width in parts:
        if edge != "none":
            box = _box(place + 0.05, 0.15, width - 0.1, 0.7, fill, edge)
            axes.add_patch(box)
        axes.text(place + width / 2, 0.5, words, fontsize=9.5, **MIDDLE)
        place += width
    axes.set(xlim=(0, place), ylim=(0, 1))
    axes.set_title(title)
    return figure


def _box(left: float, low: float, width: float, height: float, fill: str, edge: str) -> object:
    """A rectangle of the frame's picture."""
    from matplotlib.patches import Rectangle

    return Rectangle((left, low), width, height, facecolor=fill, edgecolor=edge, linewidth=1.5)


@figures.view
def draw_seeds(recorded: Mapping[str, np.ndarray], title: str) -> Figure:
    """The error of each recorded seed, a row a baseline, and a bar at their mean."""
    figure = figures.figure(9.0, 3.4)
    axes = figure.subplots()
    for row, (name, errors) in enumerate(recorded.items()):
        figures.dots(axes, row, 100 * errors, **STYLES[name], markersize=7)
    axes.set_yticks(range(len(recorded)), recorded)
    axes.set(ylim=(len(recorded) - 0.4, -0.6), xlabel="wrong of 2,000 new images (%), a mark a seed")
    axes.set_title(title)
    return figure


# --- What a few seeds can show --------------------------------------------------------------------------


def count_orders(errors: np.ndarray, others: np.ndarray, seeds: int) -> tuple[np.ndarray, float]:
    """All differences of means of so many seeds each, in points; and the share that has the rarer sign."""
    return _differences(tuple(errors.tolist()), tuple(others.tolist()), seeds)


@cache
def _differences(
    errors: tuple[float, ...], others: tuple[float, ...], seeds: int
) -> tuple[np.ndarray, float]:
    one, other = (np.mean(list(combinations(each, seeds)), axis=1) for each in (errors, others))
    differences = 100 * (one[:, None] - other[None]).ravel()
    return differences, float(min(np.mean(differences < 0), np.mean(differences > 0)))


@figures.view
def draw_chances(recorded: Mapping[str, np.ndarray], pair: tuple[str, str], seeds: int) -> Figure:
    """How often each difference comes, of all choices of so many recorded seeds; the wrong side hatched."""
    differences, wrong = count_orders(*(recorded[name] for name in pair), seeds)
    figure = figures.figure(9.0, 3.4)
    axes = figure.subplots()
    counts, edges = np.histogram(differences, bins=EDGES)
    shares, middles = 100 * counts / len(differences), (edges[:-1] + edges[1:]) / 2
    right = middles * np.mean(differences) > 0
    axes.stairs(np.where(right, shares, 0), edges, fill=True, color=BLUE)
    wrong_side = {"facecolor": "#F9E3D6", "edgecolor": VERMILION, "hatch": "//"}
    axes.stairs(np.where(right, 0, shares), edges, fill=True, **wrong_side)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set(xlim=(-26, 26), ylim=(0, 60), ylabel="share of the choices (%)")
    axes.set_xlabel(f"{pair[0]} less {pair[1]}, points of error")
    each = "1 seed" if seeds == 1 else f"{seeds} seeds"
    axes.set_title(f"{each} of each: the order is wrong in {wrong:.0%} of the choices")
    axes.text(-25, 54, f"{pair[1]} errs more", va="top")
    axes.text(25, 54, f"{pair[0]} errs more", va="top", ha="right")
    return figure


def explore_chances(recorded: Mapping[str, np.ndarray]) -> widgets.Explorer:
    """`draw_chances` behind a slider for the seeds and a menu for the pair."""
    pairs = {f"{one} and {other}": (one, other) for one, other in combinations(recorded, 2)}

    def caption(seeds: int, pair: tuple[str, str]) -> str:
        differences, wrong = count_orders(*(recorded[name] for name in pair), seeds)
        low, high = np.percentile(differences, (5, 95)).round() + 0.0
        return (
            f"{pair[0]} less {pair[1]}: nine of ten choices lie between {low:.0f} and {high:.0f} points; "
            f"{wrong:.0%} have the wrong sign."
        )

    return widgets.Explorer(
        lambda seeds, pair: draw_chances(recorded, pair, seeds),
        caption=caption,
        seeds=widgets.slider("seeds of each", 1, 5, 1),
        pair=widgets.menu("baselines", pairs, next(iter(pairs.values()))),
    )


# --- The scoreboard -------------------------------------------------------------------------------------


@figures.view
def draw_scoreboard(
    recorded: Mapping[str, np.ndarray], parameters: Mapping[str, int], ideas: Sequence[Idea], title: str
) -> Figure:
    """Error against weights: a baseline's mean and the range of its seeds, and each idea by its name.

    recorded   : name -> (seeds,), the errors of the baselines
    parameters : name -> the network's trainable weights
    """
    figure = figures.figure(9.5, 4.3)
    axes = figure.subplots()
    axes.set_xscale("log")
    for name, errors in recorded.items():
        percent, shift = 100 * errors, 0.95 if name in ("plain", "VGG-like") else 1.05
        spread = [[percent.mean() - percent.min()], [percent.max() - percent.mean()]]
        place = parameters[name] * shift  # twins have equally many weights, and would hide each other
        axes.errorbar(place, percent.mean(), spread, **STYLES[name], capsize=4, markersize=8, label=name)
    for number, idea in enumerate(ideas, start=1):
        percent = [100 * error for error in idea.errors.values()]
        axes.plot([idea.parameters] * len(percent), percent, "_", color=BLACK, markersize=9)
        axes.plot(idea.parameters, np.mean(percent), "*", color=BLACK, markersize=13, zorder=3)
        _name(axes, idea, 100 * idea.mean, number)
    axes.set(xlabel="trainable weights of the network", ylabel="wrong of 2,000 new images (%)")
    axes.set_title(title)
    axes.margins(y=0.12)
    worst = max((max(idea.errors.values()) for idea in ideas), default=0)
    axes.set_ylim(top=max(78, 100 * worst + 2))  # a seed that learned nothing would flatten all others
    marks = (5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 400_000)
    axes.set_xticks(marks, [f"{mark:,}" for mark in marks])
    axes.minorticks_off()
    axes.set_xlim(4_000, 900_000)  # what is allowed, and room for a name
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), title="ten seeds: mean, least, largest")
    return figure


def _name(axes: Axes, idea: Idea, height: float, number: int) -> None:
    """The idea's name at its star: as text, not as a formula, in letters that there are."""
    from matplotlib import font_manager

    fonts = ["DejaVu Sans", *(font for font in KOREAN if font in font_manager.get_font_names())]
    glyphs = [font_manager.get_font(font_manager.findfont(font)) for font in fonts]
    is_known = all(any(font.get_char_index(ord(one)) for font in glyphs) for one in idea.name)
    words = idea.name if is_known else f"idea {number}"
    place = {"xytext": (9, 5 if number % 2 else -11), "textcoords": "offset points"}
    axes.annotate(words, (idea.parameters, height), **place, fontsize=9.5, family=fonts, parse_math=False)
