"""VGG: its counts against the ledger, the same answers as keras.applications, and lesson 04's parts."""

import re

import numpy as np
import pytest
from explorers import check_explorer
from shared import by_name, random_images, words

from zoo_helpers import vgg
from zoo_helpers.core import datasets, papers, pictures, recordings
from zoo_helpers.core.anatomy import totals, trace_layers
from zoo_helpers.core.backend import keras, layers
from zoo_helpers.vgg import experiment, views
from zoo_helpers.vgg.model import sum_stages

CONFIGS = list(vgg.CONFIGURATIONS)


# --- Counts -------------------------------------------------------------------------------------------


def in_the_ledgers_words(config):
    """The table's column in the form "64x2 M 256x2 (1x1)256 M": runs of equal cells are counted."""
    cells = [cell for stage in vgg.CONFIGURATIONS[config] for cell in (*stage.split(), "maxpool")]
    runs = []
    for cell in cells:
        if runs and runs[-1][0] == cell:
            runs[-1][1] += 1
        else:
            runs.append([cell, 1])
    words = {"maxpool": "M", "LRN": "LRN"}
    names = (words.get(cell) or cell.replace("conv3-", "").replace("conv1-", "(1x1)") for cell, _ in runs)
    return " ".join(
        name + (f"x{count}" if count > 1 else "") for name, (_, count) in zip(names, runs, strict=True)
    )


@pytest.mark.parametrize("config", CONFIGS)
def test_the_table_is_the_papers(config):
    assert in_the_ledgers_words(config) == papers.table("vgg.configurations").row(config)["layers"]


@pytest.mark.parametrize("config", CONFIGS)
def test_counts_are_the_published_ones(config):
    published = papers.table("vgg.parameters").row(config)
    rows = vgg.trace(config)
    whole, convolutions = totals(rows), totals(row for row in rows if row.kind == "Conv2D")
    assert vgg.count_parameters(config) == whole.parameters == whole.trainable == published["parameters"]
    assert vgg.count_multiply_adds(config) == whole.multiply_adds == published["multiply-adds"]
    assert whole.weighted_layers == published["weight layers"]
    assert convolutions.parameters == published["convolution parameters"]
    assert convolutions.multiply_adds == published["convolution multiply-adds"]
    assert by_name(rows)["pool5"].receptive_field == published["receptive field of pool5"]
    assert whole.parameters - convolutions.parameters == papers.fact("vgg.fc_parameters").value
    assert round(whole.parameters / 1e6) == papers.table("vgg.table2").row(config)["parameters"]


@pytest.mark.parametrize("config", CONFIGS)
def test_mini_is_the_same_network_but_narrower(config):
    mini = vgg.build_mini(config, classes=10, width=16)
    rows = by_name(vgg.trace(config, classes=10, side=32, width=16))
    assert by_name(trace_layers(mini)) == rows
    assert mini.name == f"{vgg.NAMES[config]}-mini"
    for full in vgg.trace(config):
        if full.kind == "Conv2D":
            assert full.output_shape[-1] == 4 * rows[full.name].output_shape[-1]
            assert full.receptive_field == rows[full.name].receptive_field


# --- Answers ------------------------------------------------------------------------------------------


def from_keras(name):
    """Keras' network with weights that leave no bias at zero, and activations of order one."""
    keras.utils.set_random_seed(0)
    model = getattr(keras.applications, name)(weights=None, input_shape=(32, 32, 3), classes=10)
    for layer in model.layers:
        if layer.weights:
            layer.kernel.assign(np.sqrt(2) * layer.kernel)  # from Glorot's spread to He's
            layer.bias.assign(np.random.default_rng(0).normal(0, 0.1, layer.bias.shape))
    return model


