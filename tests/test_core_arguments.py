"""What is said of an argument that is none of those allowed."""

import pytest

from zoo_helpers.core.arguments import one_of


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
