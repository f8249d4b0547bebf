import { between, colour, whole } from './shapes.js';
import { type Drawer, pageSize } from './draw-page.js';

/** A closed round shape with bumps, about `r` samples across. */
function blob(random: () => number, x: number, y: number, r: number): string {
  const corners = whole(random, 5, 11);
  const points = Array.from({ length: corners }, (_, i): [number, number] => {
    const angle = (i * 2 * Math.PI) / corners;
    const at = r * between(random, 0.6, 1.2);
    return [x + at * Math.cos(angle), y + at * Math.sin(angle)];
  });
  const middle = (i: number): string => {
    const [a, b] = [points[i % corners]!, points[(i + 1) % corners]!];
    return `${((a[0] + b[0]) / 2).toFixed(1)} ${((a[1] + b[1]) / 2).toFixed(1)}`;
  };
  const curves = points.map((_, i) => {
    const [cx, cy] = points[(i + 1) % corners]!;
    return `Q${cx.toFixed(1)} ${cy.toFixed(1)} ${middle(i + 1)}`;
  });
  return `M${middle(0)}${curves.join('')}Z`;
}

/** Flat colours with dark outlines, one shape over another, from large to small. */
export const cartoon: Drawer = (random, ink) => {
  const { width, height } = pageSize;
  let body = '';
  for (let i = 0; i < 140; i++) {
    const r = 260 / (1 + i / 9) + 8;
    const [x, y] = [random() * width, random() * height];
    const outline = random() < 0.8 ? between(random, 0.8, 5) : 0;
    const fill = random() < 0.3 ? (random() < 0.5 ? '#fff' : ink) : colour(random);
    body += `<path d="${blob(random, x, y, r)}" fill="${fill}" stroke="${ink}" stroke-width="${outline.toFixed(1)}"/>`;
  }
  return body;
};
