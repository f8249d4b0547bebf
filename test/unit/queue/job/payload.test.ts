import assert from 'node:assert/strict';
import test from 'node:test';
import {
  clipName,
  payloadOf,
  storedPayload,
  withoutSecrets,
} from '../../../../src/queue/job/payload.js';

const job = 'a'.repeat(64);
const place = {
  input: { root: 'media', path: 'tapes/one.mp4' },
  output: { root: 'out', path: 'one.x2.mp4' },
  job,
};
const payload = { clip: clipName('f', place), ...place, from: 2, to: 5, share: null };
const share = { url: 'http://10.0.0.5:8750', token: 'x'.repeat(43), certificate: null };

test('a payload comes back from its stored form', () => {
  const stored = storedPayload(payload);
  assert.deepEqual(payloadOf(JSON.parse(JSON.stringify(stored))), payload);
  assert.deepEqual(Object.keys(stored).sort(), [
    ...['clip', 'from', 'input', 'job', 'output', 'outputRoot', 'root', 'to', 'v'],
  ]);
  const tls = { ...share, url: 'https://studio:1', certificate: 'c'.repeat(64) };
  for (const each of [share, { ...share, url: 'http://[::1]:9' }, tls]) {
    const served = storedPayload({ ...payload, share: each });
    assert.deepEqual(payloadOf(JSON.parse(JSON.stringify(served))), { ...payload, share: each });
  }
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
  ['a submitter by its name', { share: 'http://x' }],
  ['an address with a path', { share: { ...share, url: 'http://10.0.0.5:8750/x' } }],
  ['an address with a password', { share: { ...share, url: 'http://a:b@10.0.0.5:8750' } }],
  ['an address of a file', { share: { ...share, url: 'file:///etc/passwd' } }],
  ['a short token', { share: { ...share, token: 'x' } }],
  ['a token that breaks a line', { share: { ...share, token: `${'x'.repeat(42)}\n` } }],
  ['TLS without a certificate', { share: { ...share, url: 'https://10.0.0.5:8750' } }],
  ['a certificate without TLS', { share: { ...share, certificate: 'c'.repeat(64) } }],
];
for (const [what, change] of hostile) {
  test(`a payload with ${what} is refused`, () => {
    assert.throws(
      () => payloadOf({ ...storedPayload(payload), ...change }),
      /^VsrError: Expected /,
    );
  });
}
test('people see a job without its token', () => {
  const seen = withoutSecrets(storedPayload({ ...payload, share }));
  assert.equal(JSON.stringify(seen).includes(share.token), false);
  assert.deepEqual(withoutSecrets(storedPayload(payload)), storedPayload(payload));
  for (const odd of [null, 7, 'x']) assert.equal(withoutSecrets(odd), odd);
});

test('what is wrong about a token is told without it', () => {
  const wrong = { ...storedPayload(payload), share: { ...share, url: 'x', token: 'secret' } };
  assert.throws(
    () => payloadOf(wrong),
    (error: Error) => !error.message.includes('secret'),
  );
});

test('what is no object at all is refused', () => {
  for (const value of [null, undefined, 7, 'x', [], [payload]]) {
    assert.throws(() => payloadOf(value), /^VsrError: Expected /);
  }
});
