"""Right and wrong answers to the welcome's exercise; `tests/test_answers.py` runs them."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

RIGHT = {
    "warm_up": [
        20,
        20.0,
        4 + 4 + 4 + 4 + 4,
        np.int64(20),
        np.float32(20),
        np.array(20),
        np.array([4, 4, 4, 4, 4]).sum(),
        Fraction(20),
        Decimal(20),
        len(5 * "four"),
    ]
}

WRONG = {
    "warm_up": [
        (9, "That is the sum; each picture gets four."),
        (625, "That is 5 to the power of 4."),
        (4, "Those are the guesses for one picture"),
        ("20", "That is a string; the answer is a number."),
        ("twenty", "That is a string"),
        ((2, 0), "A comma makes a tuple"),
        ([4, 4, 4, 4, 4], "That is a list"),
        (np.array([20]), "That is an array"),
        ({20}, "That is a set"),
        (None, "print(x) shows x and gives None"),
        (lambda: 20, "The answer is a value; got a function: call it."),
        (1024, None),
        (5, None),
        (19, None),
        (21, None),
        (-20, None),
        (19.99999, "19.99999 is not it."),
        (20.00003, "20.00003 is not it."),
        (10**30, None),
        (20 + 1e-9j, None),
        (True, "That is True or False"),
        (float("nan"), None),
        (float("inf"), None),
        (..., "Not attempted yet"),
    ]
}
