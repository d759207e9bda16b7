// One chart: uPlot draws the axes and has the cursor and the drag; strokes.js draws the lines.

import { axesFor, limits, place } from "./axes.js";
import { make } from "./dom.js";
import { figure } from "./format.js";
import { strokeAll } from "./strokes.js";
import { hush, rowsAt, tell } from "./tooltip.js";

/** CSS pixels within which a drag is a click. */
const LEAST_DRAG = 6;

/** Runs that are told of in words. */
const MOST_TOLD = 6;

export class Chart {
  /**
   * parent: the element to draw in; its size is the chart's.
   * name:   what is drawn: a metric.
   * onZoom: called with [low, high] on x when the reader drags over them, with null for all.
   */
  constructor(parent, name, onZoom) {
    this.parent = parent;
    this.name = name;
    this.onZoom = onZoom;
    this.plot = null;
    this.shown = null;
    this.markers = [];
    parent.tabIndex = 0;
    parent.setAttribute("role", "img");
    parent.addEventListener("keydown", (event) => this.key(event));
    parent.addEventListener("blur", () => this.leave());
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(parent);
  }

  /**
   * Draw lines (lines.js).
   *
   * axis: what lies along x; x: its limits; height: the least and greatest value, or null for none;
   * log: whether y is logarithmic; only: the id of the run that is pointed at, or null.
   */
  show(shown) {
    const before = this.shown;
    this.shown = shown;
    const theme = document.documentElement.dataset.theme;
    if (!this.plot || before.axis !== shown.axis || before.log !== shown.log || this.theme !== theme) {
      this.theme = theme;
      this.create();
    }
    this.plot.setData([shown.x, [null, null]]);
    this.parent.setAttribute("aria-label", described(this.name, shown));
  }

  /** Give everything back. */
  destroy() {
    this.resizing.disconnect();
    this.plot?.destroy();
  }

  create() {
    this.plot?.destroy();
    const { axis, log } = this.shown;
    this.plot = new uPlot({
      ...this.size(),
      scales: {
        x: { time: false, range: () => this.shown.x },
        y: { distr: log ? 3 : 1, range: () => limits(this.shown.height ?? [log ? 0.1 : 0, 1], log) },
      },
      series: [{}, { show: false }],
      axes: axesFor(axis, log),
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG },
        bind: { dblclick: () => () => this.onZoom(null) },
        sync: { key: "runs", filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
      },
      hooks: {
        draw: [(plot) => strokeAll(plot, this.shown.lines, log, this.shown.only)],
        setSelect: [(plot) => this.select(plot)],
        setCursor: [(plot) => this.look(plot)],
      },
    }, [this.shown.x, [null, null]], this.parent);
    this.markers = [];
    this.plot.over.addEventListener("mouseleave", () => this.leave());
  }

  size() {
    return { width: Math.max(this.parent.clientWidth, 80), height: Math.max(this.parent.clientHeight, 80) };
  }

  resize() {
    if (!this.plot) return;
    const { width, height } = this.size();
    if (width !== this.plot.width || height !== this.plot.height) this.plot.setSize({ width, height });
  }

  select(plot) {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG) return;
    const range = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.onZoom(range);
  }

  /** Tell of the place under the cursor; the cursor of another chart only moves the line here. */
  look(plot) {
    const { left, top } = plot.cursor;
    if (left < 0 || !(this.parent.matches(":hover") || this.parent.matches(":focus-visible"))) return;
    const x = plot.posToVal(left, "x");
    const near = (plot.posToVal(LEAST_DRAG, "x") - plot.posToVal(0, "x")) * 2;
    const found = rowsAt(this.shown.lines, x, plot.posToVal(top, "y"), near);
    if (!found.told.length) return this.leave();
    const box = plot.over.getBoundingClientRect();
    this.mark(found.told);
    tell(found, this.shown.axis, x, box.left + left, box.top + top);
  }

  /** Dots on the lines that are told of. */
  mark(told) {
    while (this.markers.length < told.length) {
      this.markers.push(this.plot.over.appendChild(make("i", { class: "marker" })));
    }
    this.markers.forEach((marker, i) => {
      const row = told[i];
      marker.hidden = !row || row.shown === null;
      if (marker.hidden) return;
      marker.style.setProperty("--run", row.line.colour);
      marker.style.left = `${this.plot.valToPos(row.line.x[row.row], "x")}px`;
      marker.style.top = `${this.plot.valToPos(row.shown, "y")}px`;
    });
  }

  leave() {
    hush();
    this.markers.forEach((marker) => { marker.hidden = true; });
  }

  /** Arrows move the cursor, + and − zoom about it, 0 shows all. */
  key(event) {
    const { plot } = this;
    if (!plot) return;
    const width = plot.over.clientWidth;
    const left = plot.cursor.left >= 0 ? plot.cursor.left : width / 2;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const factor = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
    if (step) plot.setCursor({ left: Math.min(Math.max(left + (step * width) / 60, 0), width), top: 40 });
    else if (factor) this.zoomAbout(plot.posToVal(left, "x"), factor);
    else if (event.key === "0" || event.key === "Escape") this.onZoom(null);
    else return;
    event.preventDefault();
  }

  zoomAbout(middle, factor) {
    const [low, high] = this.shown.x;
    this.onZoom([middle - (middle - low) * factor, middle + (high - middle) * factor]);
  }
}

/** What a chart shows, in words, for those who do not see it: where it ends for each run, newest first. */
function described(name, { lines, axis, x, log }) {
  const last = ({ run, y, smooth }) => `${run.name} ${figure((smooth?.y ?? y).findLast((value) => value !== null))}`;
  const told = lines.slice(-MOST_TOLD).toReversed().map(last);
  const others = lines.length > MOST_TOLD ? `, and ${lines.length - MOST_TOLD} more` : "";
  const kinds = (log ? ", logarithmic" : "") + (lines.some(({ smooth }) => smooth) ? ", smoothed" : "");
  return `${name}, ${place(axis, x[0])} to ${place(axis, x[1])}${kinds}: ${told.join("; ")}${others}`;
}
