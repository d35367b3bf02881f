"""A training step of the small ResNet-20 against PyTorch, where that is installed (`pip install torch`)."""

import importlib.util

import numpy as np

from tests.benchmarks.timing import least_seconds
from zoo_helpers import resnet
from zoo_helpers.core.anatomy import totals
from zoo_helpers.core.backend import keras

BATCH, STEPS, ROUNDS = 128, 16, 8
WIDTH, SIDE = 8, 16
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(STEPS * BATCH, SIDE, SIDE, 3)).astype("float32")
LABELS = RANDOM.integers(0, 10, STEPS * BATCH)


def rows():
    """What was measured, its value, the bound, and whether it holds; nothing without PyTorch."""
    if not importlib.util.find_spec("torch"):
        return []
    times = least_seconds(keras_epoch(), torch_epoch(), rounds=ROUNDS)
    ours, theirs = (1000 * seconds / STEPS for seconds in times)
    measured = f"{ours:.1f} ms, {ours / theirs:.2f} of {theirs:.1f} ms"
    return [("ResNet-20 step against PyTorch", measured, "at most 1.0", ours <= theirs)]


def keras_epoch():
    """STEPS training steps, eight a call, as the lessons train."""
    model = resnet.build_cifar(20, width=WIDTH, side=SIDE)
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=8)
    return lambda: model.fit(IMAGES, LABELS, batch_size=BATCH, shuffle=False, verbose=0)


def torch_epoch():
    """The same steps with the same network in PyTorch."""
    import torch
    from torch import nn

    model = torch_network()
    trainable = sum(weight.numel() for weight in model.parameters())
    assert trainable == totals(resnet.trace_cifar(20, width=WIDTH, side=SIDE)).trainable
    images, labels = torch.tensor(IMAGES.transpose(0, 3, 1, 2).copy()), torch.tensor(LABELS)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)

    def epoch():
        for batch in range(0, len(images), BATCH):
            optimizer.zero_grad()
            scores = model(images[batch : batch + BATCH])
            nn.functional.cross_entropy(scores, labels[batch : batch + BATCH]).backward()
            optimizer.step()

    return epoch


def torch_network():
    """The small ResNet-20 with shortcuts A in PyTorch."""
    from torch import nn

    def normalized(entering, leaving, stride=1):
        return [nn.Conv2d(entering, leaving, 3, stride, 1, bias=False), nn.BatchNorm2d(leaving)]

    class Block(nn.Module):
        def __init__(self, entering, leaving, stride):
            super().__init__()
            first, second = normalized(entering, leaving, stride), normalized(leaving, leaving)
            self.main = nn.Sequential(*first, nn.ReLU(), *second)
            self.stride, self.missing = stride, leaving - entering

        def forward(self, x):
            kept = x[:, :, :: self.stride, :: self.stride]
            shortcut = nn.functional.pad(kept, (0, 0, 0, 0, 0, self.missing))
            return nn.functional.relu(self.main(x) + shortcut)

    blocks, entering = [], WIDTH
    for leaving, stride in ((WIDTH, 1), (2 * WIDTH, 2), (4 * WIDTH, 2)):
        blocks += [Block(entering, leaving, stride), Block(leaving, leaving, 1), Block(leaving, leaving, 1)]
        entering = leaving
    end = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(entering, 10))
    return nn.Sequential(*normalized(3, WIDTH), nn.ReLU(), *blocks, *end)
