import type { FieldMeasure } from './field-measure.js';

/** The intervals, in frames, at which repeats are looked for. */
const periods = [2, 3, 4, 5, 6] as const;

/** Smaller changes, in levels or per cent of the samples, count as no motion at all. */
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
function repeatPeriod(changes: readonly number[]): number | null {
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

/** At which interval frames repeat, and how much each frame differs from the one before. */
export type Repeats = { readonly period: number; readonly changes: readonly number[] };

/**
 * The interval at which frames repeat, by their measures; `null` where there is none. A measure is
 * `null` for a frame without one before it. Coding changes all samples of a repeated frame a
 * little, so the share of samples that change more than that is tried first, in per cent; the mean
 * change of all, in levels, tells also where little moves.
 */
export function repeatsIn(measures: readonly (FieldMeasure | null)[]): Repeats | null {
  const changes = (of: (measure: FieldMeasure) => number): number[] =>
    measures.map((measure) => (measure === null ? 1e3 : of(measure)));
  for (const each of [
    changes(({ moving }) => 100 * moving),
    changes(({ top, bottom }) => (top + bottom) / 2),
  ]) {
    const period = repeatPeriod(each);
    if (period !== null) return { period, changes: each };
  }
  return null;
}

/** Number of frames of a window in which repeats are looked for. */
const windowFrames = 60;

/**
 * The frames of a run that repeat the one before at regular intervals. `measures` tell how each
 * differs from the one before; `null` for a frame without one. The interval must hold for a
 * whole window, and only frames that hardly change count, because slow movement is no repeat. The
 * last frame never counts, because the duration of the run depends on it.
 */
export function repeatedFrames(measures: readonly (FieldMeasure | null)[]): number[] {
  const found: number[] = [];
  for (let start = 0; start < measures.length; start += windowFrames) {
    const isLast = start + 2 * windowFrames > measures.length;
    const end = isLast ? measures.length : start + windowFrames;
    const repeats = repeatsIn(measures.slice(start, end));
    if (repeats !== null) {
      const { period, changes: part } = repeats;
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
  return found.filter((at) => at < measures.length - 1);
}
