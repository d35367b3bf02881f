"""What every notebook keeps, beside the outputs that nbval compares: form, words, numbers, minutes."""

import ast
import dis
import importlib
import inspect
import itertools
import re
import symtable
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest

from zoo_helpers.core import papers
from zoo_helpers.core.papers import tomllib

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REVIEWED = tomllib.loads(Path(__file__).with_name("reviewed_numbers.toml").read_text(encoding="utf-8"))
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes"}

# Who learns from a text in a second language reads 130 to 150 words a minute; who reads English for pleasure,
# 240. The seconds are what such a reader spends on each.
WORDS_A_MINUTE = 140
SECONDS = {
    "line of code": 4,
    "line of output": 2,
    "picture": 15,
    "explorer": 60,
    "guess": 30,
    "quiz question": 40,
}
TOLERANCE = 0.25  # of the minutes announced


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem, scope="module")
def notebook(request):
    book = nbformat.read(request.param, as_version=4)
    nbformat.validate(book)
    book.path = request.param
    assert set(REVIEWED) <= {path.stem for path in NOTEBOOKS}
    book.reviewed = REVIEWED.get(book.path.stem, {})
    return book


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def hidden(cell):
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def visible_cells(notebook):
    return [cell for cell in code_cells(notebook) if not hidden(cell)]


def live(cell):
    return "live" in cell.metadata.get("tags", [])


def calls(cells):
    """Each call in the cells' code, as its name (such as `keras.Model`) and the syntax tree."""
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


def lesson_of(notebook):
    """The folder of the package that the notebook takes its exercises from, or None."""
    source = "\n".join(cell.source for cell in code_cells(notebook))
    found = re.search(r"^from zoo_helpers\.(\w+) import .*\bexercises\b", source, re.MULTILINE)
    return found and ROOT / "zoo_helpers" / found[1]


def headings(notebook):
    """(level, text) of each heading, code fences left out."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
            yield from (
                (len(marks), words) for marks, words in re.findall(r"^(#+) (.+)$", text, re.MULTILINE)
            )


def test_cells_were_run_in_order(notebook):
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_no_errors_and_nothing_on_standard_error(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id


def test_nothing_stored_that_changes_from_run_to_run(notebook):
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in code_cells(notebook):
        assert "execution" not in cell.metadata, cell.id
        for output in cell.outputs:
            assert not any("widget" in kind for kind in output.get("data", {})), cell.id
            assert " at 0x" not in str(output), cell.id


def test_nbval_compares_every_output_but_those_of_live_cells(notebook):
    for cell in notebook.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag == "live" or "nbval" in tag]
        assert tags in ([], ["live", "nbval-ignore-output"]), cell.id
        assert "raises-exception" not in cell.metadata.get("tags", []), cell.id
        assert "nbval" not in cell.source.lower(), cell.id
        if tags:
            assert cell.cell_type == "code", cell.id
            assert "claim(" not in cell.source, f"{cell.id}: what it claims would not be compared"


def test_cell_ids_are_unique_words(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)] == []
    assert [name for name in ids if re.fullmatch(r"[0-9a-f]{6,}", name)] == []


def test_headings_skip_no_level_and_there_is_one_title(notebook):
    levels = [level for level, _ in headings(notebook)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def announced(notebook):
    """The minutes that the first cell announces: of the core path, and of the deeper sections."""
    text = notebook.cells[0].source
    core, deeper = re.search(r"(\d+) minutes", text), re.search(r"minutes[^.]*\b[Dd]eeper\D*(\d+)", text)
    return int(core[1]), int(deeper[1]) if deeper else 0


def test_sections_carry_minutes_that_add_up_to_the_title_cells(notebook):
    core = deeper = 0
    for level, words in headings(notebook):
        if level == 2:
            minutes = re.search(r"\((\d+) min\)$", words)
            assert minutes, words
            deeper += int(minutes[1]) * words.startswith("Deeper: ")
            core += int(minutes[1]) * (not words.startswith("Deeper: "))
    assert announced(notebook) == (core, deeper)


def test_pictures_have_a_caption(notebook):
    for cell in code_cells(notebook):
        for index, output in enumerate(cell.outputs):
            if "image/png" not in output.get("data", {}):
                continue
            assert len(output.metadata["image/png"]["alt"]) > 20, cell.id
            caption = output.metadata["image/png"]["alt"]
            if not output.data["text/plain"].startswith("Explorer"):  # it shows its caption itself
                assert cell.outputs[index + 1].data["text/markdown"] == f"*{caption}*", cell.id


def test_slide_types_are_ones_that_live_slides_know(notebook):
    types = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    assert set(types) - {None} <= SLIDE_TYPES
    assert types[0] == "slide"
    assert "notes" in types


def test_cells_are_short(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 25, cell.id
        else:
            assert len(cell.source.split()) <= 150, cell.id


def test_files_and_pictures_are_small(notebook):
    assert notebook.path.stat().st_size < 1_000_000
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert len(output.get("data", {}).get("image/png", "")) * 3 / 4 < 60_000, cell.id


def test_links_to_other_lessons_lead_somewhere(notebook):
    for cell in notebook.cells:
        for target in re.findall(r"\]\(([^)#:]+)\)", cell.source if cell.cell_type == "markdown" else ""):
            assert (notebook.path.parent / target).exists(), f"{cell.id}: {target}"


def test_external_links_are_well_formed_and_every_paper_of_the_references_has_one(notebook):
    link = re.compile(r"\[[^\]]+\]\(((?:[^()\s]|\([^()\s]*\))+)\)")  # a DOI may have parentheses
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        targets = [target for target in link.findall(cell.source) if ":" in target]
        addresses = [urlsplit(target) for target in targets]
        assert all(a.scheme == "https" and "." in a.netloc and len(a.path) > 1 for a in addresses), cell.id
        rest = link.sub("LINK", cell.source)
        assert "://" not in rest, f"{cell.id}: an address without a title, or with a space in it"
        if cell.id == "references":  # a paper is named by its authors and year; its title follows, as a link
            _, *entries = re.split(r"(?<=[\w.)]) ((?:19|20)\d\d)[a-z]?\b", rest)
            entries = list(zip(entries[::2], entries[1::2], strict=True))
            assert entries, "no paper"
            assert [f"{year}{text[:50]}" for year, text in entries if "LINK" not in text] == []
    if any("papers." in cell.source for cell in code_cells(notebook)):
        assert "references" in [cell.id for cell in notebook.cells]


# Names


def bound_and_used(cell):
    """The names that the cell's code binds, and those that it uses and no function of its own binds."""
    top = symtable.symtable(cell.source, cell.id, "exec")
    used, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        used |= {
            s.get_name() for s in table.get_symbols() if s.is_referenced() and (table is top or s.is_global())
        }
    return {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}, used


