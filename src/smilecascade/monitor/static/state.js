// What the reader looks at, kept in the address: a copied link shows the very same.

/**
 * view:  "curves", "compare" or "images"
 * runs:  ids of the chosen runs; "all"; or null, for the newest
 * best:  the metric whose best figure the list shows, or null
 * x:     "step", "time" or "epoch"
 * smooth: weight of the past in the exponential average, 0 up to 1
 * log:   whether y is logarithmic
 * zoom:  [low, high] in units of x, or null
 * find:  part of the names of the metrics to show
 * wide:  the metric that takes the whole width, or null
 * a, b:  ids of the runs before and after, or null for the newest two chosen
 */
const START = {
  view: "curves", runs: null, best: null, x: "step", smooth: 0, log: false,
  zoom: null, find: "", wide: null, a: null, b: null,
};

const VIEWS = ["curves", "compare", "images"];
const AXES = ["step", "time", "epoch"];

let state = read(location.hash);
const listeners = [];

/** The state now; not to be changed by hand. */
export const current = () => state;

/** Call with the new state after each change. */
export const onChange = (listener) => listeners.push(listener);

/** Change some of it, and the address with it. */
export function change(some) {
  state = { ...state, ...some };
  history.replaceState(null, "", written(state) || location.pathname);
  listeners.forEach((listener) => listener(state));
}

addEventListener("hashchange", () => {
  state = read(location.hash);
  listeners.forEach((listener) => listener(state));
});

function read(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (key) => given.get(key) || START[key];
  const runs = given.get("runs");
  return {
    view: VIEWS.includes(given.get("view")) ? given.get("view") : START.view,
    runs: runs === null || runs === "all" ? runs : runs.split(",").filter(Boolean),
    best: text("best"),
    x: AXES.includes(given.get("x")) ? given.get("x") : START.x,
    smooth: within(Number(given.get("smooth")), 0, 0.9999),
    log: given.get("log") === "1",
    zoom: range(given.get("zoom")),
    find: text("find"),
    wide: text("wide"),
    a: text("a"),
    b: text("b"),
  };
}

function written({ view, runs, best, x, smooth, log, zoom, find, wide, a, b }) {
  const given = new URLSearchParams();
  const put = (key, value, isStart) => isStart || given.set(key, value);
  put("view", view, view === START.view);
  put("runs", Array.isArray(runs) ? runs.join(",") : runs, runs === null);
  put("best", best, best === null);
  put("x", x, x === START.x);
  put("smooth", smooth, smooth === 0);
  put("log", "1", !log);
  put("zoom", zoom?.map((end) => Number(end.toPrecision(9))).join(","), zoom === null);
  put("find", find, find === "");
  put("wide", wide, wide === null);
  put("a", a, a === null);
  put("b", b, b === null);
  const text = given.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text && `#${text}`;
}

function range(text) {
  const ends = (text ?? "").split(",").map(Number);
  return ends.length === 2 && ends.every(Number.isFinite) && ends[0] < ends[1] ? ends : null;
}

function within(value, low, high) {
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : low;
}
