// How the curves are drawn: the controls above them, and the state in the address, kept equal.

import { byId, setText } from "./dom.js";
import { hasEpochs, axisOf } from "./lines.js";
import { placeOf, weightAt } from "./smoothing.js";
import { change } from "./state.js";

/** Connect the controls. */
export function start() {
  byId("smooth").addEventListener("input", ({ target }) => change({ smooth: weightAt(Number(target.value)) }));
  byId("log").addEventListener("change", ({ target }) => change({ log: target.checked }));
  byId("find-metric").addEventListener("input", ({ target }) => change({ find: target.value }));
  byId("unzoom").addEventListener("click", () => change({ zoom: null }));
  for (const button of byId("x-axis").children) {
    button.addEventListener("click", () => change({ x: button.dataset.x, zoom: null }));
  }
}

/** Show the state in the controls; `lines`: the runs that are drawn. */
export function render(state, lines) {
  const place = placeOf(state.smooth);
  if (weightAt(Number(byId("smooth").value)) !== state.smooth) byId("smooth").value = place;
  setText(byId("smooth-value"), state.smooth ? String(state.smooth) : "off");
  byId("log").checked = state.log;
  if (byId("find-metric").value !== state.find) byId("find-metric").value = state.find;
  byId("unzoom").hidden = state.zoom === null;
  const axis = axisOf(state.x, lines);
  for (const button of byId("x-axis").children) {
    button.setAttribute("aria-pressed", String(button.dataset.x === axis));
    if (button.dataset.x !== "epoch") continue;
    button.disabled = !hasEpochs(lines);
    button.title = button.disabled ? "Needs steps_per_epoch in the config of every run that is drawn" : "";
  }
}
