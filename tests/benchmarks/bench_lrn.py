"""Local response normalization against TensorFlow's own op, on the maps of AlexNet's first convolution."""

import numpy as np

from tests.benchmarks.timing import least_seconds
from zoo_helpers import alexnet
from zoo_helpers.core import papers
from zoo_helpers.core.backend import tf

SHAPE = (8, 55, 55, 96)
ROUNDS = 100


def rows():
    """What was measured, its value, the bound, and whether it holds."""
    row = papers.table("alexnet.lrn_in_tensorflow").row("the paper")
    arguments = {name: row[name] for name in ("depth_radius", "bias", "alpha", "beta")}
    generator = np.random.default_rng(0)
    maps, upstream = (tf.constant(generator.normal(size=SHAPE), "float32") for _ in range(2))
    ours = alexnet.LocalResponseNormalization()

    def theirs(a):
        return tf.nn.local_response_normalization(a, **arguments)

    def forward(normalize):
        return tf.function(lambda: normalize(maps))

    def training(normalize):
        @tf.function
        def step():
            with tf.GradientTape() as tape:
                tape.watch(maps)
                outputs = normalize(maps)
            return tape.gradient(outputs, maps, upstream)

        return step

    return [
        compared(f"LRN on {SHAPE}, forward", *map(forward, (ours, theirs)), at_least=1.0),
        compared(f"LRN on {SHAPE}, forward and backward", *map(training, (ours, theirs)), at_least=1.8),
    ]


def compared(what, ours, theirs, at_least):
    """One row: how many times as fast the first call is."""
    our_time, their_time = (1000 * taken for taken in least_seconds(ours, theirs, rounds=ROUNDS))
    ratio = their_time / our_time
    measured = f"{ratio:.2f} times as fast ({our_time:.1f} ms against {their_time:.1f} ms)"
    return f"{what}, against TensorFlow's op", measured, f"at least {at_least} times", ratio >= at_least
