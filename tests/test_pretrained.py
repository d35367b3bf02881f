"""SqueezeNet, EfficientNet-Lite0 and the zoo: counts, weights, any file, any name, and what is measured."""

import io
import struct
import zlib
from urllib.error import URLError

import matplotlib
import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import Ridge

from zoo_helpers import pretrained, resnet
from zoo_helpers.core import imagenet, papers, shipped, trained
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.core.training import set_seeds
from zoo_helpers.pretrained import experiment, model, zoo

HOPPER = f"{matplotlib.get_data_path()}/sample_data/grace_hopper.jpg"
NAMES = ("squeezenet", "efficientnet-lite0")


def ledger(name):
    return papers.fact(name).value


@pytest.fixture(scope="module")
def networks():
    """Both ImageNet networks with their weights."""
    return {name: pretrained.load(name) for name in NAMES}


# --- What they are made of --------------------------------------------------------------------------


def test_parameters_are_the_published_ones():
    assert totals(model.trace_squeezenet("1.0")).parameters == ledger("squeezenet.parameters")
    assert model.count_parameters("squeezenet") == ledger("squeezenet.parameters_1_1")
    assert model.count_parameters("efficientnet-lite0") == ledger("efficientnet.lite0_parameters")
    assert model.count_multiply_adds("efficientnet-lite0") == ledger("efficientnet.lite0_multiply_adds")
    lite = papers.table("efficientnet.lite").row("efficientnet-lite0")
    assert lite["parameters"] == round(model.count_parameters("efficientnet-lite0"), -5)
    assert lite["multiply-adds"] > model.count_multiply_adds("efficientnet-lite0")


def test_squeezenet_has_a_fiftieth_of_alexnets_parameters_and_its_megabytes():
    table = papers.table("squeezenet.table2")
    share = ledger("alexnet.parameters") / ledger("squeezenet.parameters")
    assert 48 < share < 52
    assert table.row("SqueezeNet")["MB"] == pytest.approx(
        4 * ledger("squeezenet.parameters") / 2**20, abs=0.05
    )
    assert table.row("SqueezeNet")["top-5 error"] == table.row("AlexNet")["top-5 error"]


@pytest.mark.parametrize(
    ("build", "trace", "options"),
    [
        (model.build_squeezenet, model.trace_squeezenet, {}),
        (model.build_squeezenet, model.trace_squeezenet, {"version": "1.0"}),
        (model.build_squeezenet, model.trace_squeezenet, {"side": 101, "classes": 3}),
        (model.build_efficientnet_lite0, model.trace_efficientnet_lite0, {}),
    ],
)
def test_a_built_network_is_the_traced_one_layer_by_layer(build, trace, options):
    assert trace_layers(build(**options)) == trace(**options)


def test_stages_of_lite0_have_the_sides_and_channels_of_the_table():
    rows = {row.name: row for row in model.trace_efficientnet_lite0()}
    for number in range(2, 9):
        stage, following = (model.EFFICIENTNET_LITE0[number + step] for step in (0, 1))
        assert rows[f"stage{number}_block{stage.layers}_project_bn"].output_shape == (
            *2 * (following.side,),
            stage.channels,
        )
        assert f"stage{number}_block{stage.layers + 1}_project_bn" not in rows
    assert rows["stage9_relu"].output_shape == (7, 7, 1280)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: model.build_squeezenet("1.2"), "version must be one of 1.0, 1.1; got '1.2'"),
        (lambda: model.build_squeezenet(side=20), "side must be a whole number of at least 32; got 20"),
        (lambda: model.build_efficientnet_lite0(classes=0), "classes must be a whole number of at least 1"),
        (lambda: model.count_parameters("squeeze"), "name must be one of squeezenet, efficientnet-lite0"),
    ],
)
def test_a_wrong_option_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- Differs from the paper -------------------------------------------------------------------------


def test_version_1_1_computes_less_than_the_table():
    table, release = (totals(model.trace_squeezenet(version)) for version in ("1.0", "1.1"))
    assert table.multiply_adds > 2.1 * release.multiply_adds
    assert table.parameters > release.parameters
    published = papers.table("squeezenet.versions")
    assert published.row("1.1")["first convolution"] == "64 of 3 x 3"
    assert model.SQUEEZENET["1.1"][0] == "conv1 3x3/2 64"
    at_224, at_227 = (
        2 * totals(model.trace_squeezenet(side=side)).multiply_adds / 1e9 for side in (224, 227)
    )
    assert (round(at_224, 2), round(at_227, 2)) == (0.70, 0.78)  # as the ledger's note has it
    assert at_224 < published.row("1.1")["billion operations"] < at_227


