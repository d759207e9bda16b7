// Where ticks stand, and what is written at them.

import { figure, whole } from "./format.js";

/** Seconds between the ticks of an axis of time. */
const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000,
];

/** CSS pixels that a label along x needs. */
const SPACE = 64;

/** The axes of a chart for uPlot: colours from the style sheet, labels by what lies along x. */
export function axesFor(axis, log) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = `11px ${style.getPropertyValue("--font").trim()}`;
  const both = {
    stroke: colour("--muted"),
    font,
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { show: false },
    border: { show: false },
  };
  const time = { incrs: TIME_STEPS, values: (_, ticks) => ticks.map(clock) };
  const steps = { values: (_, ticks) => ticks.map(short) };
  const logarithmic = { splits: (u) => logTicks(u.scales.y.min, u.scales.y.max), filter: (_, ticks) => ticks };
  return [
    { ...both, size: 28, gap: 6, space: SPACE, ...(axis === "time" ? time : steps) },
    { ...both, size: 52, gap: 6, space: 34, values: (_, ticks) => ticks.map(valueLabel), ...(log ? logarithmic : {}) },
  ];
}

/** The limits of y about these values, with some room. */
export function limits([low, high], log) {
  if (log) {
    const room = Math.max((high / low) ** 0.06, 1.05);
    return [low / room, high * room];
  }
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

/** What the tooltip says of a place on x. */
export function place(axis, x) {
  if (axis === "time") return clock(Math.round(x));
  return axis === "epoch" ? `epoch ${figure(x)}` : `step ${whole(x)}`;
}

/** Ticks of a logarithmic axis: 1, 2, 5 of each power of ten, or only some powers, or evenly. */
export function logTicks(low, high) {
  const powers = Math.log10(high / low);
  if (!(low > 0) || !Number.isFinite(powers)) return [];
  if (powers < 0.7) return evenTicks(low, high);
  const every = Math.max(1, Math.ceil(powers / 5));
  const digits = powers < 2.2 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    if (power % every) continue;
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function evenTicks(low, high) {
  const raw = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((digit) => digit * power >= raw) * power;
  const count = Math.floor(high / step) - Math.ceil(low / step) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (Math.ceil(low / step) + i) * step);
}

function clock(seconds) {
  if (Math.abs(seconds) < 60) return `${seconds} s`;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h === 0) return s ? `${m}:${String(Math.floor(s)).padStart(2, "0")}` : `${m} min`;
  return m || s ? `${h}:${String(m).padStart(2, "0")} h` : `${h} h`;
}

function short(value) {
  for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(4))}${unit}`;
  }
  return String(Number(value.toPrecision(6)));
}

function valueLabel(value) {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential().replace(/(\.\d\d)\d+/, "$1");
  return short(Number(value.toPrecision(8)));
}
