import type { FrameLayout, PixelFormat, PlaneLayout } from '../../planes/pixel-format.js';
import { frameLayout, pixelFormats } from '../../planes/pixel-format.js';
import { hasIvfForm } from './ivf.js';

/** Converts frames from the format in which they travel to that of the encoder's pipe. */
export type FrameAdapter = {
  /** The layout of converted frames. */
  readonly layout: FrameLayout;
  /**
   * The frame's bytes in `layout`: `data` itself where nothing changes, otherwise a buffer that the
   * next call overwrites.
   */
  adapt(data: Uint8Array): Uint8Array;
};

/**
 * The format in which frames of `travel` go to ffmpeg where they will be encoded as `encoded`. It
 * has no alpha where that would be dropped, and neutral chroma where the encoder takes no grey.
 * Formats that IVF cannot carry are replaced: 4:4:0 above 8 bit by 4:4:4 with repeated rows, 12 bit
 * with alpha by 10 bit.
 */
export function pipeFormat(travel: PixelFormat, encoded: PixelFormat): PixelFormat {
  let { chroma, bitDepth } = travel;
  const alpha = travel.alpha && encoded.alpha;
  if (chroma === null && encoded.chroma !== null) chroma = encoded.chroma;
  const find = (): PixelFormat | undefined =>
    [...pixelFormats.values()].find(
      (format) =>
        format.bitDepth === bitDepth &&
        format.alpha === alpha &&
        format.chroma?.log2X === chroma?.log2X &&
        format.chroma?.log2Y === chroma?.log2Y &&
        hasIvfForm(format),
    );
  let found = find();
  if (found === undefined && chroma?.log2X === 0 && chroma.log2Y === 1) {
    chroma = { log2X: 0, log2Y: 0 };
    found = find();
  }
  if (found === undefined && bitDepth === 12) {
    bitDepth = 10;
    found = find();
  }
  if (found === undefined) throw new RangeError(`${travel.name} cannot be piped to ffmpeg`);
  return found;
}

type Samples = Uint8Array | Uint16Array;

function samplesOf(data: Uint8Array, plane: PlaneLayout, sampleBytes: 1 | 2): Samples {
  const length = plane.width * plane.height;
  const start = data.byteOffset + plane.offset;
  if (sampleBytes === 1) return new Uint8Array(data.buffer, start, length);
  return new Uint16Array(data.buffer, start, length);
}

/**
 * Copies a plane into one of the same size, or a larger one by repeating the last column and row.
 * `repeatRows` doubles every row; `shift` is the number of bits that are rounded away, of 12.
 */
function copyPlane(
  from: Samples,
  fromPlane: PlaneLayout,
  to: Samples,
  toPlane: PlaneLayout,
  { repeatRows, shift }: { readonly repeatRows: boolean; readonly shift: number },
): void {
  const half = shift > 0 ? 1 << (shift - 1) : 0;
  const peak = (1 << (12 - shift)) - 1;
  for (let y = 0; y < toPlane.height; y++) {
    const sourceRow = Math.min(repeatRows ? y >> 1 : y, fromPlane.height - 1);
    const start = sourceRow * fromPlane.width;
    const row = from.subarray(start, start + fromPlane.width);
    const out = y * toPlane.width;
    if (shift === 0) to.set(row, out);
    else row.forEach((value, x) => (to[out + x] = Math.min(peak, (value + half) >> shift)));
    const last = to[out + fromPlane.width - 1]!;
    to.fill(last, out + fromPlane.width, out + toPlane.width);
  }
}

/**
 * An adapter from frames of `layout` to `format` at `width` x `height`. That size may be one column
 * and one row larger, which repeat the last ones.
 */
export function frameAdapter(
  layout: FrameLayout,
  format: PixelFormat,
  width: number,
  height: number,
): FrameAdapter {
  const target = frameLayout(format, width, height);
  const sameSize = width === layout.width && height === layout.height;
  if (sameSize && format.name === layout.format.name) {
    return { layout: target, adapt: (data) => data };
  }
  const withoutAlpha = layout.format.alpha && !format.alpha;
  if (sameSize && withoutAlpha && format.name === layout.format.name.replace('yuva', 'yuv')) {
    // Alpha is the last plane, so it can be cut off.
    return { layout: target, adapt: (data) => data.subarray(0, target.byteLength) };
  }
  const shift = layout.format.bitDepth - format.bitDepth;
  const neutral = layout.format.chroma === null && format.chroma !== null;
  const repeatRows = layout.format.chroma?.log2Y === 1 && format.chroma?.log2Y === 0;
  const buffer = new Uint8Array(target.byteLength);
  const outPlanes = target.planes.map((plane) => samplesOf(buffer, plane, target.sampleBytes));
  if (neutral) for (const plane of [1, 2]) outPlanes[plane]!.fill(1 << (format.bitDepth - 1));
  return {
    layout: target,
    adapt(data) {
      target.planes.forEach((plane, number) => {
        if (neutral && number > 0) return;
        const from = layout.planes[number]!;
        const isChroma = number === 1 || number === 2;
        const samples = samplesOf(data, from, layout.sampleBytes);
        copyPlane(samples, from, outPlanes[number]!, plane, {
          repeatRows: repeatRows && isChroma,
          shift,
        });
      });
      return buffer;
    },
  };
}
