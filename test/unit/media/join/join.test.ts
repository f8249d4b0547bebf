import assert from 'node:assert/strict';
import test from 'node:test';
import { decodingTimes } from '../../../../src/media/join/join.js';
import { filterValue } from '../../../../src/media/join/captions.js';

const times = (...presentation: number[]) => [
  ...decodingTimes(Float64Array.from(presentation), 10),
];

test('without reordering decoding times are the presentation times', () => {
  assert.deepEqual(times(0, 10, 25, 30), [0, 10, 25, 30]);
});

test('with B-frames they are delayed just enough', () => {
  // Decoding order I P B B P B B.
  assert.deepEqual(times(0, 30, 10, 20, 60, 40, 50), [-10, 0, 10, 20, 30, 40, 50]);
  assert.deepEqual(times(0, 40, 20, 10, 30), [-20, -10, 0, 10, 20]);
});

test('they always grow and never pass a presentation time, at uneven rates and across cuts', () => {
  const presentation = [3, 900, 8, 70, 905, 2000, 1000, 950, 1400, 2001, 9000, 2500];
  const decoding = times(...presentation);
  decoding.forEach((time, i) => {
    assert.ok(time <= presentation[i]!, `sample ${i} is decoded before it is shown`);
    if (i > 0) assert.ok(time > decoding[i - 1]!, `sample ${i} comes after the one before`);
  });
});

test('a file name in a filter graph loses none of its characters', () => {
  assert.equal(filterValue('/a b/c.mp4'), '/a b/c.mp4');
  assert.equal(filterValue("it's"), "it\\\\\\'s");
  assert.equal(filterValue('a:b,c;d[e]'), 'a\\\\:b\\,c\\;d\\[e\\]');
});
