"""Lesson 07's pictures, its uploads, and what its figures say."""

import datetime
import io

import numpy as np
import pytest
from explorers import check_explorer
from PIL import Image
from shared import words

from zoo_helpers.core import figures, imagenet, papers
from zoo_helpers.pretrained import experiment, views, zoo


@pytest.fixture(scope="module")
def squeezenet():
    return zoo.load("squeezenet")


@pytest.fixture(scope="module")
def two():
    return [imagenet.photograph(name) for name in ("red panda", "grace hopper")]


def uploaded(*files):
    """What ipywidgets' FileUpload has for a value: a mapping for each (name, content)."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return tuple(
        {"name": name, "type": "image/png", "size": len(content), "content": content, "last_modified": now}
        for name, content in files
    )


def file_of(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return memoryview(buffer.getvalue())


def panda(mode="RGB"):
    return Image.fromarray(imagenet.photograph("panda").image).convert(mode)


TURNED = Image.Exif()
TURNED[0x0112] = 6  # shown a quarter turn clockwise


def said(explorer):
    return explorer.children[2].value


# --- guesses --------------------------------------------------------------------------------------------


def test_the_best_guesses_stand_in_order_with_their_names():
    probabilities = np.zeros(1000)
    probabilities[[387, 1]] = 0.7, 0.2
    assert views.best(probabilities, 2) == [(387, "lesser panda", 0.7), (1, "goldfish", 0.2)]


def test_a_right_guess_has_a_tick_and_every_photograph_its_credit(two):
    scores = np.eye(1000)[[387, 387]]
    seen = words(views.draw_wall(two, scores, "two of them"))
    assert seen.count("✓") == 1
    assert "shows: military" in seen
    for one in two:
        assert one.author.split()[0] in seen
    seen = words(views.draw_guesses(two[0], views.best(scores[0]), "a title"))
    assert "✓ lesser panda" in seen
    assert two[0].author in seen


def test_grades_may_lack_a_published_error():
    figure = views.draw_grades({"a": (0.3, 0.2, 0.4), "b": (0.1, 0.0, 0.2)}, {"a": 42.5}, "title")
    assert "42.5" in words(figure)


# --- where it looks -------------------------------------------------------------------------------------


def test_a_place_of_the_map_lights_its_part_of_the_photograph():
    light = np.zeros((14, 14))
    light[0, 0] = 5
    image = np.full((140, 140, 3), 200, np.uint8)
    lit = views.lit(image, light)
    assert lit[2, 2, 0] > 180
    assert lit[-1, -1, 0] == 200 * views.DARKEST
    assert views.lit(image, np.zeros((14, 14))).max() == 200 * views.DARKEST  # a map of nothing


def test_looks_can_be_explored_at_all_ends(squeezenet, two):
    _, maps = experiment.class_maps(squeezenet, [one.image for one in two])
    explorer = views.explore_looks(two, maps)
    check_explorer(explorer)
    explorer.controls["photograph"].value = "grace hopper"
    assert two[1].source in said(explorer)


# --- uploads --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(squeezenet, two):
    return views.explore_own(squeezenet, two[1])


@pytest.mark.parametrize(
    "content",
    [
        file_of(panda(), "JPEG"),
        file_of(panda().resize((1500, 900))),
        file_of(panda("L")),
        file_of(panda("RGBA"), "WEBP"),
        file_of(panda(), "GIF", save_all=True, append_images=[Image.new("RGB", (256, 256))]),
        file_of(panda().rotate(90), "JPEG", exif=TURNED),
    ],
    ids=["JPEG", "wide", "grey", "transparent", "animated", "turned"],
)
def test_a_photograph_of_any_kind_is_named(own, content):
    own.controls["upload"].value = uploaded(("mine.png", content))
    assert "mine.png: the first guess is “giant panda”" in said(own)


@pytest.mark.parametrize(
    "content",
    [memoryview(b"hello"), memoryview(b""), memoryview(bytes(file_of(panda()))[:1000])],
    ids=["no picture", "empty", "half a file"],
)
def test_a_file_that_does_not_work_gets_one_line_and_leaves_the_picture(own, content):
    own.controls["upload"].value = uploaded(("good.png", file_of(panda())))
    before = own.children[1].value
    own.controls["upload"].value = uploaded(("bad.png", content))
    assert "bad.png does not work" in said(own)
    assert " at 0x" not in said(own)
    assert own.children[1].value == before
    own.controls["guess"].value = 1  # and the explorer goes on
    own.controls["guess"].value = 0


def test_an_upload_credits_nobody(own, two):
    own.controls["upload"].value = uploaded(("mine.png", file_of(panda())))
    seen = words(own.view(**own.values))
    assert two[0].author not in seen
    assert two[1].author not in seen


def test_ten_photographs_make_a_class_and_bad_files_are_named():
    network = zoo.load("efficientnet-lite0")
    things = imagenet.unknown_things()
    vectors = experiment.features(network, [one.image for one in things])
    explorer = views.explore_own_class(network, vectors, [one.thing for one in things])
    assert "of “hammer” are named right" in said(explorer)
    pandas = [(f"{n}.png", file_of(panda().rotate(n))) for n in range(11)]
    explorer.controls["uploads"].value = uploaded(*pandas, ("last.png", memoryview(b"no")))
    explorer.controls["name"].value = "panda"
    assert "10 of 10 photographs of “panda” are named right" in said(explorer)
    assert "Only the first 10 files were read" in said(explorer)
    explorer.controls["uploads"].value = uploaded(("bad.png", memoryview(b"no")), *pandas[:3])
    assert "3 of 3" in said(explorer)
    assert "bad.png does not work" in said(explorer)


# --- what a network costs -------------------------------------------------------------------------------


def test_the_frontier_holds_what_nothing_beats():
    assert views._frontier([(3, 1), (1, 5), (2, 6), (2, 4)]) == [(1, 5), (2, 4), (3, 1)]


def test_the_choice_names_its_networks_in_every_panel():
    entries = [entry for entry in zoo.zoo_table() if entry.images == "ImageNet"]
    figure = views.draw_choice(entries, {"squeezenet": 20.0, "ResNet50": 100.0}, "title")
    assert words(figure).count("squeezenet") == 3
    assert words(figure).count("VGG16") == 2
    assert figures.checked(figure)


def test_keras_cache_is_looked_at_and_nothing_is_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert not experiment.is_cached("ResNet50")
    file = papers.table("keras.weights").row("ResNet50")["file"].split("/")[-1]
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{file}.h5").touch()
    assert experiment.is_cached("ResNet50")
    with pytest.raises(ValueError, match="name must be one of"):
        experiment.is_cached("AlexNet")
