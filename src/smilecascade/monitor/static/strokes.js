// Lines on a canvas: those of several runs share no places on x, which uPlot's own lines would need.

import { firstFrom } from "./lines.js";

/** Lines with no more points than this in view show each of them. */
const FEW = 48;

/** Of more lines than this each is one pixel wide: finer, and drawn several times as fast. */
const MANY = 16;

/** How strong what is smoothed shows through, and a run that is not the one pointed at. */
const RAW = 0.3;
const FAINT = 0.12;

/**
 * Draw lines (lines.js) into a plot of uPlot, clipped to its frame.
 *
 * log: whether y is logarithmic; only: the id of the run that is pointed at, or null.
 */
export function strokeAll(plot, lines, log, only) {
  const { ctx, bbox } = plot;
  const to = placesOf(plot, log);
  const wide = (width) => (lines.length > MANY ? 1 : width * uPlot.pxRatio);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "bevel"; // far quicker than round, and without the spikes of miter
  for (const { run, x, y, smooth, colour } of lines) {
    const strength = only === null || only === run.id ? 1 : FAINT;
    stroke(plot, x, y, to, { colour, alpha: smooth ? strength * RAW : strength, width: wide(1.25) });
    if (smooth) stroke(plot, smooth.x, smooth.y, to, { colour, alpha: strength, width: wide(1.75) });
  }
  ctx.restore();
}

/** A line through these points, with a gap at each null and at what cannot be drawn. */
function stroke({ ctx, scales }, x, y, [toX, toY], { colour, alpha, width }) {
  const ratio = uPlot.pxRatio;
  const first = Math.max(0, firstFrom(x, scales.x.min) - 1);
  const end = Math.min(x.length, firstFrom(x, scales.x.max) + 1);
  const isFew = end - first <= FEW;
  const radius = (isFew ? 2 : 1) * ratio;
  const dots = new Path2D();
  let isDown = false;
  ctx.beginPath();
  for (let i = first; i < end; i++) {
    const py = y[i] === null ? NaN : toY(y[i]);
    if (Number.isNaN(py)) {
      isDown = false;
      continue;
    }
    const px = toX(x[i]);
    if (isDown) ctx.lineTo(px, py);
    else ctx.moveTo(px, py);
    const isAlone = !isDown && (i + 1 === end || y[i + 1] === null);
    if (isFew || isAlone) {
      dots.moveTo(px + radius, py);
      dots.arc(px, py, radius, 0, 7);
    }
    isDown = true;
  }
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke();
  ctx.fill(dots);
}

/** From values to pixels of the canvas, along x and along y; NaN for what no logarithm has. */
function placesOf({ bbox, scales: { x, y } }, log) {
  const bottom = bbox.top + bbox.height;
  const wide = bbox.width / (x.max - x.min);
  const toX = (value) => bbox.left + (value - x.min) * wide;
  if (!log) {
    const tall = bbox.height / (y.max - y.min);
    return [toX, (value) => bottom - (value - y.min) * tall];
  }
  const low = Math.log10(y.min);
  const tall = bbox.height / (Math.log10(y.max) - low);
  return [toX, (value) => (value > 0 ? bottom - (Math.log10(value) - low) * tall : NaN)];
}
