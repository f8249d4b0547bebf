import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr, type VsrRun } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** A clip of 12 frames, and the same scene at twice the size. */
before(async () => {
  const scene = (size: string) => ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=10:d=1.2`];
  const coded = ['-pix_fmt', 'yuv420p', '-c:v'];
  await ffmpegRun(...scene('48x32'), ...coded, 'libx264', '-g', '4', at('clip.mp4'));
  await ffmpegRun(...scene('96x64'), ...coded, 'ffv1', at('truth.mkv'));
});

test('the log’s figures against a reference are those of ffmpeg’s psnr filter', async () => {
  const output = at('measured.mkv');
  const args = ['--reference', at('truth.mkv'), '--codec', 'ffv1', '--log', at('measured.jsonl')];
  const done = await runVsr('upscale', at('clip.mp4'), '-o', output, ...args);
  assert.equal(done.code, 0, done.stderr);
  const stats = at('stats.txt');
  await ffmpegRun(
    ...['-i', output, '-i', at('truth.mkv')],
    ...['-lavfi', `[0:v][1:v]psnr=stats_file=${stats.replaceAll(':', '\\:')}`, '-f', 'null', '-'],
  );
  const theirs = (await readFile(stats, 'utf8')).trim().split('\n');
  const ours = (await readFile(at('measured.jsonl'), 'utf8')).trim().split('\n');
  assert.equal(ours.length, 12);
  ours.forEach((line, i) => {
    const row = JSON.parse(line) as Record<string, number>;
    for (const plane of ['y', 'u', 'v']) {
      const expected = Number(new RegExp(`psnr_${plane}:(\\S+)`).exec(theirs[i]!)![1]);
      assert.ok(
        Math.abs(row[`psnr_${plane}`]! - expected) <= 0.01,
        `frame ${i} ${plane}: ${row[`psnr_${plane}`]} for ${expected}`,
      );
    }
  });
});

test('a reference of another size or length is refused with both figures', async () => {
  const against = (reference: string): Promise<VsrRun> =>
    runVsr('upscale', at('clip.mp4'), '-o', at('r.mkv'), '--reference', reference);
  const small = await against(at('clip.mp4'));
  assert.equal(small.code, 1);
  assert.match(small.stderr, /96x64.*48x32/);
  await ffmpegRun('-i', at('truth.mkv'), '-frames:v', '5', '-c', 'copy', at('short.mkv'));
  const short = await against(at('short.mkv'));
  assert.equal(short.code, 1);
  assert.match(short.stderr, /reference .*(5 frames|12 frames)/);
  await assert.rejects(stat(at('r.mkv')));
});