@pytest.mark.parametrize(("config", "name"), [("D", "VGG16"), ("E", "VGG19")])
def test_same_weights_same_answers_as_keras_applications(config, name):
    theirs = from_keras(name)
    ours = vgg.build_mini(config, classes=10, width=64)
    vgg.carry_weights(theirs, ours, vgg.keras_name)
    batch = random_images(4, 32)
    for layer in ("pool5", "fc7", "fc8"):
        their_layer = vgg.keras_name(layer) if layer != "pool5" else "block5_pool"
        our_values = keras.Model(ours.input, ours.get_layer(layer).output)(batch).numpy()
        their_values = keras.Model(theirs.input, theirs.get_layer(their_layer).output)(batch).numpy()
        assert np.ptp(their_values, axis=0).max() > 0.01 * their_values.max()
        np.testing.assert_allclose(our_values, their_values, rtol=1e-4, atol=1e-4 * their_values.max())


def test_as_convolutions_answers_one_crop_alike_and_a_larger_image_with_a_map():
    x = image = keras.Input((14, 14, 3))
    for layer in (
        layers.Conv2D(8, 3, padding="same", activation="relu", name="conv"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Flatten(name="flatten"),  # (7, 7, 8), as in VGG
        layers.Dense(16, activation="relu", name="fc6"),
        layers.Dropout(0.5, name="drop6"),
        layers.Dense(4, activation="softmax", name="fc8"),
    ):
        x = layer(x)
    model = keras.Model(image, x)
    sliding = vgg.as_convolutions(model)
    crop = random_images(1, 14)
    np.testing.assert_allclose(sliding(crop)[:, 0, 0], model(crop), rtol=1e-5)

    larger = random_images(1, 18)
    features = keras.Model(sliding.input, sliding.get_layer("pool").output)(larger).numpy()  # (1, 9, 9, 8)
    answers = sliding(larger).numpy()
    assert answers.shape == (1, 3, 3, 4)
    for row in range(3):
        for column in range(3):
            answer = features[:, row : row + 7, column : column + 7]
            for name in ("flatten", "fc6", "fc8"):
                answer = model.get_layer(name)(answer)
            np.testing.assert_allclose(answers[:, row, column], answer, rtol=1e-5)


def test_as_convolutions_takes_a_sequential_network_and_maps_that_are_not_square():
    network = keras.Sequential(
        [keras.Input((8, 6, 2)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(4)]
    )
    maps = np.random.default_rng(0).normal(size=(2, 8, 6, 2)).astype("float32")
    sliding = vgg.as_convolutions(network)
    np.testing.assert_allclose(sliding(maps)[:, 0, 0], network(maps), rtol=1e-5, atol=1e-5)


def test_as_convolutions_keeps_names_and_parameters():
    mini = vgg.build_mini("C")
    sliding = vgg.as_convolutions(mini)
    assert sliding.name == "vgg-16-c-mini-as-convolutions"
    assert sliding.count_params() == mini.count_params()
    assert [layer.name for layer in sliding.layers] == [
        layer.name for layer in mini.layers if layer.name != "flatten"
    ]


# --- What the paper says beside the table ---------------------------------------------------------------


def test_weights_start_as_glorot_and_bengio_say():
    kernel = vgg.build_mini("A", width=32).get_layer("conv4_2").get_weights()[0]
    limit = np.sqrt(6 / (9 * 256 + 9 * 256))
    assert np.abs(kernel).max() == pytest.approx(limit, rel=0.01)
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.01)  # uniform


def test_every_hidden_layer_has_a_relu_and_only_fc6_and_fc7_dropout():
    model = vgg.build_mini("A-LRN")
    activations = {layer.name: layer.activation.__name__ for layer in model.layers if layer.weights}
    assert activations.pop("fc8") == "softmax"
    assert set(activations.values()) == {"relu"}
    dropout = papers.table("vgg.training").row("dropout")["value"]
    assert {layer.name: layer.rate for layer in model.layers if isinstance(layer, layers.Dropout)} == {
        "drop6": dropout,
        "drop7": dropout,
    }


def test_a_lrn_differs_from_a_in_one_layer_without_parameters():
    plain = [layer.name for layer in vgg.build_mini("A").layers]
    normalized = vgg.build_mini("A-LRN")
    names = [layer.name for layer in normalized.layers]
    assert names[names.index("conv1_1") + 1] == "lrn1"
    assert [name for name in names if name != "lrn1"] == plain
    assert normalized.get_layer("lrn1").count_params() == 0


@pytest.mark.parametrize("call", [vgg.build, vgg.build_mini, vgg.trace, vgg.count_parameters])
def test_an_unknown_configuration_is_told_the_known_ones(call):
    with pytest.raises(ValueError, match=r"config must be one of A, A-LRN, B, C, D, E; got 'F'"):
        call("F")


# --- Weights from elsewhere -----------------------------------------------------------------------------


def network(*stack):
    return keras.Sequential([keras.Input((4, 4, 2)), *stack])


def test_layers_are_found_by_their_names_whatever_the_order():
    source = network(layers.Conv2D(2, 3, padding="same", name="a"), layers.Conv2D(2, 3, name="b"))
    target = network(layers.Conv2D(2, 3, padding="same", name="new_b"), layers.Conv2D(2, 3, name="new_a"))
    vgg.carry_weights(source, target, lambda name: name.removeprefix("new_"))
    for name in "ab":
        given, taken = source.get_layer(name).get_weights(), target.get_layer(f"new_{name}").get_weights()
        for one, other in zip(given, taken, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ([layers.Conv2D(2, 3, name="a")], [layers.Conv2D(2, 3, name="b")], "source must have a layer 'b'"),
        (
            [layers.Conv2D(2, 3, name="a")],
            [layers.Conv2D(2, 1, name="a")],
            r"'a' must have the shapes .* got",
        ),
        ([layers.Conv2D(2, 3, name="a")], [layers.Conv2D(2, 3, use_bias=False, name="a")], "'a' must have"),
        (
            [layers.Flatten(), layers.Dense(6, use_bias=False, name="a")],
            [layers.Conv2D(16, (2, 3), use_bias=False, name="a")],  # as many numbers, in another order
            "'a' must have",
        ),
        (
            [layers.Conv2D(2, 3, name="a"), layers.Conv2D(2, 1, name="b")],
            [layers.Conv2D(2, 3, name="a")],
            "left over: b",
        ),
    ],
)
def test_what_does_not_fit_is_named(source, target, words):
    with pytest.raises(ValueError, match=words):
        vgg.carry_weights(network(*source), network(*target))


