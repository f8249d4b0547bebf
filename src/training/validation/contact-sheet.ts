import type { Network } from '../../model/language/network.js';
import type { Plane } from '../../planes/plane.js';
import { meanSquaredError, psnrOfMse } from '../../metrics/psnr.js';
import { resizePlane } from '../../planes/resize.js';
import { cropPlane } from '../../planes/crop-plane.js';
import { openEnlarger } from '../gradient/enlarge.js';
import type { Picture } from '../pictures/picture.js';

/** Side of a view, in high-resolution samples. */
const view = 192;

/** Largest number of rows of a sheet. */
const mostRows = 6;

/** Samples between the views. */
const gap = 4;

/** What the columns show, and the height of the line that says so. */
const titles = ['low resolution', 'bicubic', 'network', 'original'] as const;
const titleHeight = 24;

/** Height of the line below each view of an enlarged picture, with its PSNR. */
const figureHeight = 18;

/** From one row to the next. */
const rowHeight = view + figureHeight + gap;

/**
 * A PNG with a row for each of the first pictures: the low resolution (samples as blocks), bicubic,
 * the network's result and the original; the middle of each picture, under a line that names the
 * columns. Below bicubic and the network's result stands the PSNR of the whole picture, in dB.
 */
export async function contactSheet(
  network: Network,
  weights: Float32Array,
  pictures: readonly Picture[],
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const enlarge = await openEnlarger(network);
  const rows: (readonly Plane[])[][] = [];
  const words = titles.map((title, column) => wordsAt(column, 17, title));
  for (const { low, high, strength } of pictures.slice(0, mostRows)) {
    const [{ width, height }] = high as readonly [Plane];
    const bicubic = low.map((plane) => resizePlane(plane, width, height));
    const blocks = low.map((plane) => resizePlane(plane, width, height, 8, { kernel: 'nearest' }));
    const views = [blocks, bicubic, await enlarge(low, weights, strength), high];
    const bottom = titleHeight + rows.length * rowHeight + view;
    for (const column of [1, 2]) {
      const figure = `PSNR ${showDecibels(psnrOf(high, views[column]!))}`;
      words.push(wordsAt(column, bottom + figureHeight - 5, figure));
    }
    rows.push(views.map((planes) => planes.map(middle)));
  }
  const width = 4 * view + 3 * gap;
  const height = titleHeight + Math.max(1, rows.length * rowHeight - gap);
  const channels = network.colour === 'rgb' ? 3 : 1;
  const layers = rows.flatMap((views, row) =>
    views.map((planes, column) => ({
      input: interleaved(planes),
      raw: { width: planes[0]!.width, height: planes[0]!.height, channels } as const,
      left: column * (view + gap),
      top: titleHeight + row * rowHeight,
    })),
  );
  return await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([
      { input: Buffer.from(lettering(width, height, words)), left: 0, top: 0 },
      ...layers,
    ])
    .toColourspace(channels === 3 ? 'srgb' : 'b-w')
    .png()
    .toBuffer();
}

/** The samples of all planes, interleaved. */
function interleaved(planes: readonly Plane[]): Buffer {
  const count = planes.length;
  const bytes = Buffer.alloc(planes[0]!.data.length * count);
  planes.forEach(({ data }, c) => data.forEach((value, i) => (bytes[i * count + c] = value)));
  return bytes;
}

/** PSNR of a whole picture, over all its planes. */
function psnrOf(high: readonly Plane[], enlarged: readonly Plane[]): number {
  const errors = high.map((plane, c) => meanSquaredError(plane, enlarged[c]!));
  return psnrOfMse(errors.reduce((sum, error) => sum + error, 0) / errors.length);
}

function showDecibels(value: number): string {
  return value === Infinity ? 'equal' : `${value.toFixed(2)} dB`;
}

/** Words of a column as SVG, on a line that stands `top` pixels below the sheet's edge. */
function wordsAt(column: number, top: number, words: string): string {
  return `<text x="${column * (view + gap) + 4}" y="${top}">${words}</text>`;
}

/** All words of a sheet as SVG. */
function lettering(width: number, height: number, words: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="14" fill="#222">${words.join('')}</svg>`;
}

function middle(plane: Plane): Plane {
  const width = Math.min(view, plane.width);
  const height = Math.min(view, plane.height);
  return cropPlane(plane, (plane.width - width) >> 1, (plane.height - height) >> 1, width, height);
}
