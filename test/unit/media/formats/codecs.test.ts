import assert from 'node:assert/strict';
import test from 'node:test';
import {
  codecsFor,
  whyUnfit,
  encoderArguments,
  nearestFormat,
} from '../../../../src/media/formats/codecs.js';
import type { EncoderRequest } from '../../../../src/media/formats/encoder-request.js';
import { containerOfMuxer } from '../../../../src/media/formats/containers.js';
import { pixelFormats } from '../../../../src/planes/pixel-format.js';
import { sampleVideo } from '../sample-source.js';

const format = (name: string) => pixelFormats.get(name)!;
const nearest = (from: string, offered: string[], alpha = true) =>
  nearestFormat(format(from), new Set(offered), alpha)?.name;

test('the encoder format that keeps the most is chosen', () => {
  const x264 = ['yuv420p', 'yuv422p', 'yuv444p', 'gray', 'yuv420p10le', 'yuv422p10le'];
  assert.equal(nearest('yuv420p', x264), 'yuv420p');
  assert.equal(nearest('yuv440p', x264), 'yuv444p', 'no chroma is lost');
  assert.equal(nearest('yuv420p12le', x264), 'yuv420p10le');
  assert.equal(nearest('yuv444p10le', x264), 'yuv422p10le', 'depth weighs more than chroma');
  assert.equal(nearest('gray', ['yuv444p', 'yuv420p']), 'yuv420p');
  assert.equal(nearest('yuva444p', ['yuv422p10le', 'yuv444p10le', 'yuva444p10le']), 'yuva444p10le');
  assert.equal(nearest('yuva420p', ['yuv420p', 'yuva420p'], false), 'yuv420p');
  assert.equal(nearest('yuv420p', ['bgr0']), undefined);
});

test('codecs follow depth, opacity and container', () => {
  const first = (muxer: string, name: string) =>
    codecsFor(containerOfMuxer(muxer), format(name), true)[0];
  assert.equal(first('mp4', 'yuv420p'), 'h264');
  assert.equal(first('mp4', 'yuv420p10le'), 'hevc');
  assert.equal(first('webm', 'yuv420p'), 'vp9');
  assert.equal(first('mov', 'yuva444p'), 'prores');
  assert.equal(first('webm', 'yuva420p'), 'vp9');
  assert.equal(first('avi', 'yuv420p10le'), 'h264');
});

function request(known: Partial<EncoderRequest>): EncoderRequest {
  const { colour, hdr } = sampleVideo();
  return {
    ...{ encoder: 'libx264', container: containerOfMuxer('mp4'), format: format('yuv420p') },
    ...{ width: 64, height: 48, frameRate: { num: 30000, den: 1001 }, colour, hdr },
    framePacking: null,
    ...known,
  };
}

test('x264 is told the rate, and the place of 4:2:0 chroma', () => {
  const colour = { ...sampleVideo().colour, siting: 'center' as const };
  const words = encoderArguments(request({ colour }));
  assert.equal(words[words.indexOf('-x264-params') + 1], 'fps=30000/1001:chromaloc=1');
  const yuv444 = encoderArguments(request({ colour, format: format('yuv444p') }));
  assert.equal(yuv444[yuv444.indexOf('-x264-params') + 1], 'fps=30000/1001');
});

test('x265 writes the static HDR metadata', () => {
  const hdr = {
    ...sampleVideo().hdr,
    masteringDisplay: 'G(1,2)B(3,4)R(5,6)WP(7,8)L(9,1)',
    contentLight: '1000,400',
  };
  const words = encoderArguments(request({ encoder: 'libx265', hdr }));
  const params = words[words.indexOf('-x265-params') + 1]!;
  assert.match(params, /master-display=G\(1,2\)B\(3,4\)R\(5,6\)WP\(7,8\)L\(9,1\):max-cll=1000,400/);
});

test('B-frames are left out where the container has no presentation times', () => {
  const words = encoderArguments(request({ container: containerOfMuxer('avi') }));
  assert.equal(words[words.indexOf('-bf') + 1], '0');
});

test('a quality or preset the encoder does not have is refused by name', () => {
  assert.throws(() => encoderArguments(request({ crf: 60 })), {
    code: 'option',
    message: /--crf from 0 to 51 for libx264 but received 60/,
  });
  assert.throws(() => encoderArguments(request({ encoder: 'ffv1', crf: 10 })), /ffv1 has no --crf/);
  assert.throws(
    () => encoderArguments(request({ preset: 'fastish' })),
    /libx264 but received "fastish"\. It has ultrafast,/,
  );
});

test('pictures too small or odd for an encoder are told before it starts', () => {
  const yuv420 = format('yuv420p');
  assert.match(
    whyUnfit('libx265', yuv420, { width: 8, height: 80 }) ?? '',
    /at least 16 samples a side for libx265 but it would be 8x80/,
  );
  assert.match(whyUnfit('libsvtav1', yuv420, { width: 351, height: 288 }) ?? '', /even sides/);
  assert.equal(whyUnfit('libaom-av1', yuv420, { width: 351, height: 287 }), null);
});
