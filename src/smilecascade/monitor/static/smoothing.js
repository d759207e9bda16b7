// The exponential average of a curve, as if every point of it were here.

/**
 * Where an average begins: nothing seen.
 *
 * Debiased as in Adam (Kingma and Ba, 2015, section 3): `mean` is of the points seen so far and a
 * start of zero, whose share is `left`.
 */
export const START = { mean: 0, left: 1 };

/**
 * Averages after each row of a trend, and where they ended.
 *
 * trend:  { values, counts }: a row of `counts` points stands for so many points of that mean, and
 *         null is a gap, which changes nothing and stays one.
 * weight: what the past counts, 0 up to 1, for each point.
 */
export function smoothed({ values, counts }, weight, { mean, left } = START, rows = values.length) {
  const found = new Array(rows);
  for (let i = 0; i < rows; i++) {
    if (values[i] === null) {
      found[i] = null;
      continue;
    }
    const kept = weight ** (counts ? counts[i] : 1);
    mean = mean * kept + values[i] * (1 - kept);
    left *= kept;
    found[i] = mean / (1 - left);
  }
  return { values: found, end: { mean, left } };
}

/** The weight of a place of the slider, 0 to 100: each quarter makes the average ten times as long. */
export const weightAt = (place) =>
  place <= 0 ? 0 : Number((1 - Number((10 ** (-place / 25)).toPrecision(2))).toFixed(6));

/** The place of a weight on the slider. */
export const placeOf = (weight) => (weight <= 0 ? 0 : Math.round(-25 * Math.log10(1 - weight)));
