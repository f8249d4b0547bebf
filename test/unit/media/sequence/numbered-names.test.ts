import assert from 'node:assert/strict';
import test from 'node:test';
import {
  gapsIn,
  inNaturalOrder,
  numbersIn,
  parsePattern,
  patternOf,
  runsOf,
} from '../../../../src/media/sequence/numbered-names.js';

test('a pattern names what printf would, and one without exactly one number is none', () => {
  const names = ['f_0001.png', 'f_1.png', 'f_10000.png', 'f_0002.jpg', 'g_0003.png', 'f_00004.png'];
  assert.deepEqual(numbersIn(parsePattern('f_%04d.png')!, names), [1, 10000]);
  assert.deepEqual(numbersIn(parsePattern('f_%d.png')!, names), [1, 10000]);
  assert.deepEqual(numbersIn(parsePattern('50%%_%03d.png')!, ['50%_007.png']), [7]);
  for (const none of ['f.png', 'f_%04d_%d.png', 'f_%s.png', '100%.png']) {
    assert.equal(parsePattern(none), null, none);
  }
});

test('runs are found by their last number, filled up with zeros or not', () => {
  const runs = runsOf([
    ...['s2_008.png', 's2_009.png', 's2_010.png', 'x.png', 'only_5.png'],
    ...['a9.png', 'a10.png', '50%_1.png', '50%_2.png'],
  ]);
  assert.deepEqual(
    runs.map((run) => [patternOf(run), run.numbers]),
    [
      ['50%%_%d.png', [1, 2]],
      ['a%d.png', [9, 10]],
      ['s2_%03d.png', [8, 9, 10]],
    ],
  );
});

test('gaps are what lacks between the first and the last; 2 comes before 10', () => {
  assert.deepEqual(gapsIn([3, 4, 7, 9]), [5, 6, 8]);
  assert.deepEqual(gapsIn([1, 1_000_000], 2), [2, 3]);
  assert.deepEqual(inNaturalOrder(['f10.png', 'f2.png', 'F1.png']), [
    'F1.png',
    'f2.png',
    'f10.png',
  ]);
});
