import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before, describe } from 'node:test';
import { promisify } from 'node:util';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { pixelFormats } from '../../src/planes/pixel-format.js';
import { builds, packets, produceIn, ptsOf } from '../support/produce.js';
import { ffmpegRun } from '../support/enlarge.js';
import { noise } from '../support/noise.js';
import { sampleSource, sampleVideo } from '../unit/media/sample-source.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const folder = temporaryFolder();
let found: Ffmpeg;

before(async () => {
  found = await locateFfmpeg();
});

/** Makes a clip in the folder. */
async function make(name: string, ...args: string[]): Promise<string> {
  await ffmpegRun(...args, path.join(folder, name));
  return path.join(folder, name);
}

async function streamMd5(file: string, stream: string): Promise<string> {
  const args = ['-v', 'error', '-i', file, '-map', stream, '-c', 'copy', '-f', 'md5', '-'];
  return (await run(found.ffmpeg, args)).stdout;
}

describe('the finished file', () => {
  test('has every time to the tick, uneven and with B-frames, across segments, and the same sound', async () => {
    const clip = await make(
      'late.mp4',
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.6', '-f', 'lavfi', '-i', 'sine=d=0.6'],
      ...['-video_track_timescale', '57600', '-c:v', 'libx264', '-c:a', 'aac'],
    );
    const times = [4800, 5000, 7301, 7302, 9000, 12000, 12960, 14001, 20000, 20001, 30000, 31000];
    for (const ffmpeg of await builds(found)) {
      const source = await probe(ffmpeg, clip);
      for (const [name, tick] of [
        ['a.mp4', 1],
        ['b.mov', 1],
        ['c.mkv', 57.6],
      ] as const) {
        const output = path.join(folder, name);
        // Noise alone would get no B-frames.
        const ffmpegArgs = ['-bf', '2', '-b_strategy', '0'];
        await produceIn(folder, ffmpeg, source, { output, ffmpegArgs }, times, 5);
        const reordered = (await packets(output, 'V:0')).filter(({ pts, dts }) => pts !== dts);
        assert.ok(reordered.length > 0, 'the clip has B-frames');
        assert.deepEqual(
          await ptsOf(output),
          times.map((time) => Math.round(time / tick)),
          `${name} by ${ffmpeg.version}`,
        );
        assert.equal(await streamMd5(output, '0:a'), await streamMd5(clip, '0:a'), name);
        const [ours, theirs] = [await packets(output, 'a'), await packets(clip, 'a')];
        assert.equal(ours.length, theirs.length);
        const tolerance = tick === 1 ? 1e-5 : 1e-3;
        ours.forEach(({ pts_time }, i) => {
          const drift = Number(pts_time) - Number(theirs[i]!.pts_time);
          assert.ok(Math.abs(drift) <= tolerance, `${name}: sound packet ${i} moved by ${drift} s`);
        });
      }
    }
  });

  test('keeps every sample of every format in ffv1, odd sizes too', async () => {
    const silent = await make(
      'silent.mkv',
      ...['-f', 'lavfi', '-i', 'color=s=16x16:d=0.1', '-c:v', 'ffv1', '-strict', '-2'],
    );
    for (const ffmpeg of await builds(found)) {
      for (const format of pixelFormats.values()) {
        const video = sampleVideo({ format, width: 37, height: 23 });
        const source = sampleSource([], { path: silent }, video);
        const output = path.join(folder, 'exact.mkv');
        const plan = await produceIn(
          folder,
          ffmpeg,
          source,
          { output, codec: 'ffv1' },
          [0, 512],
          1,
        );
        if (plan.pixelFormat !== format.name) {
          assert.ok(
            plan.announcements.some(({ kind }) => kind === 'converted'),
            `${format.name} becomes ${plan.pixelFormat} unsaid`,
          );
          continue;
        }
        const { stdout } = await run(ffmpeg.ffmpeg, [
          ...['-v', 'error', '-i', output, '-vsync', 'passthrough', '-f', 'framemd5', '-'],
        ]);
        const sums = stdout.split('\n').filter((line) => /^0,/.test(line));
        const expected = [0, 1].map((i) => createHash('md5').update(noise(plan, i)).digest('hex'));
        assert.deepEqual(
          sums.map((line) => line.split(',').at(-1)!.trim()),
          expected,
          `${format.name} by ${ffmpeg.version}`,
        );
      }
    }
  });

  test('carries colour, shape, rotation, language, title, chapters and disposition', async () => {
    const meta = path.join(folder, 'meta.txt');
    await writeFile(
      meta,
      ';FFMETADATA1\ntitle=Two\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=200\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=200\nEND=400\ntitle=Second\n',
    );
    const clip = await make(
      'tagged.mkv',
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.4', '-f', 'lavfi', '-i', 'sine=d=0.4'],
      ...['-f', 'ffmetadata', '-i', meta, '-map', '0', '-map', '1', '-map', '1'],
      ...['-map_metadata', '2', '-map_chapters', '2', '-c:v', 'libx264', '-c:a', 'aac'],
      ...['-pix_fmt', 'yuv420p'],
      ...['-metadata:s:1', 'language=fre', '-metadata:s:2', 'language=ger'],
      ...['-metadata:s:2', 'title=Kommentar'],
      ...['-disposition:1', 'default', '-disposition:2', 'comment'],
    );
    for (const ffmpeg of await builds(found)) {
      const probed = await probe(ffmpeg, clip);
      const colour = {
        ...({ range: 'pc', matrix: 'smpte170m', primaries: 'bt470bg' } as const),
        ...({ transfer: 'smpte170m', siting: 'center' } as const),
      };
      const video = {
        ...probed.video,
        colour,
        sampleAspect: { num: 128, den: 117 },
        matrix: [0, 65536, 0, -65536, 0, 0, 0, 0, 1073741824],
      };
      const source = {
        ...probed,
        video,
        streams: probed.streams.map((each) => (each.index === video.index ? video : each)),
      };
      const output = path.join(folder, 'tagged.mp4');
      const times = [0, 40, 80, 120];
      await produceIn(folder, ffmpeg, source, { output }, times, 4);
      const kept = await probe(found, output);
      assert.deepEqual(kept.video.colour, colour, ffmpeg.version);
      assert.deepEqual(kept.video.sampleAspect, { num: 128, den: 117 });
      assert.equal(kept.video.rotation, 90);
      assert.deepEqual(
        kept.streams
          .filter(({ kind }) => kind !== 'data') // QuickTime's chapters are a track too.
          .map(({ kind, language }) => `${kind} ${language}`),
        ['video null', 'audio fre', 'audio ger'],
      );
      assert.deepEqual(
        kept.chapters.map(({ start, end, title }) => [start, end, title]),
        [
          [0, 0.2, 'One'],
          [0.2, 0.4, 'Second'],
        ],
      );
      assert.equal(kept.tags['title'], 'Two');
    }
  });

  test('keeps the opacity of VP9 across segments', async () => {
    const silent = await make(
      'silent.webm',
      ...['-f', 'lavfi', '-i', 'color=s=16x16:d=0.1', '-c:v', 'libvpx-vp9'],
    );
    const format = pixelFormats.get('yuva420p')!;
    const video = sampleVideo({ format, timeBase: { num: 1, den: 1000 } });
    for (const ffmpeg of await builds(found)) {
      const source = sampleSource([], { path: silent, container: 'matroska,webm' }, video);
      const output = path.join(folder, 'glass.webm');
      const plan = await produceIn(
        folder,
        ffmpeg,
        source,
        { output, preset: '8' },
        [500, 533, 567, 600],
        2,
      );
      assert.equal(plan.pixelFormat, 'yuva420p');
      assert.deepEqual(await ptsOf(output), [500, 533, 567, 600]);
      const { video: kept } = await probe(found, output);
      assert.equal(kept.format.name, 'yuva420p', 'the track says that it has opacity');
    }
  });

  test('pads odd sizes where the codec needs even ones, and says so', async () => {
    const video = sampleVideo({ width: 37, height: 23 });
    const source = sampleSource(
      [],
      {
        path: await make('tiny.mp4', '-f', 'lavfi', '-i', 'color=s=16x16:d=0.1', '-c:v', 'libx264'),
      },
      video,
    );
    const output = path.join(folder, 'odd.mp4');
    const plan = await produceIn(folder, found, source, { output }, [0, 512], 2);
    assert.deepEqual([plan.codedWidth, plan.codedHeight], [38, 24]);
    assert.match(
      plan.announcements.find(({ kind }) => kind === 'padded')?.what ?? '',
      /38x24, not 37x23: one repeated column and one repeated row/,
    );
  });

  test('cuts the sound with the picture', async () => {
    const clip = await make(
      'long.mp4',
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2'],
      ...['-c:v', 'libx264', '-c:a', 'aac'],
    );
    const source = await probe(found, clip);
    const tick = source.video.timeBase.den / 25;
    const times = Array.from({ length: 10 }, (_, i) => (25 + i) * tick);
    const output = path.join(folder, 'part.mp4');
    await produceIn(folder, found, source, { output, trim: { from: 1, to: 1.4 } }, times, 10);
    assert.deepEqual(
      await ptsOf(output),
      Array.from({ length: 10 }, (_, i) => i * tick),
    );
    const sound = (await packets(output, 'a')).map(({ pts_time }) => Number(pts_time));
    assert.ok(sound[0]! >= 0 && sound[0]! < 0.03, `sound starts at ${sound[0]}`);
    assert.ok(sound.at(-1)! > 0.35 && sound.at(-1)! < 0.4, `sound ends at ${sound.at(-1)}`);
  });
});