def test_visible_cells_use_no_name_that_only_a_hidden_cell_binds(notebook):
    seen, unseen = set(), set()
    for cell in code_cells(notebook):
        bound, used = bound_and_used(cell)
        if hidden(cell):
            guesses = re.findall(r"^(\w*guess\w*) = widgets\.Prediction\(", cell.source, re.MULTILINE)
            unseen |= bound - set(guesses)
        else:
            seen |= bound
            names = sorted((used & unseen) - seen)
            assert names == [], f"{cell.id}: {names}"


# Any cell, any time

IN_PLACE = re.compile(
    "add|append(left)?|apply_gradients|assign(_add|_sub)?|clear|discard|extend|fill|(partial_)?fit|insert"
    "|load_weights|move_to_end|pop(item|left)?|remove|resize|reverse|rotate|set_weights|setdefault|sort"
    "|subtract|train_on_batch|(\\w+_)?update"
)
CHANGES_ARGUMENT = {"carry_weights": 1, "copyto": 0, "descend": 0, "fit": 0, "setattr": 0, "shuffle": 0}
USED_UP = re.compile(
    "Generator|RandomState|Random|SeedGenerator|default_rng|enumerate|filter|iter|map|open|zip"
)
COMPREHENSIONS = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
LAST_RUN = re.compile(r"_{1,3}|_?i{1,3}|_i?\d+|In|Out|_[io]h")  # what IPython calls the cells run last
DRAWS = re.compile(r"(np\.|numpy\.|keras\.|tf\.)random\.[a-z]\w*|random\.\w+|default_rng")
SWITCHES = re.compile(r"(np|numpy)\.set\w+|(keras|tf)\.([\w.]+\.)?set_\w+|warnings\.\w*filter\w*")


def imported(cell):
    """name -> what is imported under it."""
    found = {}
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None)
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = f"{module}.{alias.name}" if module else alias.name
    return found


