"""A training step of the small ResNet-20, against Keras' own batch normalization and against PyTorch.

PyTorch is optional: without it its row is left out (`pip install torch`).
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from zoo_helpers import resnet
from zoo_helpers.core.anatomy import totals
from zoo_helpers.core.training import quiet_tensorflow

BATCH, STEPS, ROUNDS = 128, 16, 8
WIDTH, SIDE = 8, 16
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(STEPS * BATCH, SIDE, SIDE, 3)).astype("float32")
LABELS = RANDOM.integers(0, 10, STEPS * BATCH)


def rows() -> list[tuple[str, str, str, bool]]:
    """What was measured: (what, measured, bound, holds)."""
    quiet_tensorflow()
    ours = resnet.build_cifar(20, width=WIDTH, side=SIDE)
    contenders = {"ours": keras_epoch(ours), "keras": keras_epoch(with_keras_own_normalization(ours))}
    first = {name: seconds(epoch) for name, epoch in contenders.items()}
    if importlib.util.find_spec("torch"):
        contenders["torch"] = torch_epoch()
        contenders["torch"]()
    # The contenders take turns. The least of several rounds is what remains when nothing else disturbs.
    times = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, epoch in contenders.items():
            times[name].append(seconds(epoch) / STEPS * 1000)
    step = {name: min(measured) for name, measured in times.items()}
    table = [
        compare("ResNet-20 step against Keras' own batch normalization", step["ours"], step["keras"], "ms"),
        compare("ResNet-20 first call against Keras' own", first["ours"], first["keras"], "s", at_most=1.2),
    ]
    if "torch" in step:
        table.append(compare("ResNet-20 step against PyTorch", step["ours"], step["torch"], "ms"))
    return table


def compare(
    what: str, ours: float, other: float, unit: str, at_most: float = 1.0
) -> tuple[str, str, str, bool]:
    """One row: our time as a share of the other."""
    share = ours / other
    measured = f"{ours:.1f} {unit}, {share:.2f} of {other:.1f} {unit}"
    return what, measured, f"at most {at_most}", share <= at_most


def seconds(call: Callable[[], Any]) -> float:
    """The time that one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def keras_epoch(model: Any) -> Callable[[], Any]:
    """STEPS training steps, eight a call, as the lessons train."""
    import keras

    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy", steps_per_execution=8
    )
    return lambda: model.fit(IMAGES, LABELS, batch_size=BATCH, shuffle=False, verbose=0)


def with_keras_own_normalization(model: Any) -> Any:
    """The same network, each fused normalization replaced by `keras.layers.BatchNormalization`."""
    import keras

    from zoo_helpers.core.normalization import FusedBatchNormalization

    def stock(layer: Any) -> Any:
        kind = keras.layers.BatchNormalization if isinstance(layer, FusedBatchNormalization) else type(layer)
        return kind.from_config(layer.get_config())

    return keras.models.clone_model(model, clone_function=stock)


def torch_epoch() -> Callable[[], Any]:
    """The same steps with the same network in PyTorch."""
    import torch
    from torch import nn

    def normalized(entering: int, leaving: int, stride: int = 1) -> list[Any]:
        return [nn.Conv2d(entering, leaving, 3, stride, 1, bias=False), nn.BatchNorm2d(leaving)]

    class Block(nn.Module):
        def __init__(self, entering: int, leaving: int, stride: int) -> None:
            super().__init__()
            self.main = nn.Sequential(
                *normalized(entering, leaving, stride), nn.ReLU(), *normalized(leaving, leaving)
            )
            self.stride, self.missing = stride, leaving - entering

        def forward(self, x: Any) -> Any:
            shortcut = x
            if self.missing:
                kept = x[:, :, :: self.stride, :: self.stride]
                shortcut = nn.functional.pad(kept, (0, 0, 0, 0, 0, self.missing))
            return nn.functional.relu(self.main(x) + shortcut)

    network = [*normalized(3, WIDTH), nn.ReLU()]
    entering = WIDTH
    for stage in range(3):
        for number in range(3):
            stride = 2 if stage > 0 and number == 0 else 1
            network.append(Block(entering, WIDTH << stage, stride))
            entering = WIDTH << stage
    network += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(entering, 10)]
    model = nn.Sequential(*network)
    trainable = sum(weight.numel() for weight in model.parameters())
    assert trainable == totals(resnet.trace_cifar(20, width=WIDTH, side=SIDE)).trainable

    images, labels = torch.tensor(IMAGES.transpose(0, 3, 1, 2).copy()), torch.tensor(LABELS)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)

    def epoch() -> None:
        for batch in range(0, len(images), BATCH):
            optimizer.zero_grad()
            scores = model(images[batch : batch + BATCH])
            nn.functional.cross_entropy(scores, labels[batch : batch + BATCH]).backward()
            optimizer.step()

    return epoch
