import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before, describe } from 'node:test';
import { promisify } from 'node:util';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { openEncoder } from '../../src/media/encode/encode.js';
import {
  planOutput,
  type OutputPlan,
  type OutputRequest,
} from '../../src/media/output/output-plan.js';
import { planTriedOutput } from '../../src/media/encode/tried-output.js';
import { muxerTrials } from '../../src/media/output/muxer-trial.js';
import { probe } from '../../src/media/source/probe.js';
import { remux } from '../../src/media/join/remux.js';
import type { Source } from '../../src/media/source/source.js';
import { pixelFormats } from '../../src/planes/pixel-format.js';
import { joinChecked } from '../support/join-checked.js';
import { sampleSource, sampleVideo } from '../unit/media/sample-source.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const folder = temporaryFolder();
let found: Ffmpeg;

before(async () => {
  found = await locateFfmpeg();
});

/** The build in use and, where that is another one, the embedded build. */
async function builds(): Promise<Ffmpeg[]> {
  const [{ default: ffmpeg }, { default: ffprobe }] = await Promise.all([
    import('@ffmpeg-installer/ffmpeg'),
    import('@ffprobe-installer/ffprobe'),
  ]);
  // npm may have skipped the scripts that set their run bits; vsr itself sets only the one it
  // takes.
  await Promise.all([chmod(ffmpeg.path, 0o755), chmod(ffprobe.path, 0o755)]);
  const embedded = await locateFfmpeg({ ffmpeg: ffmpeg.path, ffprobe: ffprobe.path });
  return found.ffmpeg === embedded.ffmpeg ? [found] : [found, embedded];
}

/** Makes a clip with the embedded or located ffmpeg. */
async function make(name: string, ...args: string[]): Promise<string> {
  const file = path.join(folder, name);
  await run(found.ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args, file]);
  return file;
}

type Packet = { stream_index: number; pts?: number; dts?: number; pts_time?: string };

async function packets(file: string, stream: string): Promise<Packet[]> {
  const { stdout } = await run(
    found.ffprobe,
    [
      ...['-v', 'error', '-of', 'json', '-select_streams', stream],
      ...['-show_entries', 'packet=pts,dts,pts_time', file],
    ],
    { maxBuffer: 1 << 26 },
  );
  return (JSON.parse(stdout) as { packets: Packet[] }).packets;
}

const ptsOf = async (file: string): Promise<number[]> =>
  (await packets(file, 'V:0')).map(({ pts }) => pts!).sort((a, b) => a - b);

async function streamMd5(file: string, stream: string): Promise<string> {
  const args = ['-v', 'error', '-i', file, '-map', stream, '-c', 'copy', '-f', 'md5', '-'];
  return (await run(found.ffmpeg, args)).stdout;
}

/** Noise that is the same each time, in samples of the layout's depth. */
function noise(plan: OutputPlan, frame: number): Uint8Array<ArrayBuffer> {
  const { byteLength, sampleBytes, format } = plan.frameLayout;
  const data = new Uint8Array(byteLength);
  let state = 12345 + frame * 7919;
  const next = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  if (sampleBytes === 1) data.forEach((_, i) => (data[i] = next()));
  else {
    const samples = new Uint16Array(data.buffer);
    samples.forEach((_, i) => (samples[i] = next() & ((1 << format.bitDepth) - 1)));
  }
  return data;
}

/**
 * Encodes noise at `times`, cut into segments of `perSegment` frames, and puts the output together.
 */
async function produce(
  ffmpeg: Ffmpeg,
  source: Source,
  request: Partial<OutputRequest> & { output: string },
  times: readonly number[],
  perSegment: number,
): Promise<OutputPlan> {
  const { width, height } = source.video;
  const plan = await planOutput(ffmpeg, source, { codec: 'auto', width, height, ...request });
  const files: string[] = [];
  for (let from = 0; from < times.length; from += perSegment) {
    const file = path.join(folder, `segment-${files.length}.part`);
    const encoder = openEncoder(ffmpeg, plan, file);
    for (const [i, pts] of times.slice(from, from + perSegment).entries()) {
      await encoder.write({ index: from + i, pts, data: noise(plan, from + i) });
    }
    await encoder.finish();
    files.push(file);
  }
  const made = { files, frames: times.length, firstPts: Math.min(...times) };
  await joinChecked(ffmpeg, { source, plan, output: request.output, ...made });
  return plan;
}

