"""An explorer in JupyterLab, moved as a learner moves it."""

from dataclasses import dataclass

CONTROLS = ".widget-slider, .widget-dropdown, .zoo-drawing-pad, .widget-text"
HASH_PICTURE = """async image => {
    for (;;) {
        const source = image.src;
        try {
            const bytes = await (await fetch(source)).arrayBuffer();
            await image.decode();
            return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).join(' ');
        } catch (error) {  // during a drag the next picture may have taken this one's place
            if (image.src === source) throw error;
        }
    }
}"""


@dataclass(frozen=True)
class Look:
    """A hash of an explorer's picture, and its place in the explorer: left, top, width and height."""

    picture: str
    place: tuple


class ExplorerOnPage:
    """An explorer on the screen; its moves are the ways to change its first control."""

    def __init__(self, page, node):
        self.page = page
        self.node = node
        self._image = node.locator("img")
        self._control = node.locator(f":is({CONTROLS})").first

    @property
    def moves(self):
        """The ways to change the first control, each with its name."""
        if self._control.locator("select").count():
            return {"choosing another option": self._choose}
        if self._control.locator("canvas").count():
            return {"an arrow key": self._draw, "a stroke": self._stroke}
        if self._control.locator("input[type=text]").count():
            return {"another word": self._type}
        return {"an arrow key": self._press, "a drag": self._drag}

    def look(self):
        """What it shows now."""
        around, box = self.node.bounding_box(), self._image.bounding_box()
        place = (box["x"] - around["x"], box["y"] - around["y"], box["width"], box["height"])
        return Look(self._image.evaluate(HASH_PICTURE), tuple(round(number) for number in place))

    def look_after_change(self, before):
        """What it shows once its picture is another than `before`; the same look if that never comes."""
        for _ in range(600):
            look = self.look()
            if look.picture != before.picture:
                break
            self.page.wait_for_timeout(100)
        return look

    def faults_of_moves(self):
        """Make each move; those after which the picture is as it was, or stands elsewhere."""
        for name, move in self.moves.items():
            before = self.look()
            move()
            after = self.look_after_change(before)
            if after.picture == before.picture:
                yield f"{name} leaves the picture as it was"
            if after.place != before.place:
                yield f"{name} moves the picture"

    def _choose(self):
        menu = self._control.locator("select")
        chosen = menu.evaluate("menu => menu.selectedIndex")
        menu.select_option(index=0 if chosen else 1)

    def _type(self):
        box = self._control.locator("input[type=text]")
        box.fill(f"{box.input_value()} more")
        box.press("Enter")

    def _press(self):
        handle = self._control.locator(".noUi-handle")
        handle.focus()
        handle.press("ArrowLeft" if self._fraction() == 1 else "ArrowRight")

    def _drag(self):
        mouse = self.page.mouse
        handle = self._control.locator(".noUi-handle").bounding_box()
        track = self._control.locator(".noUi-target").bounding_box()
        height = handle["y"] + handle["height"] / 2
        mouse.move(handle["x"] + handle["width"] / 2, height)
        mouse.down()
        mouse.move(track["x"] + track["width"] * (0.2 if self._fraction() > 0.5 else 0.8), height, steps=5)
        mouse.up()

    def _draw(self):
        canvas = self._control.locator("canvas")
        canvas.focus()
        canvas.press("ArrowLeft")

    def _stroke(self):
        mouse, box = self.page.mouse, self._control.locator("canvas").bounding_box()
        mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
        mouse.down()
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=5)
        mouse.up()

    def _fraction(self):
        handle = self._control.locator(".noUi-handle")
        low, now, high = (float(handle.get_attribute(f"aria-value{name}")) for name in ("min", "now", "max"))
        return (now - low) / (high - low)
