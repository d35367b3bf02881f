"""What ships as arrays: named arrays in one file, how they were made in another beside it."""

import json

import numpy as np
import pytest

from zoo_helpers.core.stored import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
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


def test_how_they_were_made_can_be_read_by_people(store):
    text = (store.folder / "first.json").read_text(encoding="utf-8")
    assert text.count("\n") == 3
    assert json.loads(text) == {"machine": "×86"}


@pytest.mark.parametrize("ask", [Store.arrays, Store.about])
def test_an_unknown_name_is_answered_with_the_known_ones(store, ask):
    with pytest.raises(ValueError, match=r"name must be one of first, second; got 'third'"):
        ask(store, "third")
