"""The gates on notebooks close: each one fails on a notebook that is wrong in just that way."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import test_notebooks as gates
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

TESTS = Path(__file__).parent
METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "language_info": {"name": "python"},
}


CAPTION = "A picture of the error, 15.3 %, with a caption that is long enough."
IMPORTS = "from zoo_helpers.core import training\nfrom zoo_helpers.gradients import exercises"
BUILD = """
image = keras.Input((28, 28, 1))
mine = keras.Model(image, layers.Dense(10)(layers.Flatten()(image)))
claim("it has the package's layers", anatomy.trace_layers(mine) == gradients.trace_tower(1))
print(50_000, "images,", 4_821_600, "parameters")"""
TRAIN = """
twin = gradients.build_tower(1)
training.fit(twin, ten, epochs=2, batch_size=64, optimizer=keras.optimizers.SGD(learning_rate=0.1))"""


def lesson(tmp_path):
    """A notebook that passes every gate."""
    picture = new_output("display_data", {"image/png": "iVBORw0K", "text/plain": "Picture"})
    picture.metadata["image/png"] = {"alt": CAPTION}
    shown = new_output("display_data", {"text/markdown": f"*{CAPTION}*", "text/plain": CAPTION})
    progress = new_output("display_data", {"text/plain": "Progress: training mine"})
    text = functools.partial(new_output, "stream")
    hidden = {"jupyter": {"source_hidden": True}}
    cells = [
        new_markdown_cell("# Title\n\nAbout 5 minutes; the deeper section takes 2.", id="title"),
        new_code_cell(IMPORTS, id="imports"),
        new_markdown_cell(
            "## Section (5 min)\n\nOf 50,000 it errs on 15.3 %: 4.8 million weights.", id="section"
        ),
        new_code_cell(BUILD.strip(), id="build", outputs=[text(text="50000 images, 4821600 parameters\n")]),
        new_code_cell(TRAIN.strip(), id="train", metadata={"seconds": 200}, outputs=[progress]),
        new_code_cell("print(loss)", id="loss", outputs=[text(text="0.123\n")]),
        new_code_cell("my_guess = widgets.Prediction('?', ['1'])", id="guess", metadata=hidden),
        new_code_cell("figures.show(draw(), caption)", id="draw", metadata=hidden, outputs=[picture, shown]),
        new_code_cell("my_guess.reveal('1', '')\nprint([ten for ten in range(2)], size)", id="reveal"),
        new_markdown_cell("## Deeper: more (2 min)", id="deeper"),
        new_code_cell("def more(ten):\n    return ten", id="more", metadata={"seconds": 100}),
        new_markdown_cell(
            "Krizhevsky 2012, [ImageNet (2012)](https://doi.org/10.1145/(3065386)).", id="references"
        ),
        new_markdown_cell("For the speaker.", id="notes"),
    ]
    book = new_notebook(metadata=METADATA, cells=cells)
    for number, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), start=1):
        cell.execution_count = number
    for cell in cells:
        cell.metadata["slideshow"] = {"slide_type": "notes" if cell.id == "notes" else "slide"}
    cells[2].metadata["cites"] = cells[7].metadata["cites"] = ["ilsvrc.winner_2012"]
    cells[5].metadata["tags"] = ["live", "nbval-ignore-output"]
    path = tmp_path / "lesson.ipynb"
    path.write_text(nbformat.writes(book))
    book.path, book.reviewed = path, {}
    return book


def cell_of(book, name):
    return next(cell for cell in book.cells if cell.id == name)


def cell(name, **changes):
    """A spoiler that changes a cell."""
    return lambda book: cell_of(book, name).update(changes)


def metadata(name, **changes):
    """A spoiler that changes a cell's metadata."""
    return lambda book: cell_of(book, name).metadata.update(changes)


def output(kind, **content):
    """A spoiler that adds an output."""
    return lambda book: cell_of(book, "draw").outputs.append(new_output(kind, **content))


def notebook(**changes):
    """A spoiler that changes what goes with the notebook."""
    return lambda book: book.update(changes)


def without(name):
    """A spoiler that takes a cell out."""
    return lambda book: book.cells.remove(cell_of(book, name))


def again(*sources):
    """A spoiler that adds cells."""
    return lambda book: book.cells.extend(
        new_code_cell(source, id=f"again-{number}") for number, source in enumerate(sources)
    )


