import assert from 'node:assert/strict';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { parseStream, type Json } from '../../../../src/media/source/probe-stream.js';
import {
  chooseVideo,
  preferredDecoder,
  refuseUndecodable,
} from '../../../../src/media/source/video-choice.js';

const file = { path: '/clips/a.mp4', sizeBytes: 1 };

function choose(json: readonly Json[]): number {
  const numbered = json.map((each, index) => ({ index, ...each }));
  return chooseVideo(file, numbered.map(parseStream), numbered).index;
}

const video = (width: number, more: Json = {}): Json => ({
  codec_type: 'video',
  codec_name: 'h264',
  width,
  height: width,
  pix_fmt: 'yuv420p',
  ...more,
});

test('the default track is enlarged, else the largest, else the first', () => {
  const sound = { codec_type: 'audio', codec_name: 'aac' };
  assert.equal(choose([sound, video(100), video(200)]), 2);
  assert.equal(choose([video(100, { disposition: { default: 1 } }), video(200)]), 0);
  assert.equal(choose([video(100), video(100)]), 0);
});

test('cover art and empty tracks are not the clip', () => {
  const cover = video(3000, { codec_name: 'mjpeg', disposition: { attached_pic: 1, default: 1 } });
  assert.equal(choose([cover, video(100)]), 1);
  assert.equal(choose([video(500, { pix_fmt: 'unknown' }), video(100)]), 1);
});

test('a file without a video says what it holds', () => {
  const sound = { codec_type: 'audio' };
  const cover = video(300, { disposition: { attached_pic: 1 } });
  assert.throws(
    () => choose([sound, sound]),
    /\/clips\/a\.mp4 has no video.*: it holds only audio\./,
  );
  assert.throws(() => choose([sound, cover]), /it holds cover art only\./);
  assert.throws(() => choose([]), /it holds nothing\./);
});

test('what cannot be decoded says which ffmpeg would', () => {
  const refuse = (json: Json, decodable: readonly string[] = ['h264']): void =>
    refuseUndecodable(file, parseStream(json), new Set(decodable));
  assert.doesNotThrow(() => refuse(video(8)));
  assert.throws(() => refuse(video(8, { codec_name: 'av1' })), /libdav1d.*--ffmpeg/);
  const vvc = { codec_type: 'video', codec_tag_string: 'vvc1' };
  assert.throws(() => refuse(vvc), /its codec is vvc.*7\.1/);
  assert.doesNotThrow(() => refuse(vvc, ['vvc']));
  assert.throws(
    () => refuse(video(8, { codec_tag_string: 'encv' })),
    (error) => error instanceof VsrError && error.code === 'media' && /DRM/.test(error.message),
  );
  assert.throws(() => refuse(video(8, { tags: { enc_key_id: 'x' } })), /encrypted/);
});

test('opacity beside VP8 and VP9 asks for the decoder that reads it', () => {
  const seen = parseStream(video(8, { codec_name: 'vp9', tags: { alpha_mode: '1' } }));
  assert.equal(preferredDecoder(seen), 'libvpx-vp9');
  const plain = parseStream(video(8, { codec_name: 'vp9' }));
  assert.equal(preferredDecoder(plain), null);
});
