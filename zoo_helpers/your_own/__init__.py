"""Lesson 08, your own animal: a block of the learner's in everybody's frame, judged over seeds."""

from zoo_helpers.your_own.experiment import build, compare, load, trial, verdict
from zoo_helpers.your_own.probes import examine
from zoo_helpers.your_own.scoreboard import forget, keep_wish, merge, tell

__all__ = ["build", "compare", "examine", "forget", "keep_wish", "load", "merge", "tell", "trial", "verdict"]
