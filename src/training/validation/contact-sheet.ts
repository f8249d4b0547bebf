import type { Network } from '../../model/language/network.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { cropPlane } from '../pictures/degrade.js';
import { openEnlarger } from '../gradient/enlarge.js';
import type { Picture } from '../pictures/picture.js';

/** High-resolution samples each way of a view. */
const view = 192;

/** Rows of a sheet at most. */
const mostRows = 6;

/** Samples between the views. */
const gap = 4;

/**
 * A PNG with a row for each of the first pictures: the low resolution (samples as blocks), bicubic,
 * the network's and the original; the middle of each picture.
 */
export async function contactSheet(
  network: Network,
  weights: Float32Array,
  pictures: readonly Picture[],
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const enlarge = await openEnlarger(network);
  const rows: Plane[][] = [];
  for (const { low, high } of pictures.slice(0, mostRows)) {
    const bicubic = resizePlane(low, high.width, high.height);
    const blocks = resizePlane(low, high.width, high.height, 8, { kernel: 'nearest' });
    const views = [blocks, bicubic, await enlarge(low, weights), high];
    rows.push(views.map(middle));
  }
  const width = 4 * view + 3 * gap;
  const height = Math.max(1, rows.length * (view + gap) - gap);
  const layers = rows.flatMap((views, row) =>
    views.map((plane, column) => ({
      input: Buffer.from(plane.data.buffer, plane.data.byteOffset, plane.data.length),
      raw: { width: plane.width, height: plane.height, channels: 1 as const },
      left: column * (view + gap),
      top: row * (view + gap),
    })),
  );
  return await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite(layers)
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

function middle(plane: Plane): Plane {
  const width = Math.min(view, plane.width);
  const height = Math.min(view, plane.height);
  return cropPlane(plane, (plane.width - width) >> 1, (plane.height - height) >> 1, width, height);
}
