// Draws a run. Every text becomes a text node: nothing that a person wrote is ever read as markup.
function make(tag, given = {}, ...children) {
  const isDrawn = ["svg", "path", "circle", "line"].includes(tag);
  const node = isDrawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, String(value));
  }
  node.append(...children.flat(2).filter((one) => one !== null && one !== undefined && one !== ""));
  return node;
}

const brief = (value) => (typeof value === "number" ? String(Number(value.toPrecision(3))).replace("-", "−") : "–");
const percent = (share) => `${String(Math.round(100 * share))} %`;
const numbers = (keys) => keys.map(Number).sort((a, b) => a - b);
const atMost = (epochs, epoch) => epochs.findLast((one) => one <= epoch) ?? epochs[0];
const names = RUN.data.class_names ?? [];
const METHODS = ["pca", "umap"].filter((method) => Object.keys(RUN.maps[method]).length > 0);
const EPOCHS = [...new Set([...RUN.metrics.map(({ epoch }) => epoch), ...METHODS.flatMap((method) => numbers(Object.keys(RUN.maps[method])))])].sort((a, b) => a - b);
const FRAMES = Object.fromEntries(METHODS.map((method) => [method, frameOf(RUN.maps[method])]));
const HEALTH = numbers(Object.keys(RUN.mixture));
const state = { epoch: EPOCHS.at(-1) ?? 0, method: METHODS.at(-1), colour: RUN.data.viz_labels ? "label" : "component" };
const watchers = [];
const change = (to) => { Object.assign(state, to); for (const show of watchers) show(); };
const healthNow = () => RUN.mixture[atMost(HEALTH, state.epoch)];
const labelOf = (i) => { const label = RUN.data.viz_labels?.[i]; return label === undefined ? "–" : (names[label] ?? String(label)); };

const COLOURS = {
  label: { title: "label", of: (i) => kindColour(RUN.data.viz_labels[i]), is: () => Boolean(RUN.data.viz_labels) },
  component: { title: "component", of: (i) => kindColour(healthNow().component[i]), is: () => HEALTH.length > 0 },
  confidence: { title: "confidence", of: (i) => shareColour(healthNow().confidence[i]), is: () => HEALTH.length > 0 && healthNow().confidence.length > 0 },
};

function table(title, columns, rows) {
  const head = make("tr", {}, columns.map((one) => make("th", { scope: "col" }, one)));
  const body = rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first), rest.map((one) => make("td", {}, one))));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, make("table", {}, make("thead", {}, head), make("tbody", {}, body)));
}

/** A table that is made when somebody unfolds it, and follows the epoch while it is open. */
function folded(title, rowsNow, columns) {
  const place = make("div");
  const fill = () => { if (details.open) place.replaceChildren(table(title, columns, rowsNow())); };
  const details = make("details", { ontoggle: fill }, make("summary", {}, "As a table"), place);
  watchers.push(fill);
  return details;
}

function section(title, about, ...children) {
  return make("section", {}, make("h2", {}, title), make("p", { class: "soft" }, about), ...children);
}

function header() {
  const kind = { gmvae: "Mixture VAE", ae: "Autoencoder" }[RUN.kind] ?? RUN.kind;
  const knobs = RUN.knobs.map(({ field, plain, value }) => [field, String(value), String(plain)]);
  return make("header", {},
    make("h1", {}, `${kind} on ${RUN.data.name}`),
    make("p", { class: "soft" }, `${RUN.state}, ${String(RUN.epoch ?? 0)} of ${String(RUN.epochs)} epochs · ${String(RUN.data.count)} pictures, ${String(RUN.indices.length)} of them on the map · begun ${RUN.created_at.slice(0, 16)} UTC · ${RUN.id}`),
    RUN.error ? make("p", { class: "bad" }, `It ended with: ${String(RUN.error.message ?? RUN.error.code)}`) : null,
    knobs.length ? make("details", {}, make("summary", {}, `${String(knobs.length)} settings differ from the plain form`), table("Settings", ["setting", "here", "plain form"], knobs)) : null);
}

function scrubber() {
  const range = make("input", { type: "range", id: "epoch", min: 0, max: EPOCHS.length - 1, step: 1, oninput: () => { change({ epoch: EPOCHS[Number(range.value)] }); } });
  const said = make("output", { for: "epoch" });
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };
  const play = make("button", { type: "button", onclick: () => {
    if (timer !== null) { stop(); return; }
    if (state.epoch === EPOCHS.at(-1)) change({ epoch: EPOCHS[0] });
    play.textContent = "Pause";
    timer = setInterval(() => {
      const next = EPOCHS.indexOf(state.epoch) + 1;
      if (next < EPOCHS.length) change({ epoch: EPOCHS[next] });
      if (next >= EPOCHS.length - 1) stop();
    }, 600);
  } }, "Play");
  watchers.push(() => {
    range.value = String(EPOCHS.indexOf(state.epoch));
    range.setAttribute("aria-valuetext", `epoch ${String(state.epoch)}`);
    said.textContent = `${String(state.epoch)} of ${String(RUN.epochs)}`;
  });
  return make("div", { class: "scrub" }, make("label", { for: "epoch" }, "Epoch"), range, said, play);
}

