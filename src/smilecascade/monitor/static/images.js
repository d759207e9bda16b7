// The view of images: of each chosen run its pictures, with a slider through those of many steps.

import { get } from "./api.js";
import { colourOf } from "./colours.js";
import { byId, make, setText } from "./dom.js";
import { duration, whole } from "./format.js";
import { chosen } from "./runs.js";

/** Runs whose images are shown at once. */
const MOST = 12;

let told = new Map();
let sections = new Map();

/** This view needs no points. */
export const needs = () => ({ lines: [], metrics: [] });

/** Ask for the images of the chosen runs; true where any changed. */
export async function refresh(state) {
  const lines = chosen(state).slice(0, MOST);
  const asked = lines.map(async ({ id }) => [id, await get(`/api/runs/${encodeURIComponent(id)}`)]);
  const now = new Map(await Promise.all(asked));
  const changed = now.size !== told.size || [...now].some(([id, run]) => told.get(id) !== run);
  told = now;
  return changed;
}

/** Show what is here. */
export function render(state) {
  const runs = chosen(state).map((line) => told.get(line.id)).filter((run) => run?.images.length);
  const kept = new Map(runs.map((run) => [run.id, sections.get(run.id) ?? newSection(run)]));
  const order = [...kept.keys()].join();
  if (order !== [...sections.keys()].join() || !order) {
    const hint = make("p", { class: "hint" }, hintFor(state));
    byId("images").replaceChildren(...(order ? [...kept.values()].map((section) => section.element) : [hint]));
  }
  sections = kept;
  for (const run of runs) fill(sections.get(run.id), run);
}

function hintFor(state) {
  return chosen(state).length ? "None of the chosen runs has images yet." : "Choose runs in the list to see their images.";
}

function newSection(run) {
  const grid = make("div", { class: "grid" });
  const dot = make("i", { class: "dot" });
  return { element: make("section", { class: "group" }, make("h2", {}, dot, run.name), grid), grid, dot, cards: new Map() };
}

function fill(section, run) {
  section.dot.style.setProperty("--run", colourOf(run.id));
  for (const [name, images] of byName(run.images)) {
    if (!section.cards.has(name)) {
      section.cards.set(name, newCard(name, run));
      section.grid.append(section.cards.get(name).element);
    }
    section.cards.get(name).update(images);
  }
}

function byName(images) {
  const names = new Map();
  for (const image of images) names.set(image.name, [...(names.get(image.name) ?? []), image]);
  return names;
}

/** A card that follows the newest image until the reader moves its slider to an older one. */
function newCard(name, run) {
  let images = [];
  const picture = make("img", { alt: "", loading: "lazy", decoding: "async" });
  const link = make("a", { target: "_blank", rel: "noopener", title: "Open in full size" }, picture);
  const slider = make("input", { type: "range", min: 0, step: 1, "aria-label": `Step of ${name}`, oninput: () => show() });
  const said = make("span", { class: "lead" });
  const element = make("figure", { class: "card", "data-image": name },
    make("figcaption", {}, make("h3", {}, name), said), link, slider);

  function show() {
    const { step, time, url } = images[Number(slider.value)];
    const address = `${url}?at=${Math.round(time * 1000)}`; // a resumed run draws a step anew
    if (picture.getAttribute("src") !== address) {
      picture.src = link.href = address;
      picture.alt = `${name} of ${run.name} at step ${step}`;
    }
    setText(said, `step ${whole(step)} · ${duration(time - run.started)}`);
  }

  function update(now) {
    const follows = !images.length || Number(slider.value) >= images.length - 1;
    images = now;
    slider.max = images.length - 1;
    slider.hidden = images.length < 2;
    if (follows) slider.value = images.length - 1;
    show();
  }

  return { element, update };
}