describe('the finished file', () => {
  test('has every time to the tick, uneven and with B-frames, across segments, and the same sound', async () => {
    const clip = await make(
      'late.mp4',
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.6', '-f', 'lavfi', '-i', 'sine=d=0.6'],
      ...['-video_track_timescale', '57600', '-c:v', 'libx264', '-c:a', 'aac'],
    );
    const times = [4800, 5000, 7301, 7302, 9000, 12000, 12960, 14001, 20000, 20001, 30000, 31000];
    for (const ffmpeg of await builds()) {
      const source = await probe(ffmpeg, clip);
      for (const [name, tick] of [
        ['a.mp4', 1],
        ['b.mov', 1],
        ['c.mkv', 57.6],
      ] as const) {
        const output = path.join(folder, name);
        // Noise alone would get no B-frames.
        const ffmpegArgs = ['-bf', '2', '-b_strategy', '0'];
        await produce(ffmpeg, source, { output, ffmpegArgs }, times, 5);
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
      '-f',
      'lavfi',
      '-i',
      'color=s=16x16:d=0.1',
      '-c:v',
      'ffv1',
      '-strict',
      '-2',
    );
    for (const ffmpeg of await builds()) {
      for (const format of pixelFormats.values()) {
        const video = sampleVideo({ format, width: 37, height: 23 });
        const source = sampleSource([], { path: silent }, video);
        const output = path.join(folder, 'exact.mkv');
        const plan = await produce(ffmpeg, source, { output, codec: 'ffv1' }, [0, 512], 1);
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
      ...[
        '-metadata:s:1',
        'language=fre',
        '-metadata:s:2',
        'language=ger',
        '-metadata:s:2',
        'title=Kommentar',
      ],
      ...['-disposition:1', 'default', '-disposition:2', 'comment'],
    );
    for (const ffmpeg of await builds()) {
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
      await produce(ffmpeg, source, { output }, times, 4);
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
      '-f',
      'lavfi',
      '-i',
      'color=s=16x16:d=0.1',
      '-c:v',
      'libvpx-vp9',
    );
    const format = pixelFormats.get('yuva420p')!;
    const video = sampleVideo({ format, timeBase: { num: 1, den: 1000 } });
    for (const ffmpeg of await builds()) {
      const source = sampleSource([], { path: silent, container: 'matroska,webm' }, video);
      const output = path.join(folder, 'glass.webm');
      const plan = await produce(ffmpeg, source, { output, preset: '8' }, [500, 533, 567, 600], 2);
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
    const plan = await produce(found, source, { output }, [0, 512], 2);
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
    await produce(found, source, { output, trim: { from: 1, to: 1.4 } }, times, 10);
    assert.deepEqual(
      await ptsOf(output),
      Array.from({ length: 10 }, (_, i) => i * tick),
    );
    const sound = (await packets(output, 'a')).map(({ pts_time }) => Number(pts_time));
    assert.ok(sound[0]! >= 0 && sound[0]! < 0.03, `sound starts at ${sound[0]}`);
    assert.ok(sound.at(-1)! > 0.35 && sound.at(-1)! < 0.4, `sound ends at ${sound.at(-1)}`);
  });
});

describe('an encoder by its own name', () => {
  const size = { width: 64, height: 48 };
  const wish = (ffmpeg: Ffmpeg, source: Source, request: Omit<OutputRequest, 'width' | 'height'>) =>
    ({
      ...({ source, request: { ...request, ...size }, encoder: 'software' } as const),
      ...{ takes: muxerTrials(ffmpeg, source), signal: new AbortController().signal },
    }) as const;

  test('is tried before it counts, and keeps frames and times across segments', async () => {
    const clip = await make(
      'plain.mp4',
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.4', '-pix_fmt', 'yuv420p'],
      ...['-video_track_timescale', '12800', '-c:v', 'libx264', '-colorspace', 'bt709'],
    );
    const times = [0, 512, 700, 1800, 2048];
    for (const ffmpeg of await builds()) {
      const source = await probe(ffmpeg, clip);
      for (const [codec, encoder, output] of [
        ['mpeg4', 'mpeg4', 'own.mp4'],
        ['utvideo', 'utvideo', 'own.mkv'],
      ] as const) {
        const request = { output: path.join(folder, output), codec, encoder };
        const plan = await planTriedOutput(ffmpeg, wish(ffmpeg, source, request));
        assert.deepEqual([plan.codec, plan.encoder], [codec, encoder]);
        const lost = plan.announcements.filter(({ what }) => what.startsWith('the mark of'));
        assert.equal(lost.length, codec === 'mpeg4' ? 1 : 0, 'MPEG-4 does not hold the matrix');
        await produce(ffmpeg, source, request, times, 3);
        const [first, ...rest] = await ptsOf(request.output);
        const tick = output.endsWith('.mkv') ? 12.8 : 1;
        const from = rest.map((pts) => pts - first!);
        assert.deepEqual(
          from,
          times.slice(1).map((time) => Math.round(time / tick)),
        );
      }
      const matrix = { output: '/x/a.mov', codec: 'mjpeg', encoder: 'mjpeg' } as const;
      await assert.rejects(planTriedOutput(ffmpeg, wish(ffmpeg, source, matrix)), {
        code: 'option',
        message: /the matrix bt709 becomes bt470bg|takes yuvj420p.* in limited range/,
      });
    }
  });

  test('of hardware that is not there fails, and by its kind falls back with a sentence', async () => {
    const source = sampleSource();
    const named = { output: '/x/a.mp4', codec: 'h264', encoder: 'h264_nvenc' } as const;
    await assert.rejects(
      planTriedOutput(found, wish(found, source, named)),
      /Expected h264_nvenc to encode a few frames|no encoder named h264_nvenc/,
    );
    const kind = { output: '/x/a.mp4', codec: 'h264', crf: 20, preset: 'p5' } as const;
    const plan = await planTriedOutput(found, {
      ...wish(found, source, kind),
      encoder: 'nvenc',
    });
    assert.equal(plan.encoder, 'libx264');
    assert.match(plan.encoderArgs.join(' '), /-preset medium -crf 20/, "p5 is nvenc's own");
    const note = plan.announcements.find(({ what }) => /in software, by libx264/.test(what));
    assert.match(note!.why, /^(?:h264_nvenc does not start: |this ffmpeg has no h264_nvenc)/);
  });
});

describe('what cannot be done is refused before any work', () => {
  const source = sampleSource();
  const size = { width: 64, height: 48 };
  const cases: [string, Omit<OutputRequest, 'width' | 'height'>, RegExp][] = [
    ['a container', { output: '/x/a.gif', codec: 'auto' }, /ending in one of .*"a\.gif"/],
    [
      'a codec there',
      { output: '/x/a.webm', codec: 'h264' },
      /WebM cannot hold h264\. Name an output ending in \.mp4/,
    ],
    [
      'an encoder there',
      { output: '/x/a.webm', codec: 'utvideo', encoder: 'utvideo' },
      /WebM cannot hold utvideo \(utvideo\)\. Name an output ending in \.mkv, \.avi/,
    ],
    [
      'a pixel format',
      { output: '/x/a.mp4', codec: 'h264', pixelFormat: 'yuv440p' },
      /--pix-fmt that libx264 takes but received "yuv440p"/,
    ],
    [
      'an unknown format',
      { output: '/x/a.mp4', codec: 'auto', pixelFormat: 'rgb24' },
      /--pix-fmt but received "rgb24"/,
    ],
  ];
  for (const [name, request, message] of cases) {
    test(name, () =>
      assert.rejects(planOutput(found, source, { ...request, ...size }), {
        code: 'option',
        message,
      }),
    );
  }
});

describe('an encoder', () => {
  test('refuses times that do not grow', async () => {
    const source = sampleSource();
    const plan = await planOutput(found, source, {
      output: '/x/a.mp4',
      codec: 'auto',
      width: 64,
      height: 48,
    });
    const encoder = openEncoder(found, plan, path.join(folder, 'bad.part'));
    await encoder.write({ index: 0, pts: 5, data: noise(plan, 0) });
    await assert.rejects(
      encoder.write({ index: 1, pts: 5, data: noise(plan, 1) }),
      /frame 1 to come after time 5 but it is at 5/,
    );
    await encoder.abort();
  });

  test('that was started before its first frame writes the same file', async () => {
    const plan = await planOutput(found, sampleSource(), {
      ...{ output: '/x/a.mp4', codec: 'auto', width: 64, height: 48 },
    });
    const hashes: string[] = [];
    for (const early of [true, false]) {
      const file = path.join(folder, `early-${early}.part`);
      const encoder = openEncoder(found, plan, file);
      if (early) encoder.prepare();
      for (const i of [3, 4, 7]) {
        if (early) encoder.prepare();
        await encoder.write({ index: i, pts: i, data: noise(plan, i) });
      }
      await encoder.finish();
      hashes.push(
        createHash('md5')
          .update(await readFile(file))
          .digest('hex'),
      );
    }
    assert.equal(hashes[0], hashes[1]);
  });

  test('that was started for nothing makes no file, and ends when told', async () => {
    const plan = await planOutput(found, sampleSource(), {
      ...{ output: '/x/a.mp4', codec: 'auto', width: 64, height: 48 },
    });
    const file = path.join(folder, 'for-nothing.part');
    const encoder = openEncoder(found, plan, file);
    encoder.prepare();
    await assert.rejects(encoder.finish(), { code: 'media', message: /No frame came/ });
    await encoder.abort();
    const { stdout } = await run('ps', ['-eo', 'args']);
    assert.ok(!stdout.includes(file), 'ffmpeg still runs');
  });

  const noShell = { skip: process.platform === 'win32' ? 'has no /bin/sh' : false };
  test('that works for long on its last frames is not given up', noShell, async () => {
    const plan = await planOutput(found, sampleSource(), {
      ...{ output: '/x/a.mp4', codec: 'auto', width: 64, height: 48 },
    });
    const slow = path.join(folder, 'slow-ffmpeg');
    const busy = 'until [ "$(date +%s)" -ge "$end" ]; do :; done';
    await writeFile(slow, `#!/bin/sh\n'${found.ffmpeg}' "$@"\nend=$(($(date +%s) + 4))\n${busy}\n`);
    await chmod(slow, 0o755);
    const encoder = openEncoder({ ...found, ffmpeg: slow }, plan, path.join(folder, 'slow.part'), {
      stallTimeoutMs: 1500,
    });
    await encoder.write({ index: 0, pts: 0, data: noise(plan, 0) });
    await encoder.finish();
  });

  test('that fails says what ffmpeg said', async () => {
    const source = sampleSource();
    const plan = await planOutput(found, source, {
      ...{ output: '/x/a.mp4', codec: 'auto', width: 64, height: 48 },
      ffmpegArgs: ['-profile:v', 'nonsense'],
    });
    const encoder = openEncoder(found, plan, path.join(folder, 'bad.part'));
    const work = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await encoder.write({ index: i, pts: i, data: noise(plan, i) });
      await encoder.finish();
    };
    await assert.rejects(work(), { code: 'media', message: /libx264 ended early.*nonsense/s });
  });

  test('stopped by a signal leaves no process', async () => {
    const stop = new AbortController();
    const source = sampleSource();
    const plan = await planOutput(found, source, {
      output: '/x/a.mp4',
      codec: 'auto',
      width: 64,
      height: 48,
    });
    const encoder = openEncoder(found, plan, path.join(folder, 'cut.part'), {
      signal: stop.signal,
    });
    await encoder.write({ index: 0, pts: 0, data: noise(plan, 0) });
    stop.abort();
    await assert.rejects(encoder.finish(), { code: 'interrupted' });
    await encoder.abort();
  });

  test('that got no frame says so', async () => {
    const plan = await planOutput(found, sampleSource(), {
      output: '/x/a.mp4',
      codec: 'auto',
      width: 64,
      height: 48,
    });
    const encoder = openEncoder(found, plan, path.join(folder, 'none.part'));
    await assert.rejects(encoder.finish(), /No frame came/);
  });
});

test('an intermediate file that was cut off is never joined', async () => {
  const plan = await planOutput(found, sampleSource(), {
    output: '/x/a.mp4',
    codec: 'auto',
    width: 64,
    height: 48,
  });
  const file = path.join(folder, 'whole.part');
  const encoder = openEncoder(found, plan, file);
  await encoder.write({ index: 0, pts: 0, data: noise(plan, 0) });
  await encoder.finish();
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, bytes.length - 30));
  const output = path.join(folder, 'joined.mp4');
  await assert.rejects(
    remux(
      found,
      { source: sampleSource(), plan, videoFiles: [file], output },
      {
        census: { streams: new Map(), complaints: [] },
      },
    ),
    /is not whole/,
  );
});