function choice(label, options, now, onChange) {
  const select = make("select", { onchange: () => { onChange(select.value); } }, options.map(([value, text]) => make("option", { value, selected: value === now ? "" : null }, text)));
  return make("label", { class: "choice" }, label, select);
}

function map() {
  const tip = make("div", { class: "tip", hidden: "" });
  const canvas = make("canvas", { role: "img" });
  const said = make("p", { class: "soft small" });
  const legend = make("ul", { class: "legend" });
  const show = mapCanvas(canvas, (i, x, y) => { hover(tip, i, x, y, canvas); });
  const mapNow = () => { const maps = RUN.maps[state.method]; return [atMost(numbers(Object.keys(maps)), state.epoch), maps]; };
  watchers.push(() => {
    const [epoch, maps] = mapNow();
    const { points, trustworthiness } = maps[epoch];
    show(points, FRAMES[state.method], points.map((_, i) => COLOURS[state.colour].of(i)));
    const trust = typeof trustworthiness === "number" ? ` Trustworthiness ${brief(trustworthiness)} of 1.` : "";
    said.textContent = `${state.method.toUpperCase()} of epoch ${String(epoch)}${epoch === state.epoch ? "" : `, the nearest before ${String(state.epoch)}`}: ${String(points.length)} pictures by ${COLOURS[state.colour].title}.${trust}`;
    canvas.setAttribute("aria-label", said.textContent);
    canvas.dataset.epoch = String(epoch);
    legend.replaceChildren(...legendOf());
  });
  const colours = Object.entries(COLOURS).filter(([, { is }]) => is()).map(([value, { title }]) => [value, title]);
  return section("The map", "Each dot is a picture. Dots that lie near were near in latent space when the run was recorded; the map loses some of that.",
    make("div", { class: "choices" },
      choice("Map ", METHODS.map((method) => [method, method.toUpperCase()]), state.method, (method) => { change({ method }); }),
      choice("Colour by ", colours, state.colour, (colour) => { change({ colour }); })),
    make("div", { class: "stage" }, canvas, tip), legend, said,
    folded("The map", () => mapNow()[1][mapNow()[0]].points.slice(0, 500).map(([x, y], i) => [RUN.indices[i], labelOf(i), healthNow()?.component[i] ?? "–", brief(x), brief(y)].map(String)), ["picture", "label", "component", "x", "y"]));
}

function legendOf() {
  const item = (colour, text) => { const dot = make("i"); dot.style.background = colour; return make("li", {}, dot, text); };
  if (state.colour === "confidence") return [item(shareColour(0), "0 %"), item(shareColour(0.5), "50 %"), item(shareColour(1), "100 %")];
  const kinds = state.colour === "label" ? [...new Set(RUN.data.viz_labels)].sort((a, b) => a - b) : healthNow().p.map((_, c) => c);
  return kinds.map((kind) => item(kindColour(kind), state.colour === "label" ? (names[kind] ?? String(kind)) : String(kind)));
}

function hover(tip, i, x, y, canvas) {
  tip.hidden = i === null;
  if (i === null) return;
  const health = healthNow();
  const lines = [`picture ${String(RUN.indices[i])}`, RUN.data.viz_labels ? `label ${labelOf(i)}` : "", health ? `component ${String(health.component[i])}${health.confidence.length ? `, ${percent(health.confidence[i])}` : ""}` : ""];
  tip.replaceChildren(...[RUN.sprite ? tile(i) : "", make("span", {}, lines.filter(Boolean).flatMap((line) => [line, make("br")]))]);
  tip.style.left = `${String(Math.min(x + 14, canvas.clientWidth - 170))}px`;
  tip.style.top = `${String(Math.max(0, y - 30))}px`;
}

function tile(i) {
  const { path, columns, rows, tile_width: width, tile_height: height } = RUN.sprite;
  const scale = 48 / Math.max(width, height);
  const node = make("span", { class: "tile" });
  Object.assign(node.style, {
    width: `${String(width * scale)}px`, height: `${String(height * scale)}px`, backgroundImage: `url("${path}")`,
    backgroundSize: `${String(columns * width * scale)}px ${String(rows * height * scale)}px`,
    backgroundPosition: `${String(-(i % columns) * width * scale)}px ${String(-Math.floor(i / columns) * height * scale)}px`,
  });
  return node;
}

