"""What several test files need: a lesson's exercises, the words of a figure, rows by name, random images."""

import importlib

import numpy as np

from zoo_helpers.core.exercise import Exercise


def exercises_of(lesson):
    """The exercises of a lesson, named as its folder, in their order."""
    module = importlib.import_module(f"zoo_helpers.{lesson}.exercises")
    return [value for value in vars(module).values() if isinstance(value, Exercise)]


def words(figure):
    """All words in a figure."""
    return " ".join(
        text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))
    )


def by_name(rows):
    """The rows of a trace by their layers' names."""
    return {row.name: row for row in rows}


def random_images(count, side, seed=0):
    """Images as a network takes them, (count, side, side, 3), of mean 0 and deviation 1."""
    return np.random.default_rng(seed).normal(size=(count, side, side, 3)).astype("float32")
