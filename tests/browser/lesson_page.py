"""A lesson in JupyterLab, driven as a learner drives it: by mouse and keyboard.

The notebook's model (sources, outputs, which cells are done) is read from JupyterLab itself, as
`window.jupyterapp`; cells off the screen may not be in the page at all.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from explorer_on_page import ExplorerOnPage
from playwright.sync_api import TimeoutError

WIDTH, HEIGHT = 1280, 720  # a projector, and a small laptop's window
PATIENCE = 60_000  # ms; a shared machine can be slow
LONGEST_RUN = 300_000  # ms for all cells of a lesson
SMALLEST = 18  # CSS pixels of a slide's text; indices and exponents are smaller by nature

NOTEBOOK = "const notebook = window.jupyterapp?.shell.currentWidget?.content;"
READ_CELLS = """
const light = output =>
    output.data?.['image/png'] ? {...output, data: {...output.data, 'image/png': ''}} : output;
return notebook.widgets.map(({model}) => ({
    id: model.id,
    source: model.sharedModel.getSource(),
    outputs: model.type === 'code' ? model.outputs.toJSON().map(light) : [],
    count: model.type === 'code' ? model.executionCount : 0,
    slide: model.getMetadata('slideshow')?.slide_type,
}));"""
IS_OPEN = """
return notebook?.widgets?.length && notebook.parent.sessionContext.kernelDisplayStatus === 'idle';"""
HAS_RUN = """
const cells = notebook.widgets.map(({model}) => model).filter(
    model => model.type === 'code' && model.sharedModel.getSource().trim());
