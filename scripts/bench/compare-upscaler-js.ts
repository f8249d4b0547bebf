import path from 'node:path';
import { installed } from './installed.js';
import { upscalerJsPackages } from './open-upscaler-js.js';
import type { Bench } from './setting.js';
import { reasonOf, timed } from './timed-process.js';
import type { UpscalerJsFigures } from './upscaler-js.js';

/** Small, since UpscalerJS takes about a second for a frame of this size. */
const [width, height] = [320, 180];
const turns = 7;

/** Compares UpscalerJS and its own network with our default model on the same whole frame. */
export async function compareUpscalerJs({ folder, root, say }: Bench): Promise<unknown> {
  let figures: UpscalerJsFigures;
  try {
    const own = await installed(path.join(folder, 'upscaler-js'), upscalerJsPackages);
    const program = path.join(root, 'build/scripts/bench/upscaler-js.js');
    const pictures = path.join(root, '../shared/data/bench/Set5');
    const args = [program, own, `${width}`, `${height}`, `${turns}`, pictures];
    figures = JSON.parse((await timed(process.execPath, args)).stdout) as UpscalerJsFigures;
  } catch (error) {
    const missing = reasonOf(error);
    say(`\nUpscalerJS: not measured: ${missing}`);
    return { missing };
  }
  const { what, ours, ms, oursMs, quality } = figures;
  const perPixel = (value: number): string => ((value * 1000) / (width * height)).toFixed(2);
  const rows = [
    [`vsr, ${ours} on luma, bicubic on chroma`, perPixel(oursMs)],
    [what, `${perPixel(ms)}   ${(ms / oursMs).toFixed(0)} times ours`],
  ] as const;
  say(
    `\nUpscalerJS with its own network: ${width}x${height} to ${width * 2}x${height * 2}, one thread`,
  );
  say('CPU microseconds per source pixel');
  for (const [name, figure] of rows) say(`${name}: ${figure}`);
  if (quality === null) {
    say('Y-PSNR on Set5: not measured, ../shared/data/bench/Set5 is absent.');
  } else {
    const { theirs, ours: own, bicubic } = quality;
    const [a, b, c] = [own, theirs, bicubic].map((value) => value.toFixed(2));
    say(`Y-PSNR on Set5, reduced by bicubic in RGB: vsr ${a} dB, UpscalerJS ${b}, bicubic ${c}`);
  }
  return figures;
}
