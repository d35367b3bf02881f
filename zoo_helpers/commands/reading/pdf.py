"""Each lesson's page as a PDF, printed by the Chromium of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NO_CHROMIUM = "no PDFs: install Chromium or Chrome, or set CHROMIUM to its path"
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHANNELS = (None, "chrome", "msedge")  # Playwright's own, and where the systems keep theirs

# A link to another file of the folder would name this machine's folder.
WITHOUT_LINKS = """() => {
    document.querySelectorAll('article a[href]').forEach(link => {
        if (!/^(https?:|#)/.test(link.getAttribute('href'))) link.removeAttribute('href');
    });
    return document.querySelector('article h1').firstChild.textContent;
}"""
LINE = "font: 8px sans-serif; color: #555; width: 100%; margin: 0 15mm; display: flex"
FOOTER = f"""<div style="{LINE}"><span style="flex: 1">The CNN zoo · {{title}}</span>
<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>"""


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """A Chromium, or None where this machine has none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = _launched(playwright)
        yield browser
        if browser is not None:
            browser.close()


def print_lessons(browser: Browser, folder: Path, names: Sequence[str]) -> None:
    """Print each named page of the folder into its folder `pdf`."""
    (folder / "pdf").mkdir()
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        for name in names:
            page.goto((folder / f"{name}.html").as_uri())
            title = page.evaluate(WITHOUT_LINKS)
            page.pdf(
                path=folder / "pdf" / f"{name}.pdf",
                format="A4",
                margin={"top": "15mm", "bottom": "18mm", "left": "15mm", "right": "15mm"},
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=FOOTER.format(title=escape(title)),
                print_background=True,
                tagged=True,
                outline=True,
            )


def _launched(playwright: Playwright) -> Browser | None:
    """The first that starts: the environment's CHROMIUM if it names one, else what the machine has."""
    from playwright.sync_api import Error

    named = os.environ.get("CHROMIUM")
    found = filter(None, map(shutil.which, [named] if named else NAMES))
    ways = [{"executable_path": path} for path in found]
    ways += [] if named else [{"channel": channel} for channel in CHANNELS]
    for way in ways:
        try:
            return playwright.chromium.launch(**way)
        except Error:  # it is not there, or does not start
            continue
    return None
