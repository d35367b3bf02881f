"""The set-up: what names dependencies is in step, and what is missing gets one clear line with its cure."""

import ast
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import types
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from zoo_helpers.authoring import bootstrap
from zoo_helpers.commands import COMMANDS, overview

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
DEPENDENCIES = [
    *PROJECT["project"]["dependencies"],
    *itertools.chain(*PROJECT["project"]["optional-dependencies"].values()),
]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "linux-arm": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "mac": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}


# What names dependencies is in step.


def locked():
    """The lock's entries: (requirement with version and marker, its hashes)."""
    for entry in LOCK.replace("\\\n", "").strip().split("\n"):
        requirement, *hashes = entry.split(" --hash=")
        yield Requirement(requirement), [digest.strip() for digest in hashes]


def applies(requirement, where):
    return requirement.marker is None or requirement.marker.evaluate(where)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_dependency_is_locked_at_a_version_in_its_range(system, python):
    where = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.9"}
    wanted = map(Requirement, [*DEPENDENCIES, *PROJECT["build-system"]["requires"]])
    versions = {}
    for entry, _ in locked():
        if applies(entry, where):
            assert entry.name not in versions, "two versions for one system"
            (pin,) = entry.specifier
            assert pin.operator == "=="
            versions[entry.name] = pin.version
    for requirement in wanted:
        if applies(requirement, where):
            assert requirement.specifier.contains(versions[requirement.name]), requirement


def test_lock_has_hashes_and_no_addresses():
    for requirement, hashes in locked():
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), requirement
    assert "://" not in LOCK
    assert "--" not in LOCK.replace("--hash=sha256:", "")  # such as an option that names an index


def test_dependencies_are_ranges():
    for requirement in map(Requirement, DEPENDENCIES):
        assert {part.operator for part in requirement.specifier} == {">="}, requirement


def test_environment_yml_asks_for_the_same():
    python, pip, listed = ENVIRONMENT["dependencies"]
    assert SpecifierSet(python.removeprefix("python ")) == SpecifierSet(PROJECT["project"]["requires-python"])
    assert pip == "pip"
    assert listed == {"pip": [f"-e .[{','.join(PROJECT['project']['optional-dependencies'])}]"]}


def test_the_same_pythons_are_named_everywhere():
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    assert [minor for minor in range(30) if supported.contains(f"3.{minor}.1")] == [10, 11, 12, 13]
    assert (bootstrap.OLDEST, bootstrap.NEWEST) == ((3, 10), (3, 13))
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == [PYTHONS[0], PYTHONS[-1]]
    for name in ("README.md", "CONTRIBUTING.md", "Makefile"):
        assert "Python 3.10 to 3.13" in (ROOT / name).read_text(encoding="utf-8"), name


def test_the_devcontainer_installs_as_everybody_does_with_a_python_that_fits():
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    image, _, python = settings["image"].rpartition(":")
    assert image == "mcr.microsoft.com/devcontainers/python"
    assert python in PYTHONS
    for line in (settings["postCreateCommand"], settings["postAttachCommand"]):
        program, script, command, *_ = line.split()
        assert (program, script) == ("python", "zoo.py")
        assert COMMANDS[command] == "learner"
    assert settings["forwardPorts"] == [8888]


# What is imported is declared.

OURS = "zoo_helpers"
DISTRIBUTIONS = {  # import name -> what pip calls it
    module: set(map(canonicalize_name, names)) for module, names in packages_distributions().items()
}
RUN_TIME = {Requirement(line).name for line in PROJECT["project"]["dependencies"]}
FOR_TESTS, FOR_PAGES = (
    {Requirement(line).name for line in PROJECT["project"]["optional-dependencies"][extra]}
    for extra in ("test", "pages")
)


