"""Lesson 08: the frame, what is said of a block, the scoreboard's file, the verdict, and the pictures."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from explorers import check_explorer
from shared import words

from zoo_helpers import your_own
from zoo_helpers.core import anatomy, recordings
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.your_own import experiment, plan, probes, scoreboard, views
from zoo_helpers.your_own.scoreboard import Idea


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The scoreboard's file in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scoreboard, "FILE", tmp_path / "zoo-scoreboard.json")
    monkeypatch.setattr(scoreboard, "_unsaved", {})
    return scoreboard.FILE


def keep(name, seed=0, error=0.5, block="a", parameters=50_000):
    return scoreboard.keep(name, parameters, block, seed, error, 10.0)


# --- The frame --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", experiment.BASELINES)
def test_the_frame_has_the_blocks_and_the_weights_that_arithmetic_gives(name):
    block = experiment.BASELINES[name]
    model = experiment.build(block)
    alone = [probes.build_alone(block, side, channels) for side, channels in plan.BLOCK_SHAPES]
    own = [probes.count_trainable(one) for one in alone]
    assert own == [2 * (9 * c * c + (2 * c if name in ("plain", "residual") else c)) for c in plan.CHANNELS]
    assert probes.count_trainable(model) == probes.FRAME + plan.BLOCKS * sum(own)
    assert probes.look_at(block).parameters == probes.count_trainable(model)
    assert anatomy.totals(model).weighted_layers == 2 * 2 * plan.BLOCKS + 2 + 1
    assert model.output_shape == (None, 10)


def test_the_steps_are_those_of_the_epochs():
    assert plan.EPOCHS * -(-len(experiment.load().images) // plan.BATCH) == plan.STEPS


def test_the_images_are_normalized_by_what_is_learned_from():
    data = experiment.load()
    assert data.images.shape == (4000, 16, 16, 3)
    assert data.new_images.shape == (2000, 16, 16, 3)
    np.testing.assert_allclose(data.images.mean((0, 1, 2)), 0, atol=1e-3)
    np.testing.assert_allclose(data.images.std((0, 1, 2)), 1, atol=1e-3)


def test_baselines_were_recorded_with_this_frame():
    recorded = recordings.load("your_own_baselines")
    assert len(recorded.about["seeds"]) == plan.RECORDED
    for name, block in experiment.BASELINES.items():
        counts = recorded.arrays[f"parameters/{name}"]
        assert set(counts.tolist()) == {probes.look_at(block).parameters}
        assert recorded.arrays[f"error/{name}"].shape == (plan.RECORDED,)
        assert recorded.arrays[f"loss/{name}"].shape == (plan.RECORDED, plan.EPOCHS)


# --- What is said of a block ------------------------------------------------------------------------------


def conv(x, channels, kernel=3, **options):
    return layers.Conv2D(channels, kernel, padding="same", **options)(x)


def never_ends(x, channels):
    while True:
        pass


def returns_nothing(x, channels):
    layers.ReLU()(x)


def a_hundred_layers(x, channels):
    for _ in range(100):
        x = layers.ReLU()(x)
    return x


BROKEN = {
    "adds wider maps": (
        lambda x, c: layers.add([x, conv(x, 2 * c)]),
        "joins maps of 8 × 8 × 16 and of 8 × 8 × 32",
    ),
    "adds smaller maps": (lambda x, c: x + layers.Conv2D(c, 3)(x), "8 × 8 × 16 and of 6 × 6 × 16"),
    "joins smaller maps": (lambda x, c: layers.concatenate([x, layers.Conv2D(c, 3)(x)]), "which do not fit"),
    "halves": (lambda x, c: layers.MaxPooling2D()(x), "4 × 4 × 16 of 8 × 8 × 16"),
    "widens": (lambda x, c: conv(x, 2 * c), "takes `channels` filters"),
    "fixed channels": (lambda x, c: conv(x, 16), "4 × 4 × 16 of 4 × 4 × 32"),
    "flattens": (lambda x, c: layers.Flatten()(x), "leave Flatten and Dense"),
    "returns nothing": (returns_nothing, "Is yours missing"),
    "returns a list": (lambda x, c: [x], "That is a list"),
    "returns a constant": (lambda x, c: keras.ops.zeros((8, 8, 16)), "returns what a layer gives"),
    "another input": (lambda x, c: keras.Input(x.shape[1:]), "not made from x"),
    "nothing of x": (lambda x, c: 0 * x + 1, "the same whatever comes in"),
    "zeros": (lambda x, c: conv(x, c, kernel_initializer="zeros"), "the same whatever comes in"),
    "a logarithm": (lambda x, c: keras.ops.log(x), "NaN or infinity"),
    "rounds": (lambda x, c: keras.ops.round(x), "No gradient"),
    "stops": (lambda x, c: keras.ops.stop_gradient(conv(x, c)), "No gradient"),
    "too many weights": (lambda x, c: conv(conv(x, 900), c), "at most 400,000 are allowed"),
    "too many layers": (a_hundred_layers, "100 layers; at most 60"),
    "never ends": (never_ends, "had not returned after"),
    "a typo": (lambda x, c: layer.ReLU()(x), "NameError in its line 1"),  # noqa: F821
    "one argument": (lambda x: x, "TypeError"),
    "NumPy": (lambda x, c: np.maximum(x, 0), "keras.ops"),
    "unfinished": (lambda x, c: ..., "a ... stands in it"),
    "a number": (3, "A block is a function, def block(x, channels): …; got a number"),
    "ends Python": (lambda x, c: exit(), "ends Python"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_block_gets_one_clear_line(name, capsys, monkeypatch, file):
    block, said = BROKEN[name]
    if block is never_ends:
        monkeypatch.setattr("zoo_helpers.core.exercise.PATIENCE", 0.5)
    your_own.examine(block)
    printed = capsys.readouterr().out
    assert printed.startswith("Not yet. ")
    assert said in printed
    assert len(printed) < 400
    assert printed.count("\n") == 1
    your_own.trial(block, "broken")  # and nothing is trained
    assert capsys.readouterr().out == printed
    assert scoreboard.read() == []


REMARKS = {
    "the input itself": (lambda x, c: x, "unchanged, and always will"),
    "an identity at first": (
        lambda x, c: layers.add([x, conv(x, c, kernel_initializer="zeros")]),
        "starts as the identity",
    ),
    "drops out": (lambda x, c: layers.Dropout(0.5)(x), ""),
    "weights without a gradient": (lambda x, c: x + keras.ops.sign(conv(x, c)), "stay as they were drawn"),
    "slow averages": (lambda x, c: layers.BatchNormalization()(x), "momentum=0.9"),
    "a model inside": (
        lambda x, c: keras.Sequential([layers.Conv2D(c, 3, padding="same"), layers.BatchNormalization()])(x),
        "",
    ),
    "a lambda layer": (lambda x, c: layers.Lambda(lambda y: 2 * y)(x), ""),
    "residual": (experiment.residual, ""),
}


@pytest.mark.parametrize("name", REMARKS)
def test_a_block_that_can_be_trained_is_described(name, capsys):
    block, remark = REMARKS[name]
    your_own.examine(block)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("It works: 8 × 8 × 16 in, 8 × 8 × 16 out")
    assert len(lines) == 2 + bool(remark)
    assert remark in lines[-1]


def test_nan_in_training_is_told_and_nothing_is_kept(capsys, monkeypatch, file):
    monkeypatch.setattr(experiment, "load", small)
    your_own.trial(lambda x, c: 1e9 * x * x, "explodes")
    assert "NaN" in capsys.readouterr().out
    assert scoreboard.read() == []


def test_a_training_that_takes_too_long_is_given_up(capsys, monkeypatch, file):
    monkeypatch.setattr(experiment, "load", small)
    monkeypatch.setattr(experiment, "PATIENCE", 0)
    your_own.trial(lambda x, c: x, "slow")
    assert "make it narrower" in capsys.readouterr().out
    assert scoreboard.read() == []


def test_a_training_that_is_stopped_or_fails_keeps_nothing(capsys, monkeypatch, file):
    for error, said in ((KeyboardInterrupt(), "You stopped it"), (RuntimeError("no room"), "no room")):

        def fails(*arguments, error=error):
            raise error

        monkeypatch.setattr(experiment, "train", fails)
        your_own.trial(lambda x, c: x, "stopped")
        assert said in capsys.readouterr().out
    assert scoreboard.read() == []


def small():
    """A few images, of noise."""
    generator = np.random.default_rng(0)
    images = generator.normal(size=(64, 16, 16, 3)).astype("float32")
    labels = generator.integers(0, 10, 64)
    return experiment.Data(images, labels, images, labels)


def test_a_trial_is_kept_and_another_block_takes_its_place(capsys, monkeypatch, file):
    monkeypatch.setattr(experiment, "load", small)
    your_own.trial(lambda x, c: x, "mine")
    your_own.trial(lambda x, c: x, "mine", seed=1)
    (idea,) = scoreboard.read()
    assert set(idea.errors) == {0, 1}
    assert idea.parameters == probes.FRAME
    assert re.search(
        r"seed 1: wrong on [\d.]+% of the new images; 5,418 trainable weights", capsys.readouterr().out
    )
    your_own.trial(lambda x, c: layers.ReLU()(x), "mine", seed=2)
    (idea,) = scoreboard.read()
    assert set(idea.errors) == {2}
    assert "“mine” is another block now" in capsys.readouterr().out
    your_own.trial(lambda x, c: x, "mine", seed=7)
    assert "seed must be one of 0, 1, 2; got 7" in capsys.readouterr().out


def test_a_block_is_known_by_its_layers_whatever_they_are_called():
    def wide(x, channels):
        return conv(x, channels, 5)

    def named(x, channels):
        return conv(x, channels, 5, name=f"mine_{channels}")

    prints = [experiment.fingerprint(block) for block in (wide, wide, named, conv, experiment.plain)]
    assert prints[0] == prints[1] == prints[2]
    assert len(set(prints)) == 3


# --- The verdict ------------------------------------------------------------------------------------------


def test_the_standard_error_is_that_of_two_means():
    generator = np.random.default_rng(0)
    ours, theirs = generator.normal(0.5, 0.01, (2, 20_000, 3)), generator.normal(0.5, 0.01, (20_000, 10))
    means = ours[0].mean(1) - theirs.mean(1)
    said = [experiment.compare(one, other).standard_error for one, other in zip(ours[0], theirs, strict=True)]
    assert 1 < np.mean(said) / means.std() < 1.25  # the larger of two spreads: cautious, and not by much


def test_seeds_alone_are_called_a_difference_at_most_one_time_in_twenty():
    generator = np.random.default_rng(1)
    shown = [
        experiment.compare(generator.normal(0.5, 0.02, 3), generator.normal(0.5, 0.02, 10)).is_shown
        for _ in range(4000)
    ]
    assert np.mean(shown) < 0.06


def test_one_seed_takes_the_spread_of_the_baseline():
    baseline = np.array([0.4, 0.5, 0.6])
    assert experiment.compare([0.45], baseline).standard_error == pytest.approx(0.1 * np.sqrt(1 + 1 / 3))


def test_a_verdict_is_said_for_each_baseline(file, capsys):
    for seed in plan.SEEDS:
        keep("a wonder", seed, 0.1)
    your_own.verdict("a wonder")
    printed = capsys.readouterr().out
    assert printed.count("better, by more than the seeds' spread") == len(experiment.BASELINES)
    assert "quick look" not in printed
    keep("as residual", 0, float(np.mean(experiment.load_baselines()["residual"])))
    your_own.verdict("as residual")
    printed = capsys.readouterr().out
    assert "no difference shown" in printed
    assert "1 of 3 seeds: a quick look, no verdict." in printed
    your_own.verdict("nobody")
    assert "Nothing was measured of “nobody” yet" in capsys.readouterr().out


# --- The scoreboard's file --------------------------------------------------------------------------------


def test_ideas_are_kept_in_their_order_and_forgotten(file, capsys):
    keep("one"), keep("two"), keep("one", 1, 0.4)
    assert [(idea.name, dict(idea.errors)) for idea in scoreboard.read()] == [
        ("one", {0: 0.5, 1: 0.4}),
        ("two", {0: 0.5}),
    ]
    your_own.forget("one")
    assert [idea.name for idea in scoreboard.read()] == ["two"]
    your_own.forget("one")
    assert "There is no “one”" in capsys.readouterr().out
    assert [path.name for path in file.parent.iterdir()] == [file.name]  # no half of one


def test_the_wish_is_kept_beside_the_ideas(file, capsys):
    your_own.keep_wish("")
    assert "Nothing yet" in capsys.readouterr().out
    keep("one")
    your_own.keep_wish("  wider, with five\nseeds ")
    assert capsys.readouterr().out == "Kept in zoo-scoreboard.json.\n"
    keep("two")
    stored = json.loads(file.read_text(encoding="utf-8"))
    assert stored["next"] == "wider, with five seeds"
    assert len(stored["ideas"]) == 2


GOOD = {
    "name": "one",
    "parameters": 50_000,
    "block": "a",
    "errors": {"0": 0.5},
    "seconds": {"0": 9.0},
}


def board(**changes):
    return {"format": scoreboard.FORMAT, "steps": plan.STEPS, "ideas": [GOOD], "next": "", **changes}


def ideas(**changes):
    return board(ideas=[{**GOOD, **changes}])


HOSTILE = {
    "empty": b"",
    "half": json.dumps(board()).encode()[:60],
    "zeros": bytes(500),
    "no text": b"\xff\xfe\x00\x80",
    "a picture": b"\x89PNG\r\n\x1a\n",
    "a list": b"[1, 2]",
    "deep": b"[" * 100_000,
    "large": b" " * 1_000_001,
    "foreign": json.dumps({"exercises": {}, "guesses": {}, "quiz": {}}).encode(),
    "other steps": json.dumps(board(steps=1)).encode(),
    "ideas are no list": json.dumps(board(ideas={"a": 1})).encode(),
    "an idea is no mapping": json.dumps(board(ideas=[3])).encode(),
    "very many": json.dumps(board(ideas=[GOOD] * 201)).encode(),
    "wish is no text": json.dumps(board(next=[1])).encode(),
    "error of 2": json.dumps(ideas(errors={"0": 2})).encode(),
    "error of NaN": json.dumps(ideas(errors={"0": float("nan")})).encode(),
    "error is text": json.dumps(ideas(errors={"0": "<b>"})).encode(),
    "error is true": json.dumps(ideas(errors={"0": True})).encode(),
    "error is huge": json.dumps(ideas(errors={"0": 10**400})).encode(),
    "no seeds": json.dumps(ideas(errors={}, seconds={})).encode(),
    "foreign seed": json.dumps(ideas(errors={"9": 0.5}, seconds={"9": 1})).encode(),
    "seeds differ": json.dumps(ideas(seconds={"1": 1})).encode(),
    "negative weights": json.dumps(ideas(parameters=-1)).encode(),
    "too many weights": json.dumps(ideas(parameters=10**12)).encode(),
    "no name": json.dumps(board(ideas=[{key: GOOD[key] for key in GOOD if key != "name"}])).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_damaged_file_of_a_class_gets_one_line_and_the_rest_is_merged(name, tmp_path, capsys):
    (tmp_path / "ann.json").write_text(json.dumps(board()), encoding="utf-8")
    (tmp_path / "bad.json").write_bytes(HOSTILE[name])
    (tmp_path / "kim.json").write_text(json.dumps(board()), encoding="utf-8")
    merged = your_own.merge(tmp_path)
    assert [idea.name for idea in merged] == ["ann: one", "kim: one"]
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("bad.json: left out, ")
    assert len(first) < 120
    assert last == "3 files, 2 ideas"


@pytest.mark.parametrize("name", HOSTILE)
def test_an_own_file_that_is_damaged_is_put_aside_and_never_overwritten(name, file, capsys):
    file.write_bytes(HOSTILE[name])
    assert scoreboard.read() == []
    keep("new")
    assert [idea.name for idea in scoreboard.read()] == ["new"]
    assert file.with_name("zoo-scoreboard-damaged-1.json").read_bytes() == HOSTILE[name]
    assert "is zoo-scoreboard-damaged-1.json now" in capsys.readouterr().out
    file.write_bytes(b"again")
    keep("newer")
    assert file.with_name("zoo-scoreboard-damaged-2.json").read_bytes() == b"again"


def test_no_folder_no_file_and_a_folder_in_a_files_place_are_told(tmp_path, capsys):
    (tmp_path / "folder.json").mkdir()
    assert your_own.merge(tmp_path / "nowhere", tmp_path) == []
    printed = capsys.readouterr().out
    assert re.search(r"There is no file or folder “.+” here\.", printed)
    assert "folder.json: left out, it cannot be read" in printed
    (tmp_path / "folder.json").rmdir()
    assert your_own.merge(tmp_path) == []
    assert capsys.readouterr().out == "No scoreboards there: nothing to merge.\n"


def test_a_folder_that_cannot_be_written_to_keeps_the_scoreboard_until_the_kernel_ends(
    file, capsys, monkeypatch
):
    def refuses(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.write_text", refuses)
    keep("one"), keep("two")
    your_own.keep_wish("more seeds")
    assert [idea.name for idea in scoreboard.read()] == ["one", "two"]
    assert capsys.readouterr().out.count("cannot be written (Permission denied)") == 1


NAMES = {
    "한글 아이디어": "한글 아이디어",
    "$x^2$": "$x^2$",
    "$\\frac{$": "$\\frac{$",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "two\nlines\x1b[31m": "two lines [31m",
    "\u202eright to left": "right to left",
    "\ud800half": "half",
    "": "without a name",
    "x" * 100_000: "x" * 39 + "…",
    3: "3",
    None: "None",
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:20])
def test_any_name_is_kept_as_one_line_and_drawn_as_it_is(name, file):
    keep(name)
    (idea,) = scoreboard.read()
    assert idea.name == NAMES[name]
    figure = views.draw_scoreboard({"plain": np.array([0.5, 0.6])}, {"plain": 9000}, [idea], "Title")
    views.figures.still(figure)
    assert idea.name in words(figure) or "idea 1" in words(figure)


# --- The pictures -----------------------------------------------------------------------------------------

ERRORS = {
    name: np.random.default_rng(number).normal(0.5 + 0.03 * number, 0.02, 10)
    for number, name in enumerate(experiment.BASELINES)
}
WEIGHTS = dict(zip(ERRORS, (90_000, 90_000, 80_000, 80_000), strict=True))


def test_pictures_show_what_they_are_given():
    frame = views.draw_frame(4, "The frame")
    assert words(frame).count("your\nblock") == 8
    seeds = views.draw_seeds(ERRORS, "Seeds")
    assert all(name in words(seeds) for name in ERRORS)
    board = views.draw_scoreboard(ERRORS, WEIGHTS, [Idea("wider", 200_000, "", {0: 0.4}, {0: 9})], "Board")
    assert "wider" in words(board)
    assert "Board" in words(board)


def test_more_seeds_turn_the_order_around_less_often():
    shares = [views.count_orders(ERRORS["plain"], ERRORS["residual"], seeds)[1] for seeds in (1, 2, 3, 5)]
    assert all(more <= fewer for fewer, more in pairwise(shares))
    differences, wrong = views.count_orders(np.array([0.1, 0.2]), np.array([0.3, 0.15]), 1)
    assert sorted(differences.round(6).tolist()) == [-20, -10, -5, 5]
    assert wrong == 0.25


def test_the_explorer_answers():
    check_explorer(views.explore_chances(ERRORS))
