import assert from 'node:assert/strict';
import test from 'node:test';
import { containerOfMuxer, requireContainer } from '../../../../src/media/formats/containers.js';
import { containerFor } from '../../../../src/media/output/default-container.js';
import type { VideoCodec } from '../../../../src/media/formats/containers.js';
import type { Takes } from '../../../../src/media/output/muxer-trial.js';
import { planStreams } from '../../../../src/media/output/stream-plan.js';
import { pixelFormats } from '../../../../src/planes/pixel-format.js';
import type { Source } from '../../../../src/media/source/source.js';
import { sampleSource, sampleStream, sampleVideo } from '../sample-source.js';

/**
 * What a muxer of each container takes, by codec; the real one is asked in the tests with ffmpeg.
 */
const taken: Readonly<Record<string, string>> = {
  mp4: 'aac opus mov_text alac',
  mov: 'aac pcm_s16le mov_text',
  matroska: 'aac opus pcm_s16le subrip hdmv_pgs_subtitle flac',
  webm: 'opus webvtt',
  mpegts: 'aac bin_data',
  avi: 'pcm_s16le',
};
const takes: Takes = ({ muxer }, { codec }, encoder) =>
  Promise.resolve((taken[muxer] ?? '').split(' ').includes(encoder ?? codec));

const plan = (muxer: string, source: Source) => planStreams(containerOfMuxer(muxer), source, takes);

const actions = async (muxer: string, source: Source) =>
  (await plan(muxer, source)).streams.map(({ action, codec }) =>
    codec === undefined ? action : `${action} ${codec}`,
  );

const defaultFor = (source: Source, codec?: VideoCodec) => containerFor(source, takes, codec);

test('what a container cannot hold is named, with the container that can', async () => {
  const source = sampleSource([
    sampleStream({ index: 1, codec: 'opus' }),
    sampleStream({ index: 2, kind: 'subtitle', codec: 'hdmv_pgs_subtitle', language: 'fre' }),
  ]);
  assert.deepEqual(await actions('mp4', source), ['encode', 'copy', 'drop']);
  const { announcements } = await plan('mp4', source);
  assert.equal(announcements.length, 1);
  assert.deepEqual(announcements[0], {
    kind: 'missing',
    what: 'subtitle stream 2 (hdmv_pgs_subtitle, fre)',
    why: 'MP4 as ffmpeg writes it does not take hdmv_pgs_subtitle subtitles',
    advice: 'It would be kept in Matroska (.mkv).',
    streamIndex: 2,
  });
});

test('text subtitles are converted, and that is said', async () => {
  const source = sampleSource([sampleStream({ index: 1, kind: 'subtitle', codec: 'subrip' })]);
  assert.deepEqual(await actions('mp4', source), ['encode', 'convert mov_text']);
  assert.deepEqual(await actions('webm', source), ['encode', 'convert webvtt']);
  assert.deepEqual(await actions('matroska', source), ['encode', 'copy']);
  assert.deepEqual(await actions('mpegts', source), ['encode', 'drop']);
  assert.equal((await plan('mp4', source)).announcements[0]?.kind, 'converted');
});

test('cover art stays cover art', async () => {
  const cover = sampleStream({
    ...{ index: 1, kind: 'video', codec: 'mjpeg', dispositions: ['attached_pic'] },
  });
  const source = sampleSource([cover]);
  assert.deepEqual(await actions('mp4', source), ['encode', 'copy']);
  assert.deepEqual(await actions('matroska', source), ['encode', 'attach']);
  assert.deepEqual(await actions('webm', source), ['encode', 'drop']);
});

test('a timecode track becomes metadata; an unknown track is announced', async () => {
  const source = sampleSource([
    sampleStream({
      ...{ index: 1, kind: 'data', codec: 'unknown', codecTag: 'tmcd' },
      tags: { timecode: '01:00:00:00' },
    }),
    sampleStream({ index: 2, kind: 'data', codec: 'unknown', codecTag: 'mebx' }),
  ]);
  const { announcements } = await plan('mov', source);
  assert.deepEqual(
    announcements.map(({ kind, what }) => `${kind} ${what}`),
    ['converted data stream 1 (tmcd)', 'missing data stream 2 (mebx)'],
  );
});

