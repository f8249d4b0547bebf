import assert from 'node:assert/strict';
import test from 'node:test';
import { PictureTimes } from '../../../../src/media/decode/picture-times.js';
import type { DecodeLog } from '../../../../src/media/decode/decode-log.js';
import { asDecoded } from '../../../../src/media/decode/as-decoded.js';
import { sampleSource } from '../sample-source.js';

/** The times of all pictures of frames that come at `times`, in ticks of 1/25 s halved. */
async function timesOf(times: readonly (number | null)[], rate: 'frame' | 'field') {
  const whole = sampleSource();
  const video = {
    ...whole.video,
    timeBase: { num: 1, den: 1000 },
    frameRate: { num: 25, den: 1 },
    frameCount: null,
  };
  const { video: made } = asDecoded(
    { ...whole, video },
    { fields: { order: 'top', rate }, crop: null, runs: null, denoise: null },
  );
  const waiting = times.map((pts) => ({
    ...{ pts, width: 64, height: 48, key: true, kind: 'I', field: null, damaged: false },
  }));
  const log = { next: () => Promise.resolve(waiting.shift() ?? null) } as Partial<DecodeLog>;
  const pictures = new PictureTimes(log as DecodeLog, made);
  const found: number[] = [];
  for (;;) {
    const picture = await pictures.next();
    if (picture === null) return found;
    found.push(picture.pts);
  }
}

test('a second field comes half-way to the next frame, in ticks that hold it', async () => {
  assert.deepEqual(await timesOf([0, 80, 166, 246], 'field'), [0, 40, 80, 123, 166, 206, 246, 286]);
});

test('a gap belongs to no frame: its second field comes after half of a usual one', async () => {
  assert.deepEqual(await timesOf([0, 80, 2080], 'field'), [0, 40, 80, 120, 2080, 2120]);
});

test('a frame each keeps its own time', async () => {
  assert.deepEqual(await timesOf([0, 40, 1040, 1080], 'frame'), [0, 40, 1040, 1080]);
});
