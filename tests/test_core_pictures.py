"""The pictures that two lessons show, held against the data they were given."""

import pytest
from shared import words

from zoo_helpers.core import figures, papers, pictures
from zoo_helpers.core.pictures import Cost


def test_winners_stand_at_their_year_with_their_error():
    winners, annotators = papers.table("ilsvrc.winners"), papers.table("human.annotators")
    figure = pictures.draw_winners(winners, annotators, "The winner's error fell every year.")
    (axes,) = figure.axes
    assert axes.get_title(loc="left") == "The winner's error fell every year."
    said = words(figure)
    for row in winners.rows:
        heights = [bar.get_height() for bar in axes.patches if abs(bar.get_center()[0] - row["year"]) < 0.01]
        assert heights[-1] == row["top-5 error"]
        assert f"{row['top-5 error']:.1f} %" in said
    lines = sorted(line.get_ydata()[0] for line in axes.lines)
    assert lines == sorted(annotators.column("top-5 error"))
    assert len({line.get_linestyle() for line in axes.lines}) == 2


NETWORKS = [
    Cost("AlexNet", "AlexNet", 724_000_000, 61_000_000, 18.2),
    Cost("VGG-16", "VGG", 15_500_000_000, 138_000_000, 9.9),
    Cost("ResNet-50", "ResNet", 4_100_000_000, 26_000_000, 6.7),
]


def test_a_networks_circle_stands_at_its_cost_and_error():
    figure = pictures.draw_cost(
        NETWORKS, "The cheapest is not the worst.", "top-5 error (%)", above=["VGG-16"]
    )
    (axes,) = figure.axes
    circles = axes.collections[: len(NETWORKS)]
    for circle, network in zip(circles, NETWORKS, strict=True):
        assert circle.get_offsets()[0].tolist() == [network.multiply_adds / 1e9, network.error]
        assert circle.get_sizes()[0] == pytest.approx(pictures.AREA * network.parameters / 1e6)
    assert axes.get_ylabel() == "top-5 error (%)"
    assert all(network.name in words(figure) for network in NETWORKS)


def test_words_beside_a_circle_go_where_they_are_sent():
    figure = pictures.draw_cost(NETWORKS, "", "", above=["AlexNet"], below=["VGG-16"])
    alignments = {text.get_text(): text.get_va() for text in figure.axes[0].texts}
    assert alignments == {"AlexNet": "bottom", "VGG-16": "top", "ResNet-50": "center"}


def test_every_family_has_a_colour_of_its_own():
    assert len(set(pictures.FAMILIES.values())) == len(pictures.FAMILIES)
    assert figures.still(pictures.draw_cost(NETWORKS, "", ""))  # it can be drawn
