import assert from 'node:assert/strict';
import test from 'node:test';
import { clipName, payloadOf, storedPayload } from '../../../../src/queue/job/payload.js';

const job = 'a'.repeat(64);
const place = {
  input: { root: 'media', path: 'tapes/one.mp4' },
  output: { root: 'out', path: 'one.x2.mp4' },
  job,
};
const payload = { clip: clipName('f', place), ...place, from: 2, to: 5 };

test('a payload comes back from its stored form', () => {
  const stored = storedPayload(payload);
  assert.deepEqual(payloadOf(JSON.parse(JSON.stringify(stored))), payload);
  assert.deepEqual(Object.keys(stored).sort(), [
    ...['clip', 'from', 'input', 'job', 'output', 'outputRoot', 'root', 'to', 'v'],
  ]);
});

test('a clip has one name for each result on each kind of machine', () => {
  const others = [
    clipName('g', place),
    clipName('f', { ...place, job: 'b'.repeat(64) }),
    clipName('f', { ...place, output: { root: 'out', path: 'two.mp4' } }),
  ];
  assert.equal(new Set([payload.clip, clipName('f', place), ...others]).size, 4);
});

const hostile: readonly (readonly [what: string, change: object])[] = [
  ['another version', { v: 2 }],
  ['a clip that is a path', { clip: '../../x' }],
  ['a hash that is none', { job: 'x' }],
  ['a run that goes back', { from: 5, to: 2 }],
  ['a run before the first', { from: -1 }],
  ['a broken number', { to: 1.5 }],
  ['a number as text', { from: '2' }],
  ['an object for a path', { input: { path: 'x' } }],
  ['a list for a root', { root: ['media'] }],
  ['a root that is missing', { outputRoot: undefined }],
];
for (const [what, change] of hostile) {
  test(`a payload with ${what} is refused`, () => {
    assert.throws(
      () => payloadOf({ ...storedPayload(payload), ...change }),
      /^VsrError: Expected /,
    );
  });
}
test('what is no object at all is refused', () => {
  for (const value of [null, undefined, 7, 'x', [], [payload]]) {
    assert.throws(() => payloadOf(value), /^VsrError: Expected /);
  }
});
