"""What is said of an argument that is none of those allowed."""

import numpy as np
import pytest

from zoo_helpers.core.arguments import number, one_of, switch, whole


@pytest.mark.parametrize("allowed", [("A", "B"), ["A", "B"], {"A": 1, "B": 2}])
def test_what_is_allowed_comes_back(allowed):
    assert one_of("shortcut", "B", allowed) == "B"
    with pytest.raises(ValueError, match=r"^shortcut must be one of A, B; got 'C'$"):
        one_of("shortcut", "C", allowed)


@pytest.mark.parametrize("value", ["18", 19, None, [18], {}])
def test_whatever_comes_is_shown_as_it_is(value):
    with pytest.raises(ValueError, match=r"^depth must be one of 18, 34; got ") as caught:
        one_of("depth", value, {18: "basic", 34: "basic"})
    assert str(caught.value).endswith(f"got {value!r}")


MANY = {f"alexnet.{letter}": 0 for letter in "abcdefghijkl"} | {"alexnet.parameters": 0}


def test_of_many_names_the_nearest_are_said():
    with pytest.raises(
        ValueError,
        match=r"^name must be one of 13 names, such as alexnet.parameters, .*; got 'alexnet.paramters'$",
    ):
        one_of("name", "alexnet.paramters", MANY)
    with pytest.raises(ValueError, match=r"^name must be one of 13 names; got 'zebra'$"):
        one_of("name", "zebra", MANY)


@pytest.mark.parametrize("value", [5, np.int64(5), np.uint8(5)])
def test_a_whole_number_is_pythons(value):
    assert type(whole("k", value)) is int
    assert number("j", value, above=0) == 5


@pytest.mark.parametrize("value", [True, np.True_])
def test_a_switch_is_pythons(value):
    assert switch("residual", value) is True


def test_numpys_names_and_numbers_are_pythons_and_truth_is_no_number():
    assert one_of("depth", np.int64(50), (18, 50)) == 50
    assert one_of("name", np.str_("A"), ("A", "B")) == "A"
    for value in (True, 18.0, "18"):
        with pytest.raises(ValueError, match="depth must be one of 1, 18"):
            one_of("depth", value, (1, 18))


def test_whatever_comes_is_shown_in_a_line():
    for call in (whole, switch, number, lambda argument, value: one_of(argument, value, ("A", "B"))):
        with pytest.raises(ValueError, match="classes must be") as caught:
            call("classes", list(range(100_000)))
        assert len(str(caught.value)) < 150
