import assert from 'node:assert/strict';
import test from 'node:test';
import { encoderArguments } from '../../../../src/media/formats/codecs.js';
import { containerOfMuxer } from '../../../../src/media/formats/containers.js';
import { qualityWords } from '../../../../src/media/formats/encoder-limits.js';
import { pixelFormats } from '../../../../src/planes/pixel-format.js';
import { checkSize, videoShare } from '../../../../src/upscale/limits/size-limit.js';
import { amount } from '../../../../src/cli/display/numbers.js';
import { checkOptions } from '../../../../src/upscale/plan/settings.js';
import { sampleVideo } from '../../media/sample-source.js';

const film = {
  ...{ limit: 4e9, others: 400e6, packets: 500_000, container: 'matroska' },
  ...{ seconds: 7200, parts: 720 },
};

test('the video gets what the rest leaves, also where each part fills its buffer', () => {
  const rate = videoShare(film);
  assert.ok(rate > 3.4e6 && rate < 4e6, `${rate}`);
  const most = ((film.seconds + film.parts) * rate) / 8 + film.others + film.packets * 32;
  assert.ok(most <= film.limit && most > 0.999 * film.limit);
  assert.ok(videoShare({ ...film, container: 'mpegts' }) < 0.9 * rate);
  assert.ok(videoShare({ ...film, others: 4e9 }) < 0);
});

test('a rate takes the place of the constant quality', () => {
  assert.deepEqual(qualityWords('libx264', {}), ['-crf', '16']);
  assert.deepEqual(qualityWords('libvpx-vp9', { crf: 30 }), ['-crf', '30', '-b:v', '0']);
  assert.deepEqual(qualityWords('prores_ks', {}), []);
  assert.deepEqual(
    qualityWords('libx265', { bitrate: 8e6 }),
    '-b:v 8000000 -maxrate 8000000 -bufsize 8000000'.split(' '),
  );
  assert.deepEqual(qualityWords('libsvtav1', { bitrate: 8e6 }), ['-b:v', '8000000']);
  assert.throws(() => qualityWords('ffv1', { bitrate: 8e6 }), { code: 'option' });
  const { colour, hdr } = sampleVideo();
  for (const encoder of ['libx264', 'libx265', 'libvpx-vp9', 'libsvtav1', 'libaom-av1']) {
    const words = encoderArguments({
      ...{ encoder, container: containerOfMuxer('mp4'), format: pixelFormats.get('yuv420p')! },
      ...{ width: 64, height: 48, frameRate: null, colour, hdr, framePacking: null },
      bitrate: 5e5,
    });
    assert.ok(words.includes('-b:v') && !words.includes('-crf'), words.join(' '));
    assert.equal(words[words.indexOf('-b:v') + 1], '500000');
  }
});

test('sizes and rates are read with their units', () => {
  const read = amount('a size');
  for (const [text, value] of [
    ['4.7G', 4.7e9],
    ['700M', 7e8],
    ['4GiB', 4 * 2 ** 30],
    ['800k', 8e5],
    ['8 Mbit', 8e6],
    ['12345', 12345],
  ] as const) {
    assert.equal(read(text), value, text);
  }
  for (const text of ['', 'M', '4X', '-4G', '4G4', '1e9', '5i']) {
    assert.throws(() => read(text), /Expected a size\./, text);
  }
});

test('two ways to set the quality are refused, and rates that are none', () => {
  for (const options of [
    { crf: 20, bitrate: 8e6 },
    { crf: 20, sizeLimit: 4e9 },
    { bitrate: 8e6, sizeLimit: 4e9 },
    { bitrate: 8e6, ffmpegArgs: ['-crf', '20'] },
    { sizeLimit: 4e9, ffmpegArgs: ['-maxrate', '1M'] },
    { bitrate: 0 },
    { sizeLimit: Number.NaN },
  ]) {
    assert.throws(() => checkOptions(options), { code: 'option' }, JSON.stringify(options));
  }
  checkOptions({ crf: 20, ffmpegArgs: ['-maxrate', '1M'] });
});

test('a size that was not met is an error', () => {
  checkSize(null, 5e9);
  checkSize(4e9, 4e9);
  const message = /^Expected an output of at most 4\.0 GB but it has 4\.1 GB: .* with --restart\.$/;
  assert.throws(() => checkSize(4e9, 4.1e9), { code: 'media', message });
});

test('a short clip gets nine tenths of what there is for video', () => {
  const clip = { limit: 1e5, others: 0, packets: 72, container: 'mp4', seconds: 3, parts: 1 };
  const rate = videoShare(clip);
  assert.ok(Math.abs(rate * 3.3 - 8 * (1e5 - 72 * 32 - 4096)) < 1, `${rate}`);
});
