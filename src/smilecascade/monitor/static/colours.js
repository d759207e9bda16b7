// A colour for each run, from its id: the same in every view and with every choice of runs.

const HUES = 18;

/** Lightness and chroma of the shades that a hue comes in, on light and on dark. */
const SHADES = {
  light: [[0.58, 0.19], [0.72, 0.16], [0.43, 0.13]],
  dark: [[0.72, 0.16], [0.86, 0.11], [0.58, 0.17]],
};

/** Runs before a run that its colour must differ from, and of these the last, whose hues must too. */
const NEIGHBOURS = 12;
const CLOSEST = 5;

/** Places to go on by where a colour is taken; it meets all of them. */
const STRIDE = 7;

const placed = new Map();

/**
 * Give each run its colour. `ids`: of all runs, oldest first.
 *
 * The hash of its id says which. Only where runs shortly before it have the same or nearly the same
 * does it take the next that is free: those stand side by side, and each must be known. Later runs
 * change no colour.
 */
export function paint(ids) {
  placed.clear();
  const before = [];
  for (const id of ids) {
    const place = freePlace(hashed(id) % (HUES * 3), before);
    placed.set(id, place);
    before.unshift(place);
    before.length = Math.min(before.length, NEIGHBOURS);
  }
}

/** The first place from `start` on that is free; `before`: those taken, the latest first. */
function freePlace(start, before) {
  const places = Array.from({ length: HUES * 3 }, (_, i) => (start + i * STRIDE) % (HUES * 3));
  const free = places.filter((place) => !before.some((other) => isShade(place, other) && isHue(place, other)));
  const closest = before.slice(0, CLOSEST);
  return free.find((place) => !closest.some((other) => isHue(place, other))) ?? free[0];
}

/** The colour of a run, for CSS and canvas. */
export function colourOf(id) {
  const place = placed.get(id) ?? 0;
  const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  const [lightness, chroma] = SHADES[theme][Math.floor(place / HUES)];
  return `oklch(${lightness} ${chroma} ${((place % HUES) * 360) / HUES})`;
}

/** Whether two places are of one shade. */
const isShade = (a, b) => Math.floor(a / HUES) === Math.floor(b / HUES);

/** Whether two places are of one hue, or of neighbours. */
const isHue = (a, b) => [0, 1, HUES - 1].includes(Math.abs(a - b) % HUES);

/** FNV-1a, mixed once more: ids of neighbouring seconds differ in few letters. */
function hashed(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
