import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../../../../src/media/damage/stream-tally.js';
import { garbledWords } from '../../../../src/upscale/finish/garbled-pictures.js';

/** Twenty packets of 0.1 s; every `every`th is a key packet. */
function tallyOf(every: number): Tally {
  const tally = new Tally({ blanks: false, moments: false });
  for (let i = 0; i < 20; i++) {
    const times = { dts: i / 10, pts: i / 10, duration: 0.1 };
    tally.add({ ...times, place: 0, size: 9, key: i % every === 0, hidden: false });
  }
  return tally;
}

const source = { container: 'matroska,webm', video: { index: 0 } };
const what = 'nothing was found';
const words = (stream: number | null, from: number | null, to: number | null, every = 5) =>
  garbledWords(source, { stream, what, from, to }, tallyOf(every));

test('pictures may be garbled from what is missing to the next key frame', () => {
  const begin = 'Pictures after it may be garbled until';
  assert.equal(words(0, 0.2, 0.3), `${begin} the next key frame, at 0.50 s`);
  assert.equal(words(null, 0.7, 1), `${begin} the next key frame, at 1.50 s`);
  assert.equal(words(0, 1.6, 1.7), `${begin} the end of the clip`);
  assert.equal(words(0, null, null), `${begin} the next key frame`);
  assert.equal(words(0, 0.7, null), 'Pictures from there on may be garbled');
});

test('nothing is garbled where pictures stand for themselves, nor after the end or other streams', () => {
  assert.equal(words(0, 0.2, 0.3, 1), '');
  assert.equal(words(1, 0.2, 0.3), '');
  assert.equal(words(0, 2, null), '');
  assert.equal(words(0, 1.9, 2), '');
  assert.equal(garbledWords(source, { stream: 0, what, from: 0, to: 1 }, undefined), '');
});

test('where AVI lacks frames is unknown: what follows a hole moves up', () => {
  const damage = { stream: 0, what, from: 2, to: null };
  assert.equal(
    garbledWords({ ...source, container: 'avi' }, damage, tallyOf(5)),
    'Pictures after it may be garbled until the next key frame',
  );
});
