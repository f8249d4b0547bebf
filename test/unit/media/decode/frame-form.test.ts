import assert from 'node:assert/strict';
import test from 'node:test';
import { FormWatch, formOfLine, withColours } from '../../../../src/media/decode/frame-form.js';
import { sampleVideo } from '../sample-source.js';

const line = (sar: string, format = 'yuv420p'): string =>
  `[showinfo@one @ 0x1] n: 0 pts: 0 pts_time:0 pos: 1 fmt:${format} sar:${sar} s:8x8 i:P iskey:1`;
const colours = (range: string, matrix = 'unknown'): string =>
  `[showinfo@one @ 0x1] color_range:${range} color_space:${matrix} color_primaries:bt709 color_trc:unknown`;
const form = (range: string, sar = '1/1', format?: string) =>
  withColours(formOfLine(line(sar, format)), colours(range))!;

test('what showinfo says of a frame is read from its two lines', () => {
  assert.deepEqual(form('pc', '4/3'), {
    ...{ range: 'pc', matrix: null, primaries: 'bt709', transfer: null },
    ...{ aspect: '4/3', format: 'yuv420p' },
  });
  assert.equal(withColours(form('tv'), line('1/1')), null);
  assert.equal(form('unknown', '0/1', 'yuvj420p').range, 'pc');
  assert.equal(form('unknown', '0/1', 'yuvj420p').aspect, null);
});

test('changes are told at their frames', () => {
  const watch = new FormWatch(sampleVideo(), true);
  const forms = [form('tv'), form('tv'), form('pc', '4/3'), form('pc'), form('tv', '1/1', 'gray')];
  forms.forEach((each, i) => watch.next(i, 10 * i, each));
  assert.deepEqual(
    watch.changes.map(({ frame, pts, what, to }) => [frame, pts, what, to]),
    [
      [2, 20, 'range', 'pc'],
      [2, 20, 'aspect', '4/3'],
      [3, 30, 'aspect', null],
      [4, 40, 'range', 'tv'],
      [4, 40, 'format', 'gray'],
    ],
  );
});

test('a run that begins in the middle is held against the beginning', () => {
  const colour = {
    ...sampleVideo().colour,
    range: 'tv',
    matrix: 'bt709',
    primaries: 'bt709',
  } as const;
  const watch = new FormWatch(sampleVideo({ colour }), false);
  // The container says the matrix, the frames do not.
  watch.next(0, 0, form('tv'));
  assert.deepEqual(watch.changes, []);
  const other = new FormWatch(sampleVideo({ colour }), false);
  other.next(0, 7, form('pc'));
  assert.deepEqual(other.changes, [{ frame: 0, pts: 7, what: 'range', to: 'pc' }]);
});

test('of RGB, whose colours are made anew, only shape and format count', () => {
  const watch = new FormWatch(sampleVideo({ conversion: 'rgb' }), true);
  [form('tv'), form('pc', '2/1')].forEach((each, i) => watch.next(i, i, each));
  assert.deepEqual(
    watch.changes.map(({ what }) => what),
    ['aspect'],
  );
});
