import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ffmpegRun } from './enlarge.js';
import { writeRandomModel } from './random-model.js';
import { runVsr, startVsr, type Surroundings, type Vsr } from './run-vsr.js';

/** Milliseconds of silence after which a worker's job goes to another, in these tests. */
export const lockMs = 3_000;

/** Starts the command line as a user does, with a queue whose locks are short. */
export function startCommand(args: readonly string[], around: Surroundings = {}): Vsr {
  const env = { VSR_TEST_QUEUE_LOCK_MS: String(lockMs), ...around.env };
  return startVsr(args, { ...around, env });
}

/** A clip in a folder that machines share, and what one machine alone makes of it. */
export type QueueJob = {
  readonly media: string;
  readonly clip: string;
  /** Options of the job, without those that name paths or the queue. */
  readonly options: readonly string[];
  /** Starts a worker that is ready when this resolves. */
  worker(url: string, more?: readonly string[], env?: NodeJS.ProcessEnv): Promise<Vsr>;
  /** Starts `vsr upscale --queue` for an output in the shared folder. */
  submit(url: string, output: string, more?: readonly string[]): Vsr;
  /**
   * Fails unless an output and its log are, byte for byte, those of one machine, and no other file
   * is left of the job but the summary.
   */
  checkSame(output: string): Promise<void>;
};

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/**
 * Makes a clip of `seconds` in `folder`, which is cut into segments of half a second, and enlarges
 * it on this machine alone. MP4, since two Matroska files of the same content differ: each has a
 * random id.
 */
export async function makeQueueJob(folder: string, seconds: number): Promise<QueueJob> {
  const media = path.join(folder, 'media');
  await mkdir(media, { recursive: true });
  const model = await writeRandomModel(media, 'espcn-16', 2);
  const clip = path.join(media, 'clip.mp4');
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', `testsrc2=size=64x48:rate=24:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12', '-bf', '2', '-c:a', 'aac', clip],
  );
  const options = ['-m', model, '--preset', 'ultrafast', '--segment-seconds', '0.45'];
  const whole = path.join(folder, 'whole.mp4');
  const alone = await runVsr('upscale', clip, '-o', whole, ...options, '-q');
  assert.equal(alone.code, 0, alone.stderr);
  const expected = [await hash(whole), await hash(`${whole}.psnr.csv`)];
  const place = (url: string): string[] => ['--queue', url, '--root', `m=${media}`];
  return {
    ...{ media, clip, options },
    async worker(url, more = [], env = {}) {
      const worker = startCommand(['worker', ...place(url), '--workers', '1', ...more], { env });
      await worker.until(/ready as/);
      return worker;
    },
    submit: (url, output, more = []) =>
      startCommand([
        ...['upscale', clip, '-o', path.join(media, output), ...options],
        ...[...place(url), ...more],
      ]),
    async checkSame(output) {
      const file = path.join(media, output);
      const came = [await hash(file), await hash(`${file}.psnr.csv`)];
      assert.deepEqual(came, expected, 'clip and log are those of one machine');
      const left = (await readdir(media)).filter((name) => name.startsWith(output));
      assert.deepEqual(left.sort(), [output, `${output}.psnr.csv`, `${output}.vsr.json`]);
    },
  };
}
