import path from 'node:path';
import { messageOf } from '../../src/errors.js';
import {
  candidatesFor,
  type ProviderName,
  providerNames,
} from '../../src/model/runtime/providers.js';
import type { Bench } from './setting.js';
import { timed } from './timed-process.js';

/** Frames of a whole job: about five seconds of the upscaler's work. */
const framesAt = (fps: number): number => Math.min(1000, Math.max(6, Math.round(5 * fps)));

/** The devices to measure: those that `auto` would try, or the one asked for by name. */
function devices(asked: string): ProviderName[] {
  const named = providerNames.find((name) => name === asked && name !== 'cpu');
  const all = candidatesFor({ name: named ?? 'auto' }).map(({ name }) => name);
  return all.filter((name) => name !== 'cpu');
}

/**
 * Frames per second of the default model on every device, in single and half precision: of the bare
 * session, of the upscaler around it, and of the whole job with its decoding and encoding.
 */
export async function gpu(bench: Bench): Promise<unknown> {
  const { root, folder, vsr, say } = bench;
  const found = devices(bench.provider);
  if (found.length === 0) {
    say('\nNo GPU was found that ONNX Runtime can use: nothing measured. vsr doctor says why.');
    return null;
  }
  const rows: Record<string, unknown>[] = [];
  say('\nframes a second                                  bare session       upscaler    job');
  for (const provider of found) {
    for (const precision of ['fp32', 'fp16'] as const) {
      for (const { width, height } of bench.sizes) {
        const name = `${width}x${height} to ${2 * width}x${2 * height}`;
        const what = `${provider} ${precision}, ${name}`;
        try {
          const program = path.join(root, 'build/scripts/bench/device-session.js');
          const fps = async (way: string): Promise<number> => {
            const args = [program, way, provider, precision, `${width}`, `${height}`];
            return Number((await timed(process.execPath, args)).stdout);
          };
          const [bareFps, upscalerFps] = [await fps('bare'), await fps('upscaler')];
          const frames = framesAt(upscalerFps);
          const clip = bench.makeClip(`${width}x${height}`, frames);
          const job = await timed(process.execPath, [
            ...[vsr, 'upscale', clip, '-o', path.join(folder, 'gpu.mp4'), '--overwrite', '--quiet'],
            ...['--no-log', '--provider', provider, '--precision', precision],
          ]);
          const jobFps = frames / job.wallSeconds;
          const close = `${((upscalerFps / bareFps) * 100).toFixed(0)} %`;
          const cells = [bareFps.toFixed(1), `${upscalerFps.toFixed(1)} (${close})`];
          say(
            `${what.padEnd(46)} ${cells[0]!.padStart(14)} ${cells[1]!.padStart(14)} ${jobFps.toFixed(1)}`,
          );
          rows.push({ provider, precision, size: name, bareFps, upscalerFps, jobFps });
        } catch (error) {
          // The last line of a failed program is its message, or the last line of its stack.
          const said = messageOf(error).split('\n');
          const why = said.find((line) => line.includes('VsrError')) ?? said.at(-1)!;
          say(`${what.padEnd(46)} not measured: ${why.trim()}`);
          rows.push({ provider, precision, size: name, failed: why.trim() });
        }
      }
    }
  }
  return rows;
}
