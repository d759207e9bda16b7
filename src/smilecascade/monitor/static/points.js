// The points of curves that are here, and what is yet to be asked for.

import { ask, Refusal } from "./api.js";

/** A curve that grew to so many times what was asked for is asked for anew, thinned. */
const OVERGROWN = 2.5;

/** A part comes with so much of its length on both sides, so that lines run on to the edges. */
const MARGIN = 0.1;

const curves = new Map();

const key = (run, metric) => `${run}\n${metric}`;

/** The curve of a metric of a run, or undefined where nothing of it is here yet. */
export const curve = (run, metric) => curves.get(key(run, metric));

/**
 * Ask for what is new of the metrics of some runs; true where something came.
 *
 * lines:    of the runs, as they are listed.
 * metrics:  their names.
 * count:    points of a curve that are enough.
 * averages: whether averages are wanted, for smoothing.
 * steps:    from a line and its curve to the first and last step that are looked at closely, or null.
 *
 * Throws what api.js throws, and a Refusal for the first curve that could not be read.
 */
export async function refresh(lines, metrics, { count, averages, steps }) {
  const wished = lines.flatMap((line) =>
    metrics.filter((metric) => line.metrics[metric]).flatMap((metric) => wishes(line, metric, count, averages, steps)));
  if (!wished.length) return false;
  const answer = await ask("/api/curves", { count, averages, curves: wished });
  answer.curves.forEach((part) => take(part, count, averages));
  if (answer.problems.length) throw new Refusal(answer.problems[0].error);
  return true;
}

/** Forget the curves of runs that are listed no more. */
export function forgetOthers(ids) {
  for (const [name, { run }] of curves) if (!ids.has(run)) curves.delete(name);
}

function wishes(line, metric, count, averages, steps) {
  const known = curve(line.id, metric);
  const wish = { run: line.id, metric, generation: line.generation };
  if (!known || isStale(known, line, count, averages)) return [{ ...wish, since: 0 }];
  const news = line.metrics[metric].count > known.next ? [{ ...wish, since: known.next }] : [];
  const part = steps && known.thinned ? missingPart(known, steps(line, known), count, averages) : null;
  return part ? [...news, { ...wish, ...part }] : news;
}

function isStale(known, line, count, averages) {
  if (known.generation !== line.generation) return true;
  if (known.steps.length > OVERGROWN * Math.max(count, known.count)) return true;
  return known.thinned && ((averages && !known.averaged) || known.count < count / 2);
}

/** The part to ask for, with its margins; null where it is here, and where it is no part at all. */
function missingPart(known, steps, count, averages) {
  const range = steps?.join();
  const have = known.part;
  if (!steps || (have?.range === range && have.count >= count / 2 && (have.averaged || !averages))) return null;
  const [low, high] = steps;
  const margin = MARGIN * (Math.min(high, known.steps.at(-1)) - low);
  known.asked = range;
  return { low: Math.floor(low - margin), high: Number.isFinite(high) ? Math.ceil(high + margin) : null };
}

function take(answer, count, averages) {
  const { run, metric, generation } = answer;
  const got = { ...answer, count, averaged: averages, high: answer.high ?? Infinity, trend: trendOf(answer) };
  const known = curve(run, metric);
  if ("low" in answer) known.part = { ...got, range: known.asked };
  else if (answer.fresh || !known) curves.set(key(run, metric), { ...got, part: null });
  else {
    append(known, got);
    known.next = answer.next;
    known.thinned ||= answer.thinned;
    known.generation = generation;
    if (known.part) append(known.part, upTo(got, known.part.high));
  }
}

/** What smoothing goes by: averages where points were left out, else the points. */
function trendOf({ averages, steps, times, values }) {
  return averages ?? { steps: [...steps], times: [...times], values: [...values], counts: steps.map(() => 1) };
}

function append(to, { steps, times, values, trend }) {
  to.steps.push(...steps);
  to.times.push(...times);
  to.values.push(...values);
  for (const column of ["steps", "times", "values", "counts"]) to.trend[column].push(...trend[column]);
}

function upTo({ steps, times, values, trend }, high) {
  const end = (column) => column.findLastIndex((step) => step <= high) + 1;
  const cut = ({ steps, ...others }, rows) => Object.fromEntries(
    Object.entries({ steps, ...others }).map(([name, column]) => [name, column.slice(0, rows)]));
  return { ...cut({ steps, times, values }, end(steps)), trend: cut(trend, end(trend.steps)) };
}
