import type { FrameLayout } from '../../planes/pixel-format.js';

/**
 * Interleaved samples as sharp reads and writes them: grey, grey and alpha, RGB, or RGB and alpha.
 */
export type Samples = {
  readonly data: Uint8Array | Uint16Array;
  readonly channels: 1 | 2 | 3 | 4;
  /** The largest sample: 255 or 65535. */
  readonly peak: number;
};

type Plane = Uint8Array | Uint16Array;

/** BT.601's luma weights, as JPEG uses them. */
const [red, green, blue] = [0.299, 0.587, 0.114] as const;

function planesOf(data: Uint8Array, layout: FrameLayout): Plane[] {
  return layout.planes.map(({ offset, width, height }) =>
    layout.sampleBytes === 1
      ? new Uint8Array(data.buffer, data.byteOffset + offset, width * height)
      : new Uint16Array(data.buffer, data.byteOffset + offset, width * height),
  );
}

/**
 * Converts interleaved samples to full-range BT.601 Y'CbCr 4:4:4 in `frame`, with each value
 * rounded once: Y = 0.299 R + 0.587 G + 0.114 B, Cb = half + (B - Y) / 1.772, Cr = half + (R - Y) /
 * 1.402, where half is 2^(bits-1). Grey samples become Y, and chroma, if the layout has any, is
 * half.
 *
 * Source: ITU-T T.871 (JFIF).
 */
export function toFrame(samples: Samples, frame: Uint8Array, layout: FrameLayout): void {
  const { data, channels, peak } = samples;
  const top = 2 ** layout.format.bitDepth - 1;
  const half = 2 ** (layout.format.bitDepth - 1);
  const scale = top / peak;
  const [y, cb, cr, alpha] = planesOf(frame, layout) as [Plane, Plane?, Plane?, Plane?];
  const colour = channels >= 3;
  for (let i = 0, k = 0; i < y.length; i++, k += channels) {
    if (colour) {
      const [r, g, b] = [data[k]! * scale, data[k + 1]! * scale, data[k + 2]! * scale];
      const luma = red * r + green * g + blue * b;
      y[i] = Math.round(luma);
      cb![i] = Math.min(top, Math.max(0, Math.round(half + (b - luma) / 1.772)));
      cr![i] = Math.min(top, Math.max(0, Math.round(half + (r - luma) / 1.402)));
    } else {
      y[i] = Math.round(data[k]! * scale);
    }
    if (alpha !== undefined) alpha[i] = Math.round(data[k + channels - 1]! * scale);
  }
  if (!colour) for (const plane of [cb, cr]) plane?.fill(half);
}

/**
 * The inverse of `toFrame`: converts a frame to `channels` interleaved samples from 0 to `peak`,
 * rounded and clamped.
 */
export function fromFrame(
  frame: Uint8Array,
  layout: FrameLayout,
  channels: 1 | 2 | 3 | 4,
  peak: 255 | 65535,
): Samples {
  const top = 2 ** layout.format.bitDepth - 1;
  const half = 2 ** (layout.format.bitDepth - 1);
  const scale = peak / top;
  const [y, cb, cr, alpha] = planesOf(frame, layout) as [Plane, Plane?, Plane?, Plane?];
  const size = y.length * channels;
  const data = peak === 255 ? new Uint8ClampedArray(size) : new Uint16Array(size);
  const put = (place: number, value: number): void => {
    data[place] = Math.min(peak, Math.max(0, Math.round(value * scale)));
  };
  const colour = channels >= 3;
  for (let i = 0, k = 0; i < y.length; i++, k += channels) {
    const luma = y[i]!;
    if (colour) {
      const r = luma + 1.402 * (cr![i]! - half);
      const b = luma + 1.772 * (cb![i]! - half);
      put(k, r);
      put(k + 1, (luma - red * r - blue * b) / green);
      put(k + 2, b);
    } else {
      put(k, luma);
    }
    if (channels % 2 === 0) put(k + channels - 1, alpha![i]!);
  }
  const plain = data instanceof Uint16Array ? data : new Uint8Array(data.buffer);
  return { data: plain, channels, peak };
}
