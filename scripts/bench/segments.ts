import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { removeJob, type Bench } from './setting.js';
import { timed, type Cost } from './timed-process.js';

/** Seconds of the clip: some segments of the usual length. */
const clipSeconds = 60;

/** Small pictures: what a segment costs weighs the more. */
const size = '192x108';

/**
 * A real clip where there is one, otherwise one of the samples, over and over, with a keyframe
 * every two seconds.
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
 * What cutting a clip into segments costs against an uncut run, in CPU seconds and in bytes. The
 * two are run in turns, and each turn's ratio is taken: the machine's other work then disturbs both
 * alike.
 */
export async function segments(bench: Bench): Promise<unknown> {
  const { folder, vsr, runs, say, provider } = bench;
  const { clip, of } = makeClip(bench);
  const run = async (output: string, ...more: string[]): Promise<Cost> => {
    await removeJob(output); // A finished job is not done again.
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
