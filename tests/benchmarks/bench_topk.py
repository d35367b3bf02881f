"""The error curve for every k at once, on as many scores as ImageNet's validation set has."""

import tracemalloc

import numpy as np
from sklearn.metrics import top_k_accuracy_score

from tests.benchmarks.timing import least_seconds
from zoo_helpers import topk
from zoo_helpers.core.backend import keras, tf

IMAGES, CLASSES = 50_000, 1_000
ROUNDS = 5


def rows():
    """What was measured, its value, the bound, and whether it holds."""
    generator = np.random.default_rng(0)
    scores = generator.random((IMAGES, CLASSES), dtype=np.float32)
    labels = generator.integers(CLASSES, size=IMAGES)
    scores_tensor, labels_tensor = tf.constant(scores), tf.constant(labels)  # converting is not Keras' fault

    def in_keras():
        for k in range(1, 11):
            metric = keras.metrics.SparseTopKCategoricalAccuracy(k)
            metric.update_state(labels_tensor, scores_tensor)
            float(metric.result())

    megabytes = peak_megabytes(lambda: topk.error_curve(scores, labels))
    ours, for_one_k, for_ten = least_seconds(
        lambda: topk.error_curve(scores, labels),
        lambda: top_k_accuracy_score(labels, scores, k=5, labels=range(CLASSES)),
        in_keras,
        rounds=ROUNDS,
    )
    curve = f"`error_curve`, {IMAGES:,} × {CLASSES:,}, all k"
    return [
        (f"{curve}, against scikit-learn for one k", *faster(ours, for_one_k, at_least=40)),
        (f"{curve}, against Keras for k = 1 to 10", *faster(ours, for_ten, at_least=2)),
        (f"{curve}, extra memory at its peak", f"{megabytes:.0f} MB", "under 100 MB", megabytes < 100),
    ]


def faster(ours, other, at_least):
    """Measured, bound, holds."""
    ratio = other / ours
    times = f"{1000 * ours:.0f} ms against {1000 * other:,.0f} ms"
    return f"{ratio:.1f} times faster ({times})", f"at least {at_least} times", ratio >= at_least


def peak_megabytes(function):
    """The most memory that Python and NumPy hold during a call beyond what they held before it."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    function()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (peak - before) / 1e6
