// Metrics that belong together: those whose names begin alike.

/**
 * Groups of metrics: [name of the group, its metrics], those that stand alone first, under "".
 *
 * "val/recall" belongs to "val" whoever else does; "val_recall" only where another begins with "val_".
 */
export function groupsOf(metrics) {
  const counts = new Map();
  for (const metric of metrics) counts.set(prefix(metric), (counts.get(prefix(metric)) ?? 0) + 1);
  const groups = new Map([["", []]]);
  for (const metric of metrics) {
    const belongs = metric.includes("/") || counts.get(prefix(metric)) > 1;
    const name = belongs ? prefix(metric) : "";
    groups.set(name, [...(groups.get(name) ?? []), metric]);
  }
  return [...groups].filter(([, members]) => members.length);
}

const prefix = (metric) => metric.match(/^[^/_]+(?=[/_])/)?.[0] ?? "";
