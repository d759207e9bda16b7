// The list of runs: which are chosen, how they are, how good they are.

import { colourOf } from "./colours.js";
import { open } from "./details.js";
import { byId, make, setText } from "./dom.js";
import { age, duration, figure } from "./format.js";
import { all, bestOf, chosen, mainMetric, metricsOf } from "./runs.js";
import { change, current } from "./state.js";

const rows = new Map();
let order = "";
let listedMetrics = "";

/** Connect the tools above the list. `point` is told the id of the run under the cursor, or null. */
export function start(point, render) {
  pointAt = point;
  byId("find-run").addEventListener("input", render);
  byId("best").addEventListener("change", (event) => change({ best: event.target.value }));
  byId("choose-all").addEventListener("click", () => choose(all().filter(isFound)));
  byId("choose-none").addEventListener("click", () => change({ runs: [] }));
  byId("choose-newest").addEventListener("click", () => change({ runs: null }));
}

let pointAt = () => {};

/** Show the list as it is now. */
export function render(state) {
  const lines = all();
  const best = state.best ?? mainMetric(lines);
  metrics(lines, best);
  const shown = lines.filter(isFound);
  const ids = shown.map((line) => line.id).join();
  if (ids !== order) {
    order = ids;
    byId("run-list").replaceChildren(...shown.map((line) => rowOf(line).element));
  }
  const wanted = new Set(chosen(state));
  const leader = leaderOf([...wanted], best);
  for (const line of shown) rowOf(line).update(line, wanted.has(line), best, line === leader);
  setText(byId("chosen"), `${wanted.size} of ${lines.length} chosen`);
}

const isFound = (line) => line.name.toLowerCase().includes(byId("find-run").value.trim().toLowerCase());

function choose(lines) {
  change({ runs: lines.length === all().length ? "all" : lines.map((line) => line.id) });
}

/** Choose a run, or no longer. */
function toggle(id) {
  const wanted = chosen(current()).map((line) => line.id);
  change({ runs: wanted.includes(id) ? wanted.filter((other) => other !== id) : [...wanted, id] });
}

function metrics(lines, best) {
  const names = metricsOf(lines);
  const now = JSON.stringify([names, best]);
  if (now === listedMetrics) return;
  listedMetrics = now;
  byId("best").replaceChildren(...names.map((name) => make("option", { value: name, selected: name === best }, name)));
}

function leaderOf(lines, metric) {
  const ranked = lines.filter((line) => line.metrics[metric]?.better && bestOf(line, metric) !== null);
  const sign = ranked[0]?.metrics[metric].better === "higher" ? -1 : 1;
  return ranked.sort((a, b) => sign * (bestOf(a, metric) - bestOf(b, metric)))[0];
}

function rowOf(line) {
  if (!rows.has(line.id)) rows.set(line.id, newRow(line));
  return rows.get(line.id);
}

function newRow({ id, name: called }) {
  let colour = "";
  const box = make("input", { type: "checkbox", onchange: () => toggle(id) });
  const dot = make("i", { class: "dot" });
  const name = make("span", { class: "name", title: `${called} (${id})` });
  const best = make("span", { class: "best" });
  const state = make("span", { class: "state" });
  const when = make("span", { class: "when" });
  const info = make("button", { type: "button", class: "quiet icon info", title: "Config and details", "aria-label": `Details of ${called}`, onclick: () => open(id) }, "i");
  const element = make("li", {
    class: "run", "data-run": id, onmouseenter: () => pointAt(id), onmouseleave: () => pointAt(null),
  }, make("label", {}, box, dot, name, best, state, when), info);

  function update(line, isChosen, metric, isLeader) {
    box.checked = isChosen;
    element.classList.toggle("chosen", isChosen);
    element.classList.toggle("leader", isLeader);
    if (colour !== colourOf(id)) dot.style.setProperty("--run", (colour = colourOf(id)));
    setText(name, line.name);
    setText(best, metric && line.metrics[metric] ? figure(bestOf(line, metric)) : "");
    setText(state, line.state);
    state.dataset.state = line.state;
    state.title = line.error ?? "";
    setText(when, whenOf(line));
  }

  return { element, update };
}

function whenOf(line) {
  const now = Date.now() / 1000;
  return line.state === "running" ? duration(now - line.started) : `${age(now - (line.ended ?? line.heartbeat))} ago`;
}
