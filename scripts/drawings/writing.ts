import type { Random } from '../../src/training/random.js';
import { between, line, oneOf, whole } from './shapes.js';
import { type Drawer, pageSize } from './draw-page.js';

/** A letter of an alphabet that nobody reads: strokes in a box of 1x1, as SVG path data. */
type Letter = { readonly path: string; readonly width: number };

/** Strokes as letters have them: stems, bars, bows and diagonals between a few heights. */
function letter(random: Random): Letter {
  const width = between(random, 0.3, 0.7);
  const heights = [0, 0.35, 0.5, 1] as const;
  const strokes = Array.from({ length: whole(random, 2, 4) }, () => {
    const [x0, x1] = [random() < 0.5 ? 0 : width, random() < 0.5 ? width : width / 2];
    const [y0, y1] = [oneOf(random, heights), oneOf(random, heights)];
    const kind = random();
    if (kind < 0.4) return `M${x0} 0V1`;
    if (kind < 0.6) return `M0 ${y0}H${width}`;
    if (kind < 0.75) return `M${x0} ${y0}L${x1} ${y1}`;
    const r = between(random, 0.2, 0.5);
    return `M${x0} ${1 - 2 * r}A${width} ${r} 0 1 ${random() < 0.5 ? 0 : 1} ${x0} 1`;
  });
  return { path: strokes.join(''), width };
}

/** Lines of writing in a column, in letters of `size` samples. */
function column(
  random: Random,
  letters: readonly Letter[],
  ink: string,
  [left, top, right, bottom]: readonly [number, number, number, number],
  size: number,
): string {
  const weight = between(random, 0.07, 0.16);
  const parts: string[] = [];
  for (let y = top; y + size < bottom; y += size * 1.7) {
    let x = left;
    const end = random() < 0.2 ? between(random, left, right) : right;
    while (x < end) {
      for (let i = whole(random, 1, 9); i > 0; i--) {
        const { path, width } = oneOf(random, letters);
        const place = `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${size.toFixed(2)})`;
        parts.push(`<path d="${path}" transform="${place}"/>`);
        x += (width + 0.22) * size;
      }
      x += 0.4 * size;
    }
  }
  return `<g fill="none" stroke="${ink}" stroke-width="${weight.toFixed(3)}">${parts.join('')}</g>`;
}

/** A page of writing: headings, columns in sizes from footnote to title, rules and boxes. */
export const writing: Drawer = (random, ink) => {
  const { width, height } = pageSize;
  const letters = Array.from({ length: 40 }, () => letter(random));
  let body = '';
  for (let left = 30; left < width - 100;) {
    const right = Math.min(width - 30, left + whole(random, 180, 420));
    for (let top = 30; top < height - 60;) {
      const size = random() < 0.25 ? between(random, 20, 60) : between(random, 7, 18);
      const bottom = Math.min(height - 30, top + whole(random, 2, 12) * size * 1.7);
      body += column(random, letters, ink, [left, top, right, bottom], size);
      if (random() < 0.4) {
        const frame = `x="${left - 8}" y="${top - 8}" width="${right - left + 12}" height="${(bottom - top + 4).toFixed(1)}"`;
        body += `<rect ${frame} fill="none" stroke="${ink}" stroke-width="${whole(random, 1, 4)}"/>`;
      }
      top = bottom + 18;
      body += line(
        [
          [left, top - 9],
          [right, top - 9],
        ],
        whole(random, 1, 3),
        ink,
      );
    }
    left = right + 30;
  }
  return body;
};
