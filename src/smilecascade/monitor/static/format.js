// Numbers, durations and ages as a person reads them.

const WHOLE = new Intl.NumberFormat("en");

/** A figure in four digits; "–" where there is none. */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2).replace("e+", "e");
  if (Number.isInteger(value)) return WHOLE.format(value);
  return String(Number(value.toPrecision(4)));
}

/** A step, or another whole number: 12,000. */
export const whole = (value) => WHOLE.format(Math.round(value));

/** Seconds as their two largest units: 3 h 20 min. */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return joined(s, 60, "min", 1, "s");
  if (s < 86400) return joined(s, 3600, "h", 60, "min");
  return joined(s, 86400, "d", 3600, "h");
}

function joined(seconds, large, largeName, small, smallName) {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest ? ` ${rest} ${smallName}` : ""}`;
}

/** Seconds as their largest unit: how long ago something was. */
export function age(seconds) {
  const s = Math.max(0, Math.round(seconds));
  for (const [unit, name] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
    if (s >= unit) return `${Math.floor(s / unit)} ${name}`;
  }
  return `${s} s`;
}

/** A moment, from seconds since 1970: 24 Nov, 15:40. */
export function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString("en-GB", {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
}
