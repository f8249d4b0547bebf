import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ffmpegRun } from '../support/enlarge.js';
import { writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { lastingStrays, startUpscale } from './vsr-process.js';

const root = temporaryFolder();
let made = 0;

/** A clip, what an undisturbed run makes of it, and a folder to disturb others in. */
export type FaultJob = {
  readonly folder: string;
  readonly clip: string;
  /** A copy of the clip of its own and an output beside it, for one test. */
  fresh(name: string): Promise<{ clip: string; output: string; args: string[] }>;
  /**
   * Fails unless `output` and its log are, byte for byte, those of the undisturbed run, and nothing
   * else is left.
   */
  checkWhole(output: string): Promise<void>;
  /** Fails if there is a file under the output's name, or any process. */
  checkNothing(output: string): Promise<void>;
  /** Runs the same command to its end and checks the result. */
  goOn(args: readonly string[], output: string): Promise<void>;
};

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/**
 * MP4 throughout: Matroska files hold a random number, so that no two are alike. Makes a clip of
 * `seconds` with sound and enlarges it once, undisturbed.
 */
export async function openJob(seconds: number): Promise<FaultJob> {
  const folder = path.join(root, String(++made));
  await mkdir(folder);
  const model = await writeRandomModel(folder, 'espcn-16', 2);
  const clip = path.join(folder, 'clip.mp4');
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', `testsrc2=size=64x48:rate=25:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12', '-bf', '2', '-c:a', 'aac', clip],
  );
  const common = ['-m', model, '--preset', 'ultrafast', '--segment-seconds', '0.9', '-q'];
  const argsFor = (input: string, output: string): string[] => [input, '-o', output, ...common];
  const whole = path.join(folder, 'whole.mp4');
  const first = await startUpscale(argsFor(clip, whole)).done;
  assert.equal(first.code, 0, first.stderr);
  const expected = [await hash(whole), await hash(`${whole}.psnr.csv`)];
  const checkWhole = async (output: string): Promise<void> => {
    const came = [await hash(output), await hash(`${output}.psnr.csv`)];
    assert.deepEqual(came, expected, 'the output and its log are those of an undisturbed run');
    const base = path.basename(output);
    const left = (await readdir(path.dirname(output))).filter((name) => name.startsWith(base));
    assert.deepEqual(left.sort(), [base, `${base}.psnr.csv`, `${base}.vsr.json`]);
  };
  return {
    folder,
    clip,
    async fresh(name) {
      const own = path.join(folder, `${name}-${++made}`);
      await mkdir(own);
      const input = path.join(own, 'clip.mp4');
      await copyFile(clip, input);
      const output = path.join(own, 'out.mp4');
      return { clip: input, output, args: argsFor(input, output) };
    },
    checkWhole,
    async checkNothing(output) {
      assert.equal(existsSync(output), false, 'no file under the output’s name');
      assert.deepEqual(await lastingStrays(path.dirname(output)), [], 'no process is left');
    },
    async goOn(args, output) {
      const { code, stderr } = await startUpscale(args).done;
      assert.equal(code, 0, stderr);
      await checkWhole(output);
    },
  };
}
