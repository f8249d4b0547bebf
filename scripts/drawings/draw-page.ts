import { randomAt, type Random } from '../../src/training/random.js';
import { chart } from './chart.js';
import { cartoon } from './cartoon.js';
import { writing } from './writing.js';

/** Samples each way of a drawing. */
export const pageSize = { width: 1200, height: 800 } as const;

/** Draws with what `random` says, as SVG elements. */
export type Drawer = (random: Random, ink: string, paper: string) => string;

const drawers: readonly Drawer[] = [writing, chart, cartoon];

/** Ink and paper: mostly black on white, which is the hardest contrast there is. */
const pairs = [
  ['#000', '#fff'],
  ['#e8e8e8', '#1c1c20'],
  ['#000', '#fff'],
  ['#222', '#f4f1e8'],
] as const;

/**
 * The drawing of number `n` as SVG: writing, a chart or a cartoon, in turn. Only paths, no fonts, so that
 * every machine draws the same.
 */
export function drawPage(n: number): string {
  const random = randomAt(0xd4a3, n);
  const [ink, paper] = pairs[Math.floor(n / drawers.length) % pairs.length]!;
  const { width, height } = pageSize;
  const body = drawers[n % drawers.length]!(random, ink, paper);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect width="${width}" height="${height}" fill="${paper}"/>${body}</svg>`
  );
}
