import assert from 'node:assert/strict';
import test from 'node:test';
import { containerOfMuxer } from '../../../../src/media/formats/containers.js';
import { containerFor } from '../../../../src/media/output/default-container.js';
import { planStreams } from '../../../../src/media/output/stream-plan.js';
import {
  checkTracks,
  tracksLeftOut,
  withoutTracks,
} from '../../../../src/media/tracks/track-choice.js';
import { sampleSource, sampleStream, sampleVideo } from '../sample-source.js';

const audio = (index: number, language: string | null) => sampleStream({ index, language });
const subs = (index: number, language: string | null, codec = 'subrip') =>
  sampleStream({ index, language, kind: 'subtitle', codec });

const film = sampleSource([
  ...[audio(1, 'ger'), audio(2, 'eng'), audio(3, null), audio(4, 'pt-BR')],
  ...[subs(5, 'deu'), subs(6, 'eng')],
]);

const keptBy = (choice: { audio?: string; subs?: string }, source = film): number[] => {
  const { streams } = tracksLeftOut(source, { audio: 'all', subs: 'all', ...choice });
  return source.streams.map(({ index }) => index).filter((index) => !streams.has(index));
};

test('tracks are chosen by any form of a language, by number, all or none', () => {
  assert.deepEqual(keptBy({}), [0, 1, 2, 3, 4, 5, 6]);
  for (const german of ['de', 'ger', 'deu', 'DE', 'de-AT']) {
    assert.deepEqual(keptBy({ audio: german, subs: german }), [0, 1, 5], german);
  }
  assert.deepEqual(keptBy({ audio: 'eng, 3', subs: 'none' }), [0, 2, 3]);
  assert.deepEqual(keptBy({ audio: 'und', subs: 'all' }), [0, 3, 5, 6]);
  assert.deepEqual(keptBy({ audio: 'por' }), [0, 4, 5, 6]);
  assert.deepEqual(keptBy({ audio: 'none', subs: '6' }), [0, 6]);
  assert.deepEqual(keptBy({ audio: 'jpn,eng' }), [0, 2, 5, 6], 'one of several is enough');
  assert.deepEqual(keptBy({ audio: 'jpn', subs: '7' }, sampleSource()), [0], 'nothing to choose');
});

test('a track that is not there is refused with those that are', () => {
  const refused = (choice: { audio?: string; subs?: string }, message: RegExp): void => {
    assert.throws(() => keptBy(choice), { code: 'option', message });
  };
  refused({ audio: 'jpn' }, /clip\.mp4 has \(audio stream 1 \(aac, ger\), .* for audio .*"jpn"/);
  refused({ audio: 'eng,5' }, /for audio but received "5"/);
  refused({ audio: '0' }, /for audio but received "0"/);
  refused({ subs: 'fre,jpn' }, /subtitle stream 6 \(subrip, eng\)\) for subs but received "fre"/);
});

test('words that can name no track are refused', () => {
  for (const text of ['', 'eng,', 'english', 'all,eng', 'none,1', '-1', '1.5', 'a b', 'e!']) {
    assert.throws(() => checkTracks('audio', text), { code: 'option', message: /for audio but/ });
  }
  for (const text of ['all', 'none', 'eng', 'en,2', 'zh-Hans', 'und']) checkTracks('subs', text);
});

test('what is left out is said, is no loss, and weighs nothing in the choice of a container', async () => {
  const source = sampleSource([audio(1, 'eng'), subs(2, 'eng', 'hdmv_pgs_subtitle')]);
  const takes = (_: unknown, { codec }: { codec: string }) => Promise.resolve(codec === 'aac');
  const leftOut = tracksLeftOut(source, { audio: 'all', subs: 'none' });
  const { streams, announcements } = await planStreams(
    ...([containerOfMuxer('mp4'), source, takes, leftOut] as const),
  );
  assert.deepEqual(
    streams.map(({ action }) => action),
    ['encode', 'copy', 'drop'],
  );
  assert.deepEqual(announcements, [
    {
      ...{ kind: 'note', what: 'subtitle stream 2 (hdmv_pgs_subtitle, eng)', streamIndex: 2 },
      why: 'left out, since no subtitles were asked for',
    },
  ]);
  const dvd = (_: { muxer: string }, { codec }: { codec: string }) =>
    Promise.resolve(codec === 'aac' || _.muxer === 'matroska');
  assert.equal((await containerFor(source, dvd)).extension, '.mkv');
  assert.equal((await containerFor(withoutTracks(source, leftOut), dvd)).extension, '.mp4');
});

test('captions inside the video are subtitles without a language', () => {
  const source = sampleSource([], {}, sampleVideo({ closedCaptions: true }));
  const isLeftOut = (text: string) =>
    tracksLeftOut(source, { audio: 'all', subs: text }).captions !== null;
  assert.deepEqual(['all', 'none', 'eng', 'eng,und'].map(isLeftOut), [false, true, true, false]);
});
