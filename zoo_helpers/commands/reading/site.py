"""The folder of pages: a start page with the map, the lessons, their hints, the credits; built by Sphinx."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from zoo_helpers.commands.lessons import PACKAGE
from zoo_helpers.commands.reading.lesson import LessonPage
from zoo_helpers.welcome.series import LESSONS, read_plans

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
SETTINGS: dict[str, Any] = {
    "project": "The CNN zoo",
    "copyright": "2026, the CNN zoo's authors",
    "language": "en",
    "extensions": ["myst_nb", __name__],
    "html_math_renderer": "mathml",
    "html_theme": "sphinx_book_theme",
    "html_theme_options": {
        "use_download_button": False,
        "use_fullscreen_button": False,
        "navbar_persistent": [],
        "footer_content_items": ["copyright"],
        "home_page_in_toc": True,
        "show_toc_level": 2,
    },
    "html_title": "The CNN zoo",
    "html_context": {"default_mode": "auto"},
    "html_static_path": [str(HERE / "static")],
    "html_css_files": ["zoo.css"],
    "html_js_files": ["zoo.js"],
    "html_extra_path": ["extra"],
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_show_sphinx": False,
    "html_use_index": False,
    "html_show_search_summary": False,  # it would fetch the pages, which a browser refuses to a folder
    "nb_execution_mode": "off",
    "nb_ipywidgets_js": {},
    "nb_code_prompt_show": "Show the code",
    "nb_code_prompt_hide": "Hide the code",
    "myst_heading_anchors": 3,
    "myst_enable_extensions": ["attrs_block", "dollarmath"],
    "smartquotes": False,
}
TERMS = """
Text and pictures are under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/legalcode), code is under
the MIT licence. The images of other people and the weights that others trained have their own terms:
[images](images.md), [weights](weights.md).
"""


def build(paths: Sequence[Path], source: Path, built: Path, *, pdfs: bool) -> str:
    """Write the pages of these notebooks into the folder `built`; what Sphinx complained of, or ""."""
    from sphinx.application import Sphinx

    source.mkdir()
    for path in paths:
        page = LessonPage(path, source / "extra" / "pictures" / path.stem, pdf=pdfs)
        nbformat.write(page.page, source / path.name)
        _write(source / f"{page.name}-hints.md", page.hints)
    _write(source / "extra" / ".nojekyll", "")  # GitHub Pages would leave out the folders that begin with _
    _write(source / "index.md", _start(paths, pdfs=pdfs))
    for name, text in {"images": "core/data/DATA.md", "weights": "core/trained/WEIGHTS.md"}.items():
        _write(source / f"{name}.md", (PACKAGE / text).read_text(encoding="utf-8"))
    complaints = io.StringIO()
    Sphinx(source, None, built, source / ".doctrees", "html", SETTINGS, None, complaints).build()
    return complaints.getvalue()


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx' entry: formulas as MathML, which browsers draw without a script or a font."""
    inline, block = ((functools.partial(_formula, display=kind), None) for kind in ("inline", "block"))
    app.add_html_math_renderer("mathml", inline, block)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _formula(writer: Any, node: nodes.Element, *, display: str) -> None:
    from docutils import nodes
    from latex2mathml.converter import convert

    writer.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def _start(paths: Sequence[Path], *, pdfs: bool) -> str:
    """The start page."""
    plans = read_plans(paths[0].parent)
    cards = []
    for number, (notebook, subject, when, question) in enumerate(LESSONS):
        plan = plans[subject]
        facts = [escape(when), f"{plan.core} minutes"]
        facts += [f"{plan.deeper} more to go deeper"] * bool(plan.deeper)
        facts += [f'<a href="pdf/{notebook}.pdf" aria-label="PDF of lesson {number}">PDF</a>'] * pdfs
        cards.append(
            f'<li><a href="{notebook}.html"><b>{number}</b> {escape(subject)}</a>'
            f"<p>{escape(question)}</p><small>{'<br>'.join(facts)}</small></li>"
        )
    entries = "\n".join(path.stem for path in paths)
    return f"""# The CNN zoo

A welcome and eight lessons on the classic image networks, from top-k error to ResNet and to one of your own.
Each is one argument: a question, your guess, a measurement, an answer.

<ol class="zoo-map">
{chr(10).join(cards)}
</ol>

These pages show the notebooks as they were run. Explorers are still pictures here, and what a text calls
*your* network is the one of the stored run. Choose at each guess before you read on; a click opens its
answer, and each choice of a quiz. Hints and solutions of the exercises are on pages of their own.

## Licence and credits
{TERMS}
```{{toctree}}
:hidden:
:caption: Lessons

{entries}
```

```{{toctree}}
:hidden:
:caption: Credits

The images <images>
The weights <weights>
```
"""


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