def test_the_last_convolution_has_no_border():
    rows = {row.name: row for row in model.trace_squeezenet("1.0")}
    assert rows["conv10"].output_shape == (13, 13, 1000)
    border = (15**2 - 13**2) * 512 * 1000
    operations = 2 * (totals(rows.values()).multiply_adds + border) / 1e9
    assert round(operations, 2) == papers.table("squeezenet.versions").row("1.0")["billion operations"]


def test_pooling_rounds_up_as_caffe_does():
    sides = {row.name: row.output_shape[0] for row in model.trace_squeezenet()}
    assert [sides[f"maxpool{number}"] for number in (1, 3, 5)] == [56, 28, 14]
    for side in (
        112,
        113,
    ):  # for each, Caffe's rule: windows begin at 0, 2, …, as long as one more pixel is new
        maps = np.random.default_rng(0).normal(size=(1, side, side, 2)).astype("float32")
        starts = range(0, -(-(side - 3) // 2) * 2 + 1, 2)
        expected = [[maps[:, i : i + 3, j : j + 3].max(axis=(1, 2)) for j in starts] for i in starts]
        pool = layers.MaxPooling2D(3, 2, padding=model._rounded_up(side))
        np.testing.assert_array_equal(pool(maps), np.array(expected).transpose(2, 0, 1, 3))


def test_lite0_has_neither_squeeze_and_excitation_nor_swish():
    built = model.build_efficientnet_lite0()
    assert {type(layer).__name__ for layer in built.layers} == {
        *("InputLayer", "Conv2D", "DepthwiseConv2D", "BatchNormalization", "ReLU", "Add"),
        *("GlobalAveragePooling2D", "Dropout", "Dense"),
    }
    assert {float(layer.max_value) for layer in built.layers if isinstance(layer, layers.ReLU)} == {6}


def test_lite0_has_one_dropout():
    built = model.build_efficientnet_lite0(classes=3)
    assert [layer.name for layer in built.layers if isinstance(layer, layers.Dropout)] == ["drop"]


# --- Held against loops -----------------------------------------------------------------------------


def convolve(maps, kernel, bias=0.0, stride=1):
    """A convolution padded as TensorFlow does, by hand: (H, W, in) and (k, k, in, out)."""
    size, side = len(kernel), -(-len(maps) // stride)
    border = max((side - 1) * stride + size - len(maps), 0)
    padded = np.pad(maps, [(border // 2, border - border // 2)] * 2 + [(0, 0)])
    places = [(stride * i, stride * j) for i in range(side) for j in range(side)]
    windows = np.stack([padded[i : i + size, j : j + size] for i, j in places])
    return np.einsum("nijc,ijco->no", windows, kernel).reshape(side, side, -1) + bias


def numbers_of(built):
    """A model's weights by name, all of them random: normalization begins as ones and zeros."""
    generator = np.random.default_rng(1)
    weights = {
        name: generator.uniform(0.1, 1, weight.shape)
        * (1 if "variance" in name else generator.choice([-1, 1]))
        for name, weight in trained.named_weights(built).items()
    }
    trained.assign(built, weights)
    return weights


def test_a_fire_module_is_a_squeeze_and_two_expansions_side_by_side():
    image = keras.Input((6, 6, 5))
    fire = keras.Model(image, model._fire(image, "fire2", 3, 4, 2))
    given = numbers_of(fire)
    maps = np.random.default_rng(0).normal(size=(6, 6, 5))

    def conv(what, seen):
        return np.maximum(convolve(seen, given[f"fire2_{what}/kernel"], given[f"fire2_{what}/bias"]), 0)

    squeezed = conv("squeeze1x1", maps)
    expected = np.concatenate([conv("expand1x1", squeezed), conv("expand3x3", squeezed)], axis=-1)
    np.testing.assert_allclose(fire(maps[None])[0], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("stride", "channels"), [(1, 4), (1, 5), (2, 4)])
def test_an_inverted_residual_is_wide_inside_and_adds_its_entry_where_it_fits(stride, channels):
    image = keras.Input((6, 6, 4))
    block = keras.Model(image, model._mbconv(image, "b", 6, 5, stride, channels))
    given = numbers_of(block)
    maps = np.random.default_rng(0).normal(size=(6, 6, 4))

    def normalize(x, name):
        gamma, beta, mean, variance = (
            given[f"b_{name}_bn/{what}"] for what in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta

    wide = np.clip(normalize(convolve(maps, given["b_expand_conv/kernel"]), "expand"), 0, 6)
    assert wide.shape == (6, 6, 24)
    kernel = given["b_depthwise/kernel"]  # (5, 5, 24, 1)
    alone = [convolve(wide[..., [c]], kernel[:, :, [c]], stride=stride) for c in range(24)]
    inside = np.clip(normalize(np.concatenate(alone, axis=-1), "depthwise"), 0, 6)
    expected = normalize(convolve(inside, given["b_project_conv/kernel"]), "project")
    if stride == 1 and channels == 4:
        expected += maps
    np.testing.assert_allclose(block(maps[None])[0], expected, rtol=1e-3, atol=1e-3)


# --- The weights --------------------------------------------------------------------------------------


def test_weights_fit_in_8_mb_and_say_where_they_come_from():
    sizes = [(shipped.CORE / f"trained/{name}.npz").stat().st_size for name in NAMES]
    assert sum(sizes) < 8e6
    for name in NAMES:
        about = trained.about(name)
        assert about["command"] == "python -m zoo_helpers.authoring.imagenet_networks"
        assert len(about["sha256"]) == 64
        assert about["licence"]
        assert about["origin"]
        assert about["agreement"]["photographs"] >= 20
        assert about["agreement"]["largest difference of a probability, in float32"] < 2e-5


def test_squeezenet_is_stored_in_half_the_bits_and_large_kernels_of_lite0_in_a_quarter():
    half, mixed = (trained.STORE.arrays(name) for name in NAMES)
    assert {array.dtype.name for array in half.values()} == {"float16"}
    for key, array in mixed.items():
        large, kernel = array.size > experiment.LARGE, key.endswith("/kernel")
        assert array.dtype == ("int8" if large else "float16" if kernel else "float32"), key
        assert (f"{key}/scale" in mixed) == large
    assert mixed["fc/kernel/scale"].shape == (1, 1000)
    assert mixed["stage7_block2_project_conv/kernel/scale"].shape == (1, 1, 1, 192)
    whole = sum(array.size for array in mixed.values() if array.dtype == "int8")
    assert 0.8 < whole / sum(array.size for key, array in mixed.items() if key.endswith("kernel")) < 0.82


@pytest.mark.parametrize("shape", [(3, 3, 4, 5), (3, 3, 6, 1), (7, 4)])
def test_int8_is_half_a_step_off_at_most_in_every_channel(shape):
    kernel = np.random.default_rng(0).normal(size=shape).astype("float32")
    kernel[..., 0] = kernel[..., 0] * 100 if shape[-1] > 1 else kernel[..., 0]
    kernel.T[-1] = 0 if shape[-1] > 1 else kernel.T[-1]
    whole, scale = trained.in_int8(kernel)
    assert whole.dtype == np.int8
    assert scale.size == (shape[-1] if shape[-1] > 1 else shape[-2])
    back = trained.unpacked({"kernel": whole, "kernel/scale": scale})["kernel"]
    assert (np.abs(back - kernel) <= scale / 2 + 1e-6).all()
    axes = tuple(axis for axis in range(len(shape)) if scale.shape[axis] == 1)
    assert set(np.abs(whole).max(axis=axes).tolist()) <= {0, 127}


def test_weights_are_refused_by_another_network():
    with pytest.raises(ValueError, match=r"whose conv1/kernel is of shape \(3, 3, 3, 64\); got one of shape"):
        trained.load_weights(model.build_squeezenet("1.0"), "squeezenet")


# --- Any name -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", zoo.BUNDLED)
def test_every_bundled_network_loads(name):
    loaded = pretrained.load(name)
    assert loaded.name == name.removesuffix("-distorted")
    assert totals(loaded) == totals(zoo.BUNDLED[name].trace())
    assert not loaded.compiled


def test_what_can_be_loaded_ships():
    assert set(zoo.BUNDLED) <= set(trained.names())


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("squeezenett", "squeezenet"),
        ("SqueezeNet", "squeezenet"),
        ("efficientnet-lite", "efficientnet-lite0"),
        ("VGG-16", "VGG16"),
        ("resnet50", "ResNet50"),
        ("resnet-20-cifr", "resnet-20-cifar"),
    ],
)
def test_a_wrong_name_is_told_the_nearest(wrong, meant):
    with pytest.raises(
        ValueError, match=rf"name must be one of \d+ names, such as .*{meant}.*; got '{wrong}'"
    ):
        pretrained.load(wrong)


@pytest.mark.parametrize("wrong", [None, 5, ["squeezenet"]])
def test_what_is_no_name_is_refused(wrong):
    with pytest.raises(ValueError, match="name must be one of"):
        pretrained.load(wrong)


def test_keras_networks_load_the_weights_that_keras_brings(monkeypatch, tmp_path):
    set_seeds(0)
    source = keras.applications.MobileNetV2(weights=None)
    source.save_weights(tmp_path / "kept.weights.h5")
    asked = []

    def get_file(name, origin, **options):
        asked.append(origin)
        return str(tmp_path / "kept.weights.h5")

    module = zoo.import_module(keras.applications.MobileNetV2.__module__)
    monkeypatch.setattr(module.file_utils, "get_file", get_file)
    loaded = pretrained.load("MobileNetV2")
    assert len(asked) == 1
    assert "mobilenet_v2" in asked[0]
    np.testing.assert_array_equal(loaded.get_weights()[0], source.get_weights()[0])
    guesses = pretrained.predict_top(loaded, HOPPER, k=3)
    inputs = keras.applications.mobilenet_v2.preprocess_input(
        zoo.resize(zoo.read_image(HOPPER), 224)[None] + 0.0
    )
    assert guesses[0][2] == pytest.approx(float(source.predict(inputs, verbose=0).max()), rel=1e-3)


def test_without_a_network_what_is_bundled_is_named(monkeypatch):
    def get_file(name, origin, **options):
        try:
            raise URLError("Name or service not known")
        except URLError:
            raise Exception(f"URL fetch failure on {origin}") from None  # as Keras does

    module = zoo.import_module(keras.applications.MobileNetV2.__module__)
    monkeypatch.setattr(module.file_utils, "get_file", get_file)
    words = (
        r"the weights of MobileNetV2 could not be downloaded \(.*not known.*\); .* there are squeezenet, eff"
    )
    with pytest.raises(ConnectionError, match=words):
        pretrained.load("MobileNetV2")


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("vgg16", "vgg16"),
        ("resnet50", "resnet"),
        ("resnet50v2", "resnet_v2"),
        ("inception_v3", "inception_v3"),
        ("inception_resnet_v2", "inception_resnet_v2"),
        ("mobilenet_1.00_224", "mobilenet"),
        ("mobilenetv2_1.00_224", "mobilenet_v2"),
        ("MobileNetV3Small", "mobilenet_v3"),
        ("densenet121", "densenet"),
        ("nasnet_mobile", "nasnet"),
        ("efficientnetb0", "efficientnet"),
        ("efficientnetv2-b0", "efficientnet_v2"),
        ("convnext_tiny", "convnext"),
        ("xception", "xception"),
    ],
)
def test_images_are_prepared_as_each_family_wants_them(name, module):
    image = keras.Input((8, 8, 3))
    found = zoo.preparation(keras.Model(image, layers.Flatten()(image), name=name))
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 8, 8, 3)).astype("float32")
    expected = getattr(keras.applications, module).preprocess_input(pixels.copy())
    np.testing.assert_array_equal(found(pixels.copy()), expected)


def test_every_network_of_keras_is_known():
    names = [name for name in dir(keras.applications) if name[0].isupper()]
    assert len(names) > 35
    assert sorted(zoo._applications()) == sorted(names)


def test_the_table_has_every_network_and_the_ledgers_numbers():
    table = {entry.name: entry for entry in pretrained.zoo_table()}
    assert list(table)[: len(zoo.BUNDLED)] == list(zoo.BUNDLED)
    assert set(table) - set(zoo.BUNDLED) <= set(zoo._applications())
    assert table["VGG16"].parameters == papers.table("keras.parameters").row("VGG16")["trainable"]
    assert table["VGG16"].top1_error == papers.table("vgg.d_protocols").row("one crop, Keras")["top-1 error"]
    assert (
        table["ResNet50"].multiply_adds == papers.table("resnet.multiply_adds").row(50)["stride in the 1x1"]
    )
    assert (
        table["squeezenet"].top5_error == papers.table("squeezenet.table2").row("SqueezeNet")["top-5 error"]
    )
    assert table["efficientnet-lite0"].top1_error == 24.9
    assert table["resnet-20-cifar"].top1_error == pytest.approx(
        100 * trained.about("resnet-20-cifar")["test_error"]
    )
    assert all(entry.megabytes > 0 for entry in table.values())


@pytest.mark.parametrize("name", ["MobileNetV2", "EfficientNetB0", "DenseNet121"])
def test_keras_networks_have_the_counts_of_the_table(name):
    with keras.StatelessScope(initialize_variables=False):
        sums = totals(getattr(keras.applications, name)(weights=None))
    entry = next(entry for entry in pretrained.zoo_table() if entry.name == name)
    assert (sums.parameters, sums.multiply_adds) == (entry.parameters, entry.multiply_adds)


# --- Five guesses -------------------------------------------------------------------------------------


def test_squeezenet_sees_the_bow_tie_before_the_uniform(networks):
    guesses = pretrained.predict_top(networks["squeezenet"], HOPPER)
    assert [name for _, name, _ in guesses][:2] == ["bow tie", "suit"]
    assert 652 in [number for number, _, _ in guesses]
    assert guesses[0][2] == pytest.approx(0.648, abs=0.01)
    assert pretrained.predict_top(networks["efficientnet-lite0"], HOPPER)[0][0] == 652


def test_guesses_are_sorted_named_and_as_many_as_asked_for(networks):
    guesses = pretrained.predict_top(networks["squeezenet"], HOPPER, k=1000)
    probabilities = [probability for _, _, probability in guesses]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)
    assert all(name == imagenet.CLASS_NAMES[number] for number, name, _ in guesses)
    assert {type(part) for guess in guesses for part in guess} == {int, str, float}
    for k in (0, 1001, 2.5):
        with pytest.raises(ValueError, match=r"k must be a whole number in 1..1000"):
            pretrained.predict_top(networks["squeezenet"], HOPPER, k=k)


