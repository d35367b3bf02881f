"""Recorded runs: what each holds and says, and that recording goes on where it was stopped."""

import numpy as np
import pytest

from zoo_helpers.authoring import record
from zoo_helpers.core import recordings, shipped
from zoo_helpers.core.recordings import Recording

SEARCHES = {"alexnet_rates"}  # one seed chooses among rates; five seeds run the choice
EXPLOSIONS = {"alexnet_rates", "gradients_explosions"}  # some of their losses end in NaN, as the lessons say


@pytest.mark.parametrize("name", recordings.names())
def test_a_recording_says_how_it_was_made(name):
    arrays, about = recordings.load(name)
    seeds = len(about["seeds"])
    assert seeds >= (1 if name in SEARCHES else 5)
    assert about["seeds"] == list(range(seeds))
    assert arrays
    assert {key: len(array) for key, array in arrays.items() if len(array) != seeds} == {}
    numbers = (array for array in arrays.values() if array.dtype.kind == "f")
    assert name in EXPLOSIONS or all(np.isfinite(array).all() for array in numbers)
    assert about["command"] == record.command(name, seeds)
    assert about["experiment"] == f"{record.RUNS[name].__module__}:{record.RUNS[name].__name__}"
    assert set(about["versions"]) == {"keras", "numpy", "tensorflow"}
    assert about["minutes"] > 0
    assert about["machine"]


def test_every_experiment_is_recorded():
    assert recordings.names() == sorted(record.RUNS)


def test_an_unknown_recording_is_named():
    with pytest.raises(ValueError, match=r"name must be one of .*; got 'nothing'"):
        recordings.load("nothing")


def test_the_arrays_of_a_recording_are_the_callers_to_change():
    first = recordings.load("vgg_stacking")
    before = {name: array.copy() for name, array in first.arrays.items()}
    for array in first.arrays.values():
        array[...] = 0
    first.about.clear()
    again = recordings.load("vgg_stacking")
    assert all(np.array_equal(array, before[name]) for name, array in again.arrays.items())
    assert again.about


def test_what_was_measured_of_several_networks_comes_by_their_names():
    arrays = {
        "loss/plain-20": np.ones(2),
        "losses": np.ones(2),
        "loss/b/c": np.zeros(2),
        "error/plain-20": np.ones(2),
    }
    group = Recording(arrays, {}).group("loss")
    assert list(group) == ["plain-20", "b/c"]
    assert group["plain-20"] is arrays["loss/plain-20"]


def test_recording_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    calls = []

    def run_squares(seed):
        calls.append(seed)
        if calls == [0, 1]:
            raise KeyboardInterrupt
        return {"square/of the seed": np.array([seed, seed**2]), "seed": np.int64(seed)}

    monkeypatch.setattr(shipped, "CORE", tmp_path)
    shipped.write_list({})
    monkeypatch.setitem(record.RUNS, "test_squares", run_squares)
    with pytest.raises(KeyboardInterrupt):
        record.record("test_squares", seeds=3, parts=tmp_path / "parts")
    record.record("test_squares", seeds=3, parts=tmp_path / "parts")
    assert calls == [0, 1, 1, 2]
    arrays, about = recordings.load("test_squares")
    assert {name: array.tolist() for name, array in arrays.items()} == {
        "square/of the seed": [[0, 0], [1, 1], [2, 4]],
        "seed": [0, 1, 2],
    }
    assert about["seeds"] == [0, 1, 2]
    assert about["command"] == "python -m zoo_helpers.authoring.record test_squares --seeds 3"
    assert about["experiment"].endswith(":run_squares")


def test_the_command_takes_names_and_a_number_of_seeds(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(record, "record", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr("sys.argv", ["record", "topk_averaging", "--seeds", "10"])
    record.main()
    assert asked == [("topk_averaging", 10)]
    monkeypatch.setattr("sys.argv", ["record", "nothing"])
    with pytest.raises(SystemExit):
        record.main()
    assert "invalid choice: 'nothing'" in capsys.readouterr().err
