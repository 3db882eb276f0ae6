// Draws the report. Every text becomes a text node: nothing that a person wrote is ever read as markup.
const { story, pictures, written, exported_at } = DATA;
const NOUN = Object.keys(written).length > 0 ? "text" : "picture";
const NAME = `${NOUN[0].toUpperCase()}${NOUN.slice(1)}`;

const ASKED = {
  ranking: "Which is closest to what you want?", pairwise: "Which of these two is closer?",
  ratings: "How close is each one?", approval: "Which ones would you keep?", worst: "Which one should go?",
  shortlist: "Which are worth keeping?", versus: "Does any of these beat your best so far?",
  tie: "Which are about equal, and better than the rest?", undecided: "Why can’t you decide?",
};
const VERDICTS = { go_on: "go on", worth_stopping: "worth stopping", cannot_tell: "can’t tell yet" };
const BADGES = { baseline: "baseline", incumbent: "best so far", carried: "carried", pinned: "pinned", final: "final" };

function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, String(value));
  }
  node.append(...children.flat(2).filter((one) => one !== null && one !== undefined && one !== ""));
  return node;
}

const percent = (share) => (share > 0 && share < 0.01 ? "< 1 %" : share < 1 && share > 0.99 ? "> 99 %" : `${String(Math.round(100 * share))} %`);
const roundName = (index) => (index === 0 ? "Style calibration" : `Round ${String(index)}`);
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
const seconds = (s) => (s === null ? "time unknown" : s < 1 ? `${String(Math.round(1000 * s))} ms` : `${s.toFixed(1)} s`);
const when = (iso) => (iso === null ? "unknown" : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`);
const count = (n, word) => `${String(n)} ${word}${n === 1 ? "" : "s"}`;
const axisName = (axis) => [axis.negative, axis.positive].filter(Boolean).join(" ↔ ") || axis.name || "axis";
const placeOf = (chapter, id) => {
  const found = chapter.pictures.find((one) => one.id === id);
  return found ? `${NOUN} ${String(found.place)}` : `a ${NOUN} of another round`;
};

function answered(chapter, { answer }) {
  const place = (id) => placeOf(chapter, id);
  if (answer.order) return `You chose ${answer.order.map(place).join(", then ")}.`;
  if (answer.winner) return `You preferred ${place(answer.winner)} to ${place(answer.loser)}.`;
  if (answer.stars) return `You gave ${Object.entries(answer.stars).map(([id, n]) => `${count(n, "star")} to ${place(id)}`).join(", ")}.`;
  if (answer.worst) return `You dropped ${place(answer.worst)}${answer.best ? ` and kept ${place(answer.best)}` : ""}.`;
  if (answer.items) return `You found ${answer.items.map(place).join(", ")} about equal, and better than the rest.`;
  if (answer.verdicts) return `Beside ${place(answer.incumbent)}, you found ${Object.entries(answer.verdicts).map(([id, verdict]) => `${place(id)} ${verdict === "same" ? "as good" : verdict}`).join(", ")}.`;
  if (answer.why) return `You couldn’t decide: ${{ alike: "they were all alike", bad: "none of them would do", different: "each was good in its own way" }[answer.why]}.`;
  const kept = (answer.kept ?? Object.entries(answer.approved ?? {}).filter(([, yes]) => yes).map(([id]) => id)).map(place);
  return kept.length ? `You kept ${kept.join(", ")}.` : "You kept none of them.";
}

const large = make("dialog", { "aria-label": `The ${NOUN}, large`, onclick: () => { large.close(); } });

function frame(picture, name) {
  const path = pictures[picture.artifact];
  const number = make("span", { class: "place", "aria-hidden": "true" }, String(picture.place));
  if (!path) {
    const why = picture.error || (picture.artifact ? `The ${NOUN} is no longer kept.` : `There is no ${NOUN}.`);
    return make("div", { class: "frame" }, make("div", { class: "missing" }, why), number);
  }
  const words = written[picture.artifact];
  if (words !== undefined) {
    const open = () => { large.replaceChildren(make("p", { class: "words" }, words)); large.showModal(); };
    return make("button", { class: "frame words", type: "button", "aria-label": `${name}, large`, onclick: open }, words || make("em", {}, "nothing"), number);
  }
  if (!/\.(png|webp)$/.test(path)) {
    return make("div", { class: "frame" }, make("a", { class: "missing", href: path }, `Open what it made (${path.split(".").pop()})`), number);
  }
  const open = () => {
    large.replaceChildren(make("img", { src: path, alt: name }));
    large.showModal();
  };
  return make("button", { class: "frame", type: "button", "aria-label": `${name}, large`, onclick: open },
    make("img", { src: path, alt: name, loading: "eager" }), number);
}

function shown(chapter, picture) {
  const name = `${NAME} ${String(picture.place)} of round ${String(chapter.index)}`;
  const from = picture.first_round === chapter.index ? null
    : make("a", { class: "small", href: `#round-${String(picture.first_round)}` }, `first shown in round ${String(picture.first_round)}`);
  return make("li", { "data-chosen": picture.chosen },
    frame(picture, name),
    make("div", {}, picture.chosen ? make("span", { class: "badge win" }, "chosen") : null,
      picture.badges.map((badge) => make("span", { class: badge === "final" ? "badge win" : "badge" }, BADGES[badge]))),
    picture.p_best === null ? null : make("div", { class: "small soft num" }, `I gave it ${percent(picture.p_best)}`, bar(picture.p_best)),
    picture.why ? make("p", { class: "small soft" }, picture.why) : null,
    from,
    picture.tags.length ? make("p", { class: "small soft" }, picture.tags.map((tag) => tag.replaceAll("_", " ")).join(" · ")) : null,
    picture.comment ? make("blockquote", { class: "small" }, picture.comment) : null,
    picture.error ? make("p", { class: "small fault" }, `No ${NOUN}: ${picture.error}`) : null);
}

