/**
 * The p-value of the sign test, 0 to 1: how likely counts at least as uneven as these are if
 * neither is preferred. Exact binomial, two-sided; the caller leaves ties out. 1 where nothing was
 * counted. The page of a blind test holds this function as text, so it uses nothing outside itself.
 */
export function signTest(one: number, other: number): number {
  const all = one + other;
  const fewer = Math.min(one, other);
  // In logarithms, because 2 to the power of minus a few thousand is 0 in floating point.
  let log = -all * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= fewer; k++) {
    sum += Math.exp(log);
    log += Math.log((all - k) / (k + 1));
  }
  return Math.min(1, 2 * sum);
}

/**
 * The 95 % interval (Wilson) of the share that `one` has of both; 0 to 1 where nothing was counted.
 * The page holds this function as text, too.
 */
export function shareInterval(one: number, other: number): { low: number; high: number } {
  const all = one + other;
  if (all === 0) return { low: 0, high: 1 };
  const z = 1.959964;
  const middle = (one + (z * z) / 2) / (all + z * z);
  const half = (z / (all + z * z)) * Math.sqrt((one * other) / all + (z * z) / 4);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
