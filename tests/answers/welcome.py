"""Right and wrong answers to the welcome's exercise; `tests/test_answers.py` runs them."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

RIGHT = {
    "places": [
        16,
        16.0,
        4 * 4,
        4**2,
        (6 - 3 + 1) ** 2,
        np.int64(16),
        np.float32(16),
        np.array(16),
        np.lib.stride_tricks.sliding_window_view(np.ones((6, 6)), (3, 3))[..., 0, 0].size,
        Fraction(16),
        Decimal(16),
        len([1 for row in range(6 - 2) for column in range(6 - 2)]),
    ]
}

WRONG = {
    "places": [
        (36, "At the border the filter would stick out"),
        (4, "That many stand side by side"),
        (9, "Those are the filter's weights"),
        ("16", "That is a string; the answer is a number."),
        ("sixteen", "That is a string"),
        ((1, 6), "A comma makes a tuple"),
        ((4, 4), "A comma makes a tuple"),
        ([4, 4], "That is a list"),
        (np.array([16]), "That is an array"),
        ({16}, "That is a set"),
        (None, "print(x) shows x and gives None"),
        (lambda: 16, "The answer is a value; got a function: call it."),
        (25, None),
        (8, None),
        (3, None),
        (2, None),
        (15, None),
        (17, None),
        (144, None),
        (-16, None),
        (15.99999, "15.99999 is not it."),
        (16.00003, "16.00003 is not it."),
        (10**30, None),
        (16 + 1e-9j, None),
        (True, "That is True or False"),
        (float("nan"), None),
        (float("inf"), None),
        (..., "Not attempted yet"),
    ]
}
