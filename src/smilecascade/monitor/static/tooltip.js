// What a chart says of the place under the cursor: the value of each line there.

import { place } from "./axes.js";
import { byId, make } from "./dom.js";
import { duration, figure, whole } from "./format.js";
import { nearest } from "./lines.js";

/** Lines that are told of at once: those nearest to the cursor. */
const MOST = 10;

/** CSS pixels between the cursor and what is said. */
const GAP = 14;

/**
 * The lines at a place on x, the highest first, of many those nearest to `y`.
 *
 * Each: its line, the row of its nearest point, that point's value, and that of the average, or null.
 * Lines with no point there are left out: before their first and after their last.
 */
export function rowsAt(lines, x, y, distance) {
  const rows = lines.flatMap((line) => {
    const row = nearest(line.x, x);
    if (row < 0 || x < line.x[0] - distance || x > line.x[line.x.length - 1] + distance) return [];
    const smooth = line.smooth ? line.smooth.y[nearest(line.smooth.x, line.x[row])] ?? null : null;
    return [{ line, row, value: line.y[row], smooth, shown: smooth ?? line.y[row] }];
  });
  const near = rows.sort((a, b) => Math.abs((a.shown ?? Infinity) - y) - Math.abs((b.shown ?? Infinity) - y));
  const told = near.slice(0, MOST).sort((a, b) => (b.shown ?? -Infinity) - (a.shown ?? -Infinity));
  return { told, nearest: near[0]?.line, others: rows.length - told.length };
}

/** Show what lines say at a place, beside the point (left, top) of the window. */
export function tell({ told, nearest: closest, others }, axis, x, left, top) {
  const box = byId("tooltip");
  box.replaceChildren(
    make("p", { class: "at" }, headline(told, axis, x)),
    make("table", {}, ...told.map((row) => rowOf(row, row.line === closest && told.length > 1))),
    ...(others ? [make("p", { class: "at" }, `and ${others} more`)] : []),
  );
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const right = left + GAP + width > innerWidth - 8 ? Math.max(8, left - GAP - width) : left + GAP;
  box.style.left = `${right}px`;
  box.style.top = `${Math.max(8, Math.min(top + GAP, innerHeight - height - 8))}px`;
}

/** Say nothing. */
export function hush() {
  byId("tooltip").hidden = true;
}

function headline(told, axis, x) {
  if (told.length !== 1) return place(axis, x);
  const { line, row } = told[0];
  return `step ${whole(line.steps[row])} · ${duration(line.times[row])}`;
}

function rowOf({ line, value, smooth }, isClosest) {
  const raw = smooth === null ? null : make("td", { class: "raw" }, figure(value));
  return make(
    "tr",
    { class: isClosest ? "closest" : null },
    make("th", { scope: "row" }, make("i", { class: "dot", style: { "--run": line.colour } }), line.run.name),
    make("td", {}, figure(smooth ?? value)),
    raw,
  );
}
