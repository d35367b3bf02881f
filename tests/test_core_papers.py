"""The ledger: its form, what of it can be recomputed, and what a wrong name is told."""

import dataclasses
import math
import re
from pathlib import Path
from types import MappingProxyType, NoneType

import nbformat
import numpy as np
import pytest

from zoo_helpers.core import papers, shipped
from zoo_helpers.core.papers import fact, table

TEXT = (shipped.CORE / papers.LEDGER).read_text(encoding="utf-8")
LEDGER = papers.tomllib.loads(TEXT)
BIBLIOGRAPHY = LEDGER.pop("papers")
ENTRIES = {f"{subject}.{name}": entry for subject, named in LEDGER.items() for name, entry in named.items()}
ROOT = Path(__file__).parents[1]
SHARED = {"unit", "paper", "where", "status"}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_has_its_fields_and_no_others(name):
    entry = ENTRIES[name]
    own, optional = ({"columns", "rows"}, {"note"}) if "columns" in entry else ({"value"}, {"note", "others"})
    assert own | SHARED <= set(entry) <= own | SHARED | optional
    assert entry["status"] in ("verified", "one source")
    assert entry["where"]
    assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", name)
    for reading in entry.get("others", ()):
        assert set(reading) == {"value", "source", "reason"}
        assert reading["source"]
        assert reading["reason"]


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "columns" in entry])
def test_a_table_is_complete(name):
    columns, rows = ENTRIES[name]["columns"], ENTRIES[name]["rows"]
    assert len(set(columns)) == len(columns)
    assert rows
    assert all(len(row) == len(columns) and row[0] != "" for row in rows)
    assert len({repr(row) for row in rows}) == len(rows)


def test_every_entry_can_be_looked_up():
    assert papers.names() == list(ENTRIES)
    for name, entry in ENTRIES.items():
        found = table(name) if "columns" in entry else fact(name)
        assert found.source.endswith(entry["where"])


def test_every_paper_is_complete_and_cited():
    for key, entry in BIBLIOGRAPHY.items():
        assert set(entry) == {"authors", "year", "title", "venue"}
        assert all(entry.values())
        assert str(entry["year"]) in key
        assert str(papers.paper(key)).startswith(entry["authors"])
    assert {entry["paper"] for entry in ENTRIES.values()} == set(BIBLIOGRAPHY)


def quoted_names():
    """The names in quotation marks in the package, the tests and the notebooks, and those that cells cite."""
    files = [*ROOT.glob("zoo_helpers/**/*.py"), *ROOT.glob("tests/*.py")]
    texts = [path.read_text(encoding="utf-8") for path in files if path != Path(papers.__file__)]
    for path in ROOT.glob("notebooks/*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        texts += [cell.source for cell in cells if cell.cell_type == "code"]
        texts += [f'"{name}"' for cell in cells for name in cell.metadata.get("cites", [])]
    return {name for text in texts for name in re.findall(r"""["']([a-z]+\.[a-z][a-z0-9_]*)["']""", text)}


def test_every_entry_is_cited_by_a_lesson_read_by_the_package_or_asserted_by_a_test():
    assert set(ENTRIES) - quoted_names() == set()


def test_an_empty_cell_is_none():
    assert table("alexnet.table2").row("1 CNN")["top-5 error, test"] is None


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: fact("alexnet.paramters"), r"the name of a fact \(see papers.names\(\)\) must be one of"),
        (lambda: fact("alexnet.paramters"), r" such as alexnet.parameters, .*; got 'alexnet.paramters'$"),
        (lambda: fact("Human.Top5_Error"), r"such as human.top5_error"),
        (lambda: table("vgg.table_2"), r"the name of a table .* such as vgg.table2"),
        (lambda: fact("human.age"), r"the name of a fact .* must be one of \d+ names.*; got 'human.age'"),
        (lambda: fact("alexnet.table2"), r"^alexnet.table2 is a table: papers.table\('alexnet.table2'\) gi"),
        (lambda: table("vgg.fc_parameters"), r"^vgg.fc_parameters is a fact: papers.fact\('vgg.fc_pa"),
        (lambda: papers.paper("he1998"), r"key must be one of .*; got 'he1998'"),
        (lambda: papers.paper("he2014"), r"such as he2015"),
        (lambda: table("ilsvrc.winners").row(2009), r"row must be one of 2010, .*2017; got 2009"),
        (lambda: table("ilsvrc.winners").row("2015"), r"row must be one of 2010, .*2017; got '2015'"),
        (lambda: table("ilsvrc.winners").column("error"), r"column must be one of year, .*; got 'error'"),
        (lambda: table("alexnet.table2").column("top-1 error"),
         r'column must be one of model, "top-1 error, validation", "top-5 error, validation", "top'),
    ],
)  # fmt: skip
def test_a_wrong_name_is_told_what_there_is(ask, words):
    with pytest.raises(ValueError, match=words) as caught:
        ask()
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("name", [["human.top5_error"], {}, None, 7, True, ("a", "b"), ""])
@pytest.mark.parametrize(
    "ask", [fact, table, papers.paper, table("ilsvrc.winners").row, table("ilsvrc.winners").column]
)
def test_whatever_is_no_name_is_refused(ask, name):
    with pytest.raises(ValueError, match=r"must be one of .*; got "):
        ask(name)