def picture(book):
    return cell_of(book, "draw").outputs[0]


WRONG = {  # gate: what is wrong with the notebook
    "cells_were_run_in_order": [cell("draw", execution_count=2), cell("draw", execution_count=None)],
    "no_errors_and_nothing_on_standard_error": [
        output("stream", name="stderr", text="warning"),
        output("error", ename="E", evalue="", traceback=[]),
    ],
    "nothing_stored_that_changes_from_run_to_run": [
        lambda book: book.metadata.update(widgets={}),
        metadata("draw", execution={}),
        output("display_data", data={"application/vnd.jupyter.widget-view+json": {}}),
        output("stream", text="<object at 0x7f2118688220>"),
    ],
    "nbval_compares_every_output_but_those_of_live_cells": [
        cell("draw", source="# NBVAL_IGNORE_OUTPUT"),
        metadata("draw", tags=["nbval-skip"]),
        metadata("draw", tags=["nbval-ignore-output"]),
        metadata("draw", tags=["raises-exception"]),
        metadata("loss", tags=["live"]),
        metadata("section", tags=["live", "nbval-ignore-output"]),
        cell("loss", source="claim('it learns', loss < 1)"),
    ],
    "cell_ids_are_unique_words": [cell("title", id="notes"), cell("title", id="4f1d2c3b")],
    "headings_skip_no_level_and_there_is_one_title": [
        cell("section", source="### Deep"),
        cell("section", source="# Title"),
    ],
    "sections_carry_minutes_that_add_up_to_the_title_cells": [
        cell("section", source="## Bare"),
        cell("section", source="## Section (6 min)"),
        cell("deeper", source="## Deeper: more (3 min)"),
        cell("deeper", source="## More (2 min)"),
    ],
    "pictures_have_a_caption": [
        lambda book: picture(book).metadata["image/png"].update(alt=""),
        lambda book: cell_of(book, "draw").outputs[1].data.update({"text/markdown": "other"}),
    ],
    "slide_types_are_ones_that_live_slides_know": [
        metadata("section", slideshow={"slide_type": "-"}),
        without("notes"),
    ],
    "cells_are_short": [cell("draw", source="\n".join(26 * ["x"])), cell("section", source=151 * "word ")],
    "files_and_pictures_are_small": [
        lambda book: picture(book).data.update({"image/png": 81_000 * "A"}),
        lambda book: book.path.write_bytes(bytes(1_000_000)),
    ],
    "links_to_other_lessons_lead_somewhere": [cell("section", source="## S (5 min)\n\n[next](gone.ipynb)")],
    "external_links_are_well_formed_and_every_paper_of_the_references_has_one": [
        cell("section", source="[a page](http://example.org/page)"),
        cell("section", source="[a page](https://example)"),
        cell("section", source="[a page](https://example.org/my page)"),
        cell("section", source="See https://example.org/page."),
        cell("references", source="Krizhevsky 2012, *ImageNet*."),
        cell(
            "references", source="LeCun 1998; Krizhevsky 2012, [ImageNet](https://doi.org/10.1145/3065386)."
        ),
        cell("references", source="[ImageNet](https://doi.org/10.1145/3065386)"),
        lambda book: (cell("build", source="papers.fact('a.b')")(book), without("references")(book)),
    ],
    "visible_cells_use_no_name_that_only_a_hidden_cell_binds": [
        cell("draw", source="size = 1"),
        cell("draw", source="from numpy import mean as size"),
        cell("draw", source="for size, _ in [(1, 2)]:\n    pass"),
        cell("draw", source="def size():\n    pass"),
        cell("draw", source="my_guess = 1"),
        cell("guess", source="size = widgets.Prediction('?', ['1'])"),
        lambda book: (
            cell("draw", source="two = 2")(book),
            cell("more", source="def more(ten):\n    return [one * two for one in ten]")(book),
        ),
    ],
    "any_cell_may_be_run_again_at_any_time": [
        again("width = 1", "width", "width = 2"),
        again("width = 1", "width = 2", "width"),  # whichever was run last
        again("width = 1", "width += 1"),
        again("width = 1", "width = width + 1"),
        again("width = 1", "width", "for width in range(3):\n    pass"),
        again("width = 1", "[one * width for one in ten]", "width, other = 1, 2"),
        again("width = 1", "width", "with open(path) as width:\n    pass"),
        again("width = 1", "width", "from numpy import width"),
        again("width = 1", "width", "def width():\n    pass"),
        again("width = 1", "if (width := 2):\n    pass", "width"),
        again("width = 1", "width", "def change():\n    global width\n    width = 2"),
        again("width = 1", "width", "del width"),
        again("sum(ten)", "sum = 55"),
        again("list = list(ten)"),
        again("width = 1\n\ndef area():\n    return width**2", "width = 2"),
        again("width = 1\nviews.explore(lambda side: side * width)", "width = 2"),
        again("live = {}", "live['plain-44'] = train(44)"),
        again("live = {'plain-44': []}", "live['plain-44'].append(1)"),
        again("losses = []", "losses.append(loss)"),
        again("model = build()", "model.trainable = False"),
        again("model = build()", "training.fit(model, images)"),
        again("model = build()", "model.fit(images)"),
        again("model = build()", "model.get_layer('fc8').set_weights(drawn)"),
        again("import numpy as np\nscores = read()", "np.add(scores, 1, out=scores)"),
        again("scores = read()", "scores[0] += 1"),
        again("scores = read()", "np.random.default_rng(0).shuffle(scores)"),
        again("import numpy as np", "np.random.normal(size=3)"),
        again("import numpy as np", "np.random.default_rng().normal(size=3)"),
        again("import numpy as np", "np.set_printoptions(precision=2)"),
        again("import numpy as np\nrng = np.random.default_rng(0)", "rng.normal(size=3)"),
        again("drawn, seed = np.random.default_rng(0), 0", "draw(drawn)"),
        again("pairs = zip(ten, ten)", "dict(pairs)"),
        again("squares = (one**2 for one in ten)", "sum(squares)"),
        again("state = {'rng': np.random.default_rng(0)}", "draw(**state)"),
        again("2 + 3", "_ + 1"),
    ],
    "numbers_in_prose_are_printed_or_cited_or_reviewed": [
        cell("section", source="Of 60,000 images"),
        cell("section", source="A loss of 0.123"),  # printed by a live cell only
        cell("section", source="It errs on 50 %."),  # 50 is in no output with a per cent
        cell("section", source="It errs on 5 per cent."),
        cell("section", source="4.9 million weights"),
        cell("section", source="Table 2: 7.5 for version 1.2"),
        cell("section", source="15.31 %"),  # the ledger has 15.3
        metadata("section", cites=[]),
        metadata("draw", cites=["ilsvrc.googlenet"]),
        notebook(reviewed={"0.5": "nobody needs it"}),
        lambda book: (cell("title", source="0.5")(book), notebook(reviewed={"0.5": ""})(book)),
    ],
    "the_network_is_built_in_sight_and_claimed_equal_to_the_packages": [
        metadata("build", jupyter={"source_hidden": True}),
        cell("build", source=BUILD.replace("layers.", "views.")),
        cell("build", source=BUILD.replace("keras.Model", "views.model")),
        cell("build", source=BUILD.replace("gradients.trace_tower(1)", "anatomy.trace_layers(theirs)")),
        cell("build", source=BUILD.replace("==", "is not")),
    ],
    "one_training_shows_optimizer_rate_batch_size_and_epochs": [
        metadata("train", jupyter={"source_hidden": True}),
        cell("train", source=TRAIN.replace("learning_rate=0.1", "")),
        cell("train", source=TRAIN.replace("optimizer=", "loss=")),
        cell("train", source=TRAIN.replace("batch_size=64, ", "")),
        cell("train", source=TRAIN.replace("epochs=2, ", "")),
    ],
    "each_guess_is_answered": [
        cell("reveal", source="other_guess.reveal('1', '')\nprint([ten for ten in range(2)], size)"),
    ],
    "the_minutes_announced_are_those_of_a_reader": [
        cell("title", source="About 8 minutes; the deeper section takes 2."),
        cell("title", source="About 5 minutes; the deeper section takes 3."),
        cell("section", source=280 * "word "),
        metadata("train", seconds=20),
        cell("guess", source="exercises.slopes.check(slopes)"),
        cell("guess", source="widgets.Quiz(exercises.QUIZ)"),
    ],
}
CASES = [(name, spoil) for name, spoilers in WRONG.items() for spoil in spoilers]


