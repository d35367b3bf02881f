"""Right and wrong answers to lesson 01's exercises; `tests/test_answers.py` runs them."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from zoo_helpers import topk

# --- Right: the same in other styles ----------------------------------------------------------------------


def rank_in_a_loop(scores, target):
    rank = 1
    for number, score in enumerate(scores):
        if number != target and score >= scores[target]:
            rank += 1
    return rank


def rank_by_sorting(scores, target):
    ordered = sorted(scores.tolist())
    return len(scores) - ordered.index(scores[target])


def rank_of_the_others(scores, target):
    return 1 + np.count_nonzero(np.delete(scores, target) >= scores[target])


def curve_in_a_loop(ranks, classes):
    errors = []
    for k in range(1, classes + 1):
        missed = 0
        for rank in ranks:
            missed += rank > k
        errors.append(missed / len(ranks))
    return errors


def curve_by_counting(ranks, classes):
    return 1 - np.bincount(ranks - 1, minlength=classes).cumsum() / len(ranks)


def average_in_a_loop(scores, labels, k):
    missed = 0
    for views, label in zip(scores, labels, strict=True):
        mean = sum(views) / len(views)
        missed += label not in sorted(range(len(mean)), key=lambda c: -mean[c])[:k]
    return missed / len(labels)


def average_by_argsort(scores, labels, k):
    best = np.argsort(scores.mean(axis=1), axis=1)[:, -k:]
    return 1 - (best == labels[:, None]).any(axis=1).mean()


def average_by_ranks(scores, labels, k):
    return np.mean(topk.target_ranks(scores.sum(axis=1), labels) > k)


RIGHT = {
    "chance": [
        99.5,
        99.5000,
        np.float32(99.5),
        np.array(99.5),
        100 - 0.5,
        100 * 995 / 1000,
        Fraction(199, 2),
        Decimal("99.5"),
        100 * (1 - 5 / 1000),
    ],
    "target_rank": [
        rank_in_a_loop,
        rank_by_sorting,
        rank_of_the_others,
        lambda scores, target: np.sum(scores >= scores[target]),
        lambda scores, target: (scores >= scores[target]).sum(),
        lambda scores, target: np.count_nonzero(scores >= scores[target]),
        lambda scores, target: len(scores) - np.sum(scores < scores[target]),
        lambda scores, target: len([score for score in scores if score >= scores[target]]),
        lambda scores, target: np.searchsorted(np.sort(-scores), -scores[target], side="right"),
        lambda scores, target: float(np.sum(scores >= scores[target])),
        lambda scores, target: topk.target_ranks(scores[None], [target])[0],
    ],
    "curve_from_ranks": [
        curve_in_a_loop,
        curve_by_counting,
        lambda ranks, classes: np.mean(ranks[:, None] > np.arange(1, classes + 1), axis=0),
        lambda ranks, classes: [np.mean(ranks > k + 1) for k in range(classes)],
        lambda ranks, classes: [float(f"{np.mean(ranks > k):.4f}") for k in range(1, classes + 1)],
        lambda ranks, classes: np.float32([1 - np.mean(ranks <= k) for k in range(1, classes + 1)]),
        lambda ranks, classes: tuple(np.sum(ranks > k) / len(ranks) for k in range(1, classes + 1)),
        lambda ranks, classes: (
            np.array([np.count_nonzero(ranks > k) for k in range(1, classes + 1)]) / ranks.size
        ),
    ],
    "averaged_error": [
        average_in_a_loop,
        average_by_argsort,
        average_by_ranks,
        lambda scores, labels, k: topk.error(scores.mean(axis=1), labels, k),
        lambda scores, labels, k: topk.error(np.mean(scores, 1), labels, k=k),
        lambda scores, labels, k: topk.error(scores.sum(axis=1), labels, k),
        lambda scores, labels, k: topk.error(topk.average_views(scores), labels, k),
        lambda scores, labels, k: topk.error(topk.average_views(scores), labels, k, ties="optimistic"),
        lambda scores, labels, k: topk.error_curve(scores.mean(axis=1), labels)[k - 1],
        lambda scores, labels, k: round(topk.error(scores.mean(axis=1), labels, k), 4),
        lambda scores, labels, k: np.float32(topk.error(scores.astype("float32").mean(1), labels, k)),
    ],
    "always_second": [
        np.array([[2, 3, 1], [3, 2, 1], [3, 1, 2]]),
        [[2, 3, 1], [3, 2, 1], [1, 3, 2]],
        ((0.3, 0.6, 0.1), (0.6, 0.3, 0.1), (0.6, 0.1, 0.3)),
        [np.array([2, 3, 1]), np.array([3, 2, 1]), np.array([3, 1, 2])],
        np.array([[-2.0, -1.0, -3.0], [-1.0, -2.0, -3.0], [-1.0, -3.0, -2.0]], dtype="float32"),
        np.array([[2, 3, 1], [3, 2, 1], [3, 1, 2]], dtype="uint8"),
        np.eye(3) + 2 * np.roll(np.eye(3), 1, axis=1),
        [[Fraction(1, 3), Fraction(2, 3), 0], [2, 1, 0], [2, 0, 1]],
        [[1, 1, 0], [1, 1, 0], [0, 1, 1]],  # a class that ties is ahead
    ],
}


# --- Wrong ------------------------------------------------------------------------------------------------


def rank_of_the_first_alone(scores, target):
    rank = 0
    for score in scores:
        if score >= scores[target]:
            rank += 1
        return rank


def rank_by_order(scores, target):
    return list(np.argsort(-scores)).index(target) + 1


def curve_that_forgets(ranks, classes):
    errors = np.array([])
    for k in range(1, classes + 1):
        np.append(errors, np.mean(ranks > k))
    return errors


def curve_that_returns_at_once(ranks, classes):
    for k in range(1, classes + 1):
        return np.mean(ranks > k)


def error_of_geometric_means(scores, labels, k):
    return topk.error(np.exp(np.log(scores + 1e-9).mean(axis=1)), labels, k)


def error_of_votes(scores, labels, k):
    votes = np.eye(scores.shape[2])[scores.argmax(axis=2)].sum(axis=1)
    return topk.error(votes, labels, k)


def error_of_mean_ranks(scores, labels, k):
    ranks = [topk.target_ranks(scores[:, view], labels) for view in range(scores.shape[1])]
    return np.mean(np.mean(ranks, axis=0) > k)


def error_unless_a_view_is_right(scores, labels, k):
    ranks = [topk.target_ranks(scores[:, view], labels) for view in range(scores.shape[1])]
    return np.mean(np.min(ranks, axis=0) > k)


WRONG = {
    "chance": [
        (0.5, "That is the accuracy"),
        (0.995, "That is the fraction"),
        (99.9, "That is the top-1 error"),
        ("99.5", "That is a string"),
        ("99.5 %", "That is a string"),
        ((99, 5), "A comma makes a tuple; write 99.5 for 99,5"),
        ([99.5], "That is a list"),
        (None, "print(x) shows x and gives None"),
        (lambda: 99.5, "The answer is a value"),
        (0.005, None),
        (100, None),
        (99, None),
        (95, None),
        (99.4, "99.4 is not it."),
        (99.52, None),
        (99.95, None),
        (-99.5, None),
        (True, None),
        (float("nan"), None),
        (995, None),
    ],
    "target_rank": [
        (lambda scores, target: np.sum(scores > scores[target]), "Ranks begin with 1"),
        (lambda scores, target: np.sum(scores > scores[target]) + 1, "Here classes tie"),
        (lambda scores, target: np.sum(scores <= scores[target]), "from the worst score"),
        (lambda scores, target: np.argmax(scores), "the class with the best score"),
        (lambda scores, target: np.sum(scores >= scores[target]) + 1, "1 more is too many"),
        (lambda scores, target: np.argsort(-scores)[target], "the class at this place"),
        (lambda scores, target: scores >= scores[target], "That is an array of"),
        (lambda scores, target: str(np.sum(scores >= scores[target])), "That is a string"),
        (lambda scores, target: print(np.sum(scores >= scores[target])), "without a return statement"),
        (lambda scores, target: scores.index(target), "AttributeError"),
        (rank_of_the_first_alone, None),
        (rank_by_order, None),
        (lambda scores, target: np.argsort(-scores)[target] + 1, None),
        (lambda scores, target: np.argsort(scores)[target] + 1, None),
        (lambda scores, target: np.argsort(np.argsort(-scores))[target] + 1, None),
        (lambda scores, target: np.argmax(scores) + 1, None),
        (lambda scores, target: np.sum(scores < scores[target]), None),
        (lambda scores, target: np.sum(scores < scores[target]) + 1, None),
        (lambda scores, target: len(set(scores[scores >= scores[target]].tolist())), None),
        (lambda scores, target: np.sum(np.abs(scores) >= np.abs(scores[target])), None),
        (lambda scores, target: np.sum(scores >= target), None),
        (lambda scores, target: target + 1, None),
        (lambda scores, target: sorted(scores, reverse=True)[target], None),
        (lambda scores, target: sum(score >= scores[target] for score in scores[:5]), None),
        (lambda scores, target: np.sum(scores.astype(int) >= int(scores[target])), None),
        (
            lambda scores, target: (
                np.sum(scores > scores[target]) + (np.sum(scores == scores[target]) + 1) / 2
            ),
            None,
        ),
    ],
    "curve_from_ranks": [
        (lambda ranks, classes: [np.mean(ranks <= k) for k in range(1, classes + 1)], "the accuracy"),
        (lambda ranks, classes: [np.mean(ranks >= k) for k in range(1, classes + 1)], "begins with k = 0"),
        (lambda ranks, classes: [np.mean(ranks > k) for k in range(classes)], "begins with k = 0"),
        (lambda ranks, classes: [100 * np.mean(ranks > k) for k in range(1, classes + 1)], "per cent"),
        (lambda ranks, classes: [np.sum(ranks > k) for k in range(1, classes + 1)], "Those are counts"),
        (
            lambda ranks, classes: [np.mean(ranks > k) for k in range(1, classes)],
            "Your shape is (4,), not (5,)",
        ),
        (
            lambda ranks, classes: [np.mean(ranks > k) for k in range(classes + 1)],
            "Your shape is (6,), not (5,)",
        ),
        (curve_that_forgets, "Your shape is (0,), not (5,)"),
        (curve_that_returns_at_once, "That is a number; the answer is an array"),
        (lambda ranks, classes: np.mean(ranks > range(1, classes + 1)), "ValueError"),
        (lambda ranks, classes: [np.mean(ranks == k) for k in range(1, classes + 1)], None),
        (lambda ranks, classes: [np.mean(ranks < k) for k in range(1, classes + 1)], None),
        (lambda ranks, classes: [np.sum(ranks > k) / classes for k in range(1, classes + 1)], None),
        (lambda ranks, classes: [np.mean(ranks > k) for k in range(classes, 0, -1)], None),
        (lambda ranks, classes: [np.mean(ranks > k) for k in range(1, ranks.max() + 1)], None),
        (lambda ranks, classes: [np.mean(ranks > k) for k in range(2, classes + 2)], None),
        (lambda ranks, classes: np.cumsum([np.mean(ranks > k) for k in range(1, classes + 1)]), None),
        (lambda ranks, classes: [round(np.mean(ranks > k), 2) for k in range(1, classes + 1)], None),
        (lambda ranks, classes: [np.mean(ranks > k) > 0 for k in range(1, classes + 1)], None),
        (lambda ranks, classes: [ranks > k for k in range(1, classes + 1)], None),
        (lambda ranks, classes: [np.median(ranks > k) for k in range(1, classes + 1)], None),
        (
            lambda ranks, classes: {k: np.mean(ranks > k) for k in range(1, classes + 1)},
            "That is a dictionary",
        ),
    ],
    "averaged_error": [
        (
            lambda scores, labels, k: np.mean(
                [topk.error(scores[:, view], labels, k) for view in range(scores.shape[1])]
            ),
            "the mean of the views' errors",
        ),
        (lambda scores, labels, k: topk.error(scores.max(axis=1), labels, k), "each class's best view"),
        (lambda scores, labels, k: topk.error(scores[:, 0], labels, k), "the first view alone"),
        (lambda scores, labels, k: 1 - topk.error(scores.mean(axis=1), labels, k), "the accuracy"),
        (lambda scores, labels, k: topk.error(scores.mean(axis=1), labels, 1), "the top-1 error, whatever k"),
        (lambda scores, labels, k: topk.error(scores, labels, k), "scores must have shape (N, C)"),
        (lambda scores, labels, k: topk.error(scores.mean(axis=0), labels, k), "ValueError"),
        (lambda scores, labels, k: topk.error(scores.mean(axis=2), labels, k), None),
        (error_of_geometric_means, None),
        (error_of_votes, None),
        (error_of_mean_ranks, None),
        (error_unless_a_view_is_right, None),
        (lambda scores, labels, k: topk.error(scores.mean(axis=1), labels, 2), None),
        (lambda scores, labels, k: topk.error(scores.mean(axis=1), labels, k + 1), None),
        (lambda scores, labels, k: topk.error(scores.mean(axis=1), labels, max(k - 1, 1)), None),
        (lambda scores, labels, k: topk.error(scores.mean(axis=1), labels), "k must be a whole number"),
        (lambda scores, labels, k: topk.error(scores.min(axis=1), labels, k), None),
        (lambda scores, labels, k: topk.error(np.median(scores, axis=1), labels, k), None),
        (lambda scores, labels, k: topk.error((scores**2).mean(axis=1), labels, k), None),
        (lambda scores, labels, k: topk.error(scores[:, -1], labels, k), None),
        (lambda scores, labels, k: topk.error(scores[:, :2].mean(axis=1), labels, k), None),
        (lambda scores, labels, k: topk.error(-scores.mean(axis=1), labels, k), None),
        (lambda scores, labels, k: 100 * topk.error(scores.mean(axis=1), labels, k), None),
        (lambda scores, labels, k: topk.average_views(scores), "That is an array; the answer is a number"),
        (lambda scores, labels, k: len(labels) * topk.error(scores.mean(axis=1), labels, k), None),
        (lambda scores, labels, k: np.mean(scores.mean(axis=1).argmax(axis=1) == labels), None),
    ],
    "always_second": [
        (np.eye(3), "Its top-1 error is 0 %, not 100 %."),
        (np.ones((3, 3)), "Its top-2 error is 100 %, not 0 %."),
        (np.zeros((3, 3)), "Its top-2 error is 100 %"),
        ([[2, 3, 1], [2, 3, 1], [2, 3, 1]], "Its top-1 error is 67 %"),
        ([[1, 3, 2], [3, 1, 2], [3, 2, 1]], "Its top-2 error is 100 %"),
        ([[2, 3, 1], [3, 2, 1], [1, 2, 3]], "Its top-1 error is 67 %"),
        ([0.3, 0.6, 0.1], "three rows of three scores; got [0.3, 0.6, 0.1]"),
        (np.array([2, 3, 1, 3, 2, 1, 3, 1, 2]), "three rows of three scores"),
        ([[2, 3, 1], [3, 2, 1]], "lengths of yours are [3, 3]"),
        ([[2, 3, 1], [3, 2, 1], [1, 3]], "lengths of yours are [3, 3, 2]"),
        (np.ones((3, 4)), "lengths of yours are [4, 4, 4]"),
        (np.ones((1, 3, 3)), "three rows of three scores"),
        (np.ones((3, 3, 1)), "A score is a finite number"),
        ([["2", "3", "1"], ["3", "2", "1"], ["1", "3", "2"]], "A score is a finite number; got '2' in row 0"),
        (np.array([["a"] * 3] * 3), "A score is a finite number; got 'a' in row 0"),
        ([[2, 3, None], [3, 2, 1], [1, 3, 2]], "got None in row 0"),
        ([[2, 3, 1], [3, float("nan"), 1], [1, 3, 2]], "got nan in row 1"),
        ([[2, 3, 1], [3, 2, 1], [1, np.inf, 2]], "got inf in row 2"),
        (~np.eye(3, dtype=bool), "got False in row 0"),
        (np.eye(3) * 1j, "A score is a finite number"),
        ([[2, 3, 1], [3, 2, 1], ...], "Not attempted yet"),
        ("second", "got 'second'"),
        (None, "three rows of three scores; got None"),
        (7, "three rows of three scores; got 7"),
        ({0: [2, 3, 1]}, "three rows of three scores"),
        (lambda: np.eye(3), "The answer is a value"),
    ],
}