def test_a_cifar_network_names_one_of_ten():
    guesses = pretrained.predict_top(pretrained.load("resnet-20-cifar"), HOPPER, k=10)
    assert {name for _, name, _ in guesses} >= {"airplane", "truck"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("squeezenet", "model must be a keras.Model, as load gives one; got 'squeezenet'"),
        (
            lambda: pretrained.load("lenet5-1998"),
            "must be a network that names photographs.*got 'lenet5-1998'",
        ),
        (lambda: model.build_squeezenet(classes=10), r"must give 1000 probabilities; got shape \(10,\)"),
    ],
)
def test_another_model_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        pretrained.predict_top(wrong() if callable(wrong) else wrong, HOPPER)


def test_pixels_come_as_each_network_wants_them(networks):
    orange = np.full((30, 40, 3), (255, 127, 0), np.uint8)
    squeeze = pretrained.prepare(networks["squeezenet"], orange)
    assert squeeze.shape == (1, 227, 227, 3)
    np.testing.assert_allclose(squeeze[0, 5, 5], (0 - 103.939, 127 - 116.779, 255 - 123.68), rtol=1e-5)
    lite = pretrained.prepare(networks["efficientnet-lite0"], orange)
    assert lite.shape == (1, 224, 224, 3)
    assert lite.dtype == np.float32
    np.testing.assert_allclose(lite[0, 5, 5], (1, 0, -127 / 128))