def imported(source):
    """The top names of what a program imports, anywhere in it, Python's own and ours left out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        else:
            continue
        yield from {name.split(".")[0] for name in names} - sys.stdlib_module_names - {OURS}


def undeclared(sources, declared):
    """What these programs import of others and nobody declared: {import name: the programs}."""
    missing = {}
    for name, source in sources.items():
        for module in imported(source):
            if not declared & DISTRIBUTIONS.get(module, {module}):
                missing.setdefault(module, []).append(name)
    return missing


def test_what_the_package_imports_is_declared():
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / OURS).rglob("*.py")}
    more = {"authoring": FOR_TESTS, "reading": FOR_PAGES}  # what a folder may import beyond all others
    for path, source in sources.items():
        assert undeclared({path: source}, RUN_TIME | more.get(path.parent.name, set())) == {}


def test_what_the_notebooks_import_is_declared():
    sources = {}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        here = [cell for cell in cells if "colab" not in cell.metadata.get("tags", [])]
        sources[path.stem] = "\n".join(cell.source for cell in here)
    assert sources
    assert undeclared(sources, RUN_TIME) == {}


def test_an_undeclared_import_is_seen():
    program = "import os, numpy.linalg\ndef f():\n    from PIL import Image\n    import nbval.plugin"
    assert undeclared({"program": program}, RUN_TIME) == {"nbval": ["program"]}
    assert undeclared({"program": program}, RUN_TIME | FOR_TESTS) == {}


# What says which version this is, is in step.


def test_the_citation_is_valid_and_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}  # what the format requires
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert all(author.keys() & {"name", "family-names"} for author in citation["authors"])
    assert citation["version"] == PROJECT["project"]["version"]
    assert " AND ".join(citation["license"]) == PROJECT["project"]["license"]


def test_the_changes_begin_with_what_is_not_released_and_then_this_version():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$", changes, re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    assert headings[1][0] == PROJECT["project"]["version"]
    assert all(date for _, date in headings[1:])


def test_the_readme_names_this_versions_wheel():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    wheels = set(re.findall(r"zoo_helpers-\S+\.whl", readme))
    assert wheels == {f"{OURS}-{PROJECT['project']['version']}-py3-none-any.whl"}


def test_the_readme_lists_the_lessons_that_are_there_with_their_minutes():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"\(notebooks/(\w+)\.ipynb\) \|.*\| (\d+) min \|$", readme, re.MULTILINE))
    titles = {
        path.stem: nbformat.read(path, as_version=4).cells[0].source
        for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    announced = {stem: re.search(r"[Aa]bout (\d+) minutes", title)[1] for stem, title in titles.items()}
    assert listed == announced
    number = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"][len(titles) - 1]
    assert f"A welcome and {number} lessons" in readme


# One clear line for whatever is missing.


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project in a folder with a space in its name, and the list of what the set-up does in it.

    The environment is made and pip is called in name only: `steps.pip_says` is what pip prints, failing.
    """
    folder = tmp_path / "the zoo"
    folder.mkdir()
    (folder / "requirements.lock").write_text("demo==1\n")
    (folder / "pyproject.toml").write_text("[project]\n")
    monkeypatch.chdir(folder)

    class Steps(list):
        pip_says = ""

    steps = Steps()

    def create(path, clear, with_pip):
        steps.append("make .venv")
        assert clear
        assert with_pip
        shutil.rmtree(path, ignore_errors=True)
        Path(bootstrap.python_of_venv()).parent.mkdir(parents=True)
        Path(bootstrap.python_of_venv()).touch()

    def call(command, stdout, stderr):
        steps.append("install the lock" if "-r" in command else "install the package")
        stdout.write(steps.pip_says)
        if steps.pip_says == "interrupted":
            raise KeyboardInterrupt
        return 1 if steps.pip_says else 0

    monkeypatch.setattr(venv, "create", create)
    monkeypatch.setattr(bootstrap, "subprocess", types.SimpleNamespace(**vars(subprocess)))
    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    return steps


def stopped_with():
    """The one line with which the set-up stops."""
    with pytest.raises(SystemExit) as stop:
        bootstrap.main()
    assert re.fullmatch("CNN zoo: [^\n]+", stop.value.code)  # Python prints it, and exits with 1
    return stop.value.code


