// A colour for each run, from its id: the same in every view and with every choice of runs.

const HUES = 18;

/** Lightness and chroma of the shades that a hue comes in, on light and on dark. */
const SHADES = {
  light: [[0.58, 0.19], [0.72, 0.16], [0.43, 0.13]],
  dark: [[0.72, 0.16], [0.86, 0.11], [0.58, 0.17]],
};

/** Runs before a run that its colour must be told apart from; places to go on by where it is not. */
const NEIGHBOURS = 12;
const STRIDE = 7;

const placed = new Map();

/**
 * Give each run its colour. `ids`: of all runs, oldest first.
 *
 * The hash of its id says which. Only where one of the dozen runs before it has the same or
 * nearly the same does it take the next that is free: those stand side by side, and each must be
 * known. Later runs change no colour.
 */
export function paint(ids) {
  placed.clear();
  const before = [];
  for (const id of ids) {
    let place = hashed(id) % (HUES * 3);
    while (before.some((other) => isNear(place, other))) place = (place + STRIDE) % (HUES * 3);
    placed.set(id, place);
    before.push(place);
    if (before.length > NEIGHBOURS) before.shift();
  }
}

/** The colour of a run, for CSS and canvas. */
export function colourOf(id) {
  const place = placed.get(id) ?? 0;
  const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  const [lightness, chroma] = SHADES[theme][Math.floor(place / HUES)];
  return `oklch(${lightness} ${chroma} ${((place % HUES) * 360) / HUES})`;
}

/** Whether two places are of one shade, and of the same hue or of neighbours. */
function isNear(a, b) {
  if (Math.floor(a / HUES) !== Math.floor(b / HUES)) return false;
  return [0, 1, HUES - 1].includes(Math.abs(a - b));
}

/** FNV-1a, mixed once more: ids of neighbouring seconds differ in few letters. */
function hashed(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
