import assert from 'node:assert/strict';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { VsrError } from '../../src/errors.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { keyframes } from '../../src/media/source/packets.js';
import { probe } from '../../src/media/source/probe.js';
import { ffmpegRun } from '../support/enlarge.js';
import { seenFrames } from '../support/seen-frames.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=0.48'];
let ffmpeg: Ffmpeg;
before(async () => {
  ffmpeg = await locateFfmpeg();
});

test('no name is anything but a name', async () => {
  const clip = path.join(folder, 'plain.mkv');
  await ffmpegRun(...scene, '-c:v', 'ffv1', clip);
  const wanted = await seenFrames(ffmpeg, await probe(ffmpeg, clip));
  const names = [
    ' leading space',
    '-i',
    '-y.mkv',
    'it\'s "quoted".mkv',
    'new\nline.mkv',
    'frame%03d.mkv',
    '%d',
    'concat:a|b',
    'http:',
    'file:plain.mkv',
    'pipe:0',
    'ünïcödé 映画 🎞.mkv',
    'a,b;c[0]=\\d.mkv',
    '$(touch x) `id` & | > <.mkv',
    `${'n'.repeat(251)}.mkv`,
  ];
  for (const name of names) {
    const file = path.join(folder, name);
    await copyFile(clip, file);
    const { md5 } = await seenFrames(ffmpeg, await probe(ffmpeg, file));
    assert.deepEqual(md5, wanted.md5, JSON.stringify(name));
    assert.ok(
      (await keyframes(ffmpeg, await probe(ffmpeg, file))).length > 0,
      JSON.stringify(name),
    );
    await rm(file);
  }
});

test("a list in a clip's clothes opens nothing else", async () => {
  const secret = path.join(folder, 'secret.ts');
  await ffmpegRun(...scene, '-c:v', 'libx264', secret);
  const disguises: Record<string, string> = {
    'hls.mp4': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${secret}\n#EXT-X-ENDLIST\n`,
    'concat.mkv': `ffconcat version 1.0\nfile '${secret}'\n`,
    'dash.mp4': `<?xml version="1.0"?><MPD type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet><Representation><BaseURL>${secret}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    'sdp.mp4':
      'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n',
    'text.mp4': 'Dear diary, today I called myself a clip.\n',
    // A letter where an MPEG transport stream has its marks.
    'marks.mp4': `<?xml version="1.0"?><MPD type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet><Representation><BaseURL>/tmp/vsr-test-Gajg/secret.ts</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  };
  for (const [name, text] of Object.entries(disguises)) {
    const file = path.join(folder, name);
    await writeFile(file, text);
    await assert.rejects(probe(ffmpeg, file), (error) => {
      assert.ok(error instanceof VsrError && error.code === 'media', name);
      assert.match(error.message, /plain text|no clip but a list|cannot be read as a clip/, name);
      assert.ok(!error.message.includes('\n'), name);
      return true;
    });
  }
});

test('what is no clip says why in one sentence', async () => {
  const empty = path.join(folder, 'empty.mp4');
  await writeFile(empty, '');
  const sound = path.join(folder, 'sound.m4a');
  const sine = ['-f', 'lavfi', '-i', 'sine=duration=0.2', '-c:a', 'aac'];
  await ffmpegRun(...sine, sound);
  const noise = path.join(folder, 'noise.mp4');
  await writeFile(noise, Buffer.from(Array.from({ length: 9999 }, (_, i) => (i * i * 7919) >> 5)));
  const cases: readonly (readonly [string, RegExp])[] = [
    [path.join(folder, 'nowhere.mp4'), /There is no file/],
    [folder, /is a folder/],
    [empty, /is empty/],
    [sound, /has no video stream: it holds only audio/],
    [noise, /cannot be read as a clip|has no index/],
    ['/dev/null', /is a device, pipe or socket/],
  ];
  for (const [file, words] of cases) {
    await assert.rejects(probe(ffmpeg, file), (error) => {
      assert.ok(error instanceof VsrError, file);
      assert.match(error.message, words);
      return true;
    });
  }
});