# --- The lesson's experiment ----------------------------------------------------------------------------

NAMES = list(experiment.BLOCKS)


@pytest.fixture(scope="module")
def small():
    """The three networks, untrained."""
    return {name: experiment.build_stacking(name) for name in NAMES}


def block_of(model):
    """The convolutions between conv1 and pool2."""
    return [layer for layer in model.layers if re.fullmatch(r"conv2_\d", layer.name)]


def test_the_blocks_see_alike_and_weigh_as_the_paper_says(small):
    row = papers.table("vgg.stacking").row(3)
    kernels = [sum(np.prod(layer.kernel.shape) for layer in block_of(small[name])) for name in NAMES]
    few, many = row["weights"], row["weights of one layer"]
    assert kernels == [weights * experiment.CHANNELS**2 for weights in (many, few, few)]
    rows = [by_name(trace_layers(small[name])) for name in NAMES]
    assert len({row["pool2"].receptive_field for row in rows}) == 1
    assert {row["pool2"].output_shape for row in rows} == {(4, 4, experiment.CHANNELS)}


def test_the_third_block_is_linear_until_its_end(small):
    activations = [[layer.activation.__name__ for layer in block_of(small[name])] for name in NAMES]
    assert activations == [["relu"], ["relu"] * 3, ["linear", "linear", "relu"]]


def test_an_unknown_block_is_told_the_known_ones():
    with pytest.raises(ValueError, match=r"block must be one of one 7 × 7, three 3 × 3, .*; got 'two 5 × 5'"):
        experiment.build_stacking("two 5 × 5")


