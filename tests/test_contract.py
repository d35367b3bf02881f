"""The shape that lessons share: `model.py`, `exercises.py`, what an import does, and what is typed."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from shared import exercises_of

ROOT = Path(__file__).parents[1]
MODELS = sorted(path.parent.name for path in (ROOT / "zoo_helpers").glob("*/model.py"))
EXERCISES = sorted(path.parent.name for path in (ROOT / "zoo_helpers").glob("*/exercises.py"))
VIEWS = sorted((ROOT / "zoo_helpers").glob("*/views.py"))
ROOMS = sorted(path.parent.name for path in (ROOT / "zoo_helpers").glob("*/__init__.py"))


def functions_of(path):
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("lesson", MODELS)
def test_a_model_file_has_a_table_builders_counts_and_confessions(lesson):
    module = importlib.import_module(f"zoo_helpers.{lesson}.model")
    public = [name for name in vars(module) if not name.startswith("_")]
    assert any(name.isupper() and isinstance(getattr(module, name), Mapping | tuple) for name in public)
    assert any(name.startswith("build") for name in public)
    assert any(name.startswith(("count_", "trace")) for name in public)
    differences = module.__doc__.split("Differs from the paper:")[1].strip()
    assert differences == "- nothing" or re.match(r"- .+\(test_\w+\)", differences, re.DOTALL)


@pytest.mark.parametrize("lesson", MODELS)
def test_each_difference_from_the_paper_has_its_test(lesson):
    doc = importlib.import_module(f"zoo_helpers.{lesson}.model").__doc__
    differences = re.split(r"^- ", doc.split("Differs from the paper:")[1], flags=re.MULTILINE)[1:]
    tests = {function.name for function in functions_of(ROOT / "tests" / f"test_{lesson}.py")}
    for difference in filter(lambda text: text.strip() != "nothing", differences):
        held_by = re.findall(r"\((test_\w+)\)", difference)
        assert held_by, f"no test named for: {difference}"
        assert set(held_by) <= tests


@pytest.mark.parametrize("lesson", sorted(set(EXERCISES) - {"welcome"}))
def test_a_lesson_has_exercises_and_a_quiz(lesson):
    module = importlib.import_module(f"zoo_helpers.{lesson}.exercises")
    assert len(exercises_of(lesson)) >= 2
    assert len(module.QUIZ) >= 5


@pytest.mark.parametrize("room", ROOMS)
def test_importing_starts_no_tensorflow_and_changes_no_setting(room):
    script = (
        "import sys, random, numpy as np; before = random.getstate(), np.random.get_state()[1].tolist();"
        f"import zoo_helpers.{room}; assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules;"
        "assert before == (random.getstate(), np.random.get_state()[1].tolist())"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("path", sorted((ROOT / "zoo_helpers").rglob("*.py")), ids=lambda path: path.stem)
def test_public_functions_say_what_they_give_and_take(path):
    for function in functions_of(path):
        if function.name.startswith("_") or (path.name == "exercises.py" and function.decorator_list):
            continue  # a solution, or a slip
        assert ast.get_docstring(function), function.name
        if path.name in ("bootstrap.py", "exercises.py"):
            continue  # it must parse on any Python; a learner writes no annotations
        assert function.returns is not None, function.name
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        assert all(argument.annotation for argument in arguments), function.name


def typed_titles(source):
    """The titles of more than four words that `draw_…` functions hold: a panel's name is shorter."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef) or not function.name.startswith(("draw_", "_draw_")):
            continue
        arguments = [*function.args.posonlyargs, *function.args.args]
        defaults = zip(arguments[::-1], function.args.defaults[::-1], strict=False)
        defaults = [*defaults, *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)]
        titles = [default for argument, default in defaults if argument.arg == "title"]
        for call in ast.walk(function):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func)
                if not name.endswith(".legend"):  # whose title says what it lists
                    titles += [keyword.value for keyword in call.keywords if keyword.arg == "title"]
                titles += call.args[:1] if name.endswith((".set_title", ".suptitle")) else []
                titles += call.args[2:3] if name.endswith("figure") else []
        for title in titles:
            if isinstance(title, ast.Constant) and len(str(title.value).split()) > 4:
                yield title.value


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.parent.name)
def test_no_title_that_states_a_finding_is_typed_in_the_package(path):
    assert list(typed_titles(path.read_text())) == []


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("figure = figures.figure(8, 3, 'Depth hurts the plain networks')", True),
        ("axes.set_title('Depth hurts the plain networks')", True),
        ("empty.suptitle('Depth hurts the plain networks', x=0)", True),
        ("figure = figures.figure(8, 3, title='Depth hurts the plain networks')", True),
        ("axes.set(title='Depth hurts the plain networks')", True),
        ("axes.set_title('the plain networks')", False),
        ("axes.legend(title='side of the training images (pixels)')", False),
        ("axes.set_title(f'{count} of the networks learn it')", False),
        ("axes.set_title(title)", False),
    ],
)
def test_a_typed_title_is_seen(line, seen):
    assert bool(list(typed_titles(f"def draw_loss(axes, title):\n    {line}"))) == seen


def test_a_title_typed_as_a_default_is_seen():
    assert list(typed_titles("def draw_loss(data, title='Depth hurts the plain networks'): pass"))
    assert list(typed_titles("def draw_loss(data, *, title='Depth hurts the plain networks'): pass"))