def test_names_and_years_of_numpy_are_taken():
    assert fact(np.str_("human.top5_error")) == fact("human.top5_error")
    assert table("ilsvrc.winners").row(np.int64(2015)) is table("ilsvrc.winners").row(2015)


def assert_frozen(value):
    """Neither it nor what is in it can be changed."""
    if isinstance(value, MappingProxyType):
        assert all(map(assert_frozen, value.values()))
    elif isinstance(value, tuple):
        assert all(map(assert_frozen, value))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, field.name, None)
            assert_frozen(getattr(value, field.name))
    else:
        assert isinstance(value, str | int | float | bool | NoneType)
    return True


@pytest.mark.parametrize("name", ENTRIES)
def test_a_reader_cannot_change_an_entry(name):
    assert_frozen(table(name) if "columns" in ENTRIES[name] else fact(name))


def test_a_reader_cannot_change_the_ledger():
    assert_frozen(tuple(papers.paper(key) for key in BIBLIOGRAPHY))
    first = table("alexnet.table2")
    with pytest.raises(TypeError):
        first.rows[0]["model"] = "another"
    first.column("model").clear()
    papers.names().clear()
    assert table("alexnet.table2").column("model")
    assert papers.names()


PAPER = """
[papers.he2015]
authors = "He"
year = 2015
title = "Deep"
venue = "CVPR"
"""
SOURCE = """
unit = "%"
paper = "he2015"
where = "Table 1"
status = "verified"
"""
FACT = f"[resnet.error]\nvalue = 3{SOURCE}"
TABLE = f"[resnet.table1]\ncolumns = ['depth', 'error']\nrows = [\n [18, 1],\n [34, ''],\n]{SOURCE}"

ERROR, TABLE1 = r"\[resnet.error\]: ", r"\[resnet.table1\]: "


def test_a_small_ledger_is_read():
    entries = papers.parse(f"{PAPER}{FACT}{TABLE}".encode()).entries
    assert entries["resnet.error"].value == 3
    assert entries["resnet.table1"].row(34) == {"depth": 34, "error": None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PAPER + FACT.replace("where", "#"), ERROR + "where must be there; got value, unit, paper, st"),
        (PAPER + FACT.replace("status", "stauts"), ERROR + "a key must be one of .*; got 'stauts'"),
        (PAPER + FACT.replace("value", "vaule"), ERROR + "a key must be one of value, .*; got 'vaule'"),
        (PAPER + FACT.replace("he2015", "he2051"), ERROR + "paper must be one of he2015; got 'he2051'"),
        (PAPER + FACT + "others = [{value = 4, source = 'a blog'}]", r"\[resnet.error, others\]: reason mu"),
        (PAPER + FACT + "others = [{valeu = 4, source = 'a blog'}]", r"\[resnet.error, others\]: a key mus"),
        (PAPER + TABLE.replace("''", "'', 7"), TABLE1 + r"a row must have 2 cells; got \[34, '', 7\]"),
        (PAPER + TABLE.replace("[34, '']", "[34]"), TABLE1 + r"a row must have 2 cells; got \[34\]"),
        (PAPER + TABLE.replace("[34, '']", "34"), TABLE1 + "a row must have 2 cells; got 34"),
        (PAPER + TABLE.replace("columns", "colunms"), TABLE1 + "a key must be one of .*; got 'colunms'"),
        (PAPER + TABLE.replace("rows", "row"), TABLE1 + "a key must be one of .*; got 'row'"),
        (PAPER + TABLE.replace("where", "#"), TABLE1 + "where must be there"),
        (PAPER.replace("venue", "#") + FACT, r"\[papers.he2015\]: venue must be there"),
        (PAPER.replace("year", "yaer") + FACT, r"\[papers.he2015\]: a key must be one of .*; got 'yaer'"),
        (FACT, ERROR + "paper must be one of .*; got 'he2015'"),
        ("value = 3" + PAPER + FACT, r"value must be a section of its own, \[value\]; got 3"),
        (PAPER + FACT + "[resnet]\nerror2 = 4\n", "resnet.error2 must be a section of its own"),
        (PAPER + FACT.replace('"Table 1"', '"Table 1'), ".*line "),
        (PAPER + FACT + FACT, ".*line "),
    ],
)
def test_an_entry_that_is_not_as_it_should_be_is_named(text, words):
    with pytest.raises(ValueError, match=f"^papers.toml: {words}"):
        papers.parse(text.encode())


