"""Without a checkout and without a network: a wheelhouse, what it installs, and lesson 1 run from that.

It fetches and unpacks all that the lock names, so plain `make test` leaves it out; `-m install` asks for it.
One wheelhouse and one environment serve all tests; the network is cut (`tests/no_network`) from there on.
"""

import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LARGEST = 45e6  # bytes of our wheel
RUN_LESSON_1 = """
import sys
from pathlib import Path
import nbformat
from nbclient import NotebookClient
from zoo_helpers.commands import copies, lessons

assert lessons.checkout() is None
print(*copies.update(copies.default_folder()))
path = copies.default_folder() / "01_topk_error.ipynb"
book = nbformat.read(path, as_version=4)
where = {"metadata": {"path": path.parent}}
NotebookClient(book, timeout=120, kernel_name="python3", resources=where).execute()
print(sum(cell.cell_type == "code" for cell in book.cells), "cells")
"""

pytestmark = pytest.mark.install


def run(*command, cwd, online=False, **more):
    """What a program says; it has none of pip's settings here, and the network only where it is asked for."""
    kept = {name: value for name, value in os.environ.items() if online or not name.startswith("PIP_")}
    if online:
        del kept["PYTHONPATH"]
    else:
        kept["PIP_CONFIG_FILE"] = os.devnull
    result = subprocess.run(command, cwd=cwd, env={**kept, **more}, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


def contents(wheel):
    """What is in a wheel: each file's bytes, the list of them left out."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith(("/", "RECORD"))]
        return {name: archive.read(name) for name in names}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a wheelhouse in it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "zoo_helpers.commands", "wheelhouse", "the wheels", cwd=folder, online=True)
    return folder


@pytest.fixture(scope="module")
def wheel(folder):
    (wheel,) = folder.glob("the wheels/zoo_helpers-*.whl")
    return wheel


@pytest.fixture(scope="module")
def python(folder):
    """The Python of an environment that was installed as the wheelhouse says, without a network."""
    run(sys.executable, "-m", "venv", "env", cwd=folder)
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    _, line, last = (folder / "the wheels" / "INSTALL.txt").read_text().splitlines()
    program, *arguments = shlex.split(line)
    assert (program, last.strip()) == ("python", "cnn-zoo lab")
    run(python, *arguments, cwd=folder, PIP_NO_COMPILE="1")  # it saves half a minute of CI
    return python


def tracked(*patterns):
    """The files that a clean checkout would have."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_the_wheel_is_small_and_holds_the_package_and_the_lessons(wheel):
    assert wheel.stat().st_size < LARGEST
    inside = contents(wheel)
    expected = {name: name for name in tracked("zoo_helpers")}
    expected |= {f"zoo_helpers/{name}": name for name in tracked("notebooks/*.ipynb")}
    assert {name for name in inside if ".dist-info/" not in name} == set(expected)
    for name, source in expected.items():
        assert inside[name] == (ROOT / source).read_bytes(), name


def test_a_wheel_built_without_a_source_archive_is_the_same(wheel, tmp_path):
    for name in tracked():
        copy = tmp_path / "tree" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    program = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    run(sys.executable, "-c", program, tmp_path, cwd=tmp_path / "tree")
    assert contents(tmp_path / wheel.name) == contents(wheel)


def test_lesson_1_runs_from_the_wheel_without_a_network(python, tmp_path):
    said = run(python, "-c", RUN_LESSON_1, cwd=tmp_path)
    assert re.fullmatch(r"9 lessons copied to my-lessons\.\n\d\d cells\n", said)


def test_the_wheel_can_be_made_again_from_what_it_installed(python, wheel, tmp_path):
    assert "for the maintainer" not in run(python.with_name("cnn-zoo"), cwd=tmp_path)
    program = (
        "from pathlib import Path; from zoo_helpers.commands import wheelhouse as w; w.repack_wheel(Path())"
    )
    run(python, "-c", program, cwd=tmp_path)
    assert contents(tmp_path / wheel.name) == contents(wheel)
    run(python, "-m", "pip", "wheel", "--no-index", "--no-deps", "-w", "taken", wheel.name, cwd=tmp_path)


def test_lesson_1_runs_with_one_line_of_uv(python, folder, tmp_path):
    """`uv tool run` is what `uvx` is short for."""
    run(python, "-m", "pip", "install", "--quiet", "uv", cwd=folder, online=True)
    uv = [python, "-m", "uv", "tool", "run", "--offline", "--no-index", "--find-links", folder / "the wheels"]
    settings = {"UV_CACHE_DIR": str(folder / "uv"), "UV_PYTHON": sys.executable}
    said = run(*uv, "--from", "zoo-helpers", "python", "-c", RUN_LESSON_1, cwd=tmp_path, **settings)
    assert re.fullmatch(r"9 lessons copied to my-lessons\.\n\d\d cells\n", said)
