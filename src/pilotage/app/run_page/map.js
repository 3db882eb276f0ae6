// The map of a run's latents: dots whose places were computed when the run was recorded. Here they are only drawn.
const PALETTE = {
  light: ["#1e60eb", "#df6e02", "#1d8071", "#c9559d", "#4e5206", "#894db9", "#1a97f2", "#8a0956", "#72a16d", "#916430", "#324c7e", "#5814b7"],
  dark: ["#2b6efa", "#f3c18b", "#54b4b3", "#f0b2f8", "#7c8120", "#b33bc4", "#b5fbd1", "#a3637f", "#d6fc07", "#ed7b78", "#b2b900", "#9a93f6"],
};
const VIRIDIS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const MARGIN = 16, REACH = 14, MOVE_MS = 260;
const isDark = matchMedia("(prefers-color-scheme: dark)");
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

const kindColour = (index) => { const own = PALETTE[isDark.matches ? "dark" : "light"]; return own[index % own.length]; };
const shareColour = (share) => VIRIDIS[Math.min(VIRIDIS.length - 1, Math.max(0, Math.floor(share * VIRIDIS.length)))];

/** One scale for all epochs of a method, so that what moves on the screen moved in the map. */
function frameOf(maps) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { points } of Object.values(maps)) for (const [x, y] of points) {
    box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
  }
  return box;
}

function placedIn([x0, y0, x1, y1], width, height) {
  const scale = Math.min((width - 2 * MARGIN) / (x1 - x0 || 1), (height - 2 * MARGIN) / (y1 - y0 || 1));
  const [left, top] = [(width - scale * (x1 - x0)) / 2, (height - scale * (y1 - y0)) / 2];
  return ([x, y]) => [left + (x - x0) * scale, height - top - (y - y0) * scale];
}

/** A canvas that draws points; `show` moves them to where they are now, `onHover` tells which one is under the pointer. */
function mapCanvas(canvas, onHover) {
  let [from, to, began, frame, colours, hovered] = [null, null, 0, null, [], null];
  const size = () => [canvas.clientWidth, canvas.clientHeight];
  const places = (now) => {
    if (!to) return [];
    const place = placedIn(frame, ...size());
    const share = from ? Math.min(1, (now - began) / MOVE_MS) : 1;
    const eased = 1 - (1 - share) ** 3;
    return to.map((point, i) => place(share < 1 ? [0, 1].map((axis) => from[i][axis] + (point[axis] - from[i][axis]) * eased) : point));
  };
  const draw = (now) => {
    const [width, height] = size();
    const ratio = devicePixelRatio || 1;
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const radius = to && to.length > 3000 ? 1.6 : 3.4;
    places(now).forEach(([x, y], i) => {
      ctx.fillStyle = colours[i];
      ctx.globalAlpha = hovered === null || hovered === i ? 0.9 : 0.55;
      ctx.beginPath(); ctx.arc(x, y, hovered === i ? radius * 2 : radius, 0, 2 * Math.PI); ctx.fill();
    });
    if (from && now - began < MOVE_MS) requestAnimationFrame(draw);
    else from = null;
  };
  const redraw = () => { requestAnimationFrame(draw); };
  canvas.addEventListener("pointermove", (event) => {
    let [best, least] = [null, REACH * REACH];
    places(performance.now()).forEach(([x, y], i) => {
      const apart = (x - event.offsetX) ** 2 + (y - event.offsetY) ** 2;
      if (apart < least) [best, least] = [i, apart];
    });
    hovered = best;
    onHover(best, event.offsetX, event.offsetY);
    redraw();
  });
  canvas.addEventListener("pointerleave", () => { hovered = null; onHover(null); redraw(); });
  new ResizeObserver(redraw).observe(canvas);
  return (points, nextFrame, nextColours) => {
    from = to && frame === nextFrame && to.length === points.length && !isStill.matches ? to : null;
    [to, frame, colours, began] = [points, nextFrame, nextColours, performance.now()];
    redraw();
  };
}
