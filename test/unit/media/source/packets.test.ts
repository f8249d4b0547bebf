import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePacket } from '../../../../src/media/source/packets.js';
import { withRepeats } from '../../../../src/media/decode/repeats.js';
import type { Frame } from '../../../../src/planes/frame.js';

test('a packet line is read, another is not', () => {
  assert.deepEqual(parsePacket('pts=80|dts=20|size=3660|flags=_D_'), {
    ...{ pts: 80, dts: 20, key: false, discard: true, size: 3660 },
  });
  assert.deepEqual(parsePacket('pts=N/A|dts=N/A|size=1|flags=K__'), {
    ...{ pts: null, dts: null, key: true, discard: false, size: 1 },
  });
  assert.equal(parsePacket('side_data|'), null);
});

test('frames that a decoder left out come back as copies of the one before', async () => {
  async function* decoded(): AsyncGenerator<Frame> {
    for (const [index, pts] of [0, 30].entries()) {
      const data = Uint8Array.of(pts);
      yield { index, pts, data };
      // The consumer gave the memory back, and something else is in it now.
      data[0] = 255;
      await Promise.resolve();
    }
  }
  const seen: number[][] = [];
  for await (const frame of withRepeats(decoded(), [0, 10, 20, 30, 40], () => new Uint8Array(1))) {
    seen.push([frame.index, frame.pts, frame.data[0]!]);
  }
  assert.deepEqual(seen, [
    [0, 0, 0],
    [1, 10, 0],
    [2, 20, 0],
    [3, 30, 30],
    [4, 40, 30],
  ]);
});
