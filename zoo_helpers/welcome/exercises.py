"""The welcome's warm-up: an exercise that shows how exercises answer back."""

from zoo_helpers.core.exercise import exercise


@exercise(
    "Each of the five pictures gets its own four.",
    "Four and four and four and four and four.",
    "Five times four.",
    minutes=1,
)
def warm_up():
    return 5 * 4


@warm_up.slip("That is the sum; each picture gets four.")
def sums():
    return 5 + 4


@warm_up.slip("That is 5 to the power of 4.")
def raises_to_a_power():
    return 5**4


@warm_up.slip("Those are the guesses for one picture; there are five.")
def counts_one_picture():
    return 4
