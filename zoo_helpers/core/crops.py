"""Crops of images, as AlexNet trained and tested on them: a random one, or the ten of section 4.1."""

from __future__ import annotations

import numpy as np

from zoo_helpers.core import arguments

SIDE = 28  # of CIFAR-10's 32: the same share of the side as AlexNet's 224 of 256
TEN = ("top left", "top right", "bottom left", "bottom right", "centre") + 5 * ("mirrored",)
CENTRE = TEN.index("centre")  # its place among the ten crops


def random_crops(images: np.ndarray, generator: np.random.Generator, side: int = SIDE) -> np.ndarray:
    """One random crop of each image, half of them mirrored: (N, H, W, 3) to (N, side, side, 3)."""
    images, side = _checked(images, side)
    generator = arguments.generator("generator", generator)
    windows = np.lib.stride_tricks.sliding_window_view(images, (side, side), axis=(1, 2))
    rows = generator.integers(windows.shape[1], size=len(images))
    columns = generator.integers(windows.shape[2], size=len(images))
    crops = np.moveaxis(windows[np.arange(len(images)), rows, columns], 1, -1)  # (N, side, side, 3)
    mirrored = generator.random(len(images)) < 0.5
    return np.where(mirrored[:, None, None, None], crops[:, :, ::-1], crops)


def ten_crops(images: np.ndarray) -> np.ndarray:
    """The four corners, the centre, and their mirror images: (N, H, W, 3) to (N, 10, SIDE, SIDE, 3).

    Source: Krizhevsky et al. 2012, section 4.1.
    """
    images, _ = _checked(images, SIDE)
    down, right = images.shape[1] - SIDE, images.shape[2] - SIDE
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    crops = [images[:, row : row + SIDE, column : column + SIDE] for row, column in corners]
    return np.stack(crops + [crop[:, :, ::-1] for crop in crops], axis=1)


def _checked(images: np.ndarray, side: int) -> tuple[np.ndarray, int]:
    images = arguments.numbers("images", images, "(N, H, W, C)", None, None, None, None)
    side = arguments.whole("side", side)
    if side > min(images.shape[1:3]):
        raise ValueError(
            f"images must be at least {side} by {side} pixels for such crops; got shape {images.shape}"
        )
    return images, side
