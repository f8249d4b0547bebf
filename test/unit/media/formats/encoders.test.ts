import assert from 'node:assert/strict';
import test from 'node:test';
import { carriersOf } from '../../../../src/media/formats/carriers.js';
import { encoderArguments } from '../../../../src/media/formats/codecs.js';
import {
  containerOfMuxer,
  containers,
  holdsCodec,
} from '../../../../src/media/formats/containers.js';
import {
  codecWish,
  encoderFacts,
  encodersFor,
  isKnownCodec,
  whyRefused,
} from '../../../../src/media/formats/encoders.js';
import {
  hardwareEncoder,
  hardwareEncoders,
  hardwareKinds,
  hardwareOf,
} from '../../../../src/media/formats/hardware.js';
import { pixelFormats } from '../../../../src/planes/pixel-format.js';
import { sampleVideo } from '../sample-source.js';

/** The words for an encoder of 8-bit 4:2:0 in a container that holds its codec. */
function wordsOf(encoder: string, more: object = {}): string {
  const { codec } = encoderFacts(encoder)!;
  const { colour, hdr } = sampleVideo();
  const container = containers.find((each) => holdsCodec(each, codec))!;
  return encoderArguments({
    ...{ encoder, container, format: pixelFormats.get('yuv420p')!, width: 640, height: 360 },
    ...{ frameRate: { num: 25, den: 1 }, colour, hdr, framePacking: null, ...more },
  }).join(' ');
}

test('--codec takes a codec, or an encoder by its own name', () => {
  assert.deepEqual(codecWish('hevc'), { codec: 'hevc', encoder: null });
  assert.deepEqual(codecWish('libaom-av1'), { codec: 'av1', encoder: 'libaom-av1' });
  assert.deepEqual(codecWish('hevc_nvenc'), { codec: 'hevc', encoder: 'hevc_nvenc' });
  // The codec, whose encoder vsr chooses: prores_ks, not the encoder of that name.
  assert.deepEqual(encodersFor(codecWish('prores')), ['prores_ks']);
  assert.deepEqual(encodersFor(codecWish('prores_aw')), ['prores_aw']);
});

test('what no ffmpeg can be asked for is refused with the reason', () => {
  for (const [name, why] of [
    ['libx264rgb', /RGB/],
    ['png', /pictures/],
    ['mpeg2video', /own times/],
    ['h264_v4l2m2m', /constant quality/],
    ['rawvideo', /ffv1/],
  ] as const) {
    assert.equal(isKnownCodec(name), false, name);
    assert.match(whyRefused(name)!, why, name);
  }
  assert.equal(whyRefused('libx264'), null);
  assert.equal(whyRefused('mpeg7'), null, 'a name of nothing is no refusal');
});

test('every encoder known has words, a container and, where it has a quality, a usual one', () => {
  const software = 'libx264 libx265 libvpx-vp9 libsvtav1 libaom-av1 librav1e libvpx prores_ks';
  const more = 'prores prores_aw ffv1 mpeg4 libxvid mjpeg dnxhd cfhd v210 utvideo ffvhuff';
  const names = [...`${software} ${more} huffyuv magicyuv`.split(' ')];
  for (const name of [...names, ...hardwareEncoders.map((each) => each.name)]) {
    assert.ok(isKnownCodec(name), name);
    assert.match(wordsOf(name), new RegExp(`-c:v ${name}\\b`), name);
    const { quality } = encoderFacts(name)!;
    if (quality === null) continue;
    assert.ok(quality.from <= quality.usual && quality.usual <= quality.to, name);
    assert.ok(wordsOf(name, { crf: quality.to }).includes(` ${quality.to}`), name);
  }
});

test('hardware is told a constant quality in its own words, or a rate', () => {
  assert.match(
    wordsOf('h264_nvenc', { crf: 23, preset: 'p5' }),
    /-preset p5 -rc vbr -cq 23 -b:v 0/,
  );
  assert.match(wordsOf('hevc_qsv', { crf: 20 }), /-global_quality 20 .*-tag:v hvc1/);
  assert.match(wordsOf('h264_amf', { preset: 'quality' }), /-quality quality -rc cqp -qp_i 17/);
  assert.match(wordsOf('hevc_vaapi', { crf: 24 }), /-qp 24/);
  assert.match(wordsOf('h264_nvenc', { bitrate: 8e6 }), /-b:v 8000000 -maxrate 8000000/);
  assert.throws(() => wordsOf('h264_nvenc', { crf: 60 }), /from 1 to 51 for h264_nvenc/);
  assert.throws(() => wordsOf('h264_vaapi', { preset: 'slow' }), /It has none/);
  assert.throws(() => wordsOf('utvideo', { crf: 5 }), /utvideo has no --crf/);
});

test('kinds of hardware make some codecs', () => {
  assert.equal(hardwareEncoder('nvenc', 'hevc'), 'hevc_nvenc');
  assert.equal(hardwareEncoder('nvenc', 'ffv1'), null);
  assert.equal(hardwareOf('vp9_vaapi'), 'vaapi');
  assert.equal(hardwareOf('libx264'), null);
  assert.ok(hardwareKinds.every((kind) => hardwareEncoder(kind, 'h264') !== null));
});

test('samples may be handed over in another layout, and never in another range', () => {
  const carriers = (encoder: string, offered: string, isFullRange = false) =>
    Object.fromEntries(carriersOf(encoder, new Set(offered.split(' ')), isFullRange));
  assert.deepEqual(carriers('h264_qsv', 'nv12 p010le qsv'), {
    ...{ yuv420p: 'nv12', yuv420p10le: 'p010le' },
  });
  assert.deepEqual(carriers('h264_vaapi', 'vaapi'), { yuv420p: 'nv12', yuv420p10le: 'p010le' });
  assert.deepEqual(carriers('mjpeg', 'yuvj420p yuvj422p'), {});
  assert.deepEqual(carriers('mjpeg', 'yuvj420p yuvj422p', true), {
    ...{ yuv420p: 'yuvj420p', yuv422p: 'yuvj422p' },
  });
  assert.equal(carriers('h264_nvenc', 'yuv420p nv12')['yuv420p'], 'yuv420p');
});

test('rare codecs go where they are held', () => {
  assert.ok(holdsCodec(containerOfMuxer('avi'), 'utvideo'));
  assert.ok(!holdsCodec(containerOfMuxer('mp4'), 'utvideo'));
  assert.ok(!holdsCodec(containerOfMuxer('webm'), 'mpeg4'));
});
