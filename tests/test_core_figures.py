"""Figures: the house style whatever the notebook has set, small stills, pictures with their captions."""

import ast
import base64
import io
import itertools
import json
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


def test_a_still_without_its_words_is_the_picture_alone():
    plain, worded = figures.still(draw()), figures.still(draw(), "Note this. " * 20)
    alone = figures.without_words(worded, "Note this. " * 20, figures.width_in_css_pixels(draw()))
    one, other = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), int) for png in (plain, alone))
    assert one.shape == other.shape
    assert np.abs(one - other).mean() < 1


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


# What dichromats see of linear RGB: Machado, Oliveira and Fernandes 2009, "A physiologically-based model for
# simulation of color vision deficiency", https://doi.org/10.1109/TVCG.2009.113, their table for severity 1
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)
PALETTE = ("BLACK", "ORANGE", "SKY", "GREEN", "YELLOW", "BLUE", "VERMILION", "PURPLE", "GREY", "PALE")
AT_A_GLANCE = 10  # in CIELAB; two colours side by side can just be told apart at 2.3


def lightness_and_hue(colour, eyes):
    """CIELAB of a colour as these eyes see it; `eyes` is a key of SEEN, or "all colours"."""
    channels = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SEEN.get(eyes, np.eye(3))) @ linear, 0, 1)
    relative = XYZ @ seen / XYZ.sum(axis=1)
    x, y, z = np.where(relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one, other, eyes):
    """How far apart two colours are, in CIELAB."""
    return np.linalg.norm(lightness_and_hue(one, eyes) - lightness_and_hue(other, eyes))


def colours_together():
    """The pairs of our colours that stand in one picture, read from the notebooks' stored pictures."""
    colours = {name: 255 * np.array(matplotlib.colors.to_rgb(getattr(figures, name))) for name in PALETTE}
    for path in sorted((PACKAGE.parent / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for output in (output for cell in cells for output in cell.get("outputs", ())):
            if png := output.get("data", {}).get("image/png"):
                picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
                dots, shades = zip(*picture.getcolors(picture.width * picture.height), strict=True)
                near = {name: np.abs(np.array(shades) - c).max(axis=1) <= 3 for name, c in colours.items()}
                there = [name for name in PALETTE if np.array(dots)[near[name]].sum() > 200]
                yield from itertools.combinations(there, 2)


def test_the_difference_is_cielabs_and_the_eyes_confuse_what_they_should():
    assert difference("white", "black", "all colours") == pytest.approx(100, abs=0.01)
    for eyes in SEEN:
        assert difference("white", "black", eyes) == pytest.approx(100, abs=0.01)
    assert difference("tab:red", "tab:green", "all colours") > 100
    assert difference("tab:red", "tab:green", "deuteranopia") < AT_A_GLANCE


def test_colours_that_stand_together_differ_for_all_eyes():
    """Closest are green and grey, 13 for deuteranopes; without grey, sky and green, 16 for tritanopes."""
    pairs = set(colours_together())
    assert len(pairs) > 20
    differences = {
        (*pair, eyes): difference(*(getattr(figures, name) for name in pair), eyes)
        for pair in pairs
        for eyes in SEEN
    }
    assert {which: far for which, far in differences.items() if far < AT_A_GLANCE} == {}


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
