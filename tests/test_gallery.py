"""The gallery: every network by name, the comparison against the ledger, and networks that survive a file."""

import subprocess
import sys

import numpy as np
import pytest

from zoo_helpers import gallery, lenet, resnet, vgg
from zoo_helpers.core import papers
from zoo_helpers.core.anatomy import totals
from zoo_helpers.core.backend import keras
from zoo_helpers.core.training import set_seeds

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
def test_a_wrong_name_is_told_the_names(call):
    with pytest.raises(ValueError, match=r"name must be one of lenet5-1998, .*resnet-50.*; got 'resnet50'"):
        call("resnet50")


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