def run_order(cell):
    """The names the cell binds, those it reads before it binds them, and those its functions read."""
    bound, at_once, later = set(), set(), set()

    def follow(code, own, runs_now):
        for instruction in dis.get_instructions(code):
            name, what = instruction.argval, instruction.opname
            if inspect.iscode(name):
                function = name.co_flags & inspect.CO_OPTIMIZED and name.co_name not in COMPREHENSIONS
                follow(name, set(), runs_now and not function)
            elif what == "STORE_GLOBAL" or (what == "STORE_NAME" and own is bound):
                bound.add(name)
            elif what == "STORE_NAME":
                own.add(name)
            elif what in ("LOAD_NAME", "LOAD_GLOBAL", "DELETE_GLOBAL", "DELETE_NAME") and name not in own:
                if what.startswith("DELETE") and name not in bound:
                    bound.add(name)
                    at_once.add(name)
                elif not runs_now:
                    later.add(name)
                elif name not in bound:
                    at_once.add(name)

    follow(compile(cell.source, cell.id, "exec"), bound, runs_now=True)
    return bound, at_once, later


def base(node):
    """The name that `name.part["key"].method(…)` begins with, or None."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return getattr(node, "id", None)


def changed_in_place(cell, modules):
    """The names whose values the cell changes, by assigning to a part, by a method or by a function."""
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield base(node)
        elif isinstance(node, ast.Call):
            *of, called = ast.unparse(node.func).split(".")
            if of and IN_PLACE.fullmatch(called) and base(node.func) not in modules:
                yield base(node.func)
            elif len(node.args) > CHANGES_ARGUMENT.get(called, len(node.args)):
                yield base(node.args[CHANGES_ARGUMENT[called]])
            yield from (base(keyword.value) for keyword in node.keywords if keyword.arg == "out")


def used_up(cell):
    """The names of the cell's generators and iterators, which give something else the next time."""

    def has(value):
        if isinstance(value, ast.Call):
            return USED_UP.fullmatch(ast.unparse(value.func).split(".")[-1])
        parts = getattr(value, "elts", getattr(value, "values", []))
        return isinstance(value, ast.GeneratorExp) or any(map(has, parts if isinstance(parts, list) else []))

    for node in ast.walk(ast.parse(cell.source)):
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            continue
        for target in getattr(node, "targets", None) or [node.target]:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=False)
            else:
                pairs = [(target, node.value)] if isinstance(target, ast.Name) else []
            yield from (one.id for one, value in pairs if isinstance(one, ast.Name) and has(value))


def test_any_cell_may_be_run_again_at_any_time(notebook):
    cells, problems = code_cells(notebook), []
    modules = {name: source for cell in cells for name, source in imported(cell).items()}
    binds = {}  # name -> {cell or module that gives it a value: the cell's place}
    ends = {}  # name of a generator or iterator -> its cell
    reads = []  # (at once, by a function)
    for place, cell in enumerate(cells):
        bound, at_once, later = run_order(cell)
        bound |= (at_once | later) & set(changed_in_place(cell, modules))
        for name in bound:
            binds.setdefault(name, {}).setdefault(imported(cell).get(name, cell.id), place)
        ends |= dict.fromkeys(used_up(cell), cell.id)
        reads.append((at_once, later))
    for place, (cell, (at_once, later)) in enumerate(zip(cells, reads, strict=True)):
        for name in sorted(at_once | later):
            where = binds.get(name, {})
            if len(where) > 1:
                problems.append(f"{cell.id}: {name} gets values in {' and in '.join(where)}")
            elif where and (min(where.values()) > place or (name in at_once and place in where.values())):
                problems.append(f"{cell.id}: {name} gets a value in {', '.join(where)}, after it was read")
            if ends.get(name, cell.id) != cell.id:
                problems.append(f"{cell.id}: {name}, of {ends[name]}, gives something else each time")
            if name not in binds and LAST_RUN.fullmatch(name):
                problems.append(f"{cell.id}: {name} depends on what was run before")
        found = list(calls([cell]))
        seeded = any(re.search(r"seeds?$", name) for name, _ in found)
        for name, call in found:
            common = DRAWS.fullmatch(name) and base(call.func) in modules and "seed" not in ast.unparse(call)
            if common and not seeded and not (name.endswith("default_rng") and call.args):
                problems.append(f"{cell.id}: {name} gives other numbers each time")
            if SWITCHES.fullmatch(name) and "seed" not in name and place > 0:
                problems.append(f"{cell.id}: {name} changes what earlier cells give")
    assert problems == [], "\n".join(problems)