const failed = cells.some(model => model.outputs.toJSON().some(output => output.output_type === 'error'));
const done = cells.every(model => model.executionCount !== null && model.executionState !== 'running');
return (failed || done) && notebook.parent.sessionContext.kernelDisplayStatus === 'idle';"""
HAS_RUN_ONCE_MORE = """
const {model} = notebook.widgets[arg.index];
return model.executionCount > arg.before && model.executionState !== 'running'
    && notebook.parent.sessionContext.kernelDisplayStatus === 'idle';"""
SCROLL_TO = """
const cell = notebook.widgets[arg];
cell.node.dataset.cell = cell.model.id;
await notebook.scrollToItem(arg);"""
FIND_SLIDES = """
const slides = [];
notebook.widgets.forEach(({model}, index) => {
    if (['skip', 'notes'].includes(model.getMetadata('slideshow')?.slide_type)) return;
    notebook.activeCellIndex = index;
    const slide = notebook.widgets.flatMap(
        ({node}, index) => node.classList.contains('jp-deck-mod-onscreen') ? [index] : []);
    if (!slides.some(other => other.join() === slide.join())) slides.push(slide);
});
notebook.activeCellIndex = 0;
return slides;"""
READ_HEIGHT = """
const scrolling = [notebook.node, ...notebook.node.querySelectorAll('.jp-WindowedPanel-outer')];
return Math.max(...scrolling.map(node => node.scrollHeight));"""
SMALL_TEXTS = """
const small = {};
const texts = document.createTreeWalker(notebook.node, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const cell = element.closest('.jp-Cell');
    if (!cell?.classList.contains('jp-deck-mod-visible') || !texts.currentNode.textContent.trim()) continue;
    if (element.closest('sub, sup, mjx-container, .MathJax, style, script, title')) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const {width, height} = range.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (width && height && size < arg - 0.01) small[texts.currentNode.textContent.trim().slice(0, 40)] = size;
}
return small;"""
CUT = """
return [...notebook.node.querySelectorAll('.jp-deck-mod-visible *')].filter(
    node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1
        && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(node).overflowX)
        && node.checkVisibility({opacityProperty: true, visibilityProperty: true})
).map(node => `${node.className}: ${node.scrollWidth} wide in ${node.clientWidth}`);"""
LEFT = "return !notebook.parent.node.classList.contains('jp-Deck')"
READ_OUTPUTS = """async area => {
    const images = [...area.querySelectorAll('img')];
    const loads = await Promise.allSettled(images.map(image => image.decode()));
    return {
        pictures: images.length,
        broken: loads.filter(load => load.status === 'rejected').length,
        text: area.innerText,
        cut: [area, ...area.querySelectorAll('*')].filter(
            node => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== 'visible'
        ).map(node => `${node.className}: ${node.scrollWidth} wide in ${node.clientWidth}`),
    };
}"""


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell as JupyterLab holds it now."""

    index: int
    id: str
    source: str
    outputs: list
    count: int | None
    slide: str | None

    @property
    def printed(self):
        """What it printed."""
        return "".join("".join(output["text"]) for output in self.outputs if output.get("name") == "stdout")

    @property
    def problems(self):
        """Its errors, and what it wrote on stderr."""
        errors = [f"{o['ename']}: {o['evalue']}" for o in self.outputs if o["output_type"] == "error"]
        return errors + ["".join(o["text"]) for o in self.outputs if o.get("name") == "stderr"]

    @property
    def shows(self):
        """The texts that stand for its displayed things."""
        return ["".join(output.get("data", {}).get("text/plain", "")) for output in self.outputs]

    @property
    def pictures(self):
        """How many still pictures its outputs hold."""
        return sum("image/png" in output.get("data", {}) for output in self.outputs)

    @property
    def widgets(self):
        """How many widgets its outputs hold."""
        return sum("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in self.outputs)


class LessonPage:
    """One lesson in one browser page."""

    def __init__(self, page, address, screenshots):
        page.set_default_timeout(PATIENCE)
        self.page = page
        self.screenshots = screenshots
        self.requests = []
        page.context.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.goto(address)
        self._wait(IS_OPEN)

    # --- reading

    @property
    def cells(self):
        """All cells, as they are now."""
        return [Cell(index, **cell) for index, cell in enumerate(self._read(READ_CELLS))]

    def cell(self, id):
        """The cell with this id, as it is now."""
        return next(cell for cell in self.cells if cell.id == id)

    def cells_that_show(self, beginning):
        """The cells one of whose outputs begins with these words."""
        return [cell for cell in self.cells if any(text.startswith(beginning) for text in cell.shows)]

    def node(self, cell):
        """The cell on the screen, scrolled into view."""
        self._read(SCROLL_TO, cell.index)
        node = self.page.locator(f".jp-Cell[data-cell='{cell.id}']")
        node.scroll_into_view_if_needed()
        return node

    def outputs_on_screen(self, cell):
        """The outputs of a cell as a reader sees them, once its pictures have loaded."""
        area = self.node(cell).locator(".jp-Cell-outputArea")
        return area.evaluate(READ_OUTPUTS)

    def screenshot(self, name):
        """Keep a picture of the window, for a person to look at."""
        self.page.screenshot(path=self.screenshots / f"{name}.png", animations="disabled")

    def screenshot_cells(self, cells):
        """Keep a picture of the lesson's top, and of each of these cells."""
        self.node(self.cells[0])
        self.screenshot("00-top")
        self.page.set_viewport_size({"width": WIDTH, "height": 2 * HEIGHT})  # for the tallest cells
        for cell in cells:
            self.node(cell).screenshot(path=self.screenshots / f"{cell.index:02}-{cell.id}.png")
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    # --- doing

    def run_all(self):
        """Run All Cells, from the menu, and wait until all have run, or one has failed."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
        self.wait_until_run()

    def run_by_keys(self):
        """Run each cell with Shift and Enter, as somebody without a mouse does; stay at the last one."""
        self._read("notebook.activate()")
        for _ in self.cells[1:]:
            self.page.keyboard.press("Shift+Enter")
        self.page.keyboard.press("Control+Enter")
        self.wait_until_run()

    def go_to_top_by_keys(self):
        """Make the first cell the active one, with the arrow key."""
        self._read("notebook.activate()")
        for _ in self.cells:
            self.page.keyboard.press("ArrowUp")

    def wait_until_run(self):
        """Wait until all cells have run, or one has failed."""
        try:
            self._wait(HAS_RUN, timeout=LONGEST_RUN)
        except TimeoutError:
            last = [cell.id for cell in self.cells if cell.count][-1:]
            pytest.fail(f"Run All has not ended after {LONGEST_RUN // 1000} s; the last cell begun is {last}")

    def run(self, id):
        """Run one cell from the keyboard; the cell, as it is then."""
        cell = self.cell(id)
        self.node(cell).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self._wait(HAS_RUN_ONCE_MORE, {"index": cell.index, "before": cell.count})
        return self.cell(id)

    def type_into(self, id, source):
        """Replace a cell's source from the keyboard."""
        keyboard = self.page.keyboard
        self.node(self.cell(id)).locator(".cm-content").click()
        keyboard.press("ControlOrMeta+A")
        for number, line in enumerate(source.splitlines()):
            if number:
                keyboard.press("Enter")
                keyboard.press("Shift+Home")  # the editor's own indentation, if it added any,
                keyboard.press("Delete")  # makes way for the line's
            keyboard.type(line)

    def explorer(self, cell):
        """The explorer that a cell shows."""
        return ExplorerOnPage(self.page, self.node(cell).locator(".zoo-explorer"))

    # --- presenting

    @contextmanager
    def live_slides(self):
        """Live slides, started with the toolbar's button at the first cell."""
        self._read("notebook.activeCellIndex = 0")
        self.page.locator("[data-jp-item-name='deck']").locator("button, jp-button").first.click()
        try:
            self._wait("return notebook.parent.node.classList.contains('jp-Deck')")
            yield
        finally:  # JupyterLab would open the next lesson as slides too
            self._read("await jupyterapp.commands.execute('deck:stop')")

    def find_slides(self):
        """The slides, each as the indices of its cells; then the first is shown again."""
        return self._read(FIND_SLIDES)

    def turn_to(self, index):
        """Press the space bar until this cell is the active one."""
        while (active := self._read("return notebook.activeCellIndex")) < index:
            self.page.keyboard.press("Space")
            self._wait("return notebook.activeCellIndex > arg", active)

    def show_slide(self, slide):
        """Show a slide with all its fragments; its height in CSS pixels."""
        self._read("notebook.activeCellIndex = arg", slide[-1])
        self._wait("return notebook.widgets[arg].node.classList.contains('jp-deck-mod-visible')", slide[-1])
        return self._read(READ_HEIGHT)

    def look_at_slides(self):
        """Show each slide, the first three by key; what is too tall, small or wide on it, by slide."""
        faults = {f"taller than {HEIGHT}": {}, f"text under {SMALLEST}": {}, "too wide": {}}
        ids = [cell.id for cell in self.cells]
        slides = self.find_slides()
        self.turn_to(slides[:3][-1][0])
        for number, slide in enumerate(slides, start=1):
            name = ", ".join(ids[index] for index in slide)
            height = self.show_slide(slide)
            self.screenshot(f"slide-{number:02}-{ids[slide[0]]}")
            found = (height if height > HEIGHT else 0), self._read(SMALL_TEXTS, SMALLEST), self._read(CUT)
            for kind, of_slide in zip(faults, found, strict=True):
                if of_slide:
                    faults[kind][name] = of_slide
        return {kind: of_slides for kind, of_slides in faults.items() if of_slides}

    def faults_of_moves(self):
        """What is wrong when the explorers are moved on their slides, by cell."""
        slides = self.find_slides()
        faults = {}
        for cell in self.cells_that_show("Explorer: "):
            self.show_slide(next(slide for slide in slides if cell.index in slide))
            if found := list(self.explorer(cell).faults_of_moves()):
                faults[cell.id] = found
        return faults

    def leave_slides(self):
        """Press Esc until the slides are gone; a text box keeps its keys to itself, so Tab comes first."""
        if self._read("return document.activeElement.matches('input[type=text]')"):
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Escape")  # from an editor or a widget this leads back to the slides
        self.page.keyboard.press("Escape")
        self._wait(LEFT)

    # --- talking to the page

    def _read(self, script, arg=None):
        return self.page.evaluate(f"async arg => {{ {NOTEBOOK} {script} }}", arg)

    def _wait(self, condition, arg=None, timeout=PATIENCE):
        self.page.wait_for_function(f"arg => {{ {NOTEBOOK} {condition} }}", arg=arg, timeout=timeout)
