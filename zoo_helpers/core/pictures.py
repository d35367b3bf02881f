"""Pictures that two lessons show: the challenge's winners, crops of an image, what networks cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zoo_helpers.core import figures
from zoo_helpers.core.figures import BLACK, BLUE, GREY, ON_WHITE, ORANGE, PALE, VERMILION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo_helpers.core.papers import Table

FIRST_NETWORK = 2012  # the year in which a network first won the challenge
AREA = 9  # square points of a circle for a million parameters
FAMILIES = {"AlexNet": VERMILION, "VGG": ORANGE, "plain": GREY, "ResNet": BLUE}


@figures.view
def draw_winners(winners: Table, annotators: Table, title: str) -> Figure:
    """The challenge's winning top-5 test errors by year, with the two annotators' errors as lines.

    winners, annotators : the ledger's "ilsvrc.winners" and "human.annotators"
    """
    figure = figures.figure(8.6, 4.0)
    axes = figure.subplots()
    for row, dash in zip(annotators.rows, ("--", ":"), strict=True):
        error = row["top-5 error"]
        axes.axhline(error, color=GREY, linestyle=dash, linewidth=1.5, zorder=0)
        words = f"one person,\n{row['images']:,} images, {error} %"
        axes.text(2017.6, error, words, va="center", fontsize=10, color=GREY, bbox=ON_WHITE)
    supplied = {"color": "white", "edgecolor": VERMILION, "hatch": "///"}
    other = {"color": PALE, "edgecolor": GREY, "hatch": "..."}
    for row in winners.rows:
        year, error, alone = row["year"], row["top-5 error"], row["supplied data only"]
        if alone:
            axes.bar(year, alone, **supplied)
        axes.bar(year, error, **(other if year < FIRST_NETWORK else {"color": BLUE}))
        name = (row["network"] or row["team"]).replace("-Soushen", "-\nSoushen")
        place = {"ha": "center", "va": "bottom", "fontsize": 10, "bbox": ON_WHITE}
        axes.text(year, (alone or error) + 0.6, f"{name}\n{error:.1f} %", **place)
    axes.bar(0, 0, label="no network", **other)
    axes.bar(0, 0, label="networks", color=BLUE)
    axes.bar(0, 0, label="networks, the supplied images alone", **supplied)
    axes.legend(loc="upper right")
    axes.set(title=title, ylabel="top-5 test error of the winner (%)", ylim=(0, 34))
    axes.set(xlim=(2009.5, 2019.6), xticks=winners.column("year"))
    return figure


class Cost(NamedTuple):
    """What one network costs for one image, and its error in per cent; family is one of FAMILIES."""

    name: str
    family: str
    multiply_adds: int
    parameters: int
    error: float


@figures.view
def draw_cost(
    networks: Sequence[Cost],
    title: str,
    ylabel: str,
    above: Collection[str] = (),
    below: Collection[str] = (),
) -> Figure:
    """Networks as circles: multiply-adds across, error upwards, the circle's area the parameters.

    above, below : the names of networks whose words stand there, not at the right
    """
    figure = figures.figure(8.6, 4.6)
    axes = figure.subplots()
    for network in networks:
        place, area = (network.multiply_adds / 1e9, network.error), AREA * network.parameters / 1e6
        axes.scatter(*place, s=area, color=FAMILIES[network.family], alpha=0.6, edgecolor=BLACK)
        away = np.sqrt(area) / 2 + 3
        words = {"textcoords": "offset points", "fontsize": 10}
        if network.name in above:
            words |= {"xytext": (0, away), "ha": "center", "va": "bottom"}
        elif network.name in below:
            words |= {"xytext": (0, -away), "ha": "center", "va": "top"}
        else:
            words |= {"xytext": (away, 0), "va": "center"}
        axes.annotate(network.name, place, **words)
    for millions in (10, 50, 140):
        axes.scatter([], [], s=AREA * millions, color="white", edgecolor=BLACK, label=f"{millions} million")
    axes.legend(title="parameters", labelspacing=2, handletextpad=1.2, loc="upper right")
    axes.set(title=title, xlabel="multiply-adds for one image (billions)", ylabel=ylabel, xscale="log")
    ticks = (0.5, 1, 2, 5, 10, 20)
    axes.set_xticks(ticks, map(str, ticks))
    axes.margins(0.15)
    axes.minorticks_off()
    return figure
