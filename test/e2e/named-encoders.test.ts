import assert from 'node:assert/strict';
import path from 'node:path';
import test, { before, describe } from 'node:test';
import { planTriedOutput } from '../../src/media/encode/tried-output.js';
import { muxerTrials } from '../../src/media/output/muxer-trial.js';
import type { OutputRequest } from '../../src/media/output/output-plan.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import type { Source } from '../../src/media/source/source.js';
import { ffmpegRun } from '../support/enlarge.js';
import { builds, produceIn, ptsOf } from '../support/produce.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { sampleSource } from '../unit/media/sample-source.js';

const folder = temporaryFolder();
let found: Ffmpeg;

before(async () => {
  found = await locateFfmpeg();
});

describe('an encoder by its own name', () => {
  const size = { width: 64, height: 48 };
  const wish = (ffmpeg: Ffmpeg, source: Source, request: Omit<OutputRequest, 'width' | 'height'>) =>
    ({
      ...({ source, request: { ...request, ...size }, encoder: 'software' } as const),
      ...{ takes: muxerTrials(ffmpeg, source), signal: new AbortController().signal },
    }) as const;

  test('is tried before it counts, and keeps frames and times across segments', async () => {
    const clip = path.join(folder, 'plain.mp4');
    await ffmpegRun(
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.4', '-pix_fmt', 'yuv420p'],
      ...['-video_track_timescale', '12800', '-c:v', 'libx264', '-colorspace', 'bt709', clip],
    );
    const times = [0, 512, 700, 1800, 2048];
    for (const ffmpeg of await builds(found)) {
      const source = await probe(ffmpeg, clip);
      for (const [codec, encoder, output] of [
        ['mpeg4', 'mpeg4', 'own.mp4'],
        ['utvideo', 'utvideo', 'own.mkv'],
      ] as const) {
        const request = { output: path.join(folder, output), codec, encoder };
        const plan = await planTriedOutput(ffmpeg, wish(ffmpeg, source, request));
        assert.deepEqual([plan.codec, plan.encoder], [codec, encoder]);
        const lost = plan.announcements.filter(({ what }) => what.startsWith('the mark of'));
        assert.equal(lost.length, codec === 'mpeg4' ? 1 : 0, 'MPEG-4 does not hold the matrix');
        await produceIn(folder, ffmpeg, source, request, times, 3);
        const [first, ...rest] = await ptsOf(request.output);
        const tick = output.endsWith('.mkv') ? 12.8 : 1;
        const from = rest.map((pts) => pts - first!);
        assert.deepEqual(
          from,
          times.slice(1).map((time) => Math.round(time / tick)),
        );
      }
      const matrix = { output: '/x/a.mov', codec: 'mjpeg', encoder: 'mjpeg' } as const;
      await assert.rejects(planTriedOutput(ffmpeg, wish(ffmpeg, source, matrix)), {
        code: 'option',
        message: /the matrix bt709 becomes bt470bg|takes yuvj420p.* in limited range/,
      });
    }
  });

  test('of hardware that is not there fails, and by its kind falls back with a sentence', async () => {
    const source = sampleSource();
    const named = { output: '/x/a.mp4', codec: 'h264', encoder: 'h264_nvenc' } as const;
    await assert.rejects(
      planTriedOutput(found, wish(found, source, named)),
      /Expected h264_nvenc to encode a few frames|no encoder named h264_nvenc/,
    );
    const kind = { output: '/x/a.mp4', codec: 'h264', crf: 20, preset: 'p5' } as const;
    const plan = await planTriedOutput(found, {
      ...wish(found, source, kind),
      encoder: 'nvenc',
    });
    assert.equal(plan.encoder, 'libx264');
    assert.match(plan.encoderArgs.join(' '), /-preset medium -crf 20/, "p5 is nvenc's own");
    const note = plan.announcements.find(({ what }) => /in software, by libx264/.test(what));
    assert.match(note!.why, /^(?:h264_nvenc does not start: |this ffmpeg has no h264_nvenc)/);
  });
});
