"""The gallery: every network by name, the comparison against the ledger, and networks that survive a file."""

import io
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from zoo_helpers import alexnet, gallery, gradients, lenet, resnet, vgg
from zoo_helpers.core import papers
from zoo_helpers.core.anatomy import totals
from zoo_helpers.core.backend import keras
from zoo_helpers.core.training import set_seeds
from zoo_helpers.resnet import probes

ROWS = {row.name: row for row in gallery.compare()}
VGG = {name: config for config, name in vgg.NAMES.items()}


@pytest.fixture(scope="module")
def outlines():
    """Every network of the gallery with names and shapes, but without numbers: a fortieth of the time."""
    with keras.StatelessScope(initialize_variables=False):
        models = {name: gallery.build(name) for name in gallery.names()}
    keras.utils.clear_session()  # else Keras fills them in when it builds the next network
    return models


def test_every_network_of_the_series_has_a_name():
    assert list(ROWS) == gallery.names()
    assert {"lenet5-1998", "lenet5-modern", "alexnet", *VGG} <= set(gallery.names())
    assert {f"resnet-{depth}" for depth in resnet.CONFIGURATIONS} <= set(gallery.names())
    assert [row.year for row in ROWS.values()] == sorted(row.year for row in ROWS.values())


@pytest.mark.parametrize("call", [gallery.build, gallery.trace])
@pytest.mark.parametrize(
    ("wrong", "meant"), [("resnet50", "resnet-50"), ("VGG-16", "vgg-16"), ("alexnt", "alexnet")]
)
def test_a_wrong_name_is_told_the_nearest(call, wrong, meant):
    with pytest.raises(ValueError, match=rf"name must be one of \d+ names, such as {meant}.*; got '{wrong}'"):
        call(wrong)


@pytest.mark.parametrize("name", gallery.names())
def test_a_built_network_is_the_traced_one_and_bears_its_name(outlines, name):
    assert outlines[name].name == name
    assert totals(outlines[name]) == totals(gallery.trace(name))


def test_options_go_to_the_builder():
    assert gallery.build("resnet-20-cifar", residual=False).name == "plain-20-cifar"
    assert totals(gallery.trace("alexnet", towers=1)).parameters == ledger("alexnet.parameters_one_tower")
    with pytest.raises(ValueError, match="towers must be one of 1, 2; got 3"):
        gallery.build("alexnet", towers=3)


# --- The comparison -------------------------------------------------------------------------------


def ledger(name):
    return papers.fact(name).value


def test_lenets_and_alexnet_agree_with_the_ledger():
    assert ROWS["lenet5-1998"].parameters == ledger("lenet.parameters")
    assert ROWS["lenet5-modern"].parameters == ledger("lenet.modern_parameters")
    assert ROWS["alexnet"].parameters == ledger("alexnet.parameters")
    assert ROWS["alexnet"].multiply_adds == ledger("alexnet.multiply_adds")
    assert ROWS["alexnet"].fc_share == ledger("alexnet.fc_parameters") / ledger("alexnet.parameters")


@pytest.mark.parametrize("name", VGG)
def test_a_vgg_agrees_with_the_ledger(name):
    row, published = ROWS[name], papers.table("vgg.parameters").row(VGG[name])
    assert row.parameters == published["parameters"]
    assert row.multiply_adds == published["multiply-adds"]
    assert row.depth == published["weight layers"]
    assert row.fc_share == ledger("vgg.fc_parameters") / published["parameters"]
    errors = [cells for cells in papers.table("vgg.table3").rows if cells["configuration"] == VGG[name]]
    assert (row.top1_error, row.top5_error) in [
        (cells["top-1 error"], cells["top-5 error"]) for cells in errors if cells["Q"] == 256
    ]


@pytest.mark.parametrize("depth", resnet.CONFIGURATIONS)
def test_a_resnet_agrees_with_the_ledger(depth):
    row = ROWS[f"resnet-{depth}"]
    assert row.depth == depth
    assert row.parameters == papers.table("resnet.parameters").row(depth)["parameters"]
    assert row.multiply_adds == papers.table("resnet.multiply_adds").row(depth)["stride in the 1x1"]
    assert row.top1_error < ROWS["alexnet"].top1_error


@pytest.mark.parametrize("depth", papers.table("resnet.table6_cifar10").column("depth")[:-1])
def test_a_cifar_resnet_agrees_with_the_ledger(depth):
    row = ROWS[f"resnet-{depth}-cifar"]
    assert row.depth == depth
    assert row.parameters == papers.table("resnet.cifar_parameters").row(depth)["parameters"]
    assert row.top1_error == papers.table("resnet.table6_cifar10").row(depth)["error"]


def test_the_bundled_imagenet_networks_agree_with_the_ledger():
    squeezenet, lite = ROWS["squeezenet"], ROWS["efficientnet-lite0"]
    assert squeezenet.parameters == ledger("squeezenet.parameters_1_1")
    assert lite.parameters == ledger("efficientnet.lite0_parameters")
    assert lite.multiply_adds == ledger("efficientnet.lite0_multiply_adds")
    assert (squeezenet.fc_share, squeezenet.top5_error) == (
        0,
        papers.table("squeezenet.table2").row("AlexNet")["top-5 error"],
    )
    assert (lite.top1_error, lite.top5_error) == (
        papers.table("efficientnet.lite").row("efficientnet-lite0")["top-1 error"],
        None,
    )