def test_the_ledger_is_read_once(monkeypatch):
    fact("human.top5_error")
    monkeypatch.setattr(shipped, "read", None)
    assert fact("human.top5_error").value == 5.1


def test_lenet_adds_up():
    layers = table("lenet.layers")
    parameters, connections = layers.column("parameters"), layers.column("connections")
    assert sum(parameters) == fact("lenet.parameters").value
    assert sum(connections) == fact("lenet.connections").value
    assert sum(connections[:-1]) == fact("lenet.connections").others[0].value
    assert sum(table("lenet.modern_layers").column("parameters")) == fact("lenet.modern_parameters").value
    # Each weight and bias of a convolution is used once at every place of its map.
    for name in ("C1", "C3", "C5"):
        layer = layers.row(name)
        assert layer["connections"] == layer["parameters"] * layer["side"] ** 2


def test_lenet_connection_table_has_60_pairs_and_each_map_feeds_ten():
    sources = table("lenet.connection_table").column("S2 maps")
    pairs = [source for row in sources for source in row]
    assert [pairs.count(s2_map) for s2_map in range(6)] == [10] * 6
    assert 25 * len(pairs) + len(sources) == table("lenet.layers").row("C3")["parameters"]


def test_lenet_squashing_passes_through_one():
    squashed = fact("lenet.squashing_amplitude").value * math.tanh(fact("lenet.squashing_slope").value)
    assert squashed == pytest.approx(1, abs=1e-4)


def test_lenet_learning_rates_fill_the_passes():
    passes = table("lenet.training").row("passes")["value"]
    assert sum(table("lenet.learning_rates").column("passes")) == passes


def test_alexnet_adds_up():
    layers = table("alexnet.layers")
    assert sum(layers.column("parameters")) == fact("alexnet.parameters").value
    assert sum(layers.column("parameters in one tower")) == fact("alexnet.parameters_one_tower").value
    assert sum(layers.column("parameters")[5:]) == fact("alexnet.fc_parameters").value
    assert round(4 * fact("alexnet.fc_parameters").value / 2**20) == fact("alexnet.fc_memory").value


def test_alexnet_convolutions_follow_from_their_kernels():
    channels, multiply_adds = 3, fact("alexnet.fc_parameters").value - (4096 + 4096 + 1000)
    for layer in table("alexnet.layers").rows[:5]:
        weights = layer["kernel"] ** 2 * channels // layer["groups"] * layer["width"]
        assert layer["parameters"] == weights + layer["width"]
        assert layer["parameters in one tower"] == weights * layer["groups"] + layer["width"]
        channels = layer["width"]
        multiply_adds += weights * layer["side"] ** 2
    assert multiply_adds == fact("alexnet.multiply_adds").value


def test_alexnet_neurons_add_up_both_ways():
    neurons, count = table("alexnet.neurons_by_layer"), fact("alexnet.neurons")
    assert sum(neurons.column("by our count")) == count.value
    assert sum(neurons.column("Figure 2")) in [reading.value for reading in count.others]