test('what a track holds is in the output in another form, or said to be missing', async () => {
  const source = sampleSource(
    [
      sampleStream({
        ...{ index: 1, kind: 'data', codec: 'unknown', codecTag: 'tmcd' },
        tags: { timecode: '01:00:00:00' },
      }),
      sampleStream({ index: 2, kind: 'data', codec: 'bin_data', codecTag: 'text' }),
    ],
    { chapters: [{ start: 0, end: 1, title: null }] },
  );
  const told = async (muxer: string): Promise<string> => {
    const { streams, announcements } = await plan(muxer, source);
    const kept = streams.slice(1).map(({ keptAs }) => keptAs ?? 'gone');
    return [...kept, ...announcements.map(({ kind, why }) => `${kind}: ${why}`)].join('\n');
  };
  for (const muxer of ['mp4', 'matroska']) {
    const said = await told(muxer);
    assert.match(
      said,
      /^timecode\nchapters\nconverted: .*is kept\nnote: .*kept as chapters$/,
      muxer,
    );
  }
  assert.match(
    await told('avi'),
    /^gone\ngone\nmissing: AVI holds no timecode.*\nnote: .*missing\n/,
  );
  assert.match(await told('3gp'), /^gone\nchapters\nmissing: 3GP holds no timecode/);
});

test('a timecode without a track of its own is missed where a container holds none', async () => {
  const source = sampleSource([], { tags: { timecode: '01:00:00:00' } });
  const [lost] = (await plan('avi', source)).announcements;
  assert.match(lost!.what, /^the timecode \(01:00:00:00/);
  assert.match(lost!.advice!, /^MP4, QuickTime, Matroska/);
  assert.deepEqual((await plan('matroska', source)).announcements, []);
});

test('chapters and tags that would go are announced', async () => {
  const source = sampleSource([], {
    chapters: [{ start: 0, end: 1, title: null }],
    tags: { title: 'A', rating: '2', major_brand: 'isom' },
  });
  const said = async (muxer: string) =>
    (await plan(muxer, source)).announcements.map(({ what }) => what);
  assert.deepEqual(await said('mp4'), ['the tags rating']);
  assert.deepEqual(await said('mpegts'), ['1 chapters', 'the tags title, rating']);
  assert.deepEqual(await said('matroska'), []);
});

test('the default container is the source’s own unless it would lose something', async () => {
  const pcm = sampleSource([sampleStream({ codec: 'pcm_s16le' })]);
  assert.equal((await defaultFor(sampleSource())).extension, '.mp4');
  assert.equal((await defaultFor(pcm)).extension, '.mov', 'MP4 holds no PCM');
  assert.match((await defaultFor(pcm)).note?.why ?? '', /MP4 would not hold all/);
  const gif = sampleVideo({ codec: 'gif', format: pixelFormats.get('yuva444p')! });
  assert.equal((await defaultFor(sampleSource([], { path: '/a/b.gif' }, gif))).extension, '.mp4');
  const apng = sampleVideo({ codec: 'apng', format: pixelFormats.get('yuva444p')! });
  assert.equal((await defaultFor(sampleSource([], { path: '/a/b.apng' }, apng))).extension, '.mov');
  assert.equal((await defaultFor(sampleSource(), 'ffv1')).extension, '.mov');
});

test('a container that is not written is refused with those that are', () => {
  assert.equal(requireContainer('-').muxer, 'matroska');
  assert.equal(requireContainer('/a/B.MKV').muxer, 'matroska');
  assert.throws(() => requireContainer('/a/b.gif'), {
    code: 'option',
    message: /ending in one of \.mp4, .*but received "b\.gif"/,
  });
});
