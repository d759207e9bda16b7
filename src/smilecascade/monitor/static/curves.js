// The view of curves: a chart a metric, all chosen runs in each.

import { Chart } from "./chart.js";
import { colourOf } from "./colours.js";
import { byId, make, replaceIfNew, setText } from "./dom.js";
import { figure } from "./format.js";
import { groupsOf } from "./groups.js";
import { axisOf, extentOf, heightOf, linesOf } from "./lines.js";
import { bestOf, chosen, isBetter, metricsOf } from "./runs.js";
import { change } from "./state.js";

/** Charts so many CSS pixels outside the window are drawn too, so that none appears empty. */
const NEAR = 300;

/** Charts that are taken for near until it is known: what the first view shows must not wait. */
const AT_FIRST = 6;

/** Runs that are named above the charts of a narrow window. */
const IN_LEGEND = 8;

const cards = new Map();
let laid = "";

/** Tells of cards that come near the window, and of those that leave. */
const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const card = cards.get(target.dataset.metric);
    if (card) card.isNear = isIntersecting;
  }
  dispatchEvent(new Event("sight"));
}, { rootMargin: `${NEAR}px` });

/** The runs and metrics whose points are needed now: of what is in sight, or nearly. */
export function needs(state) {
  const lines = chosen(state);
  const metrics = shownMetrics(lines, state);
  lay(metrics, state.wide);
  return { lines, metrics: metrics.filter((metric) => cards.get(metric).isNear) };
}

/** Draw what is here. `only`: the id of the run that is pointed at in the list, or null. */
export function render(state, only) {
  const lines = chosen(state);
  const metrics = shownMetrics(lines, state);
  lay(metrics, state.wide);
  const axis = axisOf(state.x, lines);
  const x = state.zoom ?? extentOf(lines, metrics, axis);
  for (const metric of metrics) {
    const card = cards.get(metric);
    lead(card, metric, lines);
    if (!x || !card.isNear) continue;
    const drawn = linesOf(lines, metric, state);
    card.chart.show({ lines: drawn, axis, x, height: heightOf(drawn, x, state.log), log: state.log, only });
  }
  legend(lines);
  hint(lines, metrics, state);
}

/** The metrics to show: of the chosen runs, with what the reader looks for in their names. */
export function shownMetrics(lines, { find }) {
  const wanted = find.trim().toLowerCase();
  return metricsOf(lines).filter((metric) => metric.toLowerCase().includes(wanted));
}

/** Put the cards in their groups, where these changed. */
function lay(metrics, wide) {
  const layout = JSON.stringify([metrics, wide]);
  if (layout === laid) return;
  laid = layout;
  for (const [metric, card] of cards) {
    if (metrics.includes(metric)) continue;
    card.chart.destroy();
    sight.unobserve(card.element);
    cards.delete(metric);
  }
  byId("groups").replaceChildren(...groupsOf(metrics).map(([name, members]) =>
    make("section", { class: "group", "aria-label": name || "Metrics" },
      name ? make("h2", {}, name) : null,
      make("div", { class: "grid" }, ...members.map((metric) => cardOf(metric, wide).element)))));
}

function cardOf(metric, wide) {
  if (!cards.has(metric)) cards.set(metric, newCard(metric));
  const card = cards.get(metric);
  const isWide = metric === wide;
  card.element.classList.toggle("wide", isWide);
  card.widen.setAttribute("aria-pressed", String(isWide));
  return card;
}

function newCard(metric) {
  const plot = make("div", { class: "plot" });
  const dot = make("i", { class: "dot" });
  const best = make("span", { class: "lead" });
  const widen = make("button", {
    type: "button", class: "quiet icon", "aria-label": `${metric} at full width`, title: "Full width",
    onclick: () => change({ wide: widen.getAttribute("aria-pressed") === "true" ? null : metric }),
  }, "⤢");
  const element = make("figure", { class: "card", "data-metric": metric },
    make("figcaption", {}, make("h3", {}, metric), dot, best, widen), plot);
  const chart = new Chart(plot, metric, (zoom) => change({ zoom }));
  sight.observe(element);
  return { element, dot, best, widen, chart, isNear: cards.size < AT_FIRST };
}

/** In a card's head: the best figure of all chosen runs, and whose it is. */
function lead(card, metric, lines) {
  let best = null;
  for (const line of lines) {
    const value = bestOf(line, metric);
    if (value !== null && (best === null || isBetter(line, metric, value, best.value))) best = { line, value };
  }
  const way = best?.line.metrics[metric].better;
  setText(card.best, best ? `${way ? "best" : "last"} ${figure(best.value)}` : "");
  card.best.title = best ? best.line.name : "";
  card.dot.style.setProperty("--run", best ? colourOf(best.line.id) : "none");
}

/** Which colour is whose, where the list of runs is out of sight. */
function legend(lines) {
  const names = lines.slice(0, IN_LEGEND).map((line) =>
    make("span", {}, make("i", { class: "dot", style: { "--run": colourOf(line.id) } }), line.name));
  if (lines.length > IN_LEGEND) names.push(make("span", {}, `and ${lines.length - IN_LEGEND} more`));
  replaceIfNew(byId("legend"), names);
}

function hint(lines, metrics, { find }) {
  if (metrics.length) return;
  const words = !lines.length ? "Choose runs in the list to see their curves."
    : find ? `No metric of these runs has “${find}” in its name.`
      : "Nothing is logged yet. Curves appear here with the first step.";
  byId("groups").replaceChildren(make("p", { class: "hint" }, words));
}
