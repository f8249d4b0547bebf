import { VsrError } from '../../errors.js';
import { capabilities } from '../program/capabilities.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { hasIvfForm, ivfFrameHeader, ivfHeader } from '../encode/ivf.js';
import { runProcess, startProcess } from '../program/process.js';
import { writeTo } from './write-to.js';
import { planeOf } from '../../planes/frame.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';

/** A filter of ffmpeg that compares two clips, and the pattern of its result on stderr. */
export type ComparingFilter = { readonly name: string; readonly pattern: RegExp };

/** VMAF, 0 to 100. ffmpeg 4 writes `=` before the figure, later ones `:`. */
export const vmafFilter: ComparingFilter = {
  name: 'libvmaf',
  pattern: /VMAF score\s*[=:]\s*([\d.]+)/,
};

/** Passes pairs of frames to a comparing filter. Disposing stops ffmpeg. */
export interface StackedMeter extends AsyncDisposable {
  /** Adds two frames of the meter's layout. Resolves when ffmpeg has taken them. */
  add(reference: Uint8Array, actual: Uint8Array): Promise<void>;
  /** The filter's figure over all pairs. Throws a `VsrError` of code `media` if there is none. */
  finish(): Promise<number>;
}

/**
 * Whether this ffmpeg can measure VMAF on frames of `layout`. Many have the filter but not its
 * model, so it is tried.
 */
export async function canMeasureVmaf(ffmpeg: Ffmpeg, layout: FrameLayout): Promise<boolean> {
  if (!hasIvfForm(layout.format) || layout.format.alpha) return false;
  if (!(await capabilities(ffmpeg, 'filters')).has(vmafFilter.name)) return false;
  const input = ['-f', 'lavfi', '-i', 'color=size=64x64:duration=0.2'];
  const { code, stderrTail } = await runProcess(ffmpeg.ffmpeg, [
    ...['-nostdin', '-hide_banner', ...input, ...input, '-lavfi', vmafFilter.name],
    ...['-f', 'null', '-'],
  ]);
  return code === 0 && stderrTail.some((line) => vmafFilter.pattern.test(line));
}

/**
 * Puts one frame above the other, plane by plane. So both clips go through one pipe, and cannot get
 * out of step.
 */
function stacked(above: Uint8Array, below: Uint8Array, layout: FrameLayout): Uint8Array {
  const double = frameLayout(layout.format, layout.width, 2 * layout.height);
  const out = new Uint8Array(double.byteLength);
  for (const number of layout.planes.keys()) {
    const target = planeOf(out, double, number).data;
    const [top, bottom] = [planeOf(above, layout, number), planeOf(below, layout, number)];
    target.set(top.data);
    target.set(bottom.data, top.data.length);
  }
  return out;
}

/**
 * Starts ffmpeg with a filter that compares two clips of `layout`. Where chroma is subsampled down,
 * the height must be even.
 */
export function openStackedMeter(
  ffmpeg: Ffmpeg,
  layout: FrameLayout,
  filter: ComparingFilter,
): StackedMeter {
  const { format, width, height } = layout;
  let figure: number | undefined;
  const half = `crop=${width}:${height}`;
  const graph = `split[a][b];[a]${half}:0:${height}[main];[b]${half}:0:0[reference];[main][reference]${filter.name}`;
  const child = startProcess(
    ffmpeg.ffmpeg,
    [
      ...['-nostdin', '-hide_banner', '-f', 'ivf', '-c:v', 'rawvideo', '-i', 'pipe:0'],
      ...['-lavfi', graph, '-f', 'null', '-'],
    ],
    {
      stdin: 'pipe',
      onStderrLine(line) {
        const found = filter.pattern.exec(line)?.[1];
        if (found !== undefined) figure = Number(found);
      },
    },
  );
  child.stdout.resume();
  // A write fails when ffmpeg has ended; `finish` reports its error.
  const write = (bytes: Uint8Array): Promise<boolean> => writeTo(child, bytes);
  let pairs = 0;
  return {
    async add(reference, actual) {
      if (pairs === 0) await write(ivfHeader(format, width, 2 * height, { num: 1, den: 25 }));
      const both = stacked(reference, actual, layout);
      await write(ivfFrameHeader(both.length, pairs++));
      await write(both);
    },
    async finish() {
      child.stdin!.end();
      const { code, stderrTail } = await child.done;
      if (code === 0 && figure !== undefined) return figure;
      const why = stderrTail.at(-1) ?? `exit code ${code}`;
      throw new VsrError('media', `ffmpeg's ${filter.name} gave no figure: ${why}`);
    },
    async [Symbol.asyncDispose]() {
      await child.kill();
    },
  };
}
