// The pad in the browser. The canvas is transparent paper: a pixel's ink is its opacity, which needs no colours to
// be read back.
function render({ model, el }) {
  const side = model.get("side");
  const pen = { x: side / 2, y: side / 2 };
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", model.get("label"));
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(paper, { lineWidth: side / 11, lineCap: "round", lineJoin: "round" });

  let waiting = false;
  function send() {  // at most once for each picture that the screen shows
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const colours = paper.getImageData(0, 0, side, side).data;
      const ink = Uint8Array.from({ length: side * side }, (_, pixel) => colours[4 * pixel + 3]);
      model.set("value", new DataView(ink.buffer));
      model.save_changes();
    });
  }
  function move(x, y, draws) {
    if (draws) {
      paper.beginPath();
      paper.moveTo(pen.x, pen.y);
      paper.lineTo(x, y);
      paper.stroke();
      send();
    }
    Object.assign(pen, { x, y });
  }
  function clear() {
    paper.clearRect(0, 0, side, side);
    send();
  }
  function show(pixels) {
    const picture = paper.createImageData(side, side);
    for (let pixel = 0; pixel < pixels.byteLength; pixel++)
      picture.data[4 * pixel + 3] = pixels.getUint8(pixel);
    paper.putImageData(picture, 0, 0);
  }
  function place(event) {
    const frame = canvas.getBoundingClientRect();
    const scale = side / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    move(...place(event), false);
    move(...place(event), true);  // a touch alone leaves a dot
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) move(...place(event), true);
  });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();  // else the notebook would go to its next cell
    const along = (at, by) => Math.min(side, Math.max(0, at + by * side / 20));
    move(along(pen.x, step[0]), along(pen.y, step[1]), !event.shiftKey);
  });

  const button = document.createElement("button");
  button.textContent = "Clear";
  button.className = "jupyter-button";
  button.addEventListener("click", clear);
  el.classList.add("zoo-drawing-pad");
  el.append(canvas, button);
  show(model.get("value"));
}
export default { render };
