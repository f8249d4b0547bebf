import test, { before } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { runProcess } from '../../src/media/program/process.js';
import type { WantedFrame } from '../../src/report/seen/seen-frame.js';
import { seenFrames } from '../../src/report/seen/seen-frames.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const rate = 25;
const folder = temporaryFolder();
let clip: string;
let ffmpeg: Ffmpeg;

before(async () => {
  clip = path.join(folder, 'long.mkv');
  ffmpeg = await locateFfmpeg();
  // Each frame is of one grey, which tells its number: 16 + number mod 200.
  const graph = `color=black:size=16x16:rate=${rate}:duration=72,format=yuv420p,geq=lum=16+mod(N\\,200):cb=128:cr=128`;
  const x264 = ['-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast', '-bf', '2', '-g', '50'];
  const { code, stderrTail } = await runProcess(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', graph, ...x264, '-color_range', 'tv', clip],
  ]);
  assert.equal(code, 0, stderrTail.join('\n'));
});

/** What number mod 200 each wanted frame shows. */
async function numbersOf(wanted: readonly WantedFrame[], from: number | null): Promise<number[]> {
  const numbers: number[] = [];
  const of =
    from === null
      ? null
      : {
          firstTime: from,
          output: '/clips/larger.mp4',
          making: { fields: null, crop: null, runs: null, denoise: null },
        };
  await seenFrames(ffmpeg, clip, wanted, of, (seen, i) => {
    const { picture } = seen;
    const grey = picture.data[3 * (8 * picture.width + 8)]!;
    numbers[i] = Math.round((grey * 219) / 255);
    assert.deepEqual([seen.enlarged(32, 32).width, picture.width], [32, 16]);
    return Promise.resolve();
  });
  return numbers;
}

test('frames near the beginning are counted', async () => {
  const wanted = [0, 7, 3].map((frame) => ({ frame, time: frame / rate }));
  assert.deepEqual(await numbersOf(wanted, null), [0, 7, 3]);
});

test('with a first frame that is not the clip’s, they are counted from there', async () => {
  const wanted = [0, 5].map((frame) => ({ frame, time: frame / rate }));
  assert.deepEqual(await numbersOf(wanted, 2), [50, 55]);
});

test('frames far into a clip are found by their time', async () => {
  const wanted = [1777, 20, 1600].map((frame) => ({ frame, time: frame / rate }));
  assert.deepEqual(await numbersOf(wanted, null), [177, 20, 0]);
  const later = [{ frame: 1700, time: 1700 / rate }];
  assert.deepEqual(await numbersOf(later, 2), [150]);
});

test('a clip shorter than its log is refused', async () => {
  const short = { frame: 1499, time: 1499 / rate };
  await assert.rejects(numbersOf([short], 30), /at least 1500 frames but it has 1050/);
});
