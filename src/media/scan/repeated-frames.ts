/** Every how many frames one may repeat the one before. */
const periods = [2, 3, 4, 5, 6] as const;

/** Changes smaller than this, in levels, are taken for no motion at all. */
const leastMotion = 0.3;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/**
 * Every how many frames one repeats the one before, by how much each frame changes; `null` where
 * there is no such rule. The shortest period that explains the changes counts.
 */
export function repeatPeriod(changes: readonly number[]): number | null {
  for (const period of periods) {
    if (changes.length < 3 * period) continue;
    for (let place = 0; place < period; place++) {
      const repeated = changes.filter((_, i) => i % period === place);
      const others = changes.filter((_, i) => i % period !== place);
      const usual = median(others);
      if (usual < leastMotion) continue;
      // Coders change even a repeated frame, most of all where they begin anew.
      if (median(repeated) > 0.25 * usual) continue;
      const small = (change: number): boolean => change < 0.5 * usual;
      const share = repeated.filter(small).length / repeated.length;
      const elsewhere = others.filter(small).length / others.length;
      if (share > 0.85 && elsewhere < 0.15) return period;
    }
  }
  return null;
}
