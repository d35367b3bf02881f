"""The welcome's warm-up: an exercise that shows how exercises answer back."""

from zoo_helpers.core.exercise import exercise


@exercise(
    "In how many columns can the filter's left edge stand?",
    "In four columns, from the first to the fourth; and in as many rows.",
    "Four rows of four places.",
    minutes=2,
)
def places():
    return (6 - 3 + 1) ** 2


@places.slip("At the border the filter would stick out: its left edge cannot stand in the last two columns.")
def counts_every_pixel():
    return 6 * 6


@places.slip("That many stand side by side; the filter moves down as well.")
def counts_one_row():
    return 6 - 3 + 1


@places.slip("Those are the filter's weights, which it uses at each place.")
def counts_the_weights():
    return 3 * 3
