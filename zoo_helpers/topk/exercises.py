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
    "Which of the right classes decides, the first, the best or the worst of them?",
    "Take the best score of the right classes. Which classes are ahead of it?",
    "Count the classes that are not among `labels` and score at least as high; the rank is one more.",
    cases=(
        (np.array([0.1, 0.6, 0.05, 0.0, 0.25]), [4]),
        (np.array([0.05, 0.5, 0.2, 0.1, 0.15]), [0, 2]),
        (np.array([0.1, 0.3, 0.25, 0.15, 0.2]), [2, 4]),
        (np.array([0.3, 0.3, 0.1, 0.0, 0.3]), [2, 1]),
        (np.array([0.4, 0.4, 0.15, 0.0, 0.05]), [0, 1]),
        (np.array([-2.0, -0.5, -3.0, -0.5, 1.0, 1.0]), [2, 0, 1]),
        (np.array([3.0, -1.0, 3.0]), [1]),
    ),
    minutes=5,
)
def best_rank(scores, labels):
    best = scores[labels].max()
    wrong = np.delete(scores, labels)
    return 1 + int(np.sum(wrong >= best))


@best_rank.slip("That is the rank of the first class in `labels`; the best of them decides.")
def rank_of_the_first(scores, labels):
    return int(np.sum(scores >= scores[labels[0]]))


@best_rank.slip("That asks for all right classes; one of them is enough.")
def rank_of_the_worst(scores, labels):
    return int(np.sum(scores >= scores[labels].min()))


@best_rank.slip(
    "A right class that ties with the best right one is not ahead of it: count the wrong classes."
)
def counts_right_classes_too(scores, labels):
    return int(np.sum(scores >= scores[labels].max()))


@best_rank.slip("Ranks begin with 1: you counted the classes that are ahead.")
def counts_only_those_ahead(scores, labels):
    return best_rank(scores, labels) - 1


@best_rank.slip("Here wrong classes tie with the best right one: they count as ahead of it.")
def forgives_ties(scores, labels):
    return 1 + int(np.sum(scores > scores[labels].max()))


@best_rank.slip("That counts from the worst score; 1 is the best.")
def counts_from_the_worst(scores, labels):
    return 1 + int(np.sum(np.delete(scores, labels) <= scores[labels].max()))


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


def better_at_one_and_at_two(answer: Any) -> None:
    """Raise WrongError unless of two tables the first is better at one guess, the second at two."""
    pair = list(answer.values()) if isinstance(answer, dict) else answer
    if not isinstance(pair, list | tuple | np.ndarray) or len(pair) != 2:
        raise WrongError(f"It has two tables of scores, [A, B]; got {shown(answer)}.")
    a, b = map(table_of_numbers, pair)
    for k, name, lower, higher in ((1, "A", a, b), (2, "B", b, a)):
        own, other = (100 * topk.error(scores, [0, 1, 2], k) for scores in (lower, higher))
        if own >= other:
            raise WrongError(
                f"{name}'s top-{k} error should be the lower one; it is {own:.0f} %, not below {other:.0f} %."
            )


@exercise(
    "B can be wrong on every first guess. How bad may its second guesses be?",
    "Give A some images at rank 1 and the others at rank 3; let B always be second.",
    "A = [[3, 2, 1], [1, 3, 2], [3, 2, 1]] has the ranks 1, 1 and 3. Which top-2 error must B beat?",
    accepts=better_at_one_and_at_two,
    minutes=4,
)
def two_networks():
    return [[[3, 2, 1], [1, 3, 2], [3, 2, 1]], [[2, 3, 1], [3, 2, 1], [1, 3, 2]]]


@two_networks.slip("A's top-1 error should be the lower one; it is 100 %, not below 33 %.")
def the_other_way_round():
    return two_networks()[::-1]


@two_networks.slip("A's top-1 error should be the lower one; it is 0 %, not below 0 %.")
def both_perfect():
    return [np.eye(3), np.eye(3)]


@two_networks.slip("B's top-2 error should be the lower one; it is 0 %, not below 0 %.")
def a_is_perfect():
    return [np.eye(3), [[2, 3, 1], [3, 2, 1], [1, 3, 2]]]


@two_networks.slip("It has two tables of scores, [A, B]; got [[3, 2, 1], [1, 3, 2], [3, 2, 1]].")
def one_table():
    return two_networks()[0]


@exercise(
    "How likely is it that k of the classes of one kind leave the true one out?",
    "In a kind of 6 classes, 5 guesses leave out one of 6. In a kind of 4, they name all.",
    "Sum max(0, size - k) over the kinds, and divide by the number of classes.",
    cases=(
        ([6, 4], 5),
        ([6, 4], 1),
        ([10], 5),
        ([3, 7], 4),
        ([2, 2, 6], 3),
        ([398, 602], 5),
        ([1, 1, 1], 1),
        ([5, 2, 9, 5], 3),
    ),
    minutes=5,
)
def knows_the_kind(sizes, k):
    return sum(max(0, size - k) for size in sizes) / sum(sizes)


@knows_the_kind.slip("That is the accuracy; the error is what is left of 1.")
def accuracy_of_who_knows_the_kind(sizes, k):
    return 1 - knows_the_kind(sizes, k)


@knows_the_kind.slip("A kind of fewer than k classes has an error of 0, not less.")
def error_below_zero(sizes, k):
    return sum(size - k for size in sizes) / sum(sizes)


@knows_the_kind.slip("Every class is as frequent as any other, so a large kind counts more than a small one.")
def mean_over_the_kinds(sizes, k):
    return float(np.mean([max(0, 1 - k / size) for size in sizes]))


@knows_the_kind.slip("That is who knows nothing: k guesses among all classes.")
def who_knows_nothing(sizes, k):
    return max(0, 1 - k / sum(sizes))


@knows_the_kind.slip("Those are per cent; the error is a fraction.")
def error_in_per_cent(sizes, k):
    return 100 * knows_the_kind(sizes, k)


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
    "The true classes of four images have the ranks 1, 1, 3 and 7. What is the top-5 error?": {
        "25 %": "Right: only the rank 7 is above 5, one image of four.",
        "50 %": "That is the top-1 error: two ranks of four are above 1.",
        "75 %": "That is the top-5 accuracy: three ranks of four are at most 5.",
    },
    "A photograph shows a dog on a sofa, and its only label is the sofa. A network says first the dog, "
    "then the sofa. What is that?": {
        "An error for every k.": "The sofa has rank 2: with five guesses it is no error.",
        "An error at one guess, although the dog is there.": (
            "Right: one label of two right ones. This is why ImageNet's challenge counted five guesses."
        ),
        "No error, as the dog is there.": "The label decides, and it names the sofa alone.",
    },
    "On ten classes, six animals and four vehicles, a network has a top-5 error of 9 %. What does it know?": {
        "Nearly everything: chance has 50 %.": "To tell animals from vehicles is enough for 10 %.",
        "Perhaps little more than animals from vehicles.": (
            "Right: who knows that and nothing else has 10 %. Its top-1 error would say more."
        ),
        "Nothing: nine of ten guesses are right by chance.": "By chance it would have 50 %.",
    },
    "A network gives all ten classes the same score, always. Which top-1 error says what it is worth?": {
        "0 %": "No class is ahead of the true one, so some libraries say this. But it knows nothing.",
        "90 %, as by guessing": "Right: it knows nothing, and ties in a random order are right once in ten.",
        "100 %": "Some rules say this, as a warning. But the network is not worse than guessing.",
    },
}
