/** The intervals, in frames, at which repeats are looked for. */
const periods = [2, 3, 4, 5, 6] as const;

/** Smaller changes, in levels, count as no motion at all. */
const leastMotion = 0.3;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/**
 * The interval, in frames, at which a frame repeats the one before; `null` where there is none.
 * `changes` tell how much each frame differs from the one before. The shortest interval that
 * explains them counts.
 */
export function repeatPeriod(changes: readonly number[]): number | null {
  for (const period of periods) {
    if (changes.length < 3 * period) continue;
    for (let place = 0; place < period; place++) {
      const repeated = changes.filter((_, i) => i % period === place);
      const others = changes.filter((_, i) => i % period !== place);
      const usual = median(others);
      if (usual < leastMotion) continue;
      // Encoding changes even a repeated frame, most of all at key frames.
      if (median(repeated) > 0.25 * usual) continue;
      const small = (change: number): boolean => change < 0.5 * usual;
      const share = repeated.filter(small).length / repeated.length;
      const elsewhere = others.filter(small).length / others.length;
      if (share > 0.85 && elsewhere < 0.15) return period;
    }
  }
  return null;
}

/** Number of frames of a window in which repeats are looked for. */
const windowFrames = 60;

/**
 * The frames of a run that repeat the one before at regular intervals. `changes` tell how much each
 * frame differs from the one before; the first may be `Infinity`. The interval must hold for a
 * whole window, and only frames that hardly change count, because slow movement is no repeat. The
 * last frame never counts, because the duration of the run depends on it.
 */
export function repeatedFrames(changes: readonly number[]): number[] {
  const found: number[] = [];
  for (let start = 0; start < changes.length; start += windowFrames) {
    const isLast = start + 2 * windowFrames > changes.length;
    const end = isLast ? changes.length : start + windowFrames;
    const part = changes.slice(start, end).map((change) => Math.min(change, 1e3));
    const period = repeatPeriod(part);
    if (period !== null) {
      const places = Array.from({ length: period }, (_, place) =>
        median(part.filter((_, i) => i % period === place)),
      );
      const place = places.indexOf(Math.min(...places));
      const usual = median(part.filter((_, i) => i % period !== place));
      part.forEach((change, i) => {
        if (i % period === place && change < 0.25 * usual) found.push(start + i);
      });
    }
    if (isLast) break;
  }
  return found.filter((at) => at < changes.length - 1);
}