def test_the_whole_picture_is_seen():
    picture = np.zeros((40, 200, 3), np.uint8)
    picture[:, :20] = 255
    assert zoo.resize(picture, 100)[50].mean(axis=1).round().tolist()[::20] == [255, 0, 0, 0, 0]
    fine = np.indices((100, 100)).sum(axis=0)[..., None] % 2 * np.full(3, 255, np.uint8)
    assert np.abs(zoo.resize(fine.astype(np.uint8), 20).astype(int) - 127).max() <= 2  # a mean, no sample


# --- Any file -----------------------------------------------------------------------------------------

GREY = (np.indices((24, 36)).sum(axis=0) * 4).astype(np.uint8)
COLOUR = np.stack([GREY, GREY[::-1], GREY // 2], axis=-1)
HALF_SEEN = np.dstack([COLOUR, np.where(np.arange(36) < 18, 255, 0).astype(np.uint8) + 0 * GREY])
SEEN = np.where(np.arange(36)[:, None] < 18, COLOUR, 255)
IN_GREY = np.repeat(GREY[..., None], 3, axis=-1)


def saved(path, image, **options):
    image.save(path, **options)
    return path


def palette():
    image = Image.fromarray(COLOUR // 64 * 64).convert("P")
    return image, np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("a.png", lambda: (Image.fromarray(COLOUR), {}), COLOUR),
        ("a.bmp", lambda: (Image.fromarray(COLOUR), {}), COLOUR),
        ("a.webp", lambda: (Image.fromarray(COLOUR), {"lossless": True}), COLOUR),
        ("grey.png", lambda: (Image.fromarray(GREY), {}), IN_GREY),
        ("grey.tif", lambda: (Image.fromarray(GREY), {}), IN_GREY),
        ("bits.png", lambda: (Image.fromarray(GREY > 100), {}), np.where(IN_GREY > 100, 255, 0)),
        ("sixteen.png", lambda: (Image.fromarray(GREY.astype(np.uint16) * 257), {}), IN_GREY),
        ("sixteen.tif", lambda: (Image.fromarray(GREY.astype(np.uint16) * 257), {}), IN_GREY),
        ("clear.png", lambda: (Image.fromarray(HALF_SEEN), {}), SEEN),
        ("clear.webp", lambda: (Image.fromarray(HALF_SEEN), {"lossless": True, "exact": True}), SEEN),
        ("palette.png", lambda: (palette()[0], {}), palette()[1]),
        ("palette.gif", lambda: (palette()[0], {}), palette()[1]),
    ],
)
def test_pictures_of_every_kind_are_read(tmp_path, name, make, expected):
    image, options = make()
    path = saved(tmp_path / name, image, **options)
    for given in (path, str(path), path.read_bytes(), memoryview(path.read_bytes()), Image.open(path), image):
        found = pretrained.read_image(given)
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, expected)


