import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { linesFrom } from '../../src/media/join/lines-on-screen.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { enlarged, ffmpegRun } from '../support/enlarge.js';
import { probed } from '../support/probed.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const small = { model: 'espcn-16-lite-x2', preset: 'ultrafast', log: false } as const;

/** A line that is over at 0.15 s, one from 0.2 to 0.55 s, and one from 0.6 on. */
const threeLines = [
  '1\n00:00:00,050 --> 00:00:00,150\nover\n',
  '2\n00:00:00,200 --> 00:00:00,550\n<b>on screen</b>\n',
  '3\n00:00:00,600 --> 00:00:00,800\nlater\n',
].join('\n');

test('a line of any text subtitles that is on screen begins with the part', async () => {
  const ffmpeg = await locateFfmpeg();
  await writeFile(file('lines.srt'), threeLines);
  for (const [codec, name, written] of [
    ['subrip', 'lines.mkv', 'subrip'],
    ['ass', 'ass.mkv', 'ass'],
    ['webvtt', 'lines.webm', 'webvtt'],
    ['mov_text', 'lines.mp4', 'ass'],
  ] as const) {
    await ffmpegRun('-i', file('lines.srt'), '-c:s', codec, file(name));
    const input = { path: file(name), streams: [{ index: 0, codec }] };
    const cut = await linesFrom(ffmpeg, input, 0.4, file('lines.mks'));
    const entries = 'stream=codec_name:packet=pts_time,duration_time';
    assert.deepEqual(
      await probed(cut!.path, entries),
      ['0.400000', '0.150000', '0.600000', '0.200000', written],
      codec,
    );
  }
});

test('a timecode and a line on screen move with the in-point', async () => {
  await writeFile(file('code.srt'), threeLines);
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=1', '-i', file('code.srt')],
    ...['-c:v', 'mpeg4', '-c:s', 'mov_text', '-timecode', '01:02:03:04', file('code.mov')],
  );
  const output = await enlarged(file('code.mov'), {
    ...small,
    start: 0.4,
    output: file('cut.mov'),
  });
  assert.ok((await probed(output, 'stream_tags=timecode')).includes('01:02:03:14'));
  const text = await ffmpegRun('-i', output, '-map', '0:s', '-f', 'srt', '-');
  assert.match(text, /^1\n00:00:00,000 --> 00:00:00,150\n.*on screen/);
  assert.match(text, /\n00:00:00,200 --> 00:00:00,400\nlater/);
  assert.doesNotMatch(text, /over/);
});
