"""Lesson 01's exercises and quiz."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core.exercise import Exercise, Slip, WrongError
from zoo_helpers.topk import metric as topk  # the name that solutions find in the notebook

# --- 1: chance -------------------------------------------------------------------------------------


def _chance():
    return 100 * (1 - 5 / 1000)


chance = Exercise(
    id="chance",
    prompt="A network guesses at random among 1,000 classes. What is its top-5 error, in per cent?",
    stub="chance = ...",
    hints=(
        "How likely is it that the true class is among five different random guesses?",
        "Five of 1,000 classes are in, each as likely as the next.",
        "The error is what is left of 100 %.",
    ),
    solved=_chance,
    slips=(
        Slip(0.5, "That is the accuracy; the error is what is left of 100 %."),
        Slip(0.995, "That is the fraction; the question asks for per cent."),
        Slip(99.9, "That is the top-1 error: one guess instead of five."),
    ),
)

# --- 2: the rank, by counting ------------------------------------------------------------------------


def _target_rank(scores, target):
    return int(np.sum(scores >= scores[target]))


def _rank_counts_only_those_ahead(scores, target):
    return int(np.sum(scores > scores[target]))


def _rank_forgives_ties(scores, target):
    return int(np.sum(scores > scores[target])) + 1


def _rank_from_the_worst(scores, target):
    return int(np.sum(scores <= scores[target]))


def _rank_of_best(scores, target):
    return int(np.argmax(scores))


target_rank = Exercise(
    id="target_rank",
    prompt=(
        "Write the rank of the true class among one image's scores, without sorting: 1 is the best, and a "
        "class that ties with the true one counts as ahead of it."
    ),
    stub="""\
def target_rank(scores, target):
    # scores: array (C,); target: a class number. Return a whole number.
    return ...""",
    hints=(
        "A rank is a count. Which classes does it count?",
        "Compare all scores with the true class's score: that gives C times True or False.",
        "Sum the comparison; with >= the true class counts itself, and so do those that tie.",
    ),
    solved=_target_rank,
    cases=(
        (np.array([0.1, 0.6, 0.05, 0.0, 0.2, 0.05]), 0),
        (np.array([0.1, 0.6, 0.05, 0.0, 0.25]), 2),
        (np.array([0.2, 0.2, 0.2, 0.2, 0.2]), 0),
        (np.array([3, -1, 3]), 2),
    ),
    slips=(
        Slip(_rank_counts_only_those_ahead, "Ranks begin with 1: count the true class too."),
        Slip(_rank_forgives_ties, "Here classes tie with the true one: they count as ahead of it."),
        Slip(_rank_from_the_worst, "That counts from the worst score; 1 is the best."),
        Slip(_rank_of_best, "That is the class with the best score, not the rank of the true one."),
    ),
)

# --- 3: every k in one pass ---------------------------------------------------------------------------


def _curve_from_ranks(ranks, classes):
    return np.array([np.mean(ranks > k) for k in range(1, classes + 1)])


def _curve_of_accuracy(ranks, classes):
    return np.array([np.mean(ranks <= k) for k in range(1, classes + 1)])


def _curve_from_zero(ranks, classes):
    return np.array([np.mean(ranks > k) for k in range(classes)])


def _curve_in_per_cent(ranks, classes):
    return np.array([100 * np.mean(ranks > k) for k in range(1, classes + 1)])


def _curve_of_counts(ranks, classes):
    return np.array([np.sum(ranks > k) for k in range(1, classes + 1)])


curve_from_ranks = Exercise(
    id="curve_from_ranks",
    prompt="Turn the ranks of N images into the error curve: the top-k error for k = 1 .. classes.",
    stub="""\
