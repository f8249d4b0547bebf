import { planeOf } from '../planes/frame.js';
import type { FrameLayout } from '../planes/pixel-format.js';

/** The largest 12-bit sample, and what an 8-bit step is in it. */
const PEAK = 4095;
const STEP = PEAK / 255;
const MIDDLE = 2048;

// BT.601's weights of red and blue, with JPEG's full range (JFIF 1.02).
const RED = 0.299;
const BLUE = 0.114;
const GREEN = 1 - RED - BLUE;

function clip(value: number): number {
  return value < 0 ? 0 : value > PEAK ? PEAK : Math.round(value);
}

/**
 * Interleaved 8-bit RGB or RGBA (`channels` 3 or 4) into the 12-bit 4:4:4 planes of `frame`. Twelve
 * bits are enough that `rgbOfYcc` gives every 8-bit RGB back as it was.
 */
export function yccOfRgb(
  rgb: Uint8Array,
  channels: number,
  frame: Uint8Array,
  layout: FrameLayout,
): void {
  const luma = planeOf(frame, layout, 0).data;
  const cb = planeOf(frame, layout, 1).data;
  const cr = planeOf(frame, layout, 2).data;
  const alpha = layout.format.alpha ? planeOf(frame, layout, 3).data : null;
  for (let i = 0, j = 0; i < luma.length; i++, j += channels) {
    const r = rgb[j]!;
    const g = rgb[j + 1]!;
    const b = rgb[j + 2]!;
    const y = RED * r + GREEN * g + BLUE * b;
    luma[i] = clip(y * STEP);
    cb[i] = clip(MIDDLE + ((b - y) / (2 * (1 - BLUE))) * STEP);
    cr[i] = clip(MIDDLE + ((r - y) / (2 * (1 - RED))) * STEP);
    if (alpha !== null) alpha[i] = Math.round((channels === 4 ? rgb[j + 3]! : 255) * STEP);
  }
}

function byte(value: number): number {
  const scaled = Math.round(value / STEP);
  return scaled < 0 ? 0 : scaled > 255 ? 255 : scaled;
}

/** The 12-bit 4:4:4 planes of `frame` as interleaved 8-bit RGB; alpha is left out. */
export function rgbOfYcc(frame: Uint8Array, layout: FrameLayout): Buffer {
  const luma = planeOf(frame, layout, 0).data;
  const cb = planeOf(frame, layout, 1).data;
  const cr = planeOf(frame, layout, 2).data;
  const rgb = Buffer.allocUnsafe(luma.length * 3);
  for (let i = 0, j = 0; i < luma.length; i++, j += 3) {
    const y = luma[i]!;
    const b = y + 2 * (1 - BLUE) * (cb[i]! - MIDDLE);
    const r = y + 2 * (1 - RED) * (cr[i]! - MIDDLE);
    rgb[j] = byte(r);
    rgb[j + 1] = byte((y - RED * r - BLUE * b) / GREEN);
    rgb[j + 2] = byte(b);
  }
  return rgb;
}
