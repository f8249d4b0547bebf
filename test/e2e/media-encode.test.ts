import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before, describe } from 'node:test';
import { promisify } from 'node:util';
import { openEncoder } from '../../src/media/encode/encode.js';
import { remux } from '../../src/media/join/remux.js';
import {
  planOutput,
  type OutputPlan,
  type OutputRequest,
} from '../../src/media/output/output-plan.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { noise } from '../support/noise.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { sampleSource } from '../unit/media/sample-source.js';

const run = promisify(execFile);
const folder = temporaryFolder();
let found: Ffmpeg;

before(async () => {
  found = await locateFfmpeg();
});

/** What an encoder of H.264 is opened with; options of ffmpeg's own may be added. */
function planned(ffmpegArgs: readonly string[] = []): Promise<OutputPlan> {
  const output = { output: '/x/a.mp4', codec: 'auto', width: 64, height: 48 } as const;
  return planOutput(found, sampleSource(), { ...output, ffmpegArgs });
}

describe('what cannot be done is refused before any work', () => {
  const source = sampleSource();
  const size = { width: 64, height: 48 };
  const cases: [string, Omit<OutputRequest, 'width' | 'height'>, RegExp][] = [
    ['a container', { output: '/x/a.gif', codec: 'auto' }, /ending in one of .*"a\.gif"/],
    [
      'a codec there',
      { output: '/x/a.webm', codec: 'h264' },
      /WebM cannot hold h264\. Name an output ending in \.mp4/,
    ],
    [
      'an encoder there',
      { output: '/x/a.webm', codec: 'utvideo', encoder: 'utvideo' },
      /WebM cannot hold utvideo \(utvideo\)\. Name an output ending in \.mkv, \.avi/,
    ],
    [
      'a pixel format',
      { output: '/x/a.mp4', codec: 'h264', pixelFormat: 'yuv440p' },
      /--pix-fmt that libx264 takes but received "yuv440p"/,
    ],
    [
      'an unknown format',
      { output: '/x/a.mp4', codec: 'auto', pixelFormat: 'rgb24' },
      /--pix-fmt but received "rgb24"/,
    ],
  ];
  for (const [name, request, message] of cases) {
    test(name, () =>
      assert.rejects(planOutput(found, source, { ...request, ...size }), {
        code: 'option',
        message,
      }),
    );
  }
});

describe('an encoder', () => {
  test('refuses times that do not grow', async () => {
    const plan = await planned();
    const encoder = openEncoder(found, plan, path.join(folder, 'bad.part'));
    await encoder.write({ index: 0, pts: 5, data: noise(plan, 0) });
    await assert.rejects(
      encoder.write({ index: 1, pts: 5, data: noise(plan, 1) }),
      /frame 1 to come after time 5 but it is at 5/,
    );
    await encoder.abort();
  });

  test('that was started before its first frame writes the same file', async () => {
    const plan = await planned();
    const hashes: string[] = [];
    for (const early of [true, false]) {
      const file = path.join(folder, `early-${early}.part`);
      const encoder = openEncoder(found, plan, file);
      if (early) encoder.prepare();
      for (const i of [3, 4, 7]) {
        if (early) encoder.prepare();
        await encoder.write({ index: i, pts: i, data: noise(plan, i) });
      }
      await encoder.finish();
      hashes.push(
        createHash('md5')
          .update(await readFile(file))
          .digest('hex'),
      );
    }
    assert.equal(hashes[0], hashes[1]);
  });

  test('that was started for nothing makes no file, and ends when told', async () => {
    const plan = await planned();
    const file = path.join(folder, 'for-nothing.part');
    const encoder = openEncoder(found, plan, file);
    encoder.prepare();
    await assert.rejects(encoder.finish(), { code: 'media', message: /No frame came/ });
    await encoder.abort();
    const { stdout } = await run('ps', ['-eo', 'args']);
    assert.ok(!stdout.includes(file), 'ffmpeg still runs');
  });

  const noShell = { skip: process.platform === 'win32' ? 'has no /bin/sh' : false };
  test('that works for long on its last frames is not given up', noShell, async () => {
    const plan = await planned();
    const slow = path.join(folder, 'slow-ffmpeg');
    const busy = 'until [ "$(date +%s)" -ge "$end" ]; do :; done';
    await writeFile(slow, `#!/bin/sh\n'${found.ffmpeg}' "$@"\nend=$(($(date +%s) + 4))\n${busy}\n`);
    await chmod(slow, 0o755);
    const encoder = openEncoder({ ...found, ffmpeg: slow }, plan, path.join(folder, 'slow.part'), {
      stallTimeoutMs: 1500,
    });
    await encoder.write({ index: 0, pts: 0, data: noise(plan, 0) });
    await encoder.finish();
  });

  test('that fails says what ffmpeg said', async () => {
    const plan = await planned(['-profile:v', 'nonsense']);
    const encoder = openEncoder(found, plan, path.join(folder, 'bad.part'));
    const work = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await encoder.write({ index: i, pts: i, data: noise(plan, i) });
      await encoder.finish();
    };
    await assert.rejects(work(), { code: 'media', message: /libx264 ended early.*nonsense/s });
  });

  test('stopped by a signal leaves no process', async () => {
    const stop = new AbortController();
    const plan = await planned();
    const encoder = openEncoder(found, plan, path.join(folder, 'cut.part'), {
      signal: stop.signal,
    });
    await encoder.write({ index: 0, pts: 0, data: noise(plan, 0) });
    stop.abort();
    await assert.rejects(encoder.finish(), { code: 'interrupted' });
    await encoder.abort();
  });

  test('that got no frame says so', async () => {
    const plan = await planned();
    const encoder = openEncoder(found, plan, path.join(folder, 'none.part'));
    await assert.rejects(encoder.finish(), /No frame came/);
  });
});

test('an intermediate file that was cut off is never joined', async () => {
  const plan = await planned();
  const file = path.join(folder, 'whole.part');
  const encoder = openEncoder(found, plan, file);
  await encoder.write({ index: 0, pts: 0, data: noise(plan, 0) });
  await encoder.finish();
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, bytes.length - 30));
  const output = path.join(folder, 'joined.mp4');
  await assert.rejects(
    remux(
      found,
      { source: sampleSource(), plan, videoFiles: [file], output },
      {
        census: { streams: new Map(), complaints: [] },
      },
    ),
    /is not whole/,
  );
});