ALL_STEPS = ["make .venv", "install the lock", "install the package"]


def test_the_second_start_does_nothing(project):
    bootstrap.main()
    assert project == ALL_STEPS
    bootstrap.main()
    assert project == ALL_STEPS


def test_another_lock_is_installed_in_place(project):
    bootstrap.main()
    Path("requirements.lock").write_text("demo==2\n")
    bootstrap.main()
    assert project == [*ALL_STEPS, *ALL_STEPS[1:]]


def test_another_pyproject_installs_the_package_alone_which_needs_no_network(project):
    bootstrap.main()
    Path("pyproject.toml").write_text("[project.scripts]\n")
    project.pip_says = "interrupted"
    assert "run it again" in stopped_with()
    project.pip_says = ""
    bootstrap.main()
    assert project == [*ALL_STEPS, *2 * ALL_STEPS[2:]]


@pytest.mark.parametrize("installed_before", [False, True])
def test_after_an_interruption_the_environment_is_made_anew(project, installed_before):
    if installed_before:
        bootstrap.main()
        Path("requirements.lock").write_text("demo==2\n")
    project.pip_says = "interrupted"
    assert "run it again" in stopped_with()
    project.clear()
    project.pip_says = ""
    bootstrap.main()
    assert project == ALL_STEPS


def test_after_a_move_of_the_folder_the_environment_is_made_anew(project, monkeypatch):
    bootstrap.main()
    before, after = Path.cwd(), Path.cwd().with_name("zoo")
    monkeypatch.chdir(before.parent)  # Windows moves no folder that somebody is in
    monkeypatch.chdir(before.rename(after))
    bootstrap.main()
    assert project == [*ALL_STEPS, *ALL_STEPS]


def test_with_another_python_the_environment_is_made_anew(project, monkeypatch):
    bootstrap.main()
    other = (3, 10 if sys.version_info[1] != 10 else 11, 0)
    monkeypatch.setattr(bootstrap, "sys", types.SimpleNamespace(version_info=other, exit=sys.exit))
    bootstrap.main()
    assert project == [*ALL_STEPS, *ALL_STEPS]


def test_an_environment_whose_python_is_gone_is_made_anew(project):
    bootstrap.main()
    os.remove(bootstrap.python_of_venv())
    bootstrap.main()
    assert project == [*ALL_STEPS, *ALL_STEPS]


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 18), (3, 14, 0)])
def test_a_python_that_does_not_fit_is_named_with_one_that_does(project, monkeypatch, version):
    monkeypatch.setattr(bootstrap, "sys", types.SimpleNamespace(version_info=version, exit=sys.exit))
    line = stopped_with()
    assert f"Python 3.10 to 3.13 is needed, but this is {version[0]}.{version[1]}: " in line
    assert re.search(r"say: \S+ zoo\.py lab$", line)


def test_no_other_python_on_this_machine(monkeypatch):
    monkeypatch.setattr(bootstrap, "starts", lambda name: False)
    assert bootstrap.other_python().startswith("install one")


def test_no_disk_space(project, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: types.SimpleNamespace(free=1.24e9))
    assert "1.2 GB of disk space is free, and 4 GB is needed" in stopped_with()
    assert project == []


@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_no_module_to_make_an_environment_with(project, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)  # import raises ModuleNotFoundError
    package = "python{}.{}-venv".format(*sys.version_info)
    assert f"no module {module}: sudo apt-get install {package}" in stopped_with()


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied", ".venv"), ValueError("a : in it")]
)
def test_no_environment_can_be_made(project, monkeypatch, error):
    def create(path, clear, with_pip):
        raise error

    monkeypatch.setattr(venv, "create", create)
    assert str(error) in stopped_with()