def test_errors_are_those_that_other_tables_print_too():
    assert ROWS["alexnet"].top5_error in [fact.value for fact in papers.fact("ilsvrc.winner_2012").others]
    assert ROWS["plain-34"].top1_error == papers.table("resnet.table2").row(34)["plain"]
    released = papers.table("resnet.released_models")
    for depth in (50, 101, 152):
        row, published = ROWS[f"resnet-{depth}"], released.row(depth)
        assert row.top1_error == pytest.approx(published["ten crops, top-1"], abs=0.06)
        assert row.top5_error == pytest.approx(published["ten crops, top-5"], abs=0.06)


def test_an_error_names_its_protocol_and_source():
    for row in ROWS.values():
        assert bool(row.top1_error) == bool(row.protocol) == bool(row.source)
    assert ROWS["lenet5-modern"].top1_error is None
    assert ROWS["resnet-50"].source == "He, Zhang, Ren, Sun 2015, Table 3"


def test_comparing_starts_no_tensorflow():
    script = (
        "import sys; from zoo_helpers import gallery;"
        "print(gallery.as_text(gallery.compare())); gallery.trace('resnet-152');"
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    header, *lines = run.stdout.splitlines()
    assert [line.split()[0] for line in lines] == gallery.names()
    assert max(map(len, [header, *lines])) <= 110


# --- Other numbers than float32 ---------------------------------------------------------------------


@pytest.fixture(params=["mixed_float16", "mixed_bfloat16", "float64"])
def policy(request):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(before)


def test_networks_answer_in_other_precisions(policy):
    small_vgg = vgg.build_mini("A-LRN", width=2)
    networks = [
        alexnet.build_mini(),
        small_vgg,
        vgg.as_convolutions(small_vgg),
        gradients.build_tower(4, "tanh", "glorot", batch_norm=True, residual=True),
        gradients.as_sigmoid(gradients.build_tower(3, "tanh", "glorot")),
        *(resnet.build_cifar(8, width=2, side=8, shortcut=shortcut) for shortcut in "ABC"),
    ]
    for network in networks:
        shape = [side or 32 for side in network.input_shape[1:]]
        images = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
        answers = np.asarray(network(images)).astype("float64").reshape(2, -1)
        assert network.output.dtype == policy.removeprefix("mixed_")
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=0.02)


def test_measurements_work_in_other_precisions(policy):
    set_seeds(0)
    network = resnet.build_cifar(8, width=2, side=8)
    images, labels = np.random.default_rng(0).normal(size=(6, 8, 8, 3)).astype("float32"), np.arange(6)
    assert probes.measure_lesions(network, images, labels).shape == (4,)
    assert probes.measure_trust(network, images, labels, [1e-3]).cosine[0] > 0.8
    assert np.isfinite(probes.slice_surface(network, images, labels, [0, 0.1])).all()
    assert probes.split_gradient(network, images, labels).error < 0.02
    assert (probes.measure_paths(network, images) > 0).all()
    assert probes.gives_back(probes.build_block(("gamma2", "beta2")))
    assert not probes.gives_back(probes.build_block())
    tower = gradients.build_tower(4, "tanh", "glorot")
    assert (
        gradients.activation_scales(tower, images.reshape(-1, 64)[:, :64].repeat(4, axis=1)).sizes.min() > 0
    )


# --- Files ----------------------------------------------------------------------------------------


def test_networks_survive_a_file_and_a_fresh_process(tmp_path):
    set_seeds(0)
    names = ("lenet5-1998", "lenet5-modern", "alexnet-mini", "resnet-20-cifar")
    models = [*map(gallery.build, names), vgg.build_mini("A-LRN")]
    models[0].compile("adam", lenet.MaximumAPosterioriLoss(j=0.5), metrics=[lenet.nearest_prototype_accuracy])
    for number, model in enumerate(models):
        images = np.random.default_rng(0).normal(size=(2, *model.input_shape[1:])).astype("float32")
        model.save(tmp_path / f"{number}.keras")
        np.savez(tmp_path / f"{number}.npz", images=images, outputs=model(images))
    script = f"""
import numpy as np
from zoo_helpers import gallery
for number in range({len(models)}):
    model = gallery.load(r"{tmp_path}/" + f"{{number}}.keras")
    kept = np.load(r"{tmp_path}/" + f"{{number}}.npz")
    np.testing.assert_allclose(model(kept["images"]), kept["outputs"], rtol=1e-5, atol=1e-6)
    assert model.compiled == (number == 0)
assert gallery.load(r"{tmp_path}/0.keras").loss.j == 0.5
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("damage", ["text", "empty", "cut", "zeros", "inside", "foreign"])
def test_a_damaged_file_is_named(tmp_path, damage):
    path = tmp_path / "my network.keras"
    gradients.build_tower(1, "relu", "he").save(path)
    whole = path.read_bytes()
    start = whole.index(b"class_name")
    foreign = io.BytesIO()
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("a.txt", "not a network")
    path.write_bytes(
        {
            "text": b"not a network",
            "empty": b"",
            "cut": whole[: len(whole) // 2],
            "zeros": bytes(len(whole)),
            "inside": whole[:start] + bytes(100) + whole[start + 100 :],
            "foreign": foreign.getvalue(),
        }[damage]
    )
    with pytest.raises(
        ValueError, match=r"path must be a file that model\.save wrote; .*my network.keras is damaged"
    ):
        gallery.load(path)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(ValueError, match="File not found"):
        gallery.load(tmp_path / "missing.keras")
