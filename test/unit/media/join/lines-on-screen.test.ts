import assert from 'node:assert/strict';
import test from 'node:test';
import { linesCutAt } from '../../../../src/media/join/lines-on-screen.js';
import { element, elementsIn, unsigned } from '../../../../src/media/marks/ebml.js';

/** A line of text from `from` to `to`, in milliseconds after its cluster's time. */
function line(from: number, to: number, text: string): Buffer {
  const head = Buffer.of(0x81, 0, 0, 0);
  head.writeInt16BE(from, 1);
  return element(
    0xa0,
    element(0xa1, head, Buffer.from(text)),
    element(0x9b, unsigned(to - from)),
    element(0xfb, unsigned(1)),
  );
}

const cluster = (time: number, ...lines: Buffer[]): Buffer =>
  element(0x1f43b675, element(0xe7, unsigned(time)), ...lines);

const value = (bytes: Buffer): number => Number(bytes.readBigUInt64BE());

/** Every line of a Matroska file: from, length, text. */
function linesOf(file: Buffer): [number, number, string][] {
  const segment = elementsIn(file)[1]!;
  const clusters = elementsIn(file, segment.body, segment.end).filter(
    ({ id }) => id === 0x1f43b675,
  );
  return clusters.map(({ body, end }) => {
    const [time, group] = elementsIn(file, body, end);
    const [block, duration, reference] = elementsIn(file, group!.body, group!.end);
    assert.equal(reference!.id, 0xfb);
    const content = file.subarray(block!.body, block!.end);
    const from = value(file.subarray(time!.body, time!.end)) + content.readInt16BE(1);
    const length = value(file.subarray(duration!.body, duration!.end));
    return [from, length, content.toString('utf8', 4)];
  });
}

test('lines on screen at the in-point begin there and end when they did, earlier ones go', () => {
  const file = Buffer.concat([
    element(0x1a45dfa3, Buffer.from('matroska')),
    element(
      0x18538067,
      element(0x1654ae6b, Buffer.from('tracks')),
      cluster(0, line(0, 40_000, 'long'), line(500, 900, 'over'), line(1000, 30_000, 'two')),
      cluster(40_000, line(100, 600, 'later')),
    ),
  ]);
  assert.deepEqual(linesOf(linesCutAt(file, 20.0004)), [
    [20_001, 19_999, 'long'],
    [20_001, 9_999, 'two'],
    [40_100, 500, 'later'],
  ]);
  assert.deepEqual(linesOf(linesCutAt(file, 0)).length, 4);
});
