import assert from 'node:assert/strict';
import test from 'node:test';
import { originOf } from '../../../../src/upscale/footage/frame-origin.js';

const data = new Uint8Array(1);

test('a frame as it was is both fields at its own time, of what the clip was seen to be', () => {
  const frame = { index: 3, pts: 120, data };
  const scan = (kind: Parameters<typeof originOf>[1]['kind']) => originOf(frame, { kind }).scan;
  assert.deepEqual(originOf(frame, { kind: 'interlaced' }), {
    ...{ sourcePts: 120, field: 'both', scan: 'video' },
  });
  assert.deepEqual(
    [scan('repeats'), scan('telecine'), scan('still'), scan('mixed'), scan('unsure')],
    ['progressive', 'film', 'still', null, null],
  );
});

test('where a part of a clip is known for itself, that is said', () => {
  const origin = { sourcePts: 60, field: 'film', kind: 'film' } as const;
  assert.deepEqual(originOf({ index: 3, pts: 120, data, origin }, { kind: 'mixed' }), {
    ...{ sourcePts: 60, field: 'film', scan: 'film' },
  });
});