function bar(share) {
  const filled = make("i");
  filled.style.width = `${String(100 * share)}%`;
  return make("div", { class: "bar", "aria-hidden": "true" }, filled);
}

function line(list, name, ...content) {
  if (content.flat(2).some((one) => one)) list.append(make("dt", {}, name), make("dd", {}, ...content));
}

function said(chapter, answer) {
  const how = [
    answer.decision_ms === null ? null : `decided in ${seconds(answer.decision_ms / 1000)}`,
    answer.begun_ms === null ? null : `first touch after ${seconds(answer.begun_ms / 1000)}`,
    answer.confidence === null ? null : `confidence ${String(answer.confidence)} of 3`,
    answer.failed_sends ? `${count(answer.failed_sends, "failed attempt")} to send` : null,
    answer.retracted_at ? `taken back ${when(answer.retracted_at)}` : null,
  ].filter(Boolean);
  return [`${answered(chapter, answer)} `, how.length ? make("span", { class: "soft" }, `(${how.join("; ")})`) : null,
    answer.comment ? make("blockquote", {}, answer.comment) : null,
    make("details", {}, make("summary", {}, "The raw gesture"),
      make("pre", {}, JSON.stringify({ kind: answer.kind, answer: answer.answer, gesture: answer.gesture }, null, 2)))];
}

function changed(chapter) {
  if (!chapter.answer) return null;
  const best = chapter.pictures.find((one) => one.id === chapter.best_after && one.chosen);
  const held = best && best.badges.includes("incumbent");
  const words = !best ? "Your best so far stayed where it was." : held ? "Your best so far held its place."
    : `${NAME} ${String(best.place)} became your best so far.`;
  const moves = (chapter.moved ?? []).flatMap((by, i) =>
    by === null || Math.abs(by) < 0.005 ? [] : [`${axisName(story.axes[i])} ${signed(by)}`]);
  return [words, moves.length ? make("p", { class: "soft num" }, `What I believe moved: ${moves.join(" · ")}`) : null];
}

function forecast(chapter) {
  const judged = chapter.pictures.filter((one) => one.p_best !== null);
  const chosen = judged.find((one) => one.chosen);
  if (!chapter.answer || !chosen) return null;
  const favourite = judged.reduce((best, one) => (one.p_best > best.p_best ? one : best));
  const note = chapter.forecasts_shown ? " Forecasts were seen before this answer, so this round says nothing about calibration." : "";
  return favourite === chosen ? `My favourite too, at ${percent(chosen.p_best)}.${note}`
    : `I gave it ${percent(chosen.p_best)}; my favourite was ${NOUN} ${String(favourite.place)} at ${percent(favourite.p_best)}.${note}`;
}

function again({ answer, repeat_of: index, same_again: same }) {
  if (!answer || index === null || index === undefined) return null;
  const told = same === null || same === undefined ? "; the two answers can’t be compared" : `: you chose ${same ? "the same" : "another"}`;
  return [make("a", { href: `#round-${String(index)}` }, `Round ${String(index)}`), ` was shown again here${told}.`];
}