def test_a_transparent_palette_and_a_transparent_colour_are_white(tmp_path):
    image, expected = palette()
    corner = image.getpixel((0, 0))
    path = saved(tmp_path / "a.png", image, transparency=corner)
    clear = np.where((np.asarray(image) == corner)[..., None], 255, expected)
    np.testing.assert_array_equal(pretrained.read_image(path), clear)
    path = saved(tmp_path / "b.png", Image.fromarray(COLOUR), transparency=tuple(map(int, COLOUR[3, 4])))
    assert pretrained.read_image(path)[3, 4].tolist() == [255, 255, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_data_say(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turn = {
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: np.rot90(a),
    }.get(orientation, lambda a: a)
    path = saved(tmp_path / "a.png", Image.fromarray(COLOUR), exif=exif)
    np.testing.assert_array_equal(pretrained.read_image(path), turn(COLOUR))


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp"])
def test_of_a_film_the_first_frame_is_read(tmp_path, name):
    frames = [Image.fromarray(np.full((8, 9, 3), value, np.uint8)) for value in (250, 100, 0)]
    path = saved(tmp_path / name, frames[0], save_all=True, append_images=frames[1:], lossless=True)
    opened = Image.open(path)
    opened.seek(2)
    for given in (path, opened):
        assert np.abs(pretrained.read_image(given).astype(int) - 250).max() <= 2


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "L"])
def test_jpegs_of_other_modes_are_read(tmp_path, mode):
    path = saved(tmp_path / "a.jpg", Image.fromarray(IN_GREY).convert(mode), quality=95)
    assert np.abs(pretrained.read_image(path).astype(int) - IN_GREY).max() < 12