const CURVES = [["loss", "Loss"], ["recon", "Reconstruction"], ["held_out_recon", "Reconstruction, held out"], ["kld_c", "KL of components"], ["kld_z", "KL of latents"], ["ce", "Cross-entropy of labels"], ["held_out_accuracy", "Accuracy, held out"], ["qc_neff", "Components in use"]];

function curves() {
  const drawn = CURVES.filter(([name]) => RUN.metrics.some((one) => typeof one[name] === "number"));
  return section("How it learned", "One value an epoch, on a scale of its own; the line marks the epoch above.",
    make("div", { class: "curves" }, drawn.map(([name, title]) => curve(name, title))),
    folded("Metrics", () => RUN.metrics.map((one) => [String(one.epoch), ...drawn.map(([name]) => brief(one[name]))]), ["epoch", ...drawn.map(([, title]) => title)]));
}

function curve(name, title) {
  const told = RUN.metrics.filter((one) => typeof one[name] === "number");
  const values = told.map((one) => one[name]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const across = (epoch) => (100 * (epoch - EPOCHS[0])) / (EPOCHS.at(-1) - EPOCHS[0] || 1);
  const places = told.map((one) => `${across(one.epoch).toFixed(2)} ${(46 - (42 * (one[name] - low)) / (high - low || 1)).toFixed(2)}`);
  const cross = make("line", { class: "cross", y1: 0, y2: 50 });
  const said = make("strong");
  watchers.push(() => {
    cross.setAttribute("x1", across(state.epoch)); cross.setAttribute("x2", across(state.epoch));
    said.textContent = brief(told.find(({ epoch }) => epoch === state.epoch)?.[name]);
  });
  return make("figure", {}, make("figcaption", {}, `${title} `, said, make("span", {}, `${brief(low)} to ${brief(high)}`)),
    make("svg", { viewBox: "0 0 100 50", preserveAspectRatio: "none", role: "img", "aria-label": `${title}: from ${brief(values[0])} to ${brief(values.at(-1))}, between ${brief(low)} and ${brief(high)}` }, cross, make("path", { d: `M${places.join("L")}${places.length === 1 ? "h0" : ""}` })));
}

function reconstructions() {
  const epochs = numbers(Object.keys(RUN.reconstructions));
  if (!epochs.length) return null;
  const image = make("img", { class: "sheet" });
  watchers.push(() => {
    const epoch = atMost(epochs, state.epoch);
    image.src = RUN.reconstructions[epoch];
    image.alt = `Held-out pictures above what the network draws of them, epoch ${String(epoch)}`;
  });
  return section("Drawn again", "Above: pictures that it never learned from. Below each: what it draws of them.", image);
}

function mixture() {
  if (!HEALTH.length) return null;
  const [said, bars] = [make("div"), make("ul", { class: "bars" })];
  watchers.push(() => {
    const { light, p, neff, mean_entropy: entropy, information, components } = healthNow();
    const words = { healthy: "Healthy.", waiting: "Not settled yet.", collapsed: `Collapsed: ${light.said}.` }[light.status] ?? light.status;
    const advice = light.change ? ` Try ${light.change.field} = ${String(light.change.proposed)} in place of ${String(light.change.value)}: ${light.change.why}` : "";
    said.replaceChildren(make("p", { class: "light", "data-status": light.status }, `${words}${advice}`),
      make("p", { class: "soft" }, `${brief(neff)} of ${String(components)} components in use · q(c|x) undecided by ${brief(entropy)} nats on average · a component tells ${brief(information)} nats of a picture, of ${brief(Math.log(components))} at most`));
    bars.replaceChildren(...p.map((share, c) => {
      const bar = make("i");
      bar.style.width = `${String((100 * share) / Math.max(...p))}%`;
      bar.style.background = kindColour(c);
      return make("li", {}, make("span", {}, `component ${String(c)}`), make("span", { class: "track" }, bar), make("span", { class: "num" }, percent(share)));
    }));
  });
  return section("The mixture", "How the pictures on the map are shared out among the Gaussians of the prior.", said, bars);
}

document.title = `${RUN.data.name}: a latent run`;
document.getElementById("run").append(...[
  header(), EPOCHS.length > 1 ? scrubber() : null, METHODS.length ? map() : null, RUN.metrics.length ? curves() : null, reconstructions(), mixture(),
  make("footer", {}, make("p", { class: "soft small" }, `All of it was recorded by Pilotage while the run was trained; nothing is computed here. Pictures: ${RUN.data.source || RUN.data.name}${RUN.data.licence ? `, ${RUN.data.licence}` : ""}.`)),
].filter(Boolean));
isDark.addEventListener("change", () => { change({}); });
change({});