SAID_BY_PIP = {  # what pip prints for it -> what the line must have
    "OSError: [Errno 28] No space left on device\n": "is full: free 4 GB",
    "NameResolutionError(\"Failed to resolve 'example.org'\")\nERROR: No matching distribution": "no network",
    "('Connection broken: ', ConnectTimeoutError(15))\nERROR: No matching distribution": "no network",
    "SSLError(... CERTIFICATE_VERIFY_FAILED ...)\nERROR: No matching distribution": "PIP_CERT",
    "ProxyError('Cannot connect to proxy.')\nERROR: No matching distribution": "HTTPS_PROXY",
    "HINT: ... this system does not have Windows Long Path support enabled.\n": "too long for Windows",
    "ERROR: ... [WinError 5] Access is denied: 'python.exe'\n": "close JupyterLab",
    "something new\nERROR: its last line\n": f"see {bootstrap.LOG}: ERROR: its last line",
}


@pytest.mark.parametrize("said", SAID_BY_PIP)
def test_what_pip_says_becomes_one_line_with_the_cure(project, said):
    project.pip_says = said
    assert SAID_BY_PIP[said] in stopped_with()


# The real thing: other Pythons, make, pip.


def find_python(version):
    """The path of a Python of this version, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return next(pyenv.glob(f"versions/{version}.*/bin/python"), None) or shutil.which(f"python{version}")


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.9"])
def test_a_real_old_python_gets_the_line(version):
    python = find_python(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run([python, ROOT / "zoo.py", "lab"], env=clean, capture_output=True, text=True)
    assert run.returncode == 1
    assert re.fullmatch(rf"CNN zoo: Python 3\.10 to .* this is {re.escape(version)}: .*\n", run.stderr)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_make_names_a_missing_python_and_helps():
    from_make = ("MAKE", "ARGS")  # what a `make test` that runs this passes on
    alone = {name: value for name, value in os.environ.items() if not name.startswith(from_make)}

    def make(*arguments):
        return subprocess.run(["make", *arguments], cwd=ROOT, env=alone, capture_output=True, text=True)

    missing = make("PYTHON=no-such", "lab")
    assert missing.returncode != 0
    assert missing.stderr.startswith("CNN zoo: no no-such here: install Python 3.10 to 3.13, ")
    assert missing.stderr.count("\n") == 2  # the second is make's own
    assert make().stdout == overview() + "\n"
    assert make("-n", "lab", "PORT=9000").stdout.splitlines()[-1].endswith(" zoo.py lab --port=9000")
    assert make("-n", "test", "ARGS=-m release").stdout.splitlines()[-1].endswith(" zoo.py test -m release")
    for command in COMMANDS:
        assert f" zoo.py {command}" in make("-n", command).stdout


@pytest.fixture
def pip_says(tmp_path, monkeypatch):
    """The line with which the set-up stops when the real pip is given a lock and settings."""
    monkeypatch.chdir(tmp_path)
    Path(".venv").mkdir()
    with zipfile.ZipFile("demo-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("demo-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1\n")
        wheel.writestr(
            "demo-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("demo-1.dist-info/RECORD", "")
    monkeypatch.setattr(bootstrap, "python_of_venv", lambda: sys.executable)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "target"))  # nothing gets into the real environment

    def pip_says(requirement, **settings):
        Path("requirements.lock").write_text(f"{requirement} --hash=sha256:{64 * '0'}\n")
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as stop:
            bootstrap.pip("install", "--require-hashes", "-r", "requirements.lock")
        return stop.value.code

    return pip_says


def test_pip_with_a_download_that_is_not_what_the_lock_names(pip_says):
    assert "not what the lock names" in pip_says("demo==1", PIP_NO_INDEX="1", PIP_FIND_LINKS=".")


def test_pip_on_a_system_without_packages(pip_says):
    assert "64-bit Linux" in pip_says("demo==2", PIP_NO_INDEX="1", PIP_FIND_LINKS=".")


def test_pip_without_a_network(pip_says):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and nobody listens there
        _, port = closed.getsockname()
        line = pip_says("demo==1", PIP_INDEX_URL=f"http://127.0.0.1:{port}/simple")
    assert "no network: connect once" in line
