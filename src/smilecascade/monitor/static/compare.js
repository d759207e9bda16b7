// Before and after: two runs left and right on the same axes, and what differs between them.

import { get } from "./api.js";
import { Chart } from "./chart.js";
import { colourOf } from "./colours.js";
import { shownMetrics } from "./curves.js";
import { byId, make, replaceIfNew } from "./dom.js";
import { figure, moment } from "./format.js";
import { axisOf, extentOf, heightOf, linesOf } from "./lines.js";
import { all, bestOf, chosen, isBetter, run } from "./runs.js";
import { change, current } from "./state.js";

const SIDES = [["a", "Before"], ["b", "After"]];

let pairs = new Map();
let laid = "";
let told = null;

/** The runs before and after: those of the state, else the two newest that are chosen, or that there are. */
export function sides(state) {
  const candidates = [...chosen(state), ...all()];
  const after = run(state.b) ?? candidates.find((line) => line.id !== state.a);
  const before = run(state.a) ?? candidates.find((line) => line !== after);
  return [before, after].filter(Boolean);
}

/** The runs and metrics whose points are needed now. */
export function needs(state) {
  const lines = sides(state);
  return { lines, metrics: shownMetrics(lines, state) };
}

/** Ask what differs; true where that changed. */
export async function refresh(state) {
  const lines = sides(state);
  if (lines.length < 2) return false;
  const now = await get(`/api/compare?runs=${lines.map((line) => encodeURIComponent(line.id)).join()}`);
  const changed = now !== told;
  told = now;
  return changed;
}

/** Draw what is here. */
export function render(state) {
  const lines = sides(state);
  const metrics = shownMetrics(lines, state);
  lay(lines, metrics);
  if (lines.length < 2) return;
  tables(lines, metrics);
  const axis = axisOf(state.x, lines);
  const x = state.zoom ?? extentOf(lines, metrics, axis);
  if (!x) return;
  for (const metric of metrics) {
    const drawn = lines.map((line) => linesOf([line], metric, state));
    const height = heightOf(drawn.flat(), x, state.log);
    pairs.get(metric).forEach((chart, side) =>
      chart.show({ lines: drawn[side], axis, x, height, log: state.log, only: null }));
  }
}

function lay(lines, metrics) {
  const { theme } = document.documentElement.dataset;
  const layout = JSON.stringify([theme, lines.map((line) => line.id), metrics, all().map((line) => line.id)]);
  if (layout === laid) return;
  laid = layout;
  [...pairs.values()].flat().forEach((chart) => chart.destroy());
  pairs = new Map();
  const section = byId("compare");
  if (lines.length < 2) {
    section.replaceChildren(make("p", { class: "hint" }, "Two runs are needed to compare one with the other."));
    return;
  }
  section.replaceChildren(
    make("div", { class: "pair heads" }, ...SIDES.map(([key, words], side) => head(key, words, lines[side]))),
    make("div", { class: "tables" },
      make("section", { class: "card", id: "changes", "aria-label": "What differs" }),
      make("section", { class: "card", id: "figures", "aria-label": "Figures" })),
    ...metrics.map((metric) => rowOf(metric, lines)),
  );
}

function head(key, words, line) {
  const options = all().map((other) =>
    make("option", { value: other.id, selected: other.id === line.id }, `${other.name} · ${moment(other.started)}`));
  const select = make("select", {
    id: `side-${key}`,
    onchange: (event) => {
      const [before, after] = sides(current()).map((other) => other.id);
      change({ a: before, b: after, [key]: event.target.value });
    },
  }, ...options);
  return make("label", { class: "head" },
    make("span", {}, make("i", { class: "dot", style: { "--run": colourOf(line.id) } }), words), select);
}

function rowOf(metric, lines) {
  const plots = lines.map(() => make("div", { class: "plot" }));
  pairs.set(metric, plots.map((plot, side) =>
    new Chart(plot, `${metric} ${SIDES[side][1].toLowerCase()}`, (zoom) => change({ zoom }))));
  return make("figure", { class: "card", "data-metric": metric },
    make("figcaption", {}, make("h3", {}, metric)), make("div", { class: "pair" }, ...plots));
}

function tables(lines, metrics) {
  const here = told?.runs.every((line, side) => line.id === lines[side].id) ? told : null;
  if (here) differences(here.differences);
  figures(lines, metrics);
}

function differences(rows) {
  const table = rows.length
    ? tableOf(["", "before", "after"], rows.map(({ key, values }) => [key, values[0] ?? "not set", values[1] ?? "not set"]))
    : make("p", { class: "hint" }, "Their configs are the same.");
  replaceIfNew(byId("changes"), [make("h3", {}, "What differs"), make("div", { class: "scroll" }, table)]);
}

function figures(lines, metrics) {
  const rows = metrics.map((metric) => {
    const [before, after] = lines.map((line) => bestOf(line, metric));
    const known = before !== null && after !== null;
    const change = known ? figure(after - before) : "–";
    const verdict = !known || before === after ? "" : isBetter(lines[1], metric, after, before) ? "better" : "worse";
    const isTold = lines[1].metrics[metric]?.better;
    const sign = known && after > before ? "+" : "";
    const words = make("span", { class: isTold ? verdict : null }, (sign + change).replace("-", "−"));
    return [metric, figure(before), figure(after), words];
  });
  replaceIfNew(byId("figures"), [make("h3", {}, "Best figures"),
    make("div", { class: "scroll" }, tableOf(["", "before", "after", "change"], rows))]);
}

function tableOf(head, rows) {
  return make("table", { class: "facts" },
    make("thead", {}, make("tr", {}, ...head.map((cell) => make("th", { scope: "col" }, cell)))),
    make("tbody", {}, ...rows.map(([key, ...cells]) =>
      make("tr", {}, make("th", { scope: "row" }, key), ...cells.map((cell) => make("td", {}, cell))))));
}
