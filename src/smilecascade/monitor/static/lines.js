// From points to the lines of a chart: what lies along x, what is smoothed, what is seen.

import { colourOf } from "./colours.js";
import { curve } from "./points.js";
import { smoothed } from "./smoothing.js";

/** What lies along x when the reader asks for `x`: epochs only where every run says how long they are. */
export function axisOf(x, lines) {
  return x === "epoch" && !hasEpochs(lines) ? "step" : x;
}

/** Whether every one of these runs says how many steps an epoch has. */
export const hasEpochs = (lines) => lines.length > 0 && lines.every((line) => line.epoch_steps);

/**
 * The lines of a metric, the newest run last so that it is drawn on top.
 *
 * Each: the run's line in the list, its colour, its points `x` and `y`, and, where the state asks
 * for smoothing, `smooth` with an x and a y of its own.
 */
export function linesOf(lines, metric, state) {
  const axis = axisOf(state.x, lines);
  return lines.toReversed().flatMap((run) => {
    const known = curve(run.id, metric);
    return known ? [lineOf(run, known, axis, state)] : [];
  });
}

function lineOf(run, known, axis, { smooth, zoom }) {
  const shown = partOf(known, zoom, axis, run) ?? known;
  return {
    run,
    colour: colourOf(run.id),
    x: along(axis, shown, run),
    y: shown.values,
    steps: shown.steps,
    times: shown.times,
    smooth: smooth ? average(known, shown, axis, run, smooth) : null,
  };
}

/** The part that was asked for to look at closely, if it holds all that is looked at. */
function partOf(known, zoom, axis, run) {
  const steps = zoom && known.part && stepsBetween(zoom, axis, run, known);
  return steps && known.part.low <= steps[0] && known.part.high >= steps[1] ? known.part : null;
}

/** The average of what is shown; that of a part goes on from the average of all that came before. */
function average(known, shown, axis, run, weight) {
  let start;
  if (shown !== known) {
    const before = firstFrom(known.trend.steps, shown.trend.steps[0] ?? Infinity);
    start = smoothed(known.trend, weight, undefined, before).end;
  }
  return { x: along(axis, shown.trend, run), y: smoothed(shown.trend, weight, start).values };
}

function along(axis, { steps, times }, run) {
  if (axis === "time") return times;
  return axis === "epoch" ? steps.map((step) => step / run.epoch_steps) : steps;
}

function alongAt(axis, { steps, times }, run, row) {
  if (axis === "time") return times[row];
  return axis === "epoch" ? steps[row] / run.epoch_steps : steps[row];
}

/**
 * The first and last step of what lies between two places on x, Infinity where that is the end of
 * the curve; null where it is the whole curve, or nothing.
 */
export function stepsBetween([low, high], axis, run, known) {
  const x = along(axis, known, run);
  const first = firstFrom(x, low) - 1;
  const last = firstFrom(x, high);
  if (!x.length || (first < 0 && last === x.length)) return null;
  return [known.steps[Math.max(0, first)], last === x.length ? Infinity : known.steps[last]];
}

/** The least and greatest x of these metrics of these runs; null where they have no point. */
export function extentOf(lines, metrics, axis) {
  let low = Infinity;
  let high = -Infinity;
  for (const run of lines) {
    for (const metric of metrics) {
      const known = curve(run.id, metric);
      if (!known?.steps.length) continue;
      low = Math.min(low, alongAt(axis, known, run, 0));
      high = Math.max(high, alongAt(axis, known, run, known.steps.length - 1));
    }
  }
  if (low > high) return null;
  return low < high ? [low, high] : [low - 1, high + 1];
}

/** The least and greatest value between two places on x; of those above 0 where `log`. Null: none. */
export function heightOf(lines, [left, right], log) {
  let low = Infinity;
  let high = -Infinity;
  for (const { x, y } of lines) {
    const end = Math.min(firstFrom(x, right) + 1, x.length);
    for (let i = Math.max(0, firstFrom(x, left) - 1); i < end; i++) {
      const value = y[i];
      if (value === null || (log && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/** The row of the first x from `value` on; the number of rows where there is none. */
export function firstFrom(x, value) {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row of the x nearest to `value`; -1 where there is none. */
export function nearest(x, value) {
  const right = firstFrom(x, value);
  if (right === 0) return x.length ? 0 : -1;
  if (right === x.length) return right - 1;
  return value - x[right - 1] <= x[right] - value ? right - 1 : right;
}
