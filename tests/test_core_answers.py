"""What counts as the expected answer, and how a learner reads what came instead."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from zoo_helpers.core.answers import agree, contrast, difference, is_unfinished, shown
from zoo_helpers.core.backend import tf

ARRAY = np.array([0.5, 2 / 7, 1 / 3])


class Odd:
    """What no comparison and no message survives."""

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    def __repr__(self):
        raise RuntimeError("no words")

    __hash__ = None


RAGGED = [[1, 2], [3]]


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (20, 20),
        (20.0, 20),
        (np.int64(20), 20),
        (np.array(20), 20),
        (Fraction(20), 20),
        (Decimal("99.5"), 99.5),
        (99.50001, 99.5),
        (1.0198, 1.0198039),
        (-np.inf, -np.inf),
        (np.nan, np.nan),
        (np.str_("dense9"), "dense9"),
        (ARRAY.tolist(), ARRAY),
        (tuple(ARRAY), ARRAY),
        (ARRAY.round(4), ARRAY),
        (ARRAY.astype("float32"), ARRAY),
        (ARRAY.astype(object), ARRAY),
        (np.array([Fraction(1, 2), Fraction(2, 7), Decimal(1) / 3]), ARRAY),
        (np.array(Decimal("99.5")), 99.5),
        ([1, 2, 3], np.array([1, 2, 3])),
        ([np.float64(2), 3.0], [2, 3]),
        ((2, 3), [2, 3]),
        (np.array([2, 3]), [2, 3]),
        (frozenset({"a"}), {"a"}),
        (["a", "b"], {"a", "b"}),
        (np.array(["b", "a"]), {"a", "b"}),
    ],
)
def test_another_form_of_the_same_agrees(got, expected):
    assert agree(got, expected)


def test_a_tensor_agrees_as_its_array_does():
    assert agree(tf.constant(ARRAY), ARRAY)
    assert agree(tf.constant(20), 20)
    assert not agree(tf.constant(ARRAY), ARRAY[:2])


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (133_638_953, 133_638_952),
        (19.99999, 20),
        (99.52, 99.5),
        (True, 1),
        (1, True),
        (20 + 1e-9j, 20),
        ("20", 20),
        ("Dense9", "dense9"),
        (None, 0),
        (0.00004, 0.0),
        (1e-5, 2e-5),
        (np.inf, 1.0),
        (1.0, np.inf),
        (np.array([1, 2, 4]), np.array([1, 2, 3])),
        (ARRAY[:, None], ARRAY),
        (ARRAY.astype(str), ARRAY),
        (np.array([None] * 3), ARRAY),
        (RAGGED, ARRAY),
        (RAGGED, [1, 2]),
        (["x", Odd()], ARRAY),
        (Odd(), ARRAY),
        (Odd(), 3),
        (Odd(), {"a"}),
        ({"a": 1}, {"a"}),
        ([["a"]], {"a"}),
        ("a", {"a"}),
    ],
)
def test_another_answer_does_not_agree_and_nothing_raises(got, expected):
    assert not agree(got, expected)
    said = f"{contrast(expected, got)} {difference(got, expected)} {shown(got)}"
    assert "\n" not in said
    assert len(said) < 1200


@pytest.mark.parametrize(("got", "expected"), [(19.9999999, 20), (1.01981, 1.0199), (99.4999999, 100)])
def test_two_numbers_that_differ_never_look_alike(got, expected):
    left, right = contrast(expected, got).removeprefix("expected ").split(", got ")
    assert left != right


@pytest.mark.parametrize(
    "value", [list(range(100_000)), "x" * 100_000, {n: n for n in range(9999)}, np.ones((99, 99)), Odd(), np]
)
def test_what_is_shown_fits_two_lines(value):
    assert len(shown(value)) < 300


def test_a_number_is_shown_as_a_learner_would_write_it():
    assert shown(np.float64(0.25)) == "0.25"
    assert shown(np.int64(3)) == "3"
    assert shown([np.float64(0.5), np.int64(2)]) == "[0.5, 2]"
    assert shown(133.6e6) == "133,600,000"


def test_dots_that_are_left_are_seen_wherever_they_stand():
    assert is_unfinished(...)
    assert is_unfinished([1, [2, ...]])
    assert is_unfinished(np.where([True, False], ..., 0))
    assert not is_unfinished([1, "..."])
    assert not is_unfinished(Odd())


def test_a_wrong_form_is_named_with_its_cure():
    assert difference("x", ARRAY) == "That is a string; the answer is an array."
    assert difference(ARRAY, 3) == "That is an array; the answer is a number."
    assert difference([1], [1, 2]) == "Your list has the length 1, not 2."
    assert difference(ARRAY[:2], ARRAY) == "Your shape is (2,), not (3,)."
    assert difference([{"a"}, "b"], [{"a"}, {"b"}]) == "That is a string; the answer is a set."
