import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before, describe } from 'node:test';
import { containerOfMuxer } from '../../src/media/formats/containers.js';
import { containerFor } from '../../src/media/output/default-container.js';
import { muxerTrials } from '../../src/media/output/muxer-trial.js';
import { planStreams } from '../../src/media/output/stream-plan.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { enlarge, enlarged, ffmpegRun } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let ffmpeg: Ffmpeg;

before(async () => {
  ffmpeg = await locateFfmpeg();
});

const file = (name: string): string => path.join(folder, name);
const video = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.4'];
const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:duration=0.4'];
const small = { model: 'espcn-16-lite-x2', preset: 'ultrafast', log: false } as const;

/** A clip of 0.4 s with a tone, written by the ffmpeg in use. */
async function clip(name: string, ...words: string[]): Promise<string> {
  await ffmpegRun(...video, ...sound, ...words, file(name));
  return file(name);
}

/** MD5 of all samples of the first sound stream, as 16-bit numbers. */
async function samples(name: string): Promise<string> {
  const pcm = file('samples.pcm');
  await ffmpegRun('-i', name, '-map', '0:a:0', '-f', 's16le', pcm);
  const bytes = await readFile(pcm);
  assert.ok(bytes.length > 10_000, `${name} decodes to ${bytes.length} bytes of sound`);
  return createHash('md5').update(bytes).digest('hex');
}

/** MD5 of the bytes of a stream's packets. */
const packets = async (name: string, stream: string): Promise<string> => {
  const data = file('packets.bin');
  await ffmpegRun('-i', name, '-map', stream, '-c', 'copy', '-f', 'data', data);
  return createHash('md5')
    .update(await readFile(data))
    .digest('hex');
};

/** What becomes of stream 1 of a clip in a container. */
async function fate(name: string, muxer: string): Promise<string> {
  const source = await probe(ffmpeg, name);
  const { streams } = await planStreams(
    containerOfMuxer(muxer),
    source,
    muxerTrials(ffmpeg, source),
  );
  const { action, codec } = streams[1]!;
  return codec === undefined ? action : `${action} ${codec}`;
}

describe('what a container takes is asked of the ffmpeg that writes it', () => {
  test('sound of Flash goes where it can be played again, else it is converted without a loss', async () => {
    const swf = await clip('swf.flv', ...['-c:v', 'flv', '-c:a', 'adpcm_swf']);
    for (const [muxer, expected] of [
      // FLAC in MP4 is taken by some builds only; ALAC keeps every sample, too.
      ['mp4', /^convert (flac|alac)$/],
      ['mov', 'convert pcm_s16le'],
      ['matroska', 'convert flac'],
      ['avi', 'convert pcm_s16le'],
      ['webm', 'drop'],
    ] as const) {
      const came = await fate(swf, muxer);
      if (typeof expected === 'string') assert.equal(came, expected, muxer);
      else assert.match(came, expected, muxer);
    }
    const output = await enlarged(swf, { ...small, output: file('swf.mkv') });
    assert.equal(await samples(output), await samples(swf));
  });

  test('sound of DVDs, which no container but theirs takes, keeps every sample', async () => {
    const vob = await clip(
      'dvd.vob',
      ...['-c:v', 'mpeg2video', '-c:a', 'pcm_dvd', '-ar', '48000', '-f', 'vob'],
    ).catch(() => null);
    const lpcm = vob ?? (await dvdSound());
    const outcome = await enlarge(lpcm, { ...small, output: file('dvd.mkv') });
    assert.equal(outcome.status, 'done');
    assert.equal(await samples(file('dvd.mkv')), await samples(lpcm));
    const said = outcome.status === 'done' ? outcome.summary.missing : [];
    assert.match(said.find(({ kind }) => kind === 'converted')?.why ?? '', /every sample stays/);
  });

  test('FLAC stays in MP4, Opus too, byte for byte', async () => {
    for (const codec of ['flac', 'libopus']) {
      const source = await clip(
        `${codec}.mp4`,
        ...['-c:v', 'libx264', '-c:a', codec, '-strict', '-2', '-ar', '48000'],
      );
      const output = await enlarged(source, { ...small, output: file(`${codec}.x2.mp4`) });
      assert.equal(await packets(output, '0:1'), await packets(source, '0:1'), codec);
    }
  });

  test('a stream that no container was seen to take is named with those that were tried', async () => {
    const source = await probe(ffmpeg, await clip('aac.mkv', '-c:v', 'libx264', '-c:a', 'aac'));
    const none = () => Promise.resolve(false);
    const { announcements } = await planStreams(containerOfMuxer('webm'), source, none);
    assert.match(announcements[0]?.advice ?? '', /None of MP4, .* took it/);
  });

  test('attachments of any type and private data stay where a stream copy keeps them', async () => {
    await writeFile(file('odd.bin'), Buffer.from('an attachment of an odd type '.repeat(40)));
    await ffmpegRun(
      ...[...video, '-c:v', 'libx264', '-attach', file('odd.bin')],
      ...['-metadata:s:t', 'mimetype=application/x-odd', file('odd.mkv')],
    );
    const output = await enlarged(file('odd.mkv'), { ...small, output: file('odd.x2.mkv') });
    await ffmpegRun(
      '-dump_attachment:t:0',
      file('odd.out'),
      '-i',
      output,
      '-t',
      '0',
      '-f',
      'null',
      '-',
    );
    assert.deepEqual(await readFile(file('odd.out')), await readFile(file('odd.bin')));
  });

  test('a further video stream stays as it is', async () => {
    await ffmpegRun(
      ...[...video, '-f', 'lavfi', '-i', 'testsrc2=s=32x24:r=10:d=0.4'],
      ...['-map', '1', '-map', '0', '-c:v', 'libx264', '-disposition:1', 'default'],
      ...['-disposition:0', '0', file('two.mkv')],
    );
    for (const extension of ['mkv', 'mp4']) {
      const output = await enlarged(file('two.mkv'), {
        ...small,
        output: file(`two.x2.${extension}`),
      });
      const hash = (name: string): Promise<string> =>
        ffmpegRun('-i', name, '-map', '0:0', '-f', 'framemd5', '-');
      assert.equal(hashes(await hash(output)), hashes(await hash(file('two.mkv'))), extension);
    }
  });

  test('the default container is the first that copies every stream', async () => {
    const source = await probe(
      ffmpeg,
      await clip('pcm.mkv', '-c:v', 'libx264', '-c:a', 'pcm_s16le'),
    );
    const renamed = { ...source, path: '/clips/pcm.wmv' };
    const { extension } = await containerFor(renamed, muxerTrials(ffmpeg, source));
    assert.equal(extension, '.mov');
  });
});

