import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Source } from '../../../src/media/source/source.js';
import {
  asOffered,
  noWishes,
  offerWords,
  optionsOf,
  setBy,
  shownSets,
  whyNot,
} from '../../../src/serve/browser/wishes.js';
import { previewArguments } from '../../../src/serve/previews.js';
import { noOptions } from '../../../src/serve/queue/job.js';
import { offersOf } from '../../../src/serve/track-offers.js';

/** A source that has only streams. */
function sourceOf(...streams: readonly (readonly [kind: string, language: string | null])[]) {
  return {
    streams: streams.map(([kind, language], index) => ({
      ...{ index, kind, language, codec: 'aac', channels: kind === 'audio' ? 2 : null },
      title: index === 2 ? 'Commentary' : null,
    })),
  } as unknown as Source;
}

const film = sourceOf(['video', null], ['audio', 'jpn'], ['audio', 'eng'], ['subtitle', 'ger']);
const tape = sourceOf(['video', null], ['audio', null], ['audio', 'en-GB']);

test('one clip offers its tracks by number, several their languages', () => {
  const one = offersOf([film], true);
  assert.deepEqual(
    one.audio.map((offer) => offerWords(offer, 1)),
    ['1: Japanese (ja), aac, 2 channels', '2: English (en), aac, 2 channels, Commentary'],
  );
  assert.deepEqual(
    one.subs.map(({ word, language }) => [word, language]),
    [['3', 'de']],
  );
  const both = offersOf([film, tape], false);
  assert.deepEqual(
    both.audio.map((offer) => [offer.word, offerWords(offer, 2)]),
    [
      ['en', 'English (en)'],
      ['ja', 'Japanese (ja), in 1 of 2 clips'],
      ['und', 'no language, in 1 of 2 clips'],
    ],
  );
  // One that was read of several offers no numbers, which would mean other tracks elsewhere.
  assert.deepEqual(
    offersOf([film], false).subs.map(({ word }) => word),
    ['de'],
  );
});

test('what was ticked for other clips is no longer ticked, and the rest waits for a choice', () => {
  const offers = { ...offersOf([film], true), looked: 1, of: 1, wrong: null };
  const some = { mode: 'some', words: ['2', 'en', '7'] } as const;
  const kept = asOffered(some, offers.audio);
  assert.deepEqual(kept.words, ['2']);
  assert.equal(asOffered(kept, offers.audio), kept);
  assert.equal(whyNot({ ...noWishes, audio: kept }, offers), '');
  assert.match(whyNot({ ...noWishes, audio: kept }, null), /^Looking for the audio/);
  const empty = { mode: 'some', words: [] } as const;
  assert.match(whyNot({ ...noWishes, subs: empty }, offers), /^Tick the subtitles to keep/);
  const silent = { ...offersOf([sourceOf(['video', null])], true), looked: 1, of: 1, wrong: null };
  assert.match(whyNot({ ...noWishes, audio: empty }, silent), /no audio to choose from/);
  assert.equal(whyNot({ ...noWishes, audio: { mode: 'none', words: ['2'] } }, null), '');
});

test('what is chosen becomes options; what is not is left to the preset', () => {
  assert.deepEqual(optionsOf(noWishes), noOptions);
  const audio = { mode: 'some', words: ['ja', 'en'] } as const;
  const subs = { mode: 'none', words: ['3'] } as const;
  assert.deepEqual(optionsOf({ ...noWishes, use: 'disc', scale: '1080p', audio, subs }), {
    ...{ ...noOptions, use: 'disc', to: '1080p', audio: 'ja,en', subs: 'none' },
  });
  const { model, quality } = optionsOf({ ...noWishes, model: 'quality: best' });
  assert.deepEqual([model, quality], [null, 'best']);
  assert.equal(optionsOf({ ...noWishes, model: 'srcnn-x2' }).model, 'srcnn-x2');
  assert.equal(optionsOf({ ...noWishes, audio: { mode: 'all', words: [] } }).audio, 'all');
});

test('the form shows what holds with a preset, and with none', () => {
  const preset = { name: 'disc', sets: { to: '1080p' }, rest: { codec: 'hevc' }, wrong: null };
  const sets = { scale: '3', codec: 'hevc' };
  const config = { file: 'x', presets: [preset], sets, wrong: null };
  assert.deepEqual(setBy(config, 'disc'), { to: '1080p', codec: 'hevc' });
  assert.equal(shownSets(setBy(config, '')), 'scale: 3, codec: hevc');
  assert.equal(shownSets({}), 'nothing');
});

test('a preview takes of a preset what it knows, and what was chosen goes before it', () => {
  const set = { scale: '3', crf: '18', audio: 'jpn', encoder: 'auto' };
  const options = { ...noOptions, scale: 4, audio: 'eng', use: 'disc', folder: '/out' };
  assert.deepEqual(previewArguments(options, set), ['--encoder=auto', '--crf=18', '--scale=4']);
  const best = { ...noOptions, quality: 'best' };
  assert.deepEqual(previewArguments(best, { model: 'srcnn-x2', precision: 'fp32' }), [
    '--precision=fp32',
    '--quality=best',
  ]);
  assert.deepEqual(previewArguments(noOptions, { quality: 'fast' }), ['--quality=fast']);
});
