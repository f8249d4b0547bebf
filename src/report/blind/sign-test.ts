/**
 * The sign test: how likely counts at least as uneven as these are where neither is preferred.
 * Exact binomial, two-sided, 0 to 1; ties are left out by whoever counts. 1 where nothing was
 * counted. The page of a blind test holds this function as text: it stands on nothing but itself.
 */
export function signTest(one: number, other: number): number {
  const all = one + other;
  const fewer = Math.min(one, other);
  // In logarithms: two to the power of thousands is no number.
  let log = -all * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= fewer; k++) {
    sum += Math.exp(log);
    log += Math.log((all - k) / (k + 1));
  }
  return Math.min(1, 2 * sum);
}

/**
 * The 95 % interval (Wilson) of the share that `one` has of both, 0 to 1; all there is where
 * nothing was counted. Held by the page as text, too.
 */
export function shareInterval(one: number, other: number): { low: number; high: number } {
  const all = one + other;
  if (all === 0) return { low: 0, high: 1 };
  const z = 1.959964;
  const middle = (one + (z * z) / 2) / (all + z * z);
  const half = (z / (all + z * z)) * Math.sqrt((one * other) / all + (z * z) / 4);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
