// The page as a whole: what is asked for, how often, and which view shows it.

import { Refusal, Unreachable } from "./api.js";
import * as compare from "./compare.js";
import * as curves from "./curves.js";
import { byId, make, setText } from "./dom.js";
import * as images from "./images.js";
import { axisOf, stepsBetween } from "./lines.js";
import * as points from "./points.js";
import * as runs from "./runs.js";
import * as sidebar from "./sidebar.js";
import { change, current, onChange } from "./state.js";
import * as toolbar from "./toolbar.js";

/** Milliseconds between two looks. */
const PAUSE = 900;

/** Points of all lines of a chart together, and of one line. */
const IN_A_CHART = 20_000;
const LEAST = 200;
const MOST = 1600;

/** Looks at the points in a row, where what came shows that a part is to be seen closer. */
const ROUNDS = 3;

const VIEWS = { curves, compare, images };

let pointed = null;
let isBusy = false;
let isWanted = false;
let timer = 0;
let drawing = 0;

/** Draw with the next frame, once, however much changed until then. */
function render() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    draw(current());
  });
}

function draw(state) {
  const view = VIEWS[state.view];
  const isEmpty = !runs.all().length;
  document.body.classList.toggle("without-runs", isEmpty);
  for (const name of Object.keys(VIEWS)) byId(name).hidden = isEmpty || name !== state.view;
  byId("toolbar").hidden = isEmpty || state.view === "images";
  for (const tab of byId("views").children) {
    if (tab.dataset.view === state.view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  sidebar.render(state);
  if (isEmpty) return;
  toolbar.render(state, view === compare ? compare.sides(state) : runs.chosen(state));
  view.render(state, pointed);
}

/** Look at once, and again and again from then on. */
async function look() {
  isWanted = true;
  if (isBusy) return;
  isBusy = true;
  clearTimeout(timer);
  while (isWanted) {
    isWanted = false;
    try {
      await lookOnce(current());
      say("live", "live");
      problem(null);
    } catch (error) {
      told(error);
    }
  }
  isBusy = false;
  if (!document.hidden) timer = setTimeout(look, PAUSE);
}

async function lookOnce(state) {
  const start = performance.now();
  const view = VIEWS[state.view];
  const isNew = await runs.refresh();
  if (isNew) points.forgetOthers(new Set(runs.all().map((line) => line.id)));
  empty();
  if (await news(view, state)) {
    draw(current());
    timed(start);
  } else if (isNew) draw(current());
  else sidebar.render(current()); // ages grow
}

/** Ask for what the view needs; true where something came. */
async function news(view, state) {
  let came = view.refresh ? await view.refresh(state) : false;
  for (let round = 0; round < ROUNDS; round++) {
    const { lines, metrics } = view.needs(state);
    if (!(await points.refresh(lines, metrics, wanted(state, lines)))) break;
    came = true;
  }
  return came;
}

/** Note how long it took until what is new was drawn, for whoever measures; the last one is kept. */
function timed(start) {
  performance.clearMeasures("look");
  performance.measure("look", { start });
}

function wanted({ zoom, smooth, x }, lines) {
  const count = Math.round(Math.min(Math.max(IN_A_CHART / Math.max(lines.length, 1), LEAST), MOST));
  const axis = axisOf(x, lines);
  const steps = zoom && ((line, curve) => stepsBetween(zoom, axis, line, curve));
  return { count, averages: smooth > 0, steps };
}

function told(error) {
  if (error instanceof Unreachable) {
    say("lost", "no answer");
    problem("The monitor does not answer. If it was ended, start it again: smilecascade monitor");
    return;
  }
  say("trouble", "trouble");
  problem(error.message);
  if (!(error instanceof Refusal)) console.error(error);
}

function say(state, words) {
  byId("pulse").dataset.state = state;
  setText(byId("pulse"), words);
}

function problem(sentence) {
  byId("problem").hidden = sentence === null;
  setText(byId("problem"), sentence ?? "");
}

/** What to do where there is no run yet. */
function empty() {
  const isEmpty = !runs.all().length;
  const place = byId("empty");
  if (place.hidden === !isEmpty) return;
  place.hidden = !isEmpty;
  if (isEmpty) {
    place.replaceChildren(
      make("h2", {}, "No runs yet"),
      make("p", {}, "Runs appear here by themselves as soon as a training writes into ", make("code", {}, runs.root()), "."),
      make("pre", {}, `smilecascade train all --data DATA --out BUNDLE --runs ${runs.root()}`),
    );
  }
}

async function copyLink() {
  const button = byId("link");
  try {
    await navigator.clipboard.writeText(location.href);
    setText(button, "Copied");
  } catch {
    setText(button, "See the address");
  }
  setTimeout(() => setText(button, "Copy link"), 1500);
}

function toggleMenu(isOpen) {
  document.body.classList.toggle("menu-open", isOpen);
  byId("menu").setAttribute("aria-expanded", String(isOpen));
}

sidebar.start((id) => {
  pointed = id;
  render();
}, render);
toolbar.start();
for (const tab of byId("views").children) tab.addEventListener("click", () => change({ view: tab.dataset.view }));
byId("link").addEventListener("click", copyLink);
byId("menu").addEventListener("click", () => toggleMenu(!document.body.classList.contains("menu-open")));
byId("body").addEventListener("click", (event) => event.target === byId("body") && toggleMenu(false));
addEventListener("keydown", (event) => event.key === "Escape" && toggleMenu(false));
addEventListener("theme", render);
addEventListener("sight", () => {
  render();
  look();
});
addEventListener("resize", render);
document.addEventListener("visibilitychange", () => !document.hidden && look());
onChange(() => {
  render();
  look();
});
look();
