import assert from 'node:assert/strict';
import test from 'node:test';
import { degreesOf, parseMatrix, turnOf } from '../../../../src/media/source/display-matrix.js';

/** ffprobe's words for a matrix of whole parts. */
function stream(a: number, b: number, c: number, d: number) {
  const row = (...values: number[]): string => values.map((v) => String(v).padStart(12)).join('');
  const one = 65536;
  const text = [row(a * one, b * one, 0), row(c * one, d * one, 0), row(160 * one, 0, 1 << 30)];
  const displaymatrix = `\n${text.map((each, i) => `0000000${i}: ${each}`).join('\n')}\n`;
  return { side_data_list: [{ side_data_type: 'Display Matrix', displaymatrix, rotation: 0 }] };
}

const filters = (...parts: [number, number, number, number]) =>
  turnOf(parseMatrix(stream(...parts))!)?.filters;

test('a matrix is read whole, and every turn and mirroring has its filters', () => {
  assert.deepEqual(parseMatrix(stream(-1, 0, 0, 1))?.slice(0, 7), [
    -65536,
    0,
    0,
    0,
    65536,
    0,
    160 * 65536,
  ]);
  assert.deepEqual(filters(-1, 0, 0, 1), ['hflip']);
  assert.deepEqual(filters(1, 0, 0, -1), ['vflip']);
  assert.deepEqual(filters(-1, 0, 0, -1), ['hflip', 'vflip']);
  assert.deepEqual(filters(0, 1, -1, 0), ['transpose=1']);
  assert.deepEqual(filters(0, -1, 1, 0), ['transpose=2']);
  assert.deepEqual(filters(0, 1, 1, 0), ['transpose=0']);
  assert.deepEqual(filters(0, -1, -1, 0), ['transpose=3']);
  assert.equal(turnOf(parseMatrix(stream(0.5, 0.5, -0.5, 0.5))!), null);
});

test('a plain matrix is none, and a tag of old files is one', () => {
  assert.equal(parseMatrix(stream(1, 0, 0, 1)), null);
  assert.equal(parseMatrix({}), null);
  const turned = parseMatrix({}, [stream(0, 1, -1, 0)]);
  assert.equal(degreesOf(turned!), 90, 'what H.264 says inside the stream counts');
  assert.deepEqual(
    parseMatrix(stream(-1, 0, 0, -1), [stream(0, 1, -1, 0)])?.slice(0, 2),
    [-65536, 0],
  );
  assert.equal(degreesOf(parseMatrix({ tags: { rotate: '90' } })!), 90);
  assert.equal(degreesOf(parseMatrix({ tags: { rotate: '270' } })!), 270);
  assert.equal(degreesOf(parseMatrix(stream(-1, 0, 0, -1))!), 180);
  assert.equal(degreesOf(parseMatrix(stream(-1, 0, 0, 1))!), 0);
});
