"""The frame's sizes and the budget, the same for everybody's block."""

from __future__ import annotations

import math

SIDE = 16  # pixels of a training image, halved from CIFAR-10's 32
CHANNELS = (16, 32)  # of the two stages, whose maps are 8 by 8 and 4 by 4
BLOCKS = 3  # in each stage
IMAGES = 4_000
EPOCHS, BATCH, RATE = 5, 64, 0.002
STEPS = EPOCHS * math.ceil(IMAGES / BATCH)
SEEDS = (0, 1, 2)  # of a learner's idea; the baselines were recorded with more
RECORDED = 10
MOST_PARAMETERS = 400_000  # of the whole network
MOST_LAYERS = 60  # of one block
BLOCK_SHAPES = tuple((SIDE // 2**stage, channels) for stage, channels in enumerate(CHANNELS, start=1))
