import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { probe } from '../../src/library/probe.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { cropFrame } from '../../src/planes/crop-frame.js';
import { frameLayout } from '../../src/planes/pixel-format.js';
import { previewClip } from '../../src/report/preview/preview-clip.js';
import { rgbOfFrame } from '../../src/report/rgb-picture.js';
import { findInputs } from '../../src/upscale/plan/inputs.js';
import { checkOptions } from '../../src/upscale/plan/settings.js';
import { enlarged, ffmpegRun } from '../support/enlarge.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** A mask of `width` x `height`: black on the left, white on the right, with a slope between. */
async function slope(name: string, width: number, height: number): Promise<string> {
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.min(255, Math.max(0, 255 * (0.5 + (12 * ((i % width) - width / 2)) / width))),
  );
  await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(at(name));
  return at(name);
}

test('a preview with a mask shows to the bit what upscale makes with it, by luma and by RGB', async () => {
  const ffmpeg = await locateFfmpeg();
  const { signal } = new AbortController();
  for (const [model, width, height] of [
    // Of this size a part is shown.
    ['espcn-16-lite-x2', 720, 400],
    ['research/srcnn-x2', 96, 64],
  ] as const) {
    const clip = at(`${width}.mkv`);
    const scene = ['-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}:r=10:d=0.4`];
    await ffmpegRun(...scene, '-c:v', 'ffv1', '-pix_fmt', 'yuv420p', clip);
    const mask = await slope(`${width}.png`, width / 2, height / 2);
    const output = at(`${width}.x2.mkv`);
    const how = { model, output, mask, codec: 'ffv1', log: false } as const;
    await enlarged(clip, how);
    const { video } = await probe(output);
    const layout = frameLayout(video.format, video.width, video.height);
    const raw = at('frame.yuv');
    await ffmpegRun('-i', output, '-frames:v', '1', '-f', 'rawvideo', raw);
    const { inputs } = await findInputs([clip], false, false);
    const settings = checkOptions({ log: false, mask });
    const request = { ffmpeg, input: inputs[0]!, settings, models: [model], signal };
    const wish = { frames: 1, at: [0], start: null, end: null };
    const { frames, notes } = await previewClip({ ...request, wish });
    assert.ok(notes.some(({ what, why }) => /^mask /.test(what) && /makes \d\d %/.test(why)));
    const { part, larger } = frames[0]!;
    const whole = Uint8Array.from(await readFile(raw));
    const place = { left: 2 * part.left, top: 2 * part.top };
    const cut = cropFrame(whole, layout, 2 * part.width, 2 * part.height, place);
    const wanted = rgbOfFrame(cut.data, cut.layout, video.colour);
    assert.ok(Buffer.from(wanted.data).equals(larger[1]!.data), model);
    assert.notDeepEqual(larger[0]!.data, larger[1]!.data);
  }
});

test('the command takes a mask, says what it does, and refuses one of another shape', async () => {
  const clip = at('96.mkv');
  const mask = await slope('told.png', 96, 64);
  const words = ['preview', clip, '-m', 'espcn-16-lite-x2', '--frames', '1', '--mask'];
  const run = await runVsr(...words, mask, '-o', at('masked.html'));
  assert.equal(run.code, 0, run.stderr);
  assert.match(
    await readFile(at('masked.html'), 'utf8'),
    /mask told\.png: the network makes \d\d %/,
  );
  const square = await slope('square.png', 64, 64);
  const refused = await runVsr(...words, square, '-o', at('never.html'));
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^vsr: Expected the mask \S+square\.png to be 96x64, [^\n]*\n$/);
});