/** Times and hashes of frames, without what names the muxer. */
const hashes = (text: string): string =>
  text
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(/, */).at(-1))
    .join('\n');

/** An MPEG program stream with LPCM of DVDs, for an ffmpeg that writes none: packets made here. */
async function dvdSound(): Promise<string> {
  await ffmpegRun(...video, '-c:v', 'mpeg2video', '-f', 'vob', file('silent.vob'));
  await ffmpegRun(...sound, '-ar', '48000', '-ac', '2', '-f', 's16be', file('tone.pcm'));
  const bytes = await readFile(file('silent.vob'));
  const pcm = await readFile(file('tone.pcm'));
  const packs: Buffer[] = [];
  // Before the end code: PES packets of private stream 1, substream 0xa0, each with a time.
  const step = 1920; // 10 ms of 48 kHz stereo in 16 bit
  for (let at = 0; at + step <= pcm.length; at += step) {
    packs.push(lpcmPacket(pcm.subarray(at, at + step), 45_000 + (at / step) * 900));
  }
  const end = bytes.subarray(-4).toString('hex') === '000001b9' ? bytes.length - 4 : bytes.length;
  await writeFile(file('lpcm.vob'), Buffer.concat([bytes.subarray(0, end), ...packs]));
  return file('lpcm.vob');
}

/** One PES packet of 16-bit 48 kHz stereo at `time`, in 90 kHz ticks. */
function lpcmPacket(samples: Buffer, time: number): Buffer {
  const stamp = Buffer.from([
    0x21 | ((time >>> 29) & 0x0e),
    (time >>> 22) & 0xff,
    ((time >>> 14) & 0xfe) | 1,
    (time >>> 7) & 0xff,
    ((time << 1) & 0xfe) | 1,
  ]);
  const head = Buffer.from([0xa0, 3, 0, 4, 0, 0x01, 0x80]);
  const length = 3 + stamp.length + head.length + samples.length;
  const start = Buffer.from([0, 0, 1, 0xbd, length >> 8, length & 0xff, 0x81, 0x80, 5]);
  return Buffer.concat([start, stamp, head, samples]);
}
