import assert from 'node:assert/strict';
import test from 'node:test';
import {
  rescale,
  showinfoParser,
  ticksPerFrame,
  timestampMender,
} from '../../../../src/media/decode/timestamps.js';

const line =
  '[showinfo@vsr1 @ 0x55] n:   3 pts:  -1001 pts_time:-0.0417 pos: 4711 fmt:yuv420p sar:1/1 s:352x288 i:P iskey:1 type:I';

test('showinfo lines of the build of 2018 and of 5.1 are read', () => {
  const parser = showinfoParser('vsr1');
  const info = { pts: -1001, width: 352, height: 288, key: true, kind: 'I', field: null };
  assert.deepEqual(parser.frame(line), info);
  const later = line.replace('pos: 4711', 'duration:1001 duration_time:0.04 pos: 4711');
  const dependent = later.replace('iskey:1 type:I', 'iskey:0 type:B');
  assert.deepEqual(parser.frame(dependent), { ...info, key: false, kind: 'B' });
  assert.equal(parser.frame(line.replace('-1001', 'NOPTS'))?.pts, null);
  assert.equal(parser.frame(line.replace('i:P', 'i:T'))?.field, 'top');
  assert.equal(parser.frame(line.replace('i:P', 'i:B'))?.field, 'bottom');
  assert.deepEqual(parser.timeBase('[showinfo@vsr1 @ 0x55] config in time_base: 1/24000, f'), {
    num: 1,
    den: 24000,
  });
});

test('lines of another instance, as a title could forge them, are not read', () => {
  const parser = showinfoParser('vsr2');
  assert.equal(parser.owns(line), false);
  assert.equal(parser.frame(line), null);
  assert.equal(parser.timeBase('[showinfo@vsr1 @ 0x5] config in time_base: 1/3'), null);
});

test('ticks are rescaled to the nearest, below zero too', () => {
  const from = { num: 1, den: 90000 };
  const to = { num: 1, den: 1000 };
  assert.equal(rescale(90, from, to), 1);
  assert.equal(rescale(134, from, to), 1);
  assert.equal(rescale(136, from, to), 2);
  assert.equal(rescale(-134, from, to), -1);
  assert.equal(rescale(-136, from, to), -2);
  assert.equal(rescale(-0, from, to), 0);
  // Beyond what a product of doubles would hold.
  assert.equal(rescale(2 ** 50, { num: 1, den: 1_000_003 }, { num: 1, den: 1_000_003 }), 2 ** 50);
  assert.equal(rescale(9e14, { num: 1, den: 9e5 }, { num: 1, den: 1000 }), 1e12);
});

test('a frame lasts one nominal tick at least', () => {
  assert.equal(ticksPerFrame({ num: 30000, den: 1001 }, { num: 1, den: 30000 }), 1001);
  assert.equal(ticksPerFrame({ num: 60, den: 1 }, { num: 1, den: 25 }), 1);
  assert.equal(ticksPerFrame(null, { num: 1, den: 1000 }), 40);
});

test('missing times follow the one before, and times that do not rise are moved by a tick', () => {
  const mender = timestampMender(40, 7);
  assert.deepEqual(
    [null, null, 100, 100, 90, 140, null].map((pts) => mender.next(pts)),
    [7, 47, 100, 101, 102, 140, 180],
  );
  assert.equal(mender.invented, 3);
  assert.equal(mender.moved, 2);
});