# Numbers

# a thousand, a decimal, or a whole per cent; no part of a version such as 1.2.3
NUMBER = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?=\s?%| per cent| percent))(?!\d|\.\d|,\d{3})"
    r"(\s?%| per cent| percent)?(?: (thousand|million|billion))?"
)
SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
SERIAL = r"[A-Z]?\d+(?:\.\d+)*(?!\d)(?![\d,.]*\d? ?%)"  # 3, 4.2, A1
NO_NUMBERS = re.compile(
    r"```.*?```|`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]*>|\barXiv\S* ?[\d.]+"
    rf"|\b(?:sections?|tables?|figures?|equations?|appendix|chapters?|lessons?|versions?) {SERIAL}"
    rf"(?:(?:,| and| to| or|, and|–) {SERIAL})*"
    rf"|\b(?:Keras|TensorFlow|Python|NumPy|PyTorch|Caffe|JupyterLab|scikit-learn|SqueezeNet) {SERIAL}",
    re.DOTALL | re.IGNORECASE,
)


def prose(cell):
    """What the cell says in words: its Markdown, or the captions that its code shows."""
    if cell.cell_type == "markdown":
        return cell.source
    return "\n".join(output.get("data", {}).get("text/markdown", "") for output in cell.outputs)


def numbers_in(text):
    """(as written, value, size of half its last digit shown) for each number that needs a source."""
    for digits, percent, scale in NUMBER.findall(NO_NUMBERS.sub(" ", text)):
        plain = digits.replace(",", "")
        decimals = len(plain.partition(".")[2])
        zeros = 0 if decimals else min(len(plain) - len(plain.rstrip("0")), max(len(plain) - 2, 0))
        unit = 10.0 ** (zeros - decimals) * SCALES[scale]  # 12,000 is exact to a thousand, 50,000 too
        whole = "%" if percent and "." not in digits else ""
        yield f"{digits} {whole}{scale}".strip(), float(plain) * SCALES[scale], unit / 2


def printed(notebook):
    """The numbers in outputs that nbval compares and that were computed: no captions, no widgets' words."""
    numbers = set()
    for cell in code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            text = output.get("text", data.get("text/plain", ""))
            typed = re.match("Answer: |Your guess|Quiz|Explorer|Progress: ", text)
            if live(cell) or typed or {"image/png", "text/markdown"} & set(data):
                continue
            found = [n.replace(",", "") for n in re.findall(r"(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?", text)]
            numbers |= set(found)
            if "%" in text or "per cent" in text:
                numbers |= {f"{number} %" for number in found}
    return numbers


