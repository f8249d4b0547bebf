import assert from 'node:assert/strict';
import test from 'node:test';
import { parseDecodable, parseNames } from '../../../../src/media/program/capabilities.js';
import { parseVersion } from '../../../../src/media/program/ffmpeg.js';

test('names are read from lists, legends are not', () => {
  const encoders = [
    'Encoders:',
    ' V..... = Video',
    ' ------',
    ' V....D libx264              libx264 H.264 (codec h264)',
    ' A....D aac                  AAC',
  ].join('\n');
  assert.deepEqual([...parseNames(encoders)], ['libx264', 'aac']);
  const demuxers =
    ' D. = Demuxing supported\n --\n D  mov,mp4,m4a     QuickTime / MOV\n DE avi    AVI\n';
  assert.deepEqual([...parseNames(demuxers)], ['mov', 'mp4', 'm4a', 'avi']);
  const filters =
    '  | = Source or sink filter\n T.. = Timeline support\n TSC bwdif            V->V       Deinterlace.\n';
  assert.deepEqual([...parseNames(filters)], ['bwdif']);
});

test('a codec counts as decodable only if software decodes it', () => {
  const line = (flags: string, name: string, rest: string): string => ` ${flags} ${name} ${rest}`;
  const codecs = [
    line('D.....', '=', 'Decoding supported'),
    line('DEV.LS', 'h264', 'H.264 (decoders: h264 h264_v4l2m2m ) (encoders: libx264 )'),
    line('DEV.L.', 'av1', 'AV1 (decoders: av1 av1_cuvid ) (encoders: libaom-av1 )'),
    line('D.V.L.', 'vp9', 'Google VP9 (decoders: vp9 libvpx-vp9 )'),
    line('..V.L.', 'vvc', 'H.266'),
    line('DEV.L.', 'mpeg4', 'MPEG-4 part 2'),
  ].join('\n');
  assert.deepEqual([...parseDecodable(codecs)], ['h264', 'vp9', 'mpeg4']);
  const software = line('D.V.L.', 'av1', 'AV1 (decoders: libdav1d av1 )');
  assert.deepEqual([...parseDecodable(software)], ['av1']);
  assert.deepEqual([...parseDecodable(line('D.V.L.', 'av1', 'AV1'))], []);
});

test('versions of releases and of snapshots are read', () => {
  const release =
    'ffmpeg version 5.1.9-0+deb12u1 Copyright (c)\nlibavcodec     59. 37.100 / 59. 37.100\n';
  assert.deepEqual(parseVersion(release), { version: '5.1.9-0+deb12u1', age: [59, 37, 100] });
  const snapshot =
    'ffprobe version N-66595-gc2b38619c0-static x\nlibavcodec     60. 22.100 / 60. 22.100\n';
  assert.deepEqual(parseVersion(snapshot)?.age, [60, 22, 100]);
  assert.equal(parseVersion('GNU tar 1.34'), null);
});
