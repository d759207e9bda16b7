// The runs as the monitor lists them, and which of them the reader chose.

import { get } from "./api.js";
import { paint } from "./colours.js";

/** Runs that are chosen until the reader chooses: all at work, and the newest up to so many. */
const NEWEST = 6;
const MOST_AT_WORK = 24;

let listed = { root: "", runs: [] };
let byId = new Map();

/** All runs, newest first. */
export const all = () => listed.runs;

/** The folder of the runs, as the monitor was given it. */
export const root = () => listed.root;

/** The run of this id; undefined where there is none. */
export const run = (id) => byId.get(id);

/** Ask for the list; true where it changed. */
export async function refresh() {
  const now = await get("/api/runs");
  if (now === listed) return false;
  listed = now;
  byId = new Map(now.runs.map((line) => [line.id, line]));
  paint(now.runs.map((line) => line.id).sort());
  return true;
}

/** The chosen runs, newest first: those of the state that there are. */
export function chosen({ runs }) {
  if (runs === "all") return listed.runs;
  if (runs === null) return newest();
  const wanted = new Set(runs);
  return listed.runs.filter((line) => wanted.has(line.id));
}

function newest() {
  const working = listed.runs.filter((line) => line.state === "running").slice(0, MOST_AT_WORK);
  const others = listed.runs.filter((line) => line.state !== "running");
  const taken = new Set([...working, ...others.slice(0, Math.max(0, NEWEST - working.length))]);
  return listed.runs.filter((line) => taken.has(line));
}

/** Names of the metrics of these runs: first those that can be better or worse, each in alphabetical order. */
export function metricsOf(lines) {
  const better = new Map(lines.flatMap(({ metrics }) => Object.entries(metrics).map(([name, figures]) => [name, figures.better])));
  const order = (a, b) => Number(!better.get(a)) - Number(!better.get(b)) || a.localeCompare(b, "en", { numeric: true });
  return [...better.keys()].sort(order);
}

/** The metric whose best figure says most: of a validation, with a direction, else with a direction. */
export function mainMetric(lines) {
  const better = (name) => lines.some((line) => line.metrics[name]?.better);
  const names = metricsOf(lines).filter(better);
  return names.find((name) => /^(val|test|eval)/.test(name)) ?? names[0] ?? null;
}

/** The best figure of a metric in a run; its last where nothing says which way is better. */
export function bestOf(line, metric) {
  const figures = line?.metrics[metric];
  if (!figures) return null;
  return { lower: figures.least, higher: figures.greatest }[figures.better] ?? figures.last;
}

/** Whether `a` is better than `b` in this metric of this run; false where nothing tells. */
export function isBetter(line, metric, a, b) {
  const way = line.metrics[metric]?.better;
  if (a === null || a === undefined) return false;
  if (b === null || b === undefined) return Boolean(way);
  return way === "lower" ? a < b : way === "higher" ? a > b : false;
}