@pytest.mark.parametrize("name", NAMES)
def test_a_small_network_as_convolutions_answers_for_every_crop(small, name):
    model = small[name]
    scene = np.random.default_rng(0).integers(256, size=(44, 52, 3), dtype=np.uint8)
    answers = np.array(vgg.as_convolutions(model)(scene[None]))[0]
    crops = experiment.cut_crops(scene, side=32, step=4)
    assert answers.shape[:2] == crops.shape[:2] == (4, 6)
    one_by_one = np.array(model(crops.reshape(-1, 32, 32, 3))).reshape(answers.shape)
    assert np.ptp(one_by_one, axis=(0, 1)).max() > 0.01
    np.testing.assert_allclose(answers, one_by_one, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_in_vgg_itself_padding_makes_the_map_differ_from_the_crops(seed):
    keras.utils.set_random_seed(seed)
    sliding = vgg.as_convolutions(vgg.build_mini("A"))
    scene = np.random.default_rng(seed).random((1, 64, 64, 3), np.float32)
    alone, within = sliding(scene[:, :32, :32])[0, 0, 0], sliding(scene)[0, 0, 0]
    assert np.abs(alone / within - 1).max() > 1e-3  # the lesson claims more than 1e-4


def test_crops_are_pieces_of_their_picture():
    scene = np.arange(8 * 12 * 3).reshape(8, 12, 3)
    crops = experiment.cut_crops(scene, side=4, step=2)
    assert crops.shape == (3, 5, 4, 4, 3)
    np.testing.assert_array_equal(crops[2, 4], scene[4:, 8:])
    np.testing.assert_array_equal(crops[1, 1], scene[2:6, 2:6])


def test_the_recording_holds_five_seeds_and_every_epoch():
    recorded = recordings.load("vgg_stacking")
    assert recorded.about["seeds"] == list(range(5))
    assert list(recorded.group("training")) == list(recorded.group("test")) == NAMES
    for errors in recorded.arrays.values():
        assert errors.shape == (5, experiment.EPOCHS)
        assert (errors[:, -1] < errors[:, 0]).all()


def test_at_equal_training_error_the_gap_can_be_read():
    for errors in recordings.load("vgg_stacking").group("training").values():
        assert (np.diff(errors, axis=1) < 0).all()  # so there is one test error for each training error
        assert errors[:, -1].max() < 0.46 < 0.55 < errors[:, 0].min()  # the levels that the lesson takes


def test_pixels_of_the_small_networks_are_around_zero_and_of_about_one():
    images = experiment.normalize(datasets.load("cifar10").train_images[:1000])
    assert images.dtype == np.float32
    assert np.abs(images.mean(axis=(0, 1, 2))).max() < 0.1
    np.testing.assert_allclose(images.std(axis=(0, 1, 2)), 1, atol=0.1)


@pytest.fixture
def few_images(monkeypatch):
    """CIFAR-10 of 80 training images and 40 test images, and two epochs."""
    data = datasets.load("cifar10")
    few = datasets.Dataset(
        data.train_images[:80], data.train_labels[:80], data.test_images[:40], data.test_labels[:40], data[4]
    )
    monkeypatch.setattr(datasets, "load", lambda name: few)
    monkeypatch.setattr(experiment, "DEPTH_EPOCHS", 2)


def test_depth_is_measured_without_dropout_after_every_epoch(few_images, monkeypatch):
    trained = []
    fit = experiment.training.fit
    monkeypatch.setattr(
        experiment.training, "fit", lambda model, *a, **k: trained.append(model) or fit(model, *a, **k)
    )
    errors = experiment.train_depth("A", 0, "glorot_uniform")
    data = datasets.load("cifar10")
    for part, images, labels in (
        ("training", data.train_images[:40], data.train_labels[:40]),
        ("test", data.test_images, data.test_labels),
    ):
        wrong = trained[0].predict(experiment.normalize(images), verbose=0).argmax(axis=1) != labels
        assert errors[part].shape == (2,)
        assert errors[part][-1] == wrong.mean()


def test_the_depths_start_from_the_weights_that_are_asked_for(monkeypatch):
    kernels = []
    monkeypatch.setattr(
        experiment.training,
        "fit",
        lambda model, *a, **k: kernels.append(
            [np.array(layer.kernel) for layer in model.layers if layer.weights]
        ),
    )
    for initializer in ("glorot_uniform", "he_normal"):
        experiment.train_depth("B", 0, initializer)
    for glorot, he in zip(kernels[0][:-1], kernels[1][:-1], strict=True):
        inputs, outputs = np.prod(glorot.shape[:-1]), np.prod(glorot.shape[:-2]) * glorot.shape[-1]
        assert glorot.std() == pytest.approx(np.sqrt(2 / (inputs + outputs)), rel=0.1)
        assert he.std() == pytest.approx(np.sqrt(2 / inputs), rel=0.1)


@pytest.mark.parametrize("name", ["vgg_depth", "vgg_depth_he"])
def test_the_recordings_of_depth_hold_five_seeds_and_every_epoch(name):
    recorded = recordings.load(name)
    assert recorded.about["seeds"] == list(range(5))
    assert list(recorded.group("training")) == list(recorded.group("test")) == list(experiment.DEPTHS)
    for errors in recorded.arrays.values():
        assert errors.shape == (5, experiment.DEPTH_EPOCHS)


# --- The lesson's pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("depth", "kernel", "stride"), [(3, 3, 1), (2, 5, 1), (4, 1, 1), (3, 3, 2), (2, 7, 2)]
)
def test_a_stack_sees_the_pixels_that_change_its_output(depth, kernel, stride):
    stack = vgg.trace_stack(depth, kernel, stride)
    seen = stack[-1].receptive_field
    side = seen + 4
    convolutions = [
        layers.Conv2D(1, kernel, stride, kernel_initializer="ones", use_bias=False) for _ in range(depth)
    ]
    model = keras.Sequential([keras.Input((side, side, 1)), *convolutions])
    lit = np.eye(side, dtype=np.float32)[:, :, None, None] * np.ones((1, 1, side, 1), np.float32)
    rows_seen = np.flatnonzero(np.array(model(lit))[:, 0, 0, 0])  # image i has its row i lit
    assert len(rows_seen) == seen
    assert totals(stack).parameters == depth * kernel**2


