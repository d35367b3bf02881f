"""What ships as arrays: named arrays in one file, how they were made in another beside it."""

import json

import numpy as np
import pytest

from zoo_helpers.core import shipped
from zoo_helpers.core.stored import Store


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "CORE", tmp_path)
    shipped.write_list({})
    store = Store("recordings")
    store.keep(
        "second",
        {"loss/plain-20": np.arange(6, dtype="float32").reshape(2, 3), "a": np.int64(7)},
        {"seeds": 2},
    )
    store.keep("first", {"z": np.zeros(2), "b": np.ones(2), "m": np.ones(1)}, {"machine": "×86"})
    return store


def test_arrays_come_back_by_name_with_type_and_shape(store):
    arrays = store.arrays("second")
    assert arrays["loss/plain-20"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (arrays["loss/plain-20"].dtype, arrays["a"].dtype) == ("float32", "int64")
    assert store.about("second") == {"seeds": 2}


def test_the_order_of_the_names_is_the_order_of_keeping(store):
    assert list(store.arrays("first")) == ["z", "b", "m"]


def test_names_are_sorted(store):
    assert store.names() == ["first", "second"]


def test_how_they_were_made_can_be_read_by_people(store, tmp_path):
    text = (tmp_path / "recordings/first.json").read_text(encoding="utf-8")
    assert text.count("\n") == 3
    assert json.loads(text) == {"machine": "×86"}


@pytest.mark.parametrize("ask", [Store.arrays, Store.about])
def test_an_unknown_name_is_answered_with_the_known_ones(store, ask):
    with pytest.raises(ValueError, match=r"name must be one of first, second; got 'third'"):
        ask(store, "third")


@pytest.mark.parametrize("ask", [Store.arrays, Store.about])
@pytest.mark.parametrize("name", [["first"], None, 1, "First", "", "../recordings/first"])
def test_whatever_is_no_name_is_refused(store, ask, name):
    with pytest.raises(ValueError, match=r"name must be one of first, second; got"):
        ask(store, name)


def test_a_missing_file_is_missing_and_its_name_stays_a_name(store, tmp_path):
    (tmp_path / "recordings/first.npz").unlink()
    assert store.names() == ["first", "second"]
    with pytest.raises(FileNotFoundError, match=r"first\.npz is missing; restore it"):
        store.arrays("first")


def test_arrays_are_the_callers_to_change(store):
    store.arrays("first")["z"][:] = 7
    assert store.arrays("first")["z"].tolist() == [0, 0]


def test_nothing_is_pickled(store, tmp_path):
    with pytest.raises(ValueError, match="'words' holds objects"):
        store.keep("third", {"numbers": np.ones(2), "words": np.array([None, {}])}, {})
    assert store.names() == ["first", "second"]