def bomb():
    """A PNG that says it has 60,000 by 60,000 pixels, in 100 bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


def packed(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_a_picture_too_large_is_refused_before_it_is_read(tmp_path):
    words = "image must have at most 50,000,000 pixels; got "
    (tmp_path / "bomb.png").write_bytes(bomb())
    with pytest.raises(ValueError, match=f"{words}.*bomb.png"):
        pretrained.read_image(tmp_path / "bomb.png")
    wide = Image.new("1", (10_000, 5_001))
    with pytest.raises(ValueError, match=f"{words}one of 10,000 × 5,001"):
        pretrained.read_image(packed(wide, "PNG"))


def test_a_large_jpeg_is_read_at_a_part_of_its_size():
    found = pretrained.read_image(packed(Image.new("L", (8_000, 7_000), 200), "JPEG"))
    assert found.shape[0] < 4_000
    assert np.abs(found.astype(int) - 200).max() <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 2)])
def test_odd_shapes_are_prepared(networks, shape):
    image = np.full((*shape, 3), 200, np.uint8)
    assert pretrained.prepare(networks["squeezenet"], image).shape == (1, 227, 227, 3)


PNG, JPEG = packed(Image.fromarray(COLOUR), "PNG"), packed(Image.fromarray(COLOUR), "JPEG")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.jpg", b"This is no picture."),
        ("empty.png", b""),
        ("cut.png", PNG[: len(PNG) // 2]),
        ("cut.jpg", JPEG[: len(JPEG) // 2]),
        ("zeros.png", PNG[:40] + bytes(60) + PNG[100:]),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"),
        ("floats.tif", packed(Image.fromarray(GREY.astype(np.float32)), "TIFF")),
        ("deep.tif", packed(Image.fromarray(GREY.astype(np.int32) * 1000), "TIFF")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_file_gets_one_clear_line(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    for given, called in ((path, name), (content, "what came")):
        with pytest.raises(ValueError, match=r"^image must be a picture, such as JPEG or PNG; ") as caught:
            pretrained.read_image(given)
        assert called in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (np.zeros((5, 5), np.uint8), r"image must be uint8 \(H, W, 3\); got uint8 \(5, 5\)"),
        (np.zeros((5, 5, 3)), r"image must be uint8 \(H, W, 3\); got float64 \(5, 5, 3\)"),
        (np.zeros((1, 5, 5, 3), np.uint8), r"got uint8 \(1, 5, 5, 3\)"),
        (np.zeros((5, 5, 4), np.uint8), r"got uint8 \(5, 5, 4\)"),
        (np.zeros((0, 5, 3), np.uint8), r"got uint8 \(0, 5, 3\)"),
        (None, "image must be a path, bytes, a PIL image or uint8"),
        ([[1, 2]], "image must be a path, bytes, a PIL image or uint8"),
    ],
)
def test_what_is_no_image_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        pretrained.read_image(wrong)


def test_a_missing_file_is_missing_and_a_folder_is_no_picture(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no .*missing\.jpg"):
        pretrained.read_image(tmp_path / "missing.jpg")
    with pytest.raises(ValueError, match="image must be a picture"):
        pretrained.read_image(tmp_path)


def test_an_image_is_not_changed(networks):
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    before = image.copy()
    pretrained.predict_top(networks["squeezenet"], image)
    np.testing.assert_array_equal(image, before)


# --- What lesson 07 measures ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured():
    return experiment.load_measured()


def labels():
    return [photo.labels for photo in imagenet.photographs()]


def test_of_several_right_classes_the_highest_counts():
    probabilities = np.array([[0.4, 0.3, 0.2, 0.1]] * 3)
    assert experiment.ranks(probabilities, [(0,), (3, 1), (2, 3)]).tolist() == [1, 2, 3]
    alike = np.full((1, 4), 0.25)
    assert experiment.ranks(alike, [(1,)]).tolist() == [4]  # as lesson 1 has it: ties count against it


@pytest.mark.parametrize("name", NAMES)
def test_stored_scores_are_what_the_networks_answer(networks, name):
    some = imagenet.photographs()[::12]
    found = experiment.predict(networks[name], [photo.image for photo in some])
    np.testing.assert_allclose(found, imagenet.scores(name)[::12], atol=1e-3)
    things = imagenet.unknown_things()[::12]
    found = experiment.predict(networks[name], [photo.image for photo in things])
    np.testing.assert_allclose(found, imagenet.scores(f"{name}/unknown")[::12], atol=1e-3)
    np.testing.assert_allclose(
        networks[name].predict(pretrained.prepare(networks[name], things[0].image), verbose=0)[0],
        found[0],
        atol=1e-4,
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_right_preparation_and_the_bits_that_ship_give_the_stored_scores(measured, name):
    expected = experiment.ranks(imagenet.scores(name), labels())
    np.testing.assert_array_equal(measured[f"{name}/preparations/right"], expected)
    np.testing.assert_array_equal(measured[f"{name}/bits/ranks/{trained.about(name)['bits']}"], expected)
    assert experiment.PREPARATIONS[name]["right"] is zoo.PREPARATIONS[name]
    assert {key.split("/")[2] for key in measured if key.startswith(f"{name}/preparations/")} == {
        *experiment.PREPARATIONS[name],
        "the middle",
    }


def test_pixels_of_another_range_are_garbage_to_squeezenet(measured):
    for label in ("0 to 1", "−1 to 1"):
        assert (measured[f"squeezenet/preparations/{label}"] > 5).mean() > 0.95
    right, red_first = (measured[f"squeezenet/preparations/{label}"] for label in ("right", "red first"))
    assert (red_first > 1).sum() > 1.5 * (right > 1).sum()


@pytest.mark.parametrize("name", NAMES)
def test_no_first_guess_changes_with_the_bits_that_ship(measured, name):
    exact = measured[f"{name}/bits/guesses/float32"]
    shipped_guesses = measured[f"{name}/bits/guesses/{trained.about(name)['bits']}"]
    np.testing.assert_array_equal(shipped_guesses[:, 0], exact[:, 0])
    kept = [len(set(some) & set(others)) for some, others in zip(shipped_guesses, exact, strict=True)]
    assert min(kept) >= 4  # of five
    assert measured[f"{name}/bits/bytes/float32"] == 2 * measured[f"{name}/bits/bytes/float16"]
    assert measured[f"{name}/bits/bytes/float32"] == 4 * totals(zoo.BUNDLED[name].trace()).parameters


def test_scores_of_other_photographs_are_refused(monkeypatch):
    monkeypatch.setattr(imagenet, "sheet_sum", lambda: "another")
    with pytest.raises(
        ValueError, match=r"imagenet_measured must be of the photographs as they are; .*imagenet_net"
    ):
        experiment.load_measured()


@pytest.mark.parametrize(("name", "width"), [("squeezenet", 512), ("efficientnet-lite0", 1280)])
def test_features_are_what_the_last_layer_reads(networks, name, width):
    images = [photo.image for photo in imagenet.photographs()[:2]]
    vectors = experiment.features(networks[name], images)
    assert vectors.shape == (2, width)
    if name == "efficientnet-lite0":
        head = networks[name].get_layer("fc")
        np.testing.assert_allclose(head(vectors), experiment.predict(networks[name], images), atol=1e-5)


def test_features_need_a_bundled_network():
    with pytest.raises(
        ValueError, match="model must be one of squeezenet, efficientnet-lite0; got 'resnet-20"
    ):
        experiment.features(resnet.build_cifar(20), [])


def test_leaving_one_out_is_ridge_regression_on_all_others():
    generator = np.random.default_rng(0)
    vectors, things = generator.normal(size=(12, 30)), ["a", "b", "c"] * 4
    vectors[::3] += 0.4
    expected = []
    for one in range(12):
        others = np.arange(12) != one
        centred = vectors - vectors[others].mean(axis=0)
        centred /= np.linalg.norm(centred, axis=1, keepdims=True)
        targets = np.eye(3)[[ord(thing) - ord("a") for thing in things]]
        kernel = centred @ centred[others].T
        ridge = Ridge(alpha=0.1, fit_intercept=False)
        ridge.fit(centred[others], (targets - targets[others].mean(axis=0))[others])
        assert kernel.shape == (12, 11)
        scores = ridge.predict(centred[[one]]) + targets[others].mean(axis=0)
        expected.append("abc"[scores.argmax()])
    assert experiment.leave_one_out(vectors, things) == expected


def test_a_class_map_has_the_class_score_as_its_mean(networks):
    images = [photo.image for photo in imagenet.photographs()[:2]]
    probabilities, maps = experiment.class_maps(networks["squeezenet"], images)
    assert maps.shape == (2, 14, 14, 1000)
    scores = np.exp(maps.mean(axis=(1, 2)))
    np.testing.assert_allclose(scores / scores.sum(axis=1, keepdims=True), probabilities, atol=1e-5)


def test_a_larger_picture_gives_a_larger_map(networks):
    wide = model.build_squeezenet(side=454)
    trained.load_weights(wide, "squeezenet")
    _, maps = experiment.class_maps(wide, [imagenet.photographs()[0].image])
    assert maps.shape == (1, 28, 28, 1000)
