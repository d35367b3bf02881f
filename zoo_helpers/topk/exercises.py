"""Lesson 01's exercises and quiz."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from zoo_helpers.core.answers import plain, shown
from zoo_helpers.core.exercise import WrongError, exercise
from zoo_helpers.topk import metric as topk  # the name that solutions find in the notebook


@exercise(
    "How likely is it that the true class is among five different guesses?",
    "Five of 1,000 classes are in, each as likely as the next.",
    "The error is what is left of 100 %.",
    minutes=2,
)
def chance():
    return 100 * (1 - 5 / 1000)


@chance.slip("That is the accuracy; the error is what is left of 100 %.")
def accuracy_of_chance():
    return 100 * 5 / 1000


@chance.slip("That is the fraction; the question asks for per cent.")
def chance_as_a_fraction():
    return 1 - 5 / 1000


@chance.slip("That is the top-1 error: one guess instead of five.")
def chance_of_one_guess():
    return 100 * (1 - 1 / 1000)


@exercise(
    "A rank is a count. Which classes does it count?",
    "Compare all scores with the true class's score: that gives C times True or False.",
    "Sum the comparison; with >= the true class counts itself, and so do those that tie.",
    cases=(
        (np.array([0.1, 0.6, 0.05, 0.0, 0.2, 0.05]), 0),
        (np.array([0.1, 0.6, 0.05, 0.0, 0.25]), 2),
        (np.array([0.3, 0.1, 0.3, 0.05, 0.25]), 2),
        (np.array([-2.0, -0.5, -3.0, -0.5, 1.0, 1.0]), 1),
        (np.array([0.2, 0.2, 0.2, 0.2, 0.2]), 0),
        (np.array([3, -1, 3]), 2),
    ),
    minutes=4,
)
def target_rank(scores, target):
    return int(np.sum(scores >= scores[target]))


@target_rank.slip("Ranks begin with 1: count the true class too.")
def counts_only_those_ahead(scores, target):
    return int(np.sum(scores > scores[target]))


@target_rank.slip("Here classes tie with the true one: they count as ahead of it.")
def forgives_ties(scores, target):
    return int(np.sum(scores > scores[target])) + 1


@target_rank.slip("That counts from the worst score; 1 is the best.")
def counts_from_the_worst(scores, target):
    return int(np.sum(scores <= scores[target]))


@target_rank.slip("The comparison with >= counts the true class already: 1 more is too many.")
def counts_the_true_class_twice(scores, target):
    return int(np.sum(scores >= scores[target])) + 1


@target_rank.slip("That is the class at this place of the ranking; where in it is the true one?")
def names_the_class_at_a_place(scores, target):
    return int(np.argsort(-scores)[target])


@target_rank.slip("That is the class with the best score, not the rank of the true one.")
def names_the_best_class(scores, target):
    return int(np.argmax(scores))


@exercise(
    "When is an image with rank 3 an error: for which k?",
    "For one k, the error is the mean of a comparison of the ranks with k.",
    "Collect np.mean(ranks > k) for k in range(1, classes + 1) in an array.",
    cases=(
        (np.array([2, 1, 4, 1]), 5),
        (np.array([3]), 3),
        (np.array([1, 1, 2, 6, 6, 3, 2]), 6),
        (np.array([2, 2]), 4),
    ),
    minutes=3,
)
def curve_from_ranks(ranks, classes):
    return np.array([np.mean(ranks > k) for k in range(1, classes + 1)])


@curve_from_ranks.slip("That is the accuracy; the error is one minus it.")
def curve_of_accuracy(ranks, classes):
    return 1 - curve_from_ranks(ranks, classes)


@curve_from_ranks.slip("That begins with k = 0: an image with rank k is in the top k, no error.")
def curve_from_zero(ranks, classes):
    return np.array([np.mean(ranks > k) for k in range(classes)])


@curve_from_ranks.slip("Those are per cent; the error is a fraction.")
def curve_in_per_cent(ranks, classes):
    return 100 * curve_from_ranks(ranks, classes)


@curve_from_ranks.slip("Those are counts; the error is a fraction of the images.")
def curve_of_counts(ranks, classes):
    return np.array([np.sum(ranks > k) for k in range(1, classes + 1)])


THREE = np.array(  # three images, three views, three classes
    [
        [[0.60, 0.15, 0.25], [0.00, 1.00, 0.00], [0.15, 0.75, 0.10]],
        [[0.35, 0.00, 0.65], [1.00, 0.00, 0.00], [0.05, 0.85, 0.10]],
        [[0.60, 0.35, 0.05], [0.05, 0.20, 0.75], [0.05, 0.35, 0.60]],
    ]
)
TWO = np.array(  # two images, three views, four classes
    [
        [[0.60, 0.30, 0.05, 0.05], [0.05, 0.00, 0.25, 0.70], [0.10, 0.75, 0.15, 0.00]],
        [[0.15, 0.05, 0.45, 0.35], [0.20, 0.45, 0.00, 0.35], [0.50, 0.15, 0.10, 0.25]],
    ]
)
MANY = (np.arange(12 * 3 * 6) ** 2 * 95 % 97 / 100).reshape(12, 3, 6)  # without a pattern, or a tie


@exercise(
    "What comes first: the mean, or the error?",
    "The mean over the views turns (N, V, C) into (N, C), one row of scores an image.",
    "topk.error(scores.mean(axis=1), labels, k)",
    cases=(
        (TWO, np.array([1, 0]), 1),
        (THREE, np.array([0, 2, 0]), 2),
        (THREE[:, :2], np.array([2, 2, 1]), 1),
        (MANY, np.arange(12) % 6, 3),
    ),
    minutes=3,
)
def averaged_error(scores, labels, k):
    return topk.error(topk.average_views(scores), labels, k)


@averaged_error.slip("That is the mean of the views' errors; average their scores first.")
def error_of_each_view(scores, labels, k):
    return float(np.mean([topk.error(scores[:, view], labels, k) for view in range(scores.shape[1])]))


@averaged_error.slip("That keeps each class's best view; take the mean of the views.")
def error_of_the_best_view(scores, labels, k):
    return topk.error(scores.max(axis=1), labels, k)


@averaged_error.slip("That is the accuracy; the error is what is left of it to 1.")
def accuracy_of_the_mean(scores, labels, k):
    return 1 - averaged_error(scores, labels, k)


@averaged_error.slip("That is the top-1 error, whatever k is.")
def error_of_one_guess(scores, labels, k):
    return topk.error(scores.mean(axis=1), labels, 1)


@averaged_error.slip("That looks at the first view alone.")
def error_of_the_first_view(scores, labels, k):
    return topk.error(scores[:, 0], labels, k)


def second_in_every_row(answer: Any) -> None:
    """Raise WrongError unless three rows of scores have their true classes, 0 to 2, at rank 2."""
    scores = table_of_numbers(answer)
    for k, wanted in ((1, 1.0), (2, 0.0)):
        got = topk.error(scores, [0, 1, 2], k)
        if got != wanted:
            raise WrongError(f"Its top-{k} error is {100 * got:.0f} %, not {100 * wanted:.0f} %.")


def table_of_numbers(answer: Any) -> np.ndarray:
    """Three rows of three finite numbers, or a WrongError that says what they are instead."""
    rows = [plain(row) for row in answer] if isinstance(answer, list | tuple | np.ndarray) else None
    if rows is None or not all(isinstance(row, list | tuple | np.ndarray) for row in rows):
        raise WrongError(f"It has three rows of three scores; got {shown(answer)}.")
    lengths = [len(row) for row in rows]
    if lengths != [3, 3, 3]:
        raise WrongError(f"It has three rows of three scores; the lengths of yours are {shown(lengths)}.")
    scores = [plain(score) for row in rows for score in row]
    for place, score in enumerate(scores):
        if isinstance(score, bool) or not isinstance(score, numbers.Real) or not math.isfinite(score):
            raise WrongError(f"A score is a finite number; got {shown(score)} in row {place // 3}.")
    return np.array(scores, float).reshape(3, 3)


@exercise(
    "Which rank must the true class have in every row?",
    "In each row some other class must be ahead, but only one.",
    "[[2, 3, 1], [3, 2, 1], ...] has two rows of the three: the third is yours.",
    accepts=second_in_every_row,
    minutes=3,
)
def always_second():
    return np.array([[0.3, 0.6, 0.1], [0.6, 0.3, 0.1], [0.1, 0.6, 0.3]])


@always_second.slip("Its top-1 error is 0 %, not 100 %.")
def always_first():
    return np.eye(3)


@always_second.slip("Its top-2 error is 100 %, not 0 %.")
def all_alike():
    return np.ones((3, 3))


@always_second.slip("It has three rows of three scores; got [0.3, 0.6, 0.1].")
def one_row():
    return np.array([0.3, 0.6, 0.1])


QUIZ = {
    "A classifier with five classes reports a top-5 error of 0 %. What do you learn about it?": {
        "It is perfect.": "It may be wrong on every first guess: five guesses of five classes cannot miss.",
        "Nothing.": "Right: with five classes, five guesses name them all. Top-5 error needs many classes.",
        "It was trained on its test images.": "It need not have seen one: five guesses of five cannot miss.",
    },
    "The top-1 error of a network is 40 %. What can its top-5 error be?": {
        "Anything from 40 % to 100 %.": "More guesses never hurt: the error falls, or stays, as k grows.",
        "Anything from 0 % to 40 %.": "Right: more guesses never hurt; they may catch all or none.",
        "Exactly 8 %.": "Guesses do not share the errors out evenly: it depends on the ranks.",
    },
    "Why did the ImageNet challenge count five guesses?": {
        "Networks were too weak for one guess.": "Top-1 errors were reported too. It is the images.",
        "Five is quicker to compute.": "It takes the same ranks. It is the images.",
        "A picture often shows several things, but has one label.": (
            "Right: naming another object that is there should not be punished as an error."
        ),
    },
    "What is averaged in AlexNet's ten-crop test?": {
        "The ten crops' errors.": "Then a good view could not outvote a doubtful one: scores are averaged.",
        "The ten crops' scores.": "Right: the mean of ten softmax outputs, which is then ranked once.",
        "The ten crops' pixels.": "That would be one blurred picture; the network sees ten pictures.",
    },
    "A network gives every class the same score. Which top-1 error does it deserve?": {
        "0 %, as Keras says.": "Keras counts a class as in unless k others are strictly ahead: here none is.",
        "Whatever scikit-learn says.": "That moves when the classes are renumbered.",
        "100 %.": "Right, if doubt counts against it: it has put the true class ahead of no other.",
    },
    "How do the top-k errors for all k come from one pass over the scores?": {
        "The scores are sorted once for each k.": "No sorting is needed: a rank is a count of who is ahead.",
        "Each image's rank is found once; it is an error for every k below the rank.": (
            "Right: the ranks hold everything that top-k error can say."
        ),
        "The top-1 error is divided by k.": "Errors fall as k grows, but nothing fixes by how much.",
    },
}
