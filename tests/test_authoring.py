"""The maintainers' commands: what refresh leaves out, whether a setting arrives, what bench prints."""

import base64
import io
import itertools
import platform
import sys

import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from tests.benchmarks import __main__ as bench
from tests.benchmarks.timing import least_seconds
from zoo_helpers.authoring import portability
from zoo_helpers.authoring.packages import folder_of_packages
from zoo_helpers.authoring.refresh import WIDGET_VIEW, main, refresh

SOURCES = {
    "words": "import sys\nprint('out')\nprint('more')",
    "value": "2 + 3",
    "picture": """
import numpy as np
from matplotlib.figure import Figure
from zoo_helpers.core import figures
figure = figures.figure(2, 1)
figure.subplots().plot([1, 2])
figures.show(figure, "A line that rises from one to two.")""",
    "widget": "import ipywidgets\nipywidgets.IntSlider(description='k')",
}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """The path of a small notebook after its first refresh."""
    path = tmp_path_factory.mktemp("refresh") / "small.ipynb"
    cells = [new_markdown_cell("# Title", id="title")]
    cells += [new_code_cell(source.strip(), id=id) for id, source in SOURCES.items()]
    book = new_notebook(
        cells=cells,
        metadata={"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.0"}},
    )
    nbformat.write(book, path)
    assert refresh(path)
    return path


@pytest.fixture
def notebook(refreshed):
    """The refreshed notebook as it lies on disk; tests may change the file."""
    before = refreshed.read_bytes()
    yield refreshed
    refreshed.write_bytes(before)


def outputs(path):
    return {cell.id: cell.get("outputs") for cell in nbformat.read(path, as_version=4).cells}


