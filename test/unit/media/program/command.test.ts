import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { buildArguments, fileUrl, safeDemuxers } from '../../../../src/media/program/command.js';

test('a name is a file and nothing else', () => {
  for (const name of ['-i', 'concat:a|b', 'http://x/y.mp4', '%d.png', 'pipe:x', 'a\nb.mp4']) {
    assert.equal(fileUrl(name), `file:${path.resolve(name)}`);
  }
  assert.equal(fileUrl('pipe:1'), 'pipe:1');
  assert.equal(fileUrl('-'), '-');
});

test('every input is kept to itself, and words keep their spaces', () => {
  const words = buildArguments({
    options: ['-loglevel', 'error'],
    inputs: [{ path: '/a b.mp4', format: 'mov', options: ['-ss', '1 2'] }, { path: '/c.mkv' }],
    outputs: [{ path: '/o.mkv', format: 'matroska', options: ['-metadata', 'title=x y'] }],
  });
  const list = safeDemuxers.join(',');
  const safe = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', list];
  assert.deepEqual(words, [
    ...['-nostdin', '-hide_banner', '-y', '-loglevel', 'error'],
    ...[...safe, '-f', 'mov', '-ss', '1 2', '-i', 'file:/a b.mp4'],
    ...[...safe, '-i', 'file:/c.mkv'],
    ...['-metadata', 'title=x y', '-f', 'matroska', 'file:/o.mkv'],
  ]);
});

test('demuxers that open other files are not among the safe ones', () => {
  for (const name of [
    'hls',
    'applehttp',
    'dash',
    'concat',
    'sdp',
    'image2',
    'tty',
    'lavfi',
    'imf',
  ]) {
    assert.ok(!safeDemuxers.includes(name), name);
  }
});

test('an option without a value is a mistake of ours', () => {
  assert.throws(
    () => buildArguments({ inputs: [], outputs: [{ path: '/o.mkv', options: ['-an'] }] }),
    RangeError,
  );
});