@pytest.mark.parametrize("name", WRONG)
def test_a_good_notebook_passes(name, tmp_path):
    getattr(gates, f"test_{name}")(lesson(tmp_path))


@pytest.mark.parametrize(("name", "spoil"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_notebook_fails(name, spoil, tmp_path):
    book = lesson(tmp_path)
    spoil(book)
    with pytest.raises(AssertionError):
        getattr(gates, f"test_{name}")(book)


@pytest.mark.parametrize(
    "sources",
    [
        ("width = 1", "width = 2\nsize"),
        ("for name in ten:\n    name", "[name for name in ten]", "for name in ten:\n    pass"),
        ("import numpy as np", "np.zeros(3)", "import numpy as np"),
        ("live = {}\nlive['plain-44'] = train(44)", "live", "losses = [live]\nlosses.append(live)"),
        (
            "def forward(size):\n    sums = []\n    sums.append(size)\n    return sums",
            "sums = forward(1)",
            "sums",
        ),
        ("def tall(one):\n    return tall(one - 1)", "tall(2)"),
        (
            "import numpy as np",
            "rng = np.random.default_rng(0)\nrng.normal()",
            "rng = np.random.default_rng(1)",
        ),
        (
            "import numpy as np\nnp.random.default_rng(0).normal()",
            "training.set_seeds(0)\nnp.random.normal()",
        ),
        ("pairs = list(zip(ten, ten))\nfirst, second = zip(*pairs)", "first"),
        ("model = build()\ntraining.fit(model, images)", "model.predict(images)"),
        ("try:\n    ten\nexcept ValueError as error:\n    error", "[error for error in ten]"),
        ("class Loss:\n    rate = 1\n    other = rate", "rate = 2", "rate"),
    ],
)
def test_cells_that_give_the_same_again_pass(sources, tmp_path):
    book = lesson(tmp_path)
    again(*sources)(book)
    gates.test_any_cell_may_be_run_again_at_any_time(book)


def test_there_is_no_gate_without_a_notebook_that_it_stops():
    assert {f"test_{name}" for name in WRONG} == {name for name in vars(gates) if name.startswith("test_")}


CELLS = {  # source -> outcomes of the first and of the second run
    "print('the same')": ("passed", "passed"),
    "import os; print(os.environ['TF_NUM_INTRAOP_THREADS'])": ("passed", "passed"),
    "import sys; runs = getattr(sys, 'runs', 0) + 1; sys.runs = runs; print(runs)": ("passed", "failed"),
    "import socket; socket.socket().connect_ex(('127.0.0.1', 9)); print('here')": ("passed", "passed"),
    "try:\n    socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError:\n    pass": (
        "failed",
        "failed",
    ),
    "try:\n    socket.gethostbyname('example.org')\nexcept OSError:\n    pass": ("failed", "failed"),
    "print('the same again')": ("passed", "passed"),
}
PRINTED = ["the same\n", "1\n", "1\n", "here\n", "", "", "the same again\n"]


@pytest.mark.parametrize("twice", ["1", ""])
def test_a_notebook_is_run_without_a_network_and_twice_if_that_is_asked_for(twice, tmp_path):
    book = new_notebook(metadata=METADATA)
    for number, (source, text) in enumerate(zip(CELLS, PRINTED, strict=True), start=1):
        outputs = [new_output("stream", text=text)] if text else []
        book.cells.append(new_code_cell(source, execution_count=number, outputs=outputs))
    path = tmp_path / "gates.ipynb"
    path.write_text(nbformat.writes(book))
    options = ["-p", "conftest", "-p", "no:cacheprovider", "-v", "--rootdir", str(tmp_path)]
    options += ["-rN"]  # in CI the summary would tell each failure once more
    run = subprocess.run(
        [sys.executable, "-m", "pytest", str(path), "--nbval", "--nbval-current-env", *options],
        cwd=TESTS,
        env={**os.environ, "ZOO_TWICE": twice},
        capture_output=True,
        text=True,
    )
    for number, (source, (first, second)) in enumerate(CELLS.items()):
        assert f"::Cell {number} {first.upper()}" in run.stdout, source
        assert (f"::Cell {number} again {second.upper()}" in run.stdout) == bool(twice), source
    assert run.stdout.count("tried to reach the network: socket.") == (4 if twice else 2)
