"""Figures: the house style whatever the notebook has set, small stills, pictures with their captions."""

import ast
import io
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from zoo_helpers.core import figures

PACKAGE = Path(figures.__file__).parents[1]


@figures.view
def draw(title="finding"):
    figure = figures.figure(4, 2)
    figure.subplots().set_title(title)
    return figure


def test_a_view_has_the_house_style_and_leaves_the_notebooks_alone():
    with matplotlib.rc_context({"axes.titlesize": 30, "font.size": 5}):
        title = draw().axes[0].title
        assert matplotlib.rcParams["axes.titlesize"] == 30
    assert title.get_fontsize() == figures.STYLE["axes.titlesize"]


def test_text_is_at_least_nine_points():
    sizes = [value for name, value in figures.STYLE.items() if name.endswith(("size", "fontsize"))]
    assert len(sizes) >= 6
    assert min(sizes) >= 9


def test_a_figure_belongs_to_no_global_list():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    draw()
    assert plt.get_fignums() == before


def test_a_still_is_the_same_picture_in_fewer_bytes():
    fast, small = figures.to_png(draw(), figures.PICTURE_DPI), figures.still(draw())
    assert len(small) < len(fast) / 2
    one, other = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), int) for png in (fast, small))
    assert one.shape == other.shape == (288, 576, 3)
    assert np.abs(one - other).mean() < 1


def test_words_stand_below_a_still_and_leave_it_as_it_is():
    plain, worded = (
        Image.open(io.BytesIO(png)).convert("RGB")
        for png in (figures.still(draw()), figures.still(draw(), "Note this."))
    )
    assert worded.width == plain.width
    assert worded.height > plain.height
    above, below = np.split(np.asarray(worded, int), [plain.height])
    assert np.abs(above - np.asarray(plain, int)).mean() < 1
    assert (below < 128).any()


def test_the_same_figure_gives_the_same_bytes():
    assert figures.still(draw()) == figures.still(draw())


def test_show_displays_the_picture_then_its_caption(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    figures.show(draw(), "What to notice.")
    (picture, options), (caption, _) = shown
    assert picture == {"image/png": figures.still(draw()), "text/plain": "Picture: What to notice."}
    assert options["metadata"]["image/png"] == {"width": 384, "alt": "What to notice."}
    assert caption["text/markdown"] == "*What to notice.*"


# --- one vocabulary -------------------------------------------------------------------------------------


def contrast_on_white(colour):
    """WCAG 2's contrast ratio of a colour on white, from 1 to 21."""
    channels = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05)


FILLS = ("ORANGE", "SKY", "YELLOW", "PALE")  # too pale for a thin line or a letter
VIEWS = [*PACKAGE.rglob("views.py"), PACKAGE / "core" / "pictures.py", PACKAGE / "gallery.py"]


def test_the_contrast_is_the_one_that_is_published():
    """WCAG's own example: #767676 is the lightest grey whose letters may stand on white, at 4.5 to 1."""
    assert contrast_on_white("black") == pytest.approx(21)
    assert contrast_on_white("#767676") > 4.5 > contrast_on_white("#777777")


@pytest.mark.parametrize("name", ["BLACK", "BLUE", "VERMILION", "GREY", "GREEN", "PURPLE"])
def test_colours_for_lines_stand_out_from_white(name):
    assert contrast_on_white(getattr(figures, name)) >= 3


@pytest.mark.parametrize("name", FILLS)
def test_the_other_colours_are_too_pale_for_lines(name):
    assert contrast_on_white(getattr(figures, name)) < 3


def test_series_differ_by_colour_by_marker_and_by_dash_and_stand_out():
    for cue in ("color", "marker", "linestyle"):
        assert len({series[cue] for series in figures.SERIES}) == len(figures.SERIES) == 5
    assert all(contrast_on_white(series["color"]) >= 3 for series in figures.SERIES)


def pale_lines(source):
    """The lines of a program that draw a line or write words in a pale colour that means something."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
            "plot",
            "step",
            "text",
            "annotate",
        }:
            for keyword in node.keywords:
                named = getattr(keyword.value, "id", getattr(keyword.value, "attr", None))
                if keyword.arg in ("color", "c") and named in FILLS[:3]:  # what stands behind may be pale
                    yield node.lineno


def test_a_pale_line_is_seen():
    program = "axes.plot(x, color=ORANGE)\naxes.bar(x, color=ORANGE)\naxes.text(0, 0, '', color=figures.SKY)"
    assert list(pale_lines(program)) == [1, 3]


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_line_and_no_word_is_pale(path):
    assert list(pale_lines(path.read_text(encoding="utf-8"))) == []


def test_lines_are_named_and_begin_at_one():
    axes = figures.figure().subplots()
    figures.lines(axes, {"plain-20": [3, 2], "plain-44": [4, 3, 2]}, markersize=5)
    assert [line.get_label() for line in axes.lines] == ["plain-20", "plain-44"]
    assert [list(line.get_xdata()) for line in axes.lines] == [[1, 2], [1, 2, 3]]
    assert [line.get_marker() for line in axes.lines] == ["o", "s"]
    assert {line.get_markersize() for line in axes.lines} == {5}


def test_a_dot_stands_for_each_seed_and_a_bar_for_their_mean():
    axes = figures.figure().subplots()
    figures.dots(axes, 3, [0.1, 0.2, 0.6])
    seeds, mean = axes.lines
    assert list(seeds.get_xdata()) == [0.1, 0.2, 0.6]
    assert np.abs(seeds.get_ydata() - 3).max() < 0.5
    assert len(set(seeds.get_ydata())) == 3
    assert list(mean.get_xdata()) == pytest.approx([0.3, 0.3])


def test_a_picture_has_its_name_and_no_axes():
    axes = figures.figure().subplots()
    figures.picture(axes, np.zeros((4, 6)), "a dark plate", cmap="gray")
    assert axes.get_title() == "a dark plate"
    assert not axes.axison
    assert axes.images[0].get_array().shape == (4, 6)


def test_powers_of_ten_are_plain_text():
    axes = figures.figure().subplots()
    figures.powers_of_ten(axes, (-12, 0, 3), (1e-13, 1e4))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["10⁻¹²", "10⁰", "10³"]
    assert axes.get_ylim() == (1e-13, 1e4)
    assert axes.get_yscale() == "log"


def test_a_title_stands_above_all_parts():
    assert figures.figure(title="Two parts agree.").get_suptitle() == "Two parts agree."
    assert figures.figure().get_suptitle() == ""
