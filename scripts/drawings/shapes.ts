import type { Random } from '../../src/training/random.js';

/** A whole number from `low` to `high`, both included. */
export function whole(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** A number from `low` to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

/** One of a list. */
export function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** A colour of any hue. */
export function colour(random: Random): string {
  const [hue, light] = [whole(random, 0, 359), whole(random, 20, 80)];
  return `hsl(${hue},${whole(random, 30, 95)}%,${light}%)`;
}

/** A line along `points`, `width` wide. */
export function line(
  points: readonly (readonly [number, number])[],
  width: number,
  ink: string,
): string {
  const path = points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${ink}" stroke-width="${width.toFixed(2)}"/>`;
}
