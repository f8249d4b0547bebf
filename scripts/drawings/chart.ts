import { between, colour, line, whole } from './shapes.js';
import { type Drawer, pageSize } from './draw-page.js';

/** Charts: grids, curves, bars, rings and hatchings, in lines of one to a few samples. */
export const chart: Drawer = (random, ink) => {
  const cells = { across: 3, down: 2 } as const;
  const width = pageSize.width / cells.across;
  const height = pageSize.height / cells.down;
  let body = '';
  for (let cell = 0; cell < cells.across * cells.down; cell++) {
    const left = (cell % cells.across) * width + 20;
    const top = Math.floor(cell / cells.across) * height + 20;
    const [right, bottom] = [left + width - 40, top + height - 40];
    const step = between(random, 12, 60);
    const thin = between(random, 0.6, 1.5);
    for (let x = left; x <= right; x += step) body += vertical(x, top, bottom, thin);
    for (let y = top; y <= bottom; y += step)
      body += line(
        [
          [left, y],
          [right, y],
        ],
        thin,
        '#999',
      );
    body += line(
      [
        [left, top],
        [left, bottom],
        [right, bottom],
      ],
      whole(random, 2, 4),
      ink,
    );
    const kind = cell % 4;
    if (kind === 0) {
      for (let curve = 0; curve < 4; curve++) body += wave(curve % 2 === 0 ? ink : colour(random));
    } else if (kind === 1) {
      for (let x = left + 8; x < right - 20; x += 34) {
        const tall = between(random, 20, height - 60);
        const box = `x="${x.toFixed(1)}" y="${(bottom - tall).toFixed(1)}" width="22" height="${tall.toFixed(1)}"`;
        body += `<rect ${box} fill="${colour(random)}" stroke="${ink}" stroke-width="1.5"/>`;
      }
    } else if (kind === 2) {
      for (let r = 6; r < height / 2 - 25; r += between(random, 5, 22)) {
        const centre = `cx="${(left + right) / 2}" cy="${(top + bottom) / 2}" r="${r.toFixed(1)}"`;
        body += `<circle ${centre} fill="none" stroke="${ink}" stroke-width="${between(random, 0.8, 5).toFixed(1)}"/>`;
      }
    } else {
      const slope = between(random, -1, 1);
      const gap = between(random, 4, 14);
      for (let x = left; x < right; x += gap) {
        body += line(
          [
            [x, top],
            [x + slope * 80, bottom],
          ],
          gap * between(random, 0.2, 0.5),
          ink,
        );
      }
    }

    function wave(stroke: string): string {
      const [f, g, phase] = [between(random, 0.01, 0.2), between(random, 0.02, 0.06), random() * 6];
      const points = Array.from({ length: 120 }, (_, i): [number, number] => {
        const x = left + ((right - left) * i) / 119;
        const y = Math.sin(i * f + phase) + 0.6 * Math.sin(i * g * 9 + phase * 2);
        return [x, (top + bottom) / 2 + (y * (bottom - top)) / 3.4];
      });
      return line(points, between(random, 1, 4), stroke);
    }
  }
  return body;
};

function vertical(x: number, top: number, bottom: number, width: number): string {
  return line(
    [
      [x, top],
      [x, bottom],
    ],
    width,
    '#999',
  );
}
