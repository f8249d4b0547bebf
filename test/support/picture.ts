import { planeOf, type Frame } from '../../src/planes/frame.js';
import type { FrameLayout } from '../../src/planes/pixel-format.js';
import type { Chain } from '../../src/model/catalogue/chain.js';
import type { UpscalerOptions } from '../../src/enlarge/upscaler.js';
import { random } from './random-model.js';

/** A frame of smooth waves with noise on them. */
export function picture(layout: FrameLayout, index: number): Frame {
  const data = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
  const next = random(index + 1);
  const peak = 2 ** layout.format.bitDepth - 1;
  layout.planes.forEach((_, p) => {
    const plane = planeOf(data, layout, p);
    for (let i = 0; i < plane.data.length; i++) {
      const wave = Math.sin((i % plane.width) / (5 + p)) + Math.cos(i / plane.width / 7 + index);
      const value = 0.5 + 0.2 * wave + 0.2 * next();
      plane.data[i] = Math.round(Math.min(1, Math.max(0, value)) * peak);
    }
  });
  return { index, pts: index * 512, data };
}

/** Options for a small test: two CPU threads, no scores, no reuse of unchanged areas. */
export function optionsFor(
  chain: Chain,
  layout: FrameLayout,
  more: Partial<UpscalerOptions> = {},
): UpscalerOptions {
  return {
    chain,
    layout,
    siting: 'left',
    range: 'tv',
    provider: { name: 'cpu' },
    workers: 2,
    precision: 'fp32',
    scores: false,
    reuse: false,
    ...more,
  };
}
