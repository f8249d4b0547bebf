import { planeOf } from './frame.js';
import { frameLayout, type FrameLayout } from './pixel-format.js';
import { resizePlane, type ResizeKernel } from './resize.js';
import type { ChromaSiting } from './siting.js';

/**
 * How far chroma samples lie from their centred place in directions that are subsampled by two, in
 * chroma samples: negative is left or up.
 */
export function sitingOffset(siting: ChromaSiting): { readonly x: number; readonly y: number } {
  const left = siting === 'left' || siting === 'topleft' || siting === 'bottomleft';
  const top = siting === 'top' || siting === 'topleft';
  const bottom = siting === 'bottom' || siting === 'bottomleft';
  return { x: left ? -0.25 : 0, y: top ? -0.25 : bottom ? 0.25 : 0 };
}

/**
 * Resizes a frame's planes to `width` x `height` luma samples. Each plane is rounded to its stored
 * depth, and antialiased when it is reduced. Chroma keeps its siting: its samples are shifted by
 * offset (1/s - 1) source samples at scale s, which is (1 - 1/s)/4 for left-sited chroma.
 */
export function resizeFrame(
  data: Uint8Array,
  layout: FrameLayout,
  { width, height }: { readonly width: number; readonly height: number },
  { siting, kernel = 'bicubic' }: { readonly siting: ChromaSiting; readonly kernel?: ResizeKernel },
): { readonly data: Uint8Array; readonly layout: FrameLayout } {
  const to = frameLayout(layout.format, width, height);
  const out = new Uint8Array(to.byteLength);
  const offset = sitingOffset(siting);
  const { chroma, bitDepth } = layout.format;
  to.planes.forEach((place, number) => {
    const isChroma = chroma !== null && (number === 1 || number === 2);
    const shiftX = isChroma && chroma.log2X === 1 ? offset.x * (layout.width / width - 1) : 0;
    const shiftY = isChroma && chroma.log2Y === 1 ? offset.y * (layout.height / height - 1) : 0;
    const plane = planeOf(data, layout, number);
    const resized = resizePlane(plane, place.width, place.height, bitDepth, {
      kernel,
      shiftX,
      shiftY,
    });
    const { buffer, byteOffset, byteLength } = resized.data;
    out.set(new Uint8Array(buffer, byteOffset, byteLength), place.offset);
  });
  return { data: out, layout: to };
}