def test_the_table_is_drawn_from_the_configurations():
    drawn = words(views.draw_table("title"))
    layers = sum(row["weight layers"] for row in papers.table("vgg.parameters").rows)
    assert drawn.count("conv3-") == layers - 3 * len(CONFIGS) - 3
    assert drawn.count("conv1-") == 3
    assert "138 million\n15.5 billion" in drawn


def test_the_receptive_field_is_drawn_in_the_middle():
    figure = views.draw_receptive_field(np.zeros((32, 32, 3), np.uint8), depth=3, kernel=3)
    squares = [patch.get_bbox().bounds for patch in figure.axes[0].patches]
    assert squares == [(14, 14, 3, 3), (13, 13, 5, 5), (12, 12, 7, 7)]
    assert all(words_of_it in words(figure) for words_of_it in ("7 × 7 pixels", "27 C²", "49 C²"))


def test_the_explorers_work_at_every_end():
    check_explorer(views.explore_receptive_field(np.zeros((32, 32, 3), np.uint8)))
    check_explorer(views.explore_memory())


def test_the_receptive_fields_caption_names_every_side():
    explorer = views.explore_receptive_field(np.zeros((32, 32, 3), np.uint8))
    explorer.controls["stride"].value = 2
    assert "3, 7, 15 pixels" in explorer.children[2].value


def test_the_ways_columns_are_shares():
    ones = np.ones(3)
    row = np.convolve(np.convolve(ones, ones), ones)
    even, stack = views.draw_ways(np.outer(row, row), "title").axes[1].lines
    np.testing.assert_allclose(stack.get_ydata(), 100 * row / 27)
    np.testing.assert_allclose(even.get_ydata(), 100 / 7)


def test_training_is_drawn_as_error_in_per_cent():
    figure = views.draw_training({"one": np.array([0.8, 0.5])}, {"one": np.array([0.75, 0.6])}, "title")
    training, test = figure.axes
    assert training.lines[0].get_ydata().tolist() == [80, 50]
    assert test.lines[0].get_ydata().tolist() == [75, 60]
    assert training.get_ylim() == test.get_ylim()


def test_each_seed_of_each_network_is_drawn_with_both_errors():
    training = {"A": np.array([[0.8, 0.5], [0.7, 0.45]]), "E": np.full((2, 2), 0.9)}
    test = {name: errors - 0.01 for name, errors in training.items()}
    panels = views.draw_seeds(training, test, "title").axes
    assert [axes.get_title("left") for axes in panels] == ["A", "E"]
    drawn = [line.get_ydata() for line in panels[0].lines if len(line.get_ydata())]
    np.testing.assert_allclose(drawn, [[80, 50], [70, 45], [79, 49], [69, 44]])


