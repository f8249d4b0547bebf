import type { Network } from '../../model/language/network.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { cropPlane } from '../pictures/plane-pair.js';
import { openEnlarger } from '../gradient/enlarge.js';
import type { Picture } from '../pictures/picture.js';

/** High-resolution samples each way of a view. */
const view = 192;

/** Rows of a sheet at most. */
const mostRows = 6;

/** Samples between the views. */
const gap = 4;

/** What the columns show, and the height of the line that says so. */
const titles = ['low resolution', 'bicubic', 'network', 'original'] as const;
const titleHeight = 24;

/**
 * A PNG with a row for each of the first pictures: the low resolution (samples as blocks), bicubic,
 * the network's and the original; the middle of each picture, under a line that names the columns.
 */
export async function contactSheet(
  network: Network,
  weights: Float32Array,
  pictures: readonly Picture[],
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const enlarge = await openEnlarger(network);
  const rows: (readonly Plane[])[][] = [];
  for (const { low, high, strength } of pictures.slice(0, mostRows)) {
    const [{ width, height }] = high as readonly [Plane];
    const bicubic = low.map((plane) => resizePlane(plane, width, height));
    const blocks = low.map((plane) => resizePlane(plane, width, height, 8, { kernel: 'nearest' }));
    const views = [blocks, bicubic, await enlarge(low, weights, strength), high];
    rows.push(views.map((planes) => planes.map(middle)));
  }
  const width = 4 * view + 3 * gap;
  const height = titleHeight + Math.max(1, rows.length * (view + gap) - gap);
  const channels = network.colour === 'rgb' ? 3 : 1;
  const layers = rows.flatMap((views, row) =>
    views.map((planes, column) => ({
      input: interleaved(planes),
      raw: { width: planes[0]!.width, height: planes[0]!.height, channels } as const,
      left: column * (view + gap),
      top: titleHeight + row * (view + gap),
    })),
  );
  return await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([{ input: Buffer.from(titleLine(width)), left: 0, top: 0 }, ...layers])
    .toColourspace(channels === 3 ? 'srgb' : 'b-w')
    .png()
    .toBuffer();
}

/** The samples of all planes, those of one place beside each other. */
function interleaved(planes: readonly Plane[]): Buffer {
  const count = planes.length;
  const bytes = Buffer.alloc(planes[0]!.data.length * count);
  planes.forEach(({ data }, c) => data.forEach((value, i) => (bytes[i * count + c] = value)));
  return bytes;
}

/** The columns' titles as SVG. */
function titleLine(width: number): string {
  const words = titles.map(
    (title, column) => `<text x="${column * (view + gap) + 4}" y="17">${title}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${titleHeight}" font-family="sans-serif" font-size="14" fill="#222">${words.join('')}</svg>`;
}

function middle(plane: Plane): Plane {
  const width = Math.min(view, plane.width);
  const height = Math.min(view, plane.height);
  return cropPlane(plane, (plane.width - width) >> 1, (plane.height - height) >> 1, width, height);
}
