"""ImageNet's names, the photographs, their labels and credits, and the scores that the networks gave them."""

import csv
import io
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo_helpers.authoring import draw_photographs
from zoo_helpers.core import imagenet, shipped
from zoo_helpers.core.imagenet import CLASS_NAMES, parse, photograph, photographs, scores, unknown_things

TABLE = shipped.read(imagenet.TABLE).decode()
ENTRIES = parse(TABLE.encode())
MB = 1_000_000

ROW = """
[[photograph]]
name = "goldfish"
title = "a goldfish"
labels = [1]
author = "Necrophorus"
licence = "public domain"
source = "https://commons.wikimedia.org/wiki/File:Goldfisch_1.jpg"
file = "categorization/resource/images/fishes/fish25.webp"
"""


def changed(old, new):
    assert old in ROW
    return ROW.replace(old, new).encode()


# class names


def test_class_names_are_imagenets_by_class_number():
    assert len(CLASS_NAMES) == 1000
    known = {0: "tench", 1: "goldfish", 207: "golden retriever", 281: "tabby", 388: "giant panda"}
    known |= {499: "cleaver", 652: "military uniform", 967: "espresso", 999: "toilet tissue"}
    assert {number: CLASS_NAMES[number] for number in known} == known
    assert sorted({name for name in CLASS_NAMES if CLASS_NAMES.count(name) > 1}) == ["crane", "maillot"]


def test_importing_reads_no_file_and_starts_no_tensorflow():
    script = (
        "import sys; from zoo_helpers.core import shipped; shipped.read = None;"
        "import zoo_helpers.core.imagenet; assert not {'tensorflow', 'keras'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_another_attribute_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'CLASSES_NAMES'"):
        imagenet.CLASSES_NAMES  # noqa: B018


# photographs


def test_photographs_stand_in_the_order_of_their_classes_and_have_names_of_their_own():
    assert [photo.labels[0] for photo in photographs()] == sorted(photo.labels[0] for photo in photographs())
    assert len({photo.name for photo in (*photographs(), *unknown_things())}) == len(ENTRIES)
    assert len({photo.image.tobytes() for photo in (*photographs(), *unknown_things())}) == len(ENTRIES)


def test_a_photograph_is_known_or_its_thing_has_no_class():
    assert all(photo.labels and not photo.thing for photo in photographs())
    assert all(photo.thing and not photo.labels for photo in unknown_things())
    things = [photo.thing for photo in unknown_things()]
    counts = {"pliers": 6, "pyramid": 4, "scissors": 4, "tape measure": 6, "windmill": 14}
    assert {thing: things.count(thing) for thing in things} == counts
    words = {word for name in CLASS_NAMES for word in (name, *name.split())}
    assert not words & {"pliers", "pyramid", "scissors", "windmill", "measure"}


def test_images_are_squares_for_reading_only():
    for photo in (*photographs(), *unknown_things()):
        assert photo.image.shape == (256, 256, 3)
        assert photo.image.dtype == np.uint8
        assert photo.image.std() > 10
    with pytest.raises(ValueError, match="read-only"):
        photograph("goldfish").image[:] = 0


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("goldfish", (1.5, 1.0, 0.4)),  # orange
        ("panda", (1, 1, 1)),
        ("hammer on blue", (0.1, 0.9, 1.7)),
        ("macaw", (1.3, 0.9, 0.8)),
    ],
)
def test_a_photograph_shows_what_its_name_says(name, colour):
    """By its colours: a sheet in another order fails."""
    mean = photograph(name).image.mean(axis=(0, 1))
    np.testing.assert_allclose(mean / mean.mean(), colour, atol=0.25)


def test_a_photograph_comes_by_its_name():
    assert photograph("grace hopper").labels == (652,)
    assert photograph("linda windmill").thing == "windmill"
    with pytest.raises(ValueError, match=r"name must be one of \d+ names, such as goldfish; got 'goldfisch'"):
        photograph("goldfisch")


def test_the_sheet_and_its_table_take_at_most_two_megabytes():
    assert sum(len(shipped.read(name)) for name in (imagenet.SHEET, imagenet.TABLE)) <= 2 * MB


def test_a_sheet_of_another_size_is_refused(monkeypatch):
    packed = io.BytesIO()
    Image.new("RGB", (512, 256)).save(packed, "webp")
    imagenet._all.cache_clear()
    read = shipped.read
    monkeypatch.setattr(
        shipped, "read", lambda name: packed.getvalue() if name == imagenet.SHEET else read(name)
    )
    with pytest.raises(
        ValueError, match=r"photographs.webp must hold \d+ tiles of 256 pixels; got shape \(256, 512, 3"
    ):
        photographs()