def test_the_road_is_test_error_against_training_error():
    training = {"a": np.array([[0.8, 0.5], [0.6, 0.5]])}
    test = {"a": np.array([[0.8, 0.6], [0.8, 0.7]])}
    axes = views.draw_road(training, test, "title").axes[0]
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [70, 50])
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [80, 65])
    left, right = axes.get_xlim()
    assert left > right


def test_depth_is_drawn_from_table_3():
    table3 = papers.table("vgg.table3")
    figure = views.draw_depth(table3, "title")
    line = figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == [11, 13, 16, 19]
    assert line.get_ydata().tolist() == [29.6, 28.7, 27.0, 27.3]
    assert all(f"{row['configuration']} {row['top-1 error']}" in words(figure) for row in table3.rows)
    assert words(figure).count("C 28.1") == 1  # at two scales, in one place


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("column", ["weight_bytes", "activation_bytes"])
def test_stages_and_dense_layers_hold_all_weights_and_outputs(config, column):
    rows = vgg.trace(config)
    others = sum(getattr(row, column) for row in rows if row.kind in ("InputLayer", "Flatten", "Dropout"))
    assert sum(sum_stages(rows, column).values()) == getattr(totals(rows), column) - others


def test_memory_is_drawn_layer_by_layer():
    figure = views.draw_memory(vgg.trace("D"), "title")
    outputs, weights, work = ([bar.get_width() for bar in axes.patches] for axes in figure.axes)
    assert len(outputs) == 13 + 5 + 3
    assert max(outputs) == outputs[0] == 224 * 224 * 64 * 4 / 1e6
    assert sum(weights) == pytest.approx(papers.table("vgg.parameters").row("D")["parameters"] * 4 / 1e6)
    assert sum(work) == pytest.approx(papers.table("vgg.parameters").row("D")["multiply-adds"] / 1e9)


def test_from_fourteen_images_on_the_activations_outweigh_the_weights_of_d():
    for images, larger in ((1, "weights"), (13, "weights"), (14, "activations")):
        assert f"the {larger} take more memory" in words(views.draw_batch("D", images))
    assert "From 14 images on" in views.explore_memory().children[2].value


def test_memory_is_counted_as_in_lesson_3():
    rows = vgg.trace("D")
    weights, activations = totals(rows).weight_bytes, sum(sum_stages(rows, "activation_bytes").values())
    drawn = words(views.draw_batch("D", 10))
    assert f"momentum: {3 * weights / 1e9:.2f} GB" in drawn
    assert f"gradients: {2 * 10 * activations / 1e9:.2f} GB" in drawn


def test_an_answer_is_drawn_around_the_middle_of_its_crop():
    heat = np.zeros((9, 17))
    heat[0, 0] = 1
    figure = views.draw_heat(np.zeros((64, 96, 3), np.uint8), heat, "ship", step=4, title="title")
    left, right, top, bottom = figure.axes[1].images[1].get_extent()
    width, height = (right - left) / 17, (top - bottom) / 9
    assert (width, height) == (4, 4)
    assert (left + width / 2, bottom + height / 2) == (15.5, 15.5)  # of a crop whose pixels are 0 to 31
    assert "probability of “ship”" in words(figure)


def test_the_costs_bear_out_the_pictures_title():
    alexnet, vgg16, *resnets = views.compare_cost()
    assert [cost.name for cost in resnets] == ["ResNet-34, 2015", "ResNet-152, 2015"]
    assert vgg16.multiply_adds == papers.table("vgg.parameters").row("D")["multiply-adds"]
    assert vgg16.multiply_adds / alexnet.multiply_adds == pytest.approx(21, abs=0.5)
    assert resnets[0].multiply_adds / vgg16.multiply_adds == pytest.approx(1 / 4, abs=0.02)
    for resnet in resnets:
        assert resnet.multiply_adds < vgg16.multiply_adds
        assert resnet.error < vgg16.error
    assert {cost.family for cost in (alexnet, vgg16, *resnets)} <= set(pictures.FAMILIES)
