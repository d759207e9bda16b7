// Everything of one run, in a dialog.

import { get } from "./api.js";
import { colourOf } from "./colours.js";
import { byId, make } from "./dom.js";
import { duration, moment } from "./format.js";

/** Open the dialog and tell of this run. */
export async function open(id) {
  const dialog = byId("details");
  dialog.replaceChildren(make("p", { class: "hint" }, "…"));
  dialog.showModal();
  try {
    dialog.replaceChildren(...content(await get(`/api/runs/${encodeURIComponent(id)}`), dialog));
  } catch (error) {
    dialog.replaceChildren(close(dialog), make("p", { class: "problem" }, error.message));
  }
}

function content(run, dialog) {
  const until = run.ended ?? run.heartbeat;
  const facts = {
    id: run.id,
    state: run.state,
    error: run.error,
    notes: run.notes,
    started: moment(run.started),
    [run.state === "running" ? "running for" : "ran for"]: duration(until - run.started),
    "went on": run.generation ? `${run.generation} ${run.generation === 1 ? "time" : "times"}` : null,
    seed: run.seed,
    data: run.data,
    commit: run.commit,
    machine: `${run.host}, process ${run.pid}`,
    versions: Object.entries(run.versions).map(([name, version]) => `${name} ${version}`).join(", "),
  };
  return [
    close(dialog),
    make("h2", {}, make("i", { class: "dot", style: { "--run": colourOf(run.id) } }), run.name),
    list(facts),
    make("h3", {}, "Config"),
    Object.keys(run.config).length ? list(run.config) : make("p", { class: "hint" }, "It was started without one."),
  ];
}

function close(dialog) {
  return make("button", { type: "button", class: "quiet icon close", "aria-label": "Close", onclick: () => dialog.close() }, "✕");
}

function list(facts) {
  const rows = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return make("table", { class: "facts" }, make("tbody", {}, ...rows.map(([key, value]) =>
    make("tr", {}, make("th", { scope: "row" }, key), make("td", {}, String(value))))));
}

addEventListener("DOMContentLoaded", () => {
  const dialog = byId("details");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
});