# credits


def test_each_photograph_is_credited_under_a_free_licence():
    assert len(imagenet.credits()) == len(ENTRIES)
    assert {entry.licence for entry in ENTRIES} == set(imagenet.LICENCES)
    for entry, credit in zip(ENTRIES, imagenet.credits(), strict=True):
        assert all(part in credit for part in (entry.title, entry.author, entry.licence, entry.source))
        assert imagenet.LICENCES[entry.licence] in credit
        assert entry.source.startswith("https://")


def test_an_attribution_names_the_maker_and_links_the_licence():
    assert photograph("bee").credit == (
        "a bee at a flower: aussiegall, CC BY 2.0 (https://creativecommons.org/licenses/by/2.0/), "
        "https://commons.wikimedia.org/wiki/File:Pollinationn.jpg"
    )


def test_no_credit_has_changed_since_the_sheet_was_drawn():
    """`draw_photographs` holds them against the READMEs; who changes one draws anew."""
    assert sha256("\n".join(imagenet.credits()).encode()).hexdigest()[:16] == "543158f549921a42"


# the table


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (changed('author = "Necrophorus"\n', ""), "'goldfish': author must be there; got name, title"),
        (
            changed("labels = [1]", "labels = [1000]"),
            r"a class number must be a whole number in 0..999; got 1000",
        ),
        (
            changed("labels = [1]", 'labels = ["goldfish"]'),
            "must be a whole number in 0..999; got 'goldfish'",
        ),
        (changed("labels = [1]", "labels = []"), "labels or a thing must be there; got neither"),
        (changed("labels = [1]", 'labels = [1]\nthing = "fish"'), "or a thing must be there; got both"),
        (changed("public domain", "CC BY-SA 4.0"), "licence must be one of public domain, .*; got 'CC BY-SA"),
        (changed("Necrophorus", ""), "'goldfish': author must be a text; got ''"),
        (changed("author", "autor"), "a key must be one of .*; got 'autor'"),
        (changed("labels = [1]", "labels = [1]\ncrop = 2"), r"crop must be a number in 0..1; got 2"),
        (changed("labels = [1]", 'labels = [1]\ncrop = "left"'), "crop must be a number in 0..1; got 'left'"),
        (ROW.encode() * 2, "each name must come once; got goldfish again"),
        (b"[[photograph", "photographs.toml: "),
        (b"", "photographs.toml: .*must be there"),
    ],
)
def test_a_slip_in_the_table_is_named(content, words):
    with pytest.raises(ValueError, match=words):
        parse(content)


# labels


def labelled():
    """Each candidate's file, the classes that either labelling gave it, and whether it was sure."""
    path = Path(__file__).with_name("photographs_labelled.csv")
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        given = [[int(label) for label in row[who].split()] for who in ("first", "second")]
        yield row["file"], given, [row["first sure"] == "yes", row["second sure"] == "yes"]


def test_labels_are_all_classes_that_two_blind_labellings_gave():
    kept = {
        file: set(given[0] + given[1])
        for file, given, sure in labelled()
        if any(classes and certain for classes, certain in zip(given, sure, strict=True))
    }
    assert {photo.file: set(photo.labels) for photo in photographs()} == kept
    assert all(len(set(photo.labels)) == len(photo.labels) for photo in photographs())


def test_the_data_sheet_states_how_far_the_two_labellings_agree():
    rows = [given for _, given, _ in labelled()]
    named = [given for given in rows if all(given)]
    facts = [
        f"{len(rows)} candidates, those that might show a class",
        f"set of classes to {sum(set(a) == set(b) for a, b in rows)} of {len(rows)}",
        f"Both named a class for {len(named)}, and",
        f"the same best class for {sum(a[0] == b[0] for a, b in named)}",
        f"sure of a class: {len(photographs())} of {len(rows)}",
        f"{sum(len(photo.labels) > 1 for photo in photographs())} photographs have two",
        f"For {sum(not a and not b for a, b in rows)} both found no class",
    ]
    sheet = " ".join((shipped.CORE / "data" / "DATA.md").read_text(encoding="utf-8").split())
    assert [fact for fact in facts if fact not in sheet] == []