def cited(cell):
    """All numbers in the entries of the ledger that the cell's metadata cite."""
    found = []
    for name in cell.metadata.get("cites", []):
        entry = papers._ledger()[1][name]
        values = (
            [value for row in entry.rows for value in row.values()]
            if isinstance(entry, papers.Table)
            else [entry.value, *(reading.value for reading in entry.others)]
        )
        found += [float(number) for number in re.findall(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", repr(values))]
    return found


def test_numbers_in_prose_are_printed_or_cited_or_reviewed(notebook):
    shown, missing, needed = printed(notebook), [], set()
    for cell in notebook.cells:
        if cell.id == "references":  # whose numbers are those of sections, pages and volumes
            continue
        known = cited(cell)
        for written, value, half in numbers_in(prose(cell)):
            if written.split()[-1] in SCALES:  # 4.8 million may be printed as 4,821,600
                known = [*known, *(float(number) for number in shown if "%" not in number)]
            if written.replace(",", "") in shown or any(abs(one - value) <= 1.001 * half for one in known):
                continue
            if written in notebook.reviewed:
                needed.add(written)
            else:
                missing.append(f"{cell.id}: {written}")
    assert missing == [], "\n".join(missing)
    assert set(notebook.reviewed) == needed, "rows of reviewed_numbers.toml that nothing needs"
    assert all(notebook.reviewed.values())


# What stands on the page


def test_the_network_is_built_in_sight_and_claimed_equal_to_the_packages(notebook):
    folder = lesson_of(notebook)
    if folder is None or not (folder / "model.py").exists():
        return
    found = list(calls(visible_cells(notebook)))
    seen = {name for name, _ in found}
    package = re.compile(rf"\b{folder.name}\.(trace|count|build)\w*\(")
    claimed = [call.args[1] for name, call in found if name == "claim"]
    equal = [
        holds
        for holds in claimed
        if package.search(ast.unparse(holds)) and any(isinstance(node, ast.Eq) for node in ast.walk(holds))
    ]
    built = any(re.match(r"(keras\.)?layers\.", name) for name in seen) and "keras.Model" in seen
    assert built, "no visible cell calls layers.… and keras.Model(…)"
    assert equal, f"no claim that it equals {folder.name}.trace…(…), .count…(…) or .build…(…)"


def test_one_training_shows_optimizer_rate_batch_size_and_epochs(notebook):
    shown = any("Progress: training" in str(cell.outputs) for cell in code_cells(notebook))
    if not shown and not any(name.endswith(".fit") for name, _ in calls(code_cells(notebook))):
        return
    in_sight = []
    for cell in visible_cells(notebook):
        found = list(calls([cell]))
        keywords = {keyword.arg for _, call in found for keyword in call.keywords}
        optimizer = "optimizer" in keywords or any(name.endswith(".compile") for name, _ in found)
        rate = "learning_rate" in keywords or any("optimizers." in name and call.args for name, call in found)
        in_sight.append({"batch_size", "epochs"} <= keywords and optimizer and rate)
    assert any(in_sight), "no visible cell has them all"


def test_each_guess_is_answered(notebook):
    source = "\n".join(cell.source for cell in code_cells(notebook))
    guesses = re.findall(r"^(\w+) = widgets\.Prediction\(", source, re.MULTILINE)
    assert [name for name in guesses if f"{name}.reveal(" not in source] == []


# Minutes


def seconds_of(cell, exercises):
    """What the reading model gives for a cell: (what, seconds)."""
    if cell.cell_type == "markdown":
        yield "words", 60 * len(cell.source.split()) / WORDS_A_MINUTE
        return
    yield "waits", cell.metadata.get("seconds", 0)
    if check := re.fullmatch(r"exercises\.(\w+)\.check\(.*\)", cell.source):
        yield "exercises", 60 * getattr(exercises, check[1]).minutes
        return
    if "widgets.Quiz(" in cell.source:
        yield "quiz", SECONDS["quiz question"] * len(exercises.QUIZ)
        return
    if not hidden(cell):
        yield "code", SECONDS["line of code"] * len(cell.source.splitlines())
    for output in cell.outputs:
        data = output.get("data", {})
        text = output.get("text", data.get("text/plain", ""))
        if text.startswith("Explorer"):
            yield "explorers", SECONDS["explorer"]
        elif text.startswith("Your guess"):
            yield "guesses", SECONDS["guess"]
        elif "image/png" in data:
            yield "pictures", SECONDS["picture"]
        elif "text/markdown" in data:
            yield "words", 60 * len(text.split()) / WORDS_A_MINUTE
        elif not text.startswith("Progress: "):
            yield "outputs", SECONDS["line of output"] * len(text.splitlines())


def reading_time(notebook):
    """The model's minutes, by what they are spent on: of the core path, and of the sections “Deeper: …”."""
    folder = lesson_of(notebook)
    exercises = folder and importlib.import_module(f"zoo_helpers.{folder.name}.exercises")
    core, deeper = Counter(), Counter()
    spent = core
    for cell in notebook.cells:
        if heading := re.search(r"^## (Deeper: )?", cell.source if cell.cell_type == "markdown" else ""):
            spent = deeper if heading[1] else core
        if cell.metadata.get("slideshow", {}).get("slide_type") not in ("notes", "skip"):
            for what, seconds in seconds_of(cell, exercises):
                spent[what] += seconds / 60
    return core, deeper


def test_the_minutes_announced_are_those_of_a_reader(notebook):
    problems = []
    for path, said, spent in zip(
        ("core", "deeper"), announced(notebook), reading_time(notebook), strict=True
    ):
        if abs(spent.total() - said) > TOLERANCE * said:
            parts = ", ".join(f"{what} {minutes:.1f}" for what, minutes in spent.items())
            problems.append(f"{path}: {said} announced, {spent.total():.0f} by the model ({parts})")
    assert problems == []