function work({ work: made }) {
  if (!made) return null;
  const rows = made.phases.map(([phase, at, took]) =>
    make("tr", {}, make("td", {}, phase), make("td", { class: "num" }, when(at)), make("td", { class: "num" }, seconds(took))));
  return make("details", {}, make("summary", {}, `${made.state}${made.device ? ` on ${made.device}` : ""}, ${seconds(made.seconds)}`),
    make("table", {}, make("tbody", {}, make("tr", {}, ["phase", "began", "took"].map((one) => make("th", { scope: "col" }, one))), rows)),
    made.error ? make("p", { class: "fault" }, made.error.message) : null);
}

function chapterOf(chapter, isAside) {
  const id = isAside ? `aside-${chapter.id}` : `round-${String(chapter.index)}`;
  const list = make("dl");
  if (chapter.answer) line(list, "Answered", said(chapter, chapter.answer));
  else line(list, "Answered", isAside ? "" : "Not yet.");
  for (const answer of chapter.retracted) line(list, "Taken back", said(chapter, answer));
  line(list, "Shown again", again(chapter));
  line(list, "Forecast", forecast(chapter));
  line(list, "Changed", changed(chapter));
  line(list, "Failed", chapter.error ? make("span", { class: "fault" }, chapter.error.message) : null);
  line(list, "Made", work(chapter));
  return make("section", { id, tabindex: "-1", "data-aside": isAside, "aria-labelledby": `${id}-title` },
    make("header", {}, make("h2", { id: `${id}-title` }, `${roundName(chapter.index)}${isAside ? ", set aside" : ""}`),
      make("span", { class: "soft small" }, [chapter.prompt === null ? "" : `“${chapter.prompt}” `, ASKED[chapter.asked] ?? chapter.asked])),
    make("ol", { class: "pictures", "aria-label": `${NAME}s shown` }, chapter.pictures.map((one) => shown(chapter, one))),
    list);
}

function calibration({ rounds, left_out, p_chosen, p_random, expected_hits, hits }) {
  if (!rounds) return "No round to judge the forecasts by yet.";
  const out = left_out ? ` ${count(left_out, "round")} left out.` : "";
  return `In ${count(rounds, "round")} I gave what you chose ${percent(p_chosen)} on average (a guess: ${percent(p_random)}). `
    + `My favourite was yours ${String(hits)} times; I expected ${expected_hits.toFixed(1)}.${out}`;
}

function closeness() {
  return story.closeness ? `You named a final ${NOUN}; it came close by ${String(story.closeness)} of 5.` : `You named a final ${NOUN}.`;
}

function summary() {
  const list = make("dl");
  line(list, "Prompt", make("span", {}, story.prompt));
  line(list, "Not to see", story.negative_prompt);
  line(list, "Axes", story.axes.map(axisName).join(" · "));
  line(list, "Model", `${story.model}${story.device ? ` on ${story.device}` : ""}`);
  line(list, "Method", `${story.sampler}, ${story.preference_model}; ${String(story.dimension)} ${story.dimension === 1 ? "axis" : "axes"}, radius ${String(story.radius)}; seed ${String(story.seed)} (${story.seed_policy})`);
  line(list, "Forecasts", calibration(story.calibration));
  line(list, "How it ended", story.state === "completed" ? closeness() : "It goes on.", story.outcome ? make("blockquote", {}, story.outcome) : null);
  line(list, "Where it came from", story.lineage.map(({ round }, i) =>
    [i ? " → " : "", make("a", { href: `#round-${String(round)}` }, `round ${String(round)}`)]));
  return make("section", { "aria-label": "In short" }, list,
    make("details", {}, make("summary", {}, "All settings"), make("pre", {}, JSON.stringify(story.config, null, 2))));
}

const SVG = document.getElementById("figure").namespaceURI;

// How it converged. All shares are of the way from an average picture to the best there is.
function path(kind, places) {
  const node = document.createElementNS(SVG, "path");
  node.setAttribute("class", kind);
  node.setAttribute("d", places);
  return node;
}