def curve_from_ranks(ranks, classes):
    # ranks: array (N,), each in 1..classes. Return an array (classes,).
    return ...""",
    hints=(
        "When is an image with rank 3 an error: for which k?",
        "For one k, the error is the mean of a comparison of the ranks with k.",
        "Collect np.mean(ranks > k) for k in range(1, classes + 1) in an array.",
    ),
    solved=_curve_from_ranks,
    cases=((np.array([2, 1, 4, 1]), 5), (np.array([3]), 3), (np.array([1, 1, 2, 6, 6, 3, 2]), 6)),
    slips=(
        Slip(_curve_of_accuracy, "That is the accuracy; the error is one minus it."),
        Slip(_curve_from_zero, "That begins with k = 0: an image with rank k is in the top k, no error."),
        Slip(_curve_in_per_cent, "Those are per cent; the error is a fraction."),
        Slip(_curve_of_counts, "Those are counts; the error is a fraction of the images."),
    ),
)

# --- 4: averaging views --------------------------------------------------------------------------------

_VIEWS = np.array(
    [
        [[0.5, 0.4, 0.1], [0.1, 0.4, 0.5], [0.5, 0.3, 0.2]],
        [[0.9, 0.0, 0.1], [0.3, 0.2, 0.5], [0.3, 0.2, 0.5]],
        [[0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.6, 0.3, 0.1]],
    ]
)


def _averaged_error(scores, labels, k):
    return topk.error(topk.average_views(scores), labels, k)


def _error_of_each_view(scores, labels, k):
    return float(np.mean([topk.error(scores[:, view], labels, k) for view in range(scores.shape[1])]))


def _error_of_the_best_view(scores, labels, k):
    return topk.error(scores.max(axis=1), labels, k)


def _error_of_the_first_view(scores, labels, k):
    return topk.error(scores[:, 0], labels, k)


averaged_error = Exercise(
    id="averaged_error",
    prompt="Write AlexNet's test: average the scores of each image's views, then take the top-k error.",
    stub="""\
def averaged_error(scores, labels, k):
    # scores: array (N, V, C), V views of each image; labels: array (N,). Return a fraction.
    return ...""",
    hints=(
        "What comes first: the mean, or the error?",
        "The mean over the views turns (N, V, C) into (N, C), one row of scores an image.",
        "topk.error(scores.mean(axis=1), labels, k)",
    ),
    solved=_averaged_error,
    cases=(
        (_VIEWS, np.array([0, 0, 1]), 1),
        (_VIEWS, np.array([2, 1, 2]), 2),
        (_VIEWS[:2], np.array([0, 2]), 1),
    ),
    slips=(
        Slip(_error_of_each_view, "That is the mean of the views' errors; average their scores first."),
        Slip(_error_of_the_best_view, "That keeps each class's best view; take the mean of the views."),
        Slip(_error_of_the_first_view, "That looks at the first view alone."),
    ),
)

# --- 5: a network that is always second ------------------------------------------------------------------


def _always_second():
    return np.array([[0.3, 0.6, 0.1], [0.6, 0.3, 0.1], [0.1, 0.6, 0.3]])


def _accepts_always_second(answer):
    scores = np.asarray(answer)
    if scores.shape != (3, 3) or scores.dtype.kind not in "iuf" or not np.isfinite(scores).all():
        raise WrongError(f"Expected an array of numbers of shape (3, 3); got shape {scores.shape}.")
    for k, wanted in ((1, 1.0), (2, 0.0)):
        got = topk.error(scores, [0, 1, 2], k)
        if got != wanted:
            raise WrongError(f"Its top-{k} error is {100 * got:.0f} %, not {100 * wanted:.0f} %.")


always_second = Exercise(
    id="always_second",
    prompt=(
        "Write scores for three images, whose true classes are 0, 1 and 2 of three, with a top-1 error of "
        "100 % and a top-2 error of 0 %."
    ),
    stub="always_second = ...  # an array (3, 3): a row an image, a column a class",
    hints=(
        "Which rank must the true class have in every row?",
        "In each row some other class must be ahead, but only one.",
        "np.array([[2, 3, 1], [3, 2, 1], ...]): the third row is yours.",
    ),
    solved=_always_second,
    accepts=_accepts_always_second,
    slips=(
        Slip(np.eye(3), "Its top-1 error is 0 %, not 100 %."),
        Slip(np.ones((3, 3)), "Its top-2 error is 100 %, not 0 %."),
        Slip(np.array([0.3, 0.6, 0.1]), "got shape (3,)"),
    ),
)

EXERCISES = (chance, target_rank, curve_from_ranks, averaged_error, always_second)

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