def test_the_data_sheet_counts_the_licences():
    sheet = (shipped.CORE / "data" / "DATA.md").read_text(encoding="utf-8").replace("\n", " ")
    of = {licence: sum(entry.licence == licence for entry in ENTRIES) for licence in imagenet.LICENCES}
    assert f"{of['public domain']} are in the public domain, {of['CC0 1.0']} under CC0 1.0, " in sheet
    assert f"{of['CC BY 2.0']} under CC BY 2.0 and {of['CC BY 3.0']} under CC BY 3.0" in sheet


# scores


@pytest.mark.parametrize("name", ["squeezenet", "efficientnet-lite0"])
def test_scores_are_probabilities_of_the_photographs_in_their_order(name):
    for key, photos in ((name, photographs()), (f"{name}/unknown", unknown_things())):
        found = scores(key)
        assert found.shape == (len(photos), 1000)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-3)
    five = np.argsort(-scores(name))[:, :5]
    right = [bool({*guesses} & {*photo.labels}) for guesses, photo in zip(five, photographs(), strict=True)]
    assert np.mean(right) > 0.8  # in another order, a few of a hundred


def test_scores_of_another_network_are_refused():
    with pytest.raises(ValueError, match=r"name must be one of squeezenet, .*; got 'alexnet'"):
        scores("alexnet")


def test_scores_of_another_sheet_or_another_order_are_refused(monkeypatch):
    scores("squeezenet")
    monkeypatch.setattr(imagenet, "_table", lambda: ENTRIES[::-1])
    with pytest.raises(ValueError, match=r"imagenet_scores must be of data/photographs\.webp as it is; make"):
        scores("squeezenet")


# authoring/draw_photographs.py


def resources(files):
    """Qt's resource file, version 1, with these files in one folder."""
    names, data, nodes = b"", b"", [(0, 2, len(files) + 0, 1)]
    for filename, (content, packed) in files.items():
        body = struct.pack(">I", len(content)) + zlib.compress(content) if packed else content
        nodes.append((len(names), 1 if packed else 0, 0, len(data)))
        names += struct.pack(">HI", len(filename), 0) + filename.encode("utf-16-be")
        data += struct.pack(">I", len(body)) + body
    tree = b"".join(struct.pack(">IHII", *node) for node in nodes)
    places = (20, 20 + len(tree), 20 + len(tree) + len(data))
    return struct.pack(">4s4I", b"qres", 1, *places) + tree + data + names


def test_resource_files_are_read_packed_or_not():
    files = {"README": (b"Copyright: me", True), "ä.webp": (b"pixels", False)}
    read = dict(draw_photographs._read_resources(resources(files)))
    assert read == {"/README": b"Copyright: me", "/ä.webp": b"pixels"}
    with pytest.raises(ValueError, match="must begin with qres; got b'RIFF'"):
        dict(draw_photographs._read_resources(b"RIFF" + bytes(40)))


def test_a_credit_that_is_not_the_readmes_is_refused():
    readme = (
        "Copyright: Somebody\nSource: https://a.org/b\nLicense: CC0-1.0\nFiles:\nx.webp\n\n"
        f"Copyright: Necrophorus\nLicense: Public Domain\nSource: {ENTRIES[0].source}\nFiles: fish25.webp"
    )
    goldfish = parse(ROW.encode())[0]
    folder = goldfish.file.rpartition("/")[0]
    files = {f"{folder}/README": readme.encode()}
    draw_photographs.check_credits([goldfish], files)
    with pytest.raises(ValueError, match=r"goldfish must be credited as \('Necrophorus', .*; got \('Me'"):
        draw_photographs.check_credits([replace(goldfish, author="Me")], files)
    with pytest.raises(ValueError, match="goldfish must be credited as None"):
        draw_photographs.check_credits([replace(goldfish, file=f"{folder}/y.webp")], files)


@pytest.mark.parametrize(("crop", "columns"), [(0, (0, 256)), (0.5, (128, 384)), (1, (256, 512))])
def test_a_picture_is_cut_to_a_square_where_the_table_says(crop, columns):
    pixels = np.zeros((256, 512, 3), np.uint8)
    pixels[..., 0] = np.arange(512) // 2
    assert np.array_equal(draw_photographs.draw(png(pixels), crop), pixels[:, slice(*columns)])


def test_a_padded_picture_shows_all_and_a_transparent_one_stands_on_white():
    pixels = np.zeros((128, 256, 4), np.uint8)
    pixels[:, 100:156] = (200, 0, 0, 255)
    drawn = draw_photographs.draw(png(pixels), "pad")
    assert drawn.shape == (256, 256, 3)
    assert (drawn[:, 128] == (200, 0, 0)).all()
    assert (drawn[:, 0] == 255).all()


def png(pixels):
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "png")
    return packed.getvalue()
