import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { packageRoot } from '../../src/package-root.js';
import type { Frame } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { openUpscaler, type Upscaled } from '../../src/enlarge/upscaler.js';
import { optionsFor } from '../support/picture.js';

/** A corner of the first frames, sample for sample as decoded. */
const [width, height, count] = [160, 96, 5];

const folder = path.join(packageRoot(), '../shared/data/clips');
const clips = existsSync(folder) ? readdirSync(folder).filter((name) => /\.\w+$/.test(name)) : [];
const reason = clips.length === 0 ? `${folder} is not there` : false;

test(
  'on every shared clip, copying what did not change gives the bits of a full run',
  { skip: reason },
  async () => {
    const { ffmpeg } = await locateFfmpeg();
    const layout = frameLayout(pixelFormats.get('yuv420p')!, width, height);
    const chain = await chooseChain(2, 'default', { kind: 'clean' });
    const open = (reuse: boolean) =>
      openUpscaler(optionsFor(chain, layout, { scores: true, reuse }));
    await using full = await open(false);
    await using fast = await open(true);
    let [checked, reused] = [0, 0];
    for (const name of clips) {
      const raw = /\.yuv$/.test(name) ? ['-s', '352x288', '-pix_fmt', 'yuv420p'] : [];
      let bytes: Uint8Array;
      try {
        bytes = execFileSync(
          ffmpeg,
          [
            ...['-v', 'error', ...raw, '-i', path.join(folder, name), '-frames:v', `${count}`],
            ...['-vf', `crop=${width}:${height}:0:0`, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'],
          ],
          { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1e9 },
        );
      } catch {
        continue; // Smaller than the corner, or a codec that this ffmpeg does not know.
      }
      const frames: Frame[] = [];
      for (let at = 0; at + layout.byteLength <= bytes.length; at += layout.byteLength) {
        const data = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
        data.set(bytes.subarray(at, at + layout.byteLength));
        frames.push({ index: frames.length, pts: frames.length, data });
      }
      const run = (upscaler: typeof full): Promise<Upscaled[]> =>
        Promise.all(frames.map((frame) => upscaler.upscale(frame)));
      const [expected, actual] = [await run(full), await run(fast)];
      for (const [i, { frame, scores, reused: share }] of actual.entries()) {
        assert.deepEqual(frame, expected[i]!.frame, `${name}, frame ${i}`);
        assert.deepEqual(scores, expected[i]!.scores, `${name}, scores of frame ${i}`);
        reused += share;
      }
      checked++;
    }
    assert.ok(checked >= clips.length / 2, `${checked} of ${clips.length} clips could be read`);
    assert.ok(reused > 1, 'nothing was reused: the test measured nothing');
  },
);
