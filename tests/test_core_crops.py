"""Crops hold what they say: windows of their own image, in the paper's order, of any size."""

import numpy as np
import pytest

from zoo_helpers.core import papers
from zoo_helpers.core.crops import CENTRE, SIDE, TEN, random_crops, ten_crops


def pictures(count, height, width):
    return np.random.default_rng(0).integers(256, size=(count, height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (31, 40), (28, 28)])
def test_ten_crops_are_corners_centre_and_mirrors(height, width):
    image = pictures(1, height, width)
    crops = ten_crops(image)
    down, right = height - SIDE, width - SIDE
    assert crops.shape == (1, papers.fact("alexnet.ten_crop_patches").value, SIDE, SIDE, 3)
    places = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    for place, (row, column) in enumerate(places):
        crop = image[0, row : row + SIDE, column : column + SIDE]
        np.testing.assert_array_equal(crops[0, place], crop)
        np.testing.assert_array_equal(crops[0, place + 5], np.fliplr(crop))


def test_the_centre_crop_has_the_same_border_on_all_sides():
    image = pictures(1, 32, 32)
    np.testing.assert_array_equal(ten_crops(image)[0, CENTRE], image[0, 2:-2, 2:-2])


def test_the_crops_names_say_where_they_are_from():
    rows, columns = np.mgrid[:32, :32]
    image = np.stack([rows, columns, rows], axis=-1)[None]
    for name, crop in zip(TEN[:5], ten_crops(image)[0], strict=False):
        row, column = crop[0, 0, :2].tolist()
        vertical, horizontal = {0: "top", 2: "", 4: "bottom"}[row], {0: "left", 2: "", 4: "right"}[column]
        assert name == (f"{vertical} {horizontal}".strip() or "centre")
    assert TEN[5:] == ("mirrored",) * 5


def test_crops_are_alexnets_share_of_the_image():
    assert papers.fact("alexnet.input_side").value / 256 == SIDE / 32


@pytest.mark.parametrize(("height", "width", "side"), [(32, 32, 28), (10, 13, 8)])
def test_random_crops_are_windows_of_their_image_and_mirrors(height, width, side):
    images = pictures(60, height, width)
    crops = random_crops(images, np.random.default_rng(0), side)
    windows = np.lib.stride_tricks.sliding_window_view(images, (side, side), axis=(1, 2))
    windows = np.moveaxis(windows, 3, -1).reshape(60, -1, side, side, 3)
    both = np.concatenate([windows, windows[:, :, :, ::-1]], axis=1)  # each place, then its mirror image
    places = [np.flatnonzero((both[i] == crops[i]).all(axis=(1, 2, 3))) for i in range(60)]
    assert all(len(found) == 1 for found in places)
    mirrored = [found[0] >= windows.shape[1] for found in places]
    assert 15 < sum(mirrored) < 45
    assert len({found[0] for found in places}) > 15


def test_random_crops_reach_every_place():
    image = pictures(1, 6, 7)
    crops = random_crops(np.repeat(image, 1000, axis=0), np.random.default_rng(0), side=4)
    assert len({crop.tobytes() for crop in crops}) == 3 * 4 * 2


def test_crops_leave_the_images_alone():
    images = pictures(3, 32, 32)
    before = images.copy()
    random_crops(images, np.random.default_rng(0))[:] = 0
    ten_crops(images)[:] = 0
    np.testing.assert_array_equal(images, before)