def repacked(png, change=0):
    """The same picture in other bytes; `change` flips bits of its first pixel's red."""
    pixels = np.array(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
    pixels[0, 0, 0] ^= change
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", compress_level=1)
    return base64.b64encode(buffer.getvalue()).decode()


def test_first_refresh_runs_every_cell_in_order(notebook):
    book = nbformat.read(notebook, as_version=4)
    assert [cell.execution_count for cell in book.cells if cell.cell_type == "code"] == [1, 2, 3, 4]
    assert outputs(notebook)["words"] == [{"output_type": "stream", "name": "stdout", "text": "out\nmore\n"}]
    assert outputs(notebook)["value"][0].data == {"text/plain": "5"}


def test_first_refresh_leaves_out_what_changes_from_run_to_run(notebook):
    book = nbformat.read(notebook, as_version=4)
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert "version" not in book.metadata.language_info
    assert all("execution" not in cell.metadata for cell in book.cells)
    assert WIDGET_VIEW not in notebook.read_text()
    assert "IntSlider" in outputs(notebook)["widget"][0].data["text/plain"]


def test_second_refresh_changes_no_byte(notebook, capsys):
    before, written = notebook.read_bytes(), notebook.stat().st_mtime_ns
    main([str(notebook)])
    assert capsys.readouterr().out == f"{notebook}: unchanged\n"
    assert notebook.read_bytes() == before
    assert notebook.stat().st_mtime_ns == written


def test_picture_with_equal_pixels_keeps_its_bytes(notebook):
    book = nbformat.read(notebook, as_version=4)
    book.cells[1].source = "print('other')"
    kept = repacked(book.cells[3].outputs[0].data["image/png"])
    book.cells[3].outputs[0].data["image/png"] = kept
    book.cells[3].outputs.reverse()  # it is found wherever the cell showed it
    nbformat.write(book, notebook)
    assert refresh(notebook)
    assert outputs(notebook)["words"][0].text == "other\n"
    assert outputs(notebook)["picture"][0].data["image/png"] == kept


def test_picture_with_one_other_pixel_is_replaced(notebook):
    book = nbformat.read(notebook, as_version=4)
    drawn = book.cells[3].outputs[0].data["image/png"]
    book.cells[3].outputs[0].data["image/png"] = repacked(drawn, change=1)
    nbformat.write(book, notebook)
    assert refresh(notebook)
    assert outputs(notebook)["picture"][0].data["image/png"] == drawn


def test_notebook_with_a_cell_that_fails_stays_as_it_was(notebook):
    book = nbformat.read(notebook, as_version=4)
    book.cells[1].source = "raise ValueError('no')"
    nbformat.write(book, notebook)
    before = notebook.read_bytes()
    with pytest.raises(CellExecutionError, match="ValueError"):
        refresh(notebook)
    assert notebook.read_bytes() == before


@pytest.fixture
def live(tmp_path, monkeypatch):
    """A function that refreshes a notebook whose live cell never prints the same; it gives the outputs."""
    for file in ("core/training.py", "lesson/experiment.py", "lesson/views.py", "lesson/exercises.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("")
    monkeypatch.setattr("zoo_helpers.authoring.refresh.PACKAGE", tmp_path)
    path = tmp_path / "live.ipynb"
    text = "from IPython.display import display\nprint(time.time_ns())\ndisplay(time.time_ns())"
    cells = [
        new_code_cell(
            "try:\n    from zoo_helpers.lesson import views\nexcept ImportError:\n    import time",
            id="imports",
        ),
        new_code_cell("rate = 1", id="train"),
        new_code_cell(text, id="loss", metadata={"tags": ["live", "nbval-ignore-output"]}),
        new_code_cell("import os\nos.environ['TF_NUM_INTRAOP_THREADS']", id="threads"),
    ]
    nbformat.write(new_notebook(cells=cells), path)

    def run(**sources):
        book = nbformat.read(path, as_version=4)
        for cell in book.cells:
            cell.source = sources.get(cell.id, cell.source)
        nbformat.write(book, path)
        refresh(path)
        return outputs(path)

    return run


def test_text_of_a_live_cell_stays_until_the_code_behind_it_changes(live, tmp_path):
    first = live()["loss"]
    assert len(first) == 2
    for file in ("lesson/views.py", "lesson/exercises.py"):
        (tmp_path / file).write_text("# other")
    assert live(threads="2 + 3")["loss"] == first  # what comes after it does not matter
    seen = [first]
    for file in ("lesson/experiment.py", "core/training.py"):
        (tmp_path / file).write_text("# other")
        seen.append(live()["loss"])
    seen.append(live(train="rate = 2")["loss"])
    seen.append(live(loss="print(time.time_ns())\nprint()")["loss"])
    assert all(one != other for one, other in itertools.pairwise(seen))
    assert live()["loss"] == seen[-1]


def test_a_live_picture_stays_until_what_draws_it_changes(live, tmp_path):
    drawn = "from zoo_helpers.core import figures\n"
    drawn += "figures.show(figures.figure(1 + time.time_ns() % 89 / 89, 1), 'It grows by chance.')"
    first = live(loss=drawn)["loss"]
    assert "image/png" in first[0].data
    (tmp_path / "lesson/exercises.py").write_text("# other")
    assert live()["loss"] == first
    (tmp_path / "lesson/views.py").write_text("# other")
    assert live()["loss"] != first


def test_notebooks_are_refreshed_with_four_threads(live):
    assert live()["threads"][0].data == {"text/plain": "'4'"}


# Portability


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="other processors have other instruction sets")
def test_settings_arrive():
    four, on, capped = (portability.SETTINGS[name] for name in ("four threads", "oneDNN on", "at most AVX2"))
    lower = {"ONEDNN_MAX_CPU_ISA": "SSE41", "OPENBLAS_CORETYPE": "Nehalem"}  # than machines have today
    seen = portability.observe({**four.environment, **on.environment, **capped.environment, **lower})
    assert seen.items() >= {**four.seen, **on.seen, "TensorFlow's ISA": "Intel SSE4.1"}.items()
    assert seen["OpenBLAS' ISA"] == "Nehalem"
    assert seen["NumPy's AVX-512"] == "off"


def test_every_setting_says_what_to_look_for():
    seen = {what for setting in portability.SETTINGS.values() for what in setting.seen}
    assert all(setting.environment and setting.seen for setting in portability.SETTINGS.values())
    assert seen >= {"TensorFlow threads", "oneDNN", "TensorFlow's ISA", "OpenBLAS' ISA", "NumPy's AVX-512"}


@pytest.mark.parametrize(("seen", "passed", "code"), [("on", True, 0), ("off", True, 1), ("on", False, 1)])
def test_portability_fails_for_a_setting_without_effect_and_for_a_difference(
    monkeypatch, capsys, tmp_path, seen, passed, code
):
    setting = portability.Setting({"SWITCH": "1"}, {"oneDNN": "on"})
    monkeypatch.setattr(portability, "SETTINGS", {"switched": setting})
    monkeypatch.setattr(portability, "observe", lambda environment: {"oneDNN": seen, "other": "7"})
    monkeypatch.setattr(portability, "run_notebooks", lambda environment: (passed, "1 failed"))
    monkeypatch.setattr(portability, "LESSONS", tmp_path)  # no notebooks
    assert portability.main([]) == code
    table, *rest = capsys.readouterr().out.split("| 0 s |\n")
    assert table.endswith(f"| switched | oneDNN: {seen} | {'as stored' if passed else 'DIFFER'} ")
    assert ("1 failed" in rest[0]) == bool(code)


TURNED = {  # the source of each cell
    "names": "names = ['cat', 'dog']\nprint(*names)",
    "first": "print(names[0])",
    "length": "names = 2\nprint(names)",
    "picture": "from zoo_helpers.core import figures\nwide = 1 + globals().get('runs', 0)\n"
    "figures.show(figures.figure(wide, 1), 'A picture that grows with each run.')",
    "count": "runs = globals().get('runs', 0) + 1\nprint('run', runs)",
    "two": "print('two ', end='')\nprint('pieces')",
    "seconds": "import time\nprint(time.time())",
}


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    """The path of a notebook some of whose cells give something else when they are run again."""
    path = tmp_path_factory.mktemp("orders") / "turned.ipynb"
    book = new_notebook(cells=[new_code_cell(source, id=id) for id, source in TURNED.items()])
    book.cells[-1].metadata["tags"] = ["live", "nbval-ignore-output"]
    nbformat.write(book, path)
    refresh(path)
    return path


def test_cells_that_give_something_else_in_another_order_are_named(turned, capsys):
    before = turned.read_bytes()
    assert portability.main(["--order", str(turned)]) == 1
    assert turned.read_bytes() == before
    table, said = capsys.readouterr().out.split("s |\n")
    assert "| turned | 7 in order, 7 backwards, 7 shuffled | " in table
    differences = [line.partition(":") for line in said.splitlines()]
    found = {order: [] for order in portability.ORDERS}
    for where, _, _ in differences:
        _, order, cell = where.split(", ")
        found[order].append(cell)
    assert found["in order"] == []
    assert found["backwards"] == ["count", "picture", "first"]
    assert sorted(found["shuffled"])[:2] == ["count", "picture"]
    told = {where: what for where, _, what in differences}
    assert told["turned, backwards, first"] == " TypeError: 'int' object is not subscriptable"
    assert "run 2" in told["turned, backwards, count"]
    assert told["turned, backwards, picture"] == " draws another picture"


def test_cells_that_give_the_same_in_every_order_pass(notebook, capsys):
    assert portability.main(["--order", str(notebook), "--orders", "in order", "backwards"]) == 0
    assert "| small | 4 in order, 4 backwards | none |" in capsys.readouterr().out


# Benchmarks


@pytest.fixture
def run_bench(monkeypatch, capsys, tmp_path):
    """A function (names, busy) -> the exit code and the printed lines, of three small benchmarks."""
    rows = "[('fast', '2 ms', 'under 9 ms', np.True_), ('slow', '20 ms', 'under 9 ms', {holds})]"
    for name, holds in (("good", "True"), ("bad", "np.False_")):
        source = f"import numpy as np\nprint('noise')\ndef rows():\n    return {rows.format(holds=holds)}\n"
        (tmp_path / f"bench_{name}.py").write_text(source)
    (tmp_path / "bench_broken.py").write_text("def rows():\n    return 1 / 0\n")
    monkeypatch.setattr(bench, "HERE", tmp_path)
    monkeypatch.setattr(bench, "PACKAGE", "")
    monkeypatch.setattr(bench, "ROOT", tmp_path)

    def run(names, busy=False):
        monkeypatch.setattr(bench.Load, "now", lambda: bench.Load(2.25 if busy else 0.25, busy))
        code = bench.main(names)
        return code, capsys.readouterr().out.splitlines()

    return run


def test_bench_prints_a_table_under_the_machine(run_bench):
    code, (machine, _, *table) = run_bench(["good"])
    assert code == 0
    assert all(name in machine for name in ("cores", "Python 3.", "TensorFlow 2.", "Keras 3.", "NumPy 2."))
    assert table == [
        "| what | measured | bound | holds | load before |",
        "|---|---|---|---|---|",
        "| fast | 2 ms | under 9 ms | yes | 0.2 |",
        "| slow | 20 ms | under 9 ms | yes | 0.2 |",
    ]


def test_bench_fails_where_a_bound_does_not_hold(run_bench):
    code, lines = run_bench([])
    assert code == 1
    assert lines[5] == "| slow | 20 ms | under 9 ms | **NO** | 0.2 |"
    assert lines[6] == "| bench_broken | crashed | runs to its end | **NO** | 0.2 |"
    assert len(lines) == 9


def test_bench_on_a_busy_machine_says_so_and_measures_all_the_same(run_bench):
    code, lines = run_bench(["bad"], busy=True)
    assert code == 0
    assert lines[5] == "| slow | 20 ms | under 9 ms | **NO** | **2.2, busy** |"
    assert lines[-1].startswith("The machine was busy")
    assert run_bench(["broken"], busy=True)[0] == 1


def test_the_machines_load_is_a_number_and_a_verdict(monkeypatch):
    monkeypatch.setattr(bench, "LOOK", 0.1)
    load = bench.Load.now()
    assert load.average >= 0
    assert load.busy in (True, False)


def test_calls_that_are_compared_take_turns():
    calls = []
    first, second = least_seconds(lambda: calls.append(1), lambda: calls.append(2), rounds=3)
    assert calls == [1, 2] * 4
    assert 0 <= first < 1
    assert 0 <= second < 1


def test_pytest_collects_no_benchmark(request):
    assert not [item for item in request.session.items if "benchmarks" in item.nodeid]


def test_packages_are_fetched_only_where_no_folder_holds_them(tmp_path):
    def fetch(folder):
        (folder / "package").write_text("content")

    with folder_of_packages(tmp_path, fetch) as folder:
        assert folder == tmp_path
        assert not list(tmp_path.iterdir())
    with folder_of_packages(None, fetch) as folder:
        assert (folder / "package").read_text() == "content"
    assert not folder.exists()
