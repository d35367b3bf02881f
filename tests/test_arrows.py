"""The arrows of the house, read from the imports: who may import whom."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "zoo_helpers"
LESSONS = ["welcome", "topk", "lenet", "alexnet", "vgg", "gradients", "resnet", "pretrained", "your_own"]
SHARED_BY_LESSONS = {"model", "metric", "layers"}  # what a later lesson may import of an earlier one
BEFORE = {  # inside a lesson: what a file may import
    "series": set(),
    "plan": set(),
    "scoreboard": {"plan"},
    "weights": set(),
    "metric": set(),
    "layers": set(),
    "images": set(),
    "drawing": set(),
    "checks": {"series"},
    "keras_metric": {"metric"},
    "model": {"plan", "layers", "weights"},
    "zoo": {"model"},
    "theory": {"model"},
    "probes": {"plan", "model", "layers"},
    "readers": {"model", "layers", "images"},
}
BEFORE["experiment"] = set(BEFORE) - {"drawing"}
BEFORE["exercises"] = set(BEFORE) - {"drawing"}
BEFORE["views"] = set(BEFORE) - {"exercises"}
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(path):
    """The modules of ours that a file imports, anywhere in it, as parts after `zoo_helpers`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the full path, not a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (tuple(name.split(".")[1:]) for name in names if name.startswith("zoo_helpers."))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_arrows(path):
    *room, name = path.relative_to(PACKAGE).with_suffix("").parts
    room = room[0] if room else name
    for target in imports(path):
        assert allowed(room, name, target), f"{path.relative_to(PACKAGE)} must not import {'.'.join(target)}"


def allowed(room, name, target):
    if target[0] == "core":
        return True
    if target[0] in ("authoring", "commands"):
        return (
            room == target[0]
        )  # maintainers' tools and commands: each among themselves, and for nobody else
    if room in ("gallery", "authoring", "commands"):
        return True  # they stand above all lessons
    if target[0] not in LESSONS or room not in LESSONS:
        return False  # core imports no lesson; no lesson imports the gallery
    file = target[1] if len(target) > 1 else None  # None: the lesson as a whole
    if target[0] == room:
        return name == "__init__" or file in BEFORE[name]
    return LESSONS.index(target[0]) < LESSONS.index(room) and file in SHARED_BY_LESSONS


def core_imports(name):
    """The files of core that a file of core imports, itself or through others."""
    direct = {target[1] for target in imports(PACKAGE / "core" / f"{name}.py") if len(target) > 1}
    return direct.union(*map(core_imports, direct))  # a circle ends in a RecursionError


def test_core_has_no_circles_and_a_ground_floor():
    for path in PACKAGE.glob("core/*.py"):
        assert path.stem not in core_imports(path.stem)
    assert core_imports("backend") == core_imports("arguments") == set()
    assert "training" not in core_imports("datasets")


def test_every_folder_and_every_lesson_file_is_known():
    assert {path.parent.name for path in PACKAGE.glob("*/*.py")} <= {
        *LESSONS,
        "core",
        "authoring",
        "commands",
    }
    files = {path.stem for lesson in LESSONS for path in PACKAGE.glob(f"{lesson}/*.py")}
    assert files <= {*BEFORE, "__init__"}


@pytest.mark.parametrize(
    ("room", "name", "target"),
    [
        ("core", "widgets", ("topk", "metric")),
        ("topk", "metric", ("topk", "views")),
        ("topk", "views", ("vgg", "model")),
        ("vgg", "views", ("topk", "views")),
        ("topk", "views", ("topk",)),
        ("vgg", "views", ("topk", "error")),
        ("vgg", "model", ("resnet", "model")),
        ("topk", "views", ("gallery",)),
        ("vgg", "model", ("authoring", "refresh")),
        ("welcome", "checks", ("commands", "lessons")),
        ("gallery", "gallery", ("commands",)),
        ("authoring", "refresh", ("commands", "lessons")),
        ("commands", "refresh", ("authoring", "refresh")),
    ],
)
def test_a_wrong_arrow_is_seen(room, name, target):
    assert not allowed(room, name, target)
