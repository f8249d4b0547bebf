import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { removeJob, type Bench } from './setting.js';
import { timed, type Cost } from './timed-process.js';

/** Seconds of the clip: several segments of the default length. */
const clipSeconds = 60;

/** Small pictures, so that the fixed cost of a segment shows the more. */
const size = '192x108';

/**
 * Makes the clip from a real one where shared/data has it, otherwise from a sample, repeated, with
 * a keyframe every two seconds.
 */
function makeClip({ ffmpeg, folder, root }: Bench): { clip: string; of: string } {
  const shared = path.join(root, '..', 'shared', 'data', 'clips', 'bigbuckbunny.mp4');
  const of = existsSync(shared) ? shared : path.join(root, 'samples', 'scene.mp4');
  const clip = path.join(folder, 'sixty-seconds.mp4');
  execFileSync(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-stream_loop', '-1', '-i', of, '-t', String(clipSeconds), '-an'],
    ...['-vf', `fps=25,scale=${size.replace('x', ':')}`, '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-crf', '20', '-g', '50', clip],
  ]);
  return { clip, of };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

/**
 * Measures how many more CPU seconds and bytes a clip takes in segments than uncut. The two are run
 * in turns and the median of the turns' ratios counts, so that other work on the machine disturbs
 * both alike.
 */
export async function segments(bench: Bench): Promise<unknown> {
  const { folder, vsr, runs, say, provider } = bench;
  const { clip, of } = makeClip(bench);
  const run = async (output: string, ...more: string[]): Promise<Cost> => {
    await removeJob(output); // vsr would skip a finished job.
    return timed(process.execPath, [
      ...[vsr, 'upscale', clip, '-o', output, '--quiet', '--crf', '18'],
      ...['--provider', provider, ...more],
    ]);
  };
  const [cut, whole] = [path.join(folder, 'cut.mp4'), path.join(folder, 'whole.mp4')];
  const turns: { cut: Cost; whole: Cost }[] = [];
  for (let i = 0; i < runs; i++) {
    const uncut = await run(whole, '--no-segments');
    turns.push({ whole: uncut, cut: await run(cut) });
  }
  const time = median(turns.map((turn) => turn.cut.cpuSeconds / turn.whole.cpuSeconds));
  const bytes = statSync(cut).size / statSync(whole).size;
  const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`;
  say(`\n${clipSeconds} s of ${path.basename(of)} at ${size} in segments, against uncut`);
  for (const turn of turns) {
    const [a, b] = [turn.whole, turn.cut].map(({ cpuSeconds }) => cpuSeconds.toFixed(2));
    say(`uncut ${a} CPU s, in segments ${b} CPU s`);
  }
  say(`time: ${percent(time)} more (at most 3), size: ${percent(bytes)} more (at most 1)`);
  return {
    time,
    bytes,
    turns: turns.map((turn) => ({ whole: turn.whole.cpuSeconds, cut: turn.cut.cpuSeconds })),
  };
}