function curve(told, near) {
  const rounds = told.map(({ round }) => round);
  const [first, last] = [rounds[0], rounds.at(-1)];
  const at = ({ round }, share) => `${String(first === last ? 50 : (100 * (round - first)) / (last - first))} ${String(100 * (1 - share))}`;
  const lineOf = (share) => `M${told.map((one) => at(one, one.advice[share])).join("L")}`;
  const edge = [...told.map((one) => at(one, one.advice.high)), ...told.map((one) => at(one, one.advice.low)).reverse()];
  const plot = document.createElementNS(SVG, "svg");
  const name = `What was left after each answer, with its 90 % band, and the expected gain of another round; ${roundName(first)} to ${roundName(last)}.`;
  for (const [key, value] of Object.entries({ viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img", "aria-label": name })) plot.setAttribute(key, value);
  plot.append(path("ground", "M0 0H100M0 50H100M0 100H100"), path("near", `M0 ${String(100 * (1 - near))}H100`), path("band", `M${edge.join("L")}Z`),
    path("left", lineOf("left")), path("gain", lineOf("gain")),
    ...told.flatMap((one) => ["left", "gain"].map((share) => path(`${share} spot`, `M${at(one, one.advice[share])}h0`))));
  const keys = [["left", "what was left; the band is 90 % sure"], ["gain", "expected gain of another round"], ["near", `the band must fall below ${percent(near)} before I advise to stop`]];
  return make("figure", { class: "curve" },
    make("span", { class: "top" }, "100 %"), plot, make("span", { class: "zero" }, "0"),
    make("span", { class: "ends" }, make("span", {}, roundName(first)), first === last ? null : make("span", {}, roundName(last))),
    make("figcaption", {}, keys.map(([kind, words]) => make("span", {}, make("i", { class: kind, "aria-hidden": "true" }), words))));
}

function advised({ round, advice, reason, escape }) {
  const source = story.chapters.find(({ index }) => index === round)?.repeat_of ?? null;
  const again = source === null ? null : `the set of round ${String(source)} again, unannounced`;
  return make("li", {}, make("a", { href: `#round-${String(round)}` }, roundName(round)),
    make("span", {}, make("span", { class: advice.verdict === "worth_stopping" ? "badge win" : "badge" }, VERDICTS[advice.verdict])),
    make("span", { class: "num" }, `${percent(advice.left)} left (${percent(advice.low)} to ${percent(advice.high)}), ${percent(advice.gain)} to gain`),
    make("span", { class: "soft" }, again ?? [reason, escape?.reason].filter(Boolean).join("; ")));
}

function converged() {
  const found = story.convergence;
  const told = (found?.course ?? []).filter(({ advice }) => advice && advice.left !== null);
  if (!told.length) return null;
  const { now, figures } = found;
  const list = make("dl");
  line(list, "At the end", make("span", { class: "badge" }, VERDICTS[now.verdict]), ` ${now.sentence}`);
  line(list, "Shown again", figures.repeats ? `Of ${count(figures.repeats, "set")} that came again unannounced, you chose the same in ${String(figures.repeats_same)}.` : "");
  return make("section", { id: "converged", "aria-labelledby": "converged-title" },
    make("header", {}, make("h2", { id: "converged-title" }, "How it converged"),
      make("span", { class: "soft small" }, `Shares of the way from an average ${NOUN} to the best there is`)),
    curve(told, now.near), list,
    make("ol", { class: "advice", "aria-label": "Advice, round by round" }, told.map(advised)),
    told.length < found.course.length ? make("p", { class: "small soft" }, "The session is long: of its earlier rounds only some are told.") : null);
}

function theme(to) {
  document.documentElement.dataset.theme = to;
}

function draw() {
  theme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.title = `${story.name} · Pilotage report`;
  const counts = [count(story.chapters.length, "round"), count(story.renders, NOUN), when(story.created_at)];
  const toggle = make("button", { type: "button", onclick: () => { theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"); } }, "Light or dark");
  const links = story.chapters.map(({ index }) => make("a", { href: `#round-${String(index)}` }, roundName(index)));
  const course = converged();
  document.getElementById("report").append(
    make("header", { class: "top" }, make("div", {}, make("h1", {}, `“${story.name}”`), make("p", { class: "soft small" }, counts.join(" · "))), toggle),
    make("nav", { "aria-label": "Rounds" }, links, course ? make("a", { href: "#converged" }, "How it converged") : null),
    make("main", {}, summary(), course, story.chapters.map((one) => chapterOf(one, false)),
      story.aside.length ? make("h2", {}, "Set aside") : null, story.aside.map((one) => chapterOf(one, true))),
    make("footer", { class: "soft small" }, `Pilotage ${story.app_version}, exported ${when(exported_at)}. J and K go from round to round, T changes the theme.`),
    large);
  follow(links);
}

// Which round is in view, and the keys.
function follow(links) {
  const sections = story.chapters.map(({ index }) => document.getElementById(`round-${String(index)}`));
  const here = () => sections.findLastIndex((one) => one.getBoundingClientRect().top < innerHeight * 0.4);
  const mark = () => {
    links.forEach((link, i) => { if (i === here()) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
  };
  addEventListener("scroll", mark, { passive: true });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "t") theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    if (key !== "j" && key !== "k") return;
    const to = sections[Math.min(sections.length - 1, Math.max(0, here() + (key === "j" ? 1 : -1)))];
    to?.scrollIntoView({ block: "start" });
    to?.focus({ preventScroll: true });
  });
  mark();
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

draw();