@pytest.mark.parametrize("reading", table("alexnet.input_readings").column("reading"))
def test_alexnet_input_readings_follow_from_the_strides(reading):
    side, padding = {
        "227, unpadded": (227, 0),
        "224, padded by 2": (224, 2),
        "224, unpadded": (224, 0),
        "224, Keras' “same”": (224, None),
    }[reading]
    sides = [math.ceil(side / 4) if padding is None else (side + 2 * padding - 11) // 4 + 1]
    for _ in range(3):
        sides.append((sides[-1] - 3) // 2 + 1)
    row = table("alexnet.input_readings").row(reading)
    assert list(row.values())[1:] == [*sides, 256 * sides[-1] ** 2]


@pytest.mark.parametrize("configuration", table("vgg.configurations").column("configuration"))
def test_vgg_follows_from_its_configuration(configuration):
    channels, side, seen, stride, weights, biases, multiply_adds, layers = 3, 224, 1, 1, 0, 0, 0, 3
    for word in table("vgg.configurations").row(configuration)["layers"].split():
        if word == "M":
            side, seen, stride = side // 2, seen + stride, 2 * stride
        elif word != "LRN":
            kernel = 1 if word.startswith("(1x1)") else 3
            width, _, times = word.removeprefix("(1x1)").partition("x")
            for _ in range(int(times or 1)):
                multiply_adds += side**2 * kernel**2 * channels * int(width)
                weights += kernel**2 * channels * int(width)
                biases, seen, layers = biases + int(width), seen + (kernel - 1) * stride, layers + 1
                channels = int(width)
    fc_parameters = fact("vgg.fc_parameters").value
    assert list(table("vgg.parameters").row(configuration).values())[1:] == [
        weights + biases + fc_parameters,
        weights + biases,
        layers,
        multiply_adds + fc_parameters - (4096 + 4096 + 1000),
        multiply_adds,
        seen,
    ]
    millions = table("vgg.table2").row(configuration)["parameters"]
    assert round((weights + biases + fc_parameters) / 1e6) == millions


def test_vgg_stacks_save_weights():
    for row in table("vgg.stacking").rows:
        n = row["3x3 layers"]
        assert row["receptive field"] == 2 * n + 1
        assert (row["weights"], row["weights of one layer"]) == (9 * n, (2 * n + 1) ** 2)
        assert row["excess"] == round(100 * (row["weights of one layer"] / row["weights"] - 1))
    assert fact("vgg.stacking_ratio").value == 49 / 27


def test_resnet_multiply_adds_round_to_table_1():
    for row in table("resnet.table1").rows:
        exact = table("resnet.multiply_adds").row(row["depth"])["stride in the 1x1"]
        # The paper rounds some and cuts others off: one unit of its last digit either way.
        assert abs(exact - row["multiply-adds"]) < 0.1e9


def test_keras_counts_add_up():
    for row in table("keras.parameters").rows:
        total = table("keras.models").row(row["model"])["parameters"]
        assert row["trainable"] + row["not trainable"] == total
        head = 2048 * 1000 + 1000 if row["model"].startswith("ResNet") else fact("vgg.fc_parameters").value
        assert row["without top"] + head == total
    for depth in (50, 101, 152):
        row = table("keras.parameters").row(f"ResNet{depth}")
        without_biases = row["trainable"] - row["convolution biases"]
        assert without_biases == table("resnet.parameters").row(depth)["parameters"]


def test_cifar_resnets_add_up_and_round_to_table_6():
    for row in table("resnet.cifar_parameters").rows:
        trainable = row["convolutions and fc"] + 2 * row["normalized maps"]
        assert row["parameters"] == trainable
        assert row["with moving statistics"] == trainable + 2 * row["normalized maps"]
        published = table("resnet.table6_cifar10").row(row["depth"])["parameters"]
        assert abs(trainable - published) < 0.02 * published + 5_000


def test_results_that_two_tables_print_agree():
    assert (
        table("resnet.table2").row(34)["residual"] == table("resnet.table3").row("ResNet-34 A")["top-1 error"]
    )
    assert table("resnet.table2").row(34)["plain"] == table("resnet.table3").row("plain-34")["top-1 error"]
    winners = table("ilsvrc.winners")
    assert round(winners.row(2012)["top-5 error"], 1) == fact("ilsvrc.winner_2012").value
    assert winners.row(2014)["top-5 error"] == fact("ilsvrc.googlenet").value
    assert round(winners.row(2015)["top-5 error"], 2) == table("resnet.table5").row("ResNet")["top-5 error"]
    assert table("alexnet.table2").row("7 CNNs*")["top-5 error, test"] == fact("ilsvrc.winner_2012").value
    assert table("human.annotators").row("A1")["top-5 error"] == fact("human.top5_error").value


def test_chance_error_is_what_guessing_gives():
    for row in table("topk.chance_error").rows:
        assert row["error"] == 100 * (1 - row["k"] / row["classes"])


def test_gradient_ratios_are_roots_of_chi():
    for row in table("gradients.ratio_a_layer").rows:
        if row["chi"] is not None:
            assert row["norm ratio a layer"] == pytest.approx(math.sqrt(row["chi"]), abs=1e-4)


def test_training_images_of_cifar_split_into_all():
    settings = {row["setting"]: row["value"] for row in table("resnet.cifar_training").rows}
    assert settings["training images"] + settings["validation images"] == 50_000
