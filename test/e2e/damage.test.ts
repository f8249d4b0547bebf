import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { sourceCensus } from '../../src/media/damage/source-census.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { harmed, harms } from '../support/damaged.js';
import { enlarge, ffmpegRun } from '../support/enlarge.js';
import { isLongForm } from '../support/long-form.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=2'];
const tone = ['-f', 'lavfi', '-i', 'sine=duration=2'];
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12', '-pix_fmt', 'yuv420p'];
const quick = { model: 'espcn-16-lite-x2', preset: 'ultrafast', log: false } as const;

/** Fifty frames each, most with sound. */
const clips: Readonly<Record<string, readonly string[]>> = {
  'a.mp4': [...scene, ...tone, ...x264, '-c:a', 'aac', '-movflags', 'faststart'],
  'a.mkv': [...scene, ...tone, ...x264, '-c:a', 'aac'],
  'a.ts': [...scene, ...tone, ...x264, '-c:a', 'mp2'],
  'a.avi': [...scene, ...tone, '-c:v', 'mpeg4', '-c:a', 'mp2'],
  'a.wmv': [...scene, ...tone, '-c:v', 'wmv2', '-c:a', 'wmav2'],
  'a.ogv': [...scene, ...tone, '-c:v', 'libtheora', '-c:a', 'libvorbis'],
  'a.nut': [...scene, ...tone, '-c:v', 'mpeg4', '-c:a', 'mp2'],
  'a.ivf': [...scene, '-c:v', 'libvpx'],
  'a.gif': [...scene],
};

/**
 * What no build of ffmpeg before 5 says a word about, and the container does not count: ASF's
 * broken packets.
 */
const unheard = [
  ['a.wmv', 'zeroed middle'],
  ['a.wmv', 'flipped bytes'],
] as const;

const folder = temporaryFolder();
before(async () => {
  for (const [name, args] of Object.entries(clips)) {
    await ffmpegRun(...args, path.join(folder, name));
  }
});

/** Packets of each stream, in the order of streams. */
async function packets(file: string): Promise<number[]> {
  const ffmpeg = await locateFfmpeg();
  const source = await probe(ffmpeg, file);
  const all = new Set(source.streams.map(({ index }) => index));
  const { streams } = await sourceCensus(ffmpeg, source, all, { decodeSound: false });
  return [...streams.values()].map((tally) => tally.packets);
}

/** Fewer packets of one stream than the whole clip has. */
async function isLess(output: string, whole: string): Promise<boolean> {
  const [got, full] = [await packets(output), await packets(whole)];
  return full.some((count, place) => (got[place] ?? 0) < count);
}

/** Every third harm in turn; all of them in the long form. */
const harmsOf = (name: string): string[] => {
  const place = Object.keys(clips).indexOf(name);
  return Object.keys(harms).filter((_, i) => isLongForm || (i + place) % 3 === 0);
};

for (const name of Object.keys(clips)) {
  test(`${name}: no harm done to it is silent`, async () => {
    const clip = path.join(folder, name);
    const output = path.join(folder, `${name}.out.mkv`);
    const whole = await enlarge(clip, { ...quick, output });
    assert.equal(whole.status, 'done', 'a whole clip is done');
    assert.equal(await isLess(output, clip), false, 'of a whole clip nothing is lost');
    for (const how of harmsOf(name)) {
      if (unheard.some(([of, harm]) => of === name && harm === how)) continue;
      await rm(output, { force: true });
      await rm(`${output}.vsr-work`, { recursive: true, force: true });
      const bad = await harmed(clip, how, path.join(folder, `bad-${name}`));
      const outcome = await enlarge(bad, { ...quick, output });
      if (outcome.status === 'failed') {
        assert.match(outcome.error.message, /damaged|cannot|not finished|is no /, how);
        assert.equal(existsSync(output), false, how);
      } else assert.equal(await isLess(output, clip), false, `${how}: done, and yet less`);
    }
  });
}

test('a damaged source says what is missing and when; --allow-damaged takes up what is done, and marks it', async () => {
  const clip = await harmed(path.join(folder, 'a.mkv'), 'cut tail', path.join(folder, 'cut.mkv'));
  const output = path.join(folder, 'cut.out.mkv');
  const words = ['upscale', clip, '-o', output, '-m', quick.model, '--preset', 'ultrafast'];
  const refused = await runVsr(...words);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /cut\.mkv is damaged: .* from \d\.\d\d s on.*--allow-damaged/);
  assert.equal(existsSync(output), false);
  const kept = await readFile(path.join(`${output}.vsr-work`, 'seg-00000.json'));
  const allowed = await runVsr(...words, '--allow-damaged', '--json');
  assert.equal(allowed.code, 0);
  const summary = (JSON.parse(allowed.stdout) as { outcomes: { summary: { stages?: unknown } }[] })
    .outcomes[0]!.summary;
  assert.equal(summary.stages, undefined, 'nothing was enlarged again');
  const sidecar = await readSidecar(`${output}.vsr.json`);
  assert.equal(sidecar.output.frames, (JSON.parse(kept.toString()) as { frames: number }).frames);
  assert.ok(sidecar.source.damage!.length > 0);
  assert.ok(sidecar.missing.some(({ kind, why }) => kind === 'missing' && /from \d/.test(why)));
  assert.ok(sidecar.missing.some(({ why }) => /^it is cut off and lacks .* from \d/.test(why)));
  assert.doesNotMatch(allowed.stderr, /the file\): the file|0\.0 fps/);
  const dry = await runVsr('upscale', clip, '-o', path.join(folder, 'x.mkv'), '--dry-run');
  assert.match(dry.stderr, /the file is cut off/);
});

test('sound that is missing is told of its own stream', async () => {
  const long = ['-f', 'lavfi', '-i', 'sine=duration=12'];
  const clip = path.join(folder, 'commentary.mp4');
  const args = [...scene, ...long, ...x264, '-c:a', 'aac', '-movflags', 'faststart'];
  await ffmpegRun(...args, clip);
  const cut = path.join(folder, 'commentary-cut.mp4');
  const bytes = await readFile(clip);
  await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
  const outcome = await enlarge(cut, { ...quick, output: path.join(folder, 'commentary.out.mp4') });
  assert.equal(outcome.status, 'failed');
  assert.match(
    outcome.error.message,
    /audio stream 1: \d+ of \d+ packets are missing from \d+\.\d\d s on/,
  );
});

test('packets that a transport stream lacks are told, also where ffmpeg passes over them', async () => {
  const bytes = await readFile(path.join(folder, 'a.ts'));
  const size = 188;
  const isOfSound = (at: number): boolean => (bytes.readUInt16BE(at + 1) & 0x1fff) === 0x101;
  const starts = Array.from({ length: bytes.length / size }, (_, i) => i * size);
  const at = starts.filter((each) => isOfSound(each) && (bytes[each + 1]! & 0x40) !== 0)[3]!;
  const end = starts.find(
    (each) => each > at && isOfSound(each) && (bytes[each + 1]! & 0x40) !== 0,
  )!;
  const left = starts.filter((each) => each < at || each >= end || !isOfSound(each));
  const lossy = path.join(folder, 'lossy.ts');
  await writeFile(lossy, Buffer.concat(left.map((each) => bytes.subarray(each, each + size))));
  const outcome = await enlarge(lossy, { ...quick, output: path.join(folder, 'lossy.out.mkv') });
  assert.equal(outcome.status, 'failed');
  assert.match(
    outcome.error.message,
    /audio stream 1: at least \d+ of its transport packets are missing from \d+\.\d\d s to/,
  );
});

test('it is said until when pictures may be garbled, where they build on others', async () => {
  const intra = path.join(folder, 'intra.avi');
  await ffmpegRun(...scene, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', intra);
  for (const [clip, isGarbled] of [
    [path.join(folder, 'a.mp4'), true],
    [intra, false],
  ] as const) {
    const bad = await harmed(clip, 'zeroed middle', path.join(folder, `g-${path.basename(clip)}`));
    const output = `${bad}.out.mkv`;
    const outcome = await enlarge(bad, { ...quick, output, allowDamaged: true });
    assert.equal(outcome.status, 'done');
    const { missing, source } = await readSidecar(`${output}.vsr.json`);
    const { from, to } = source.damage!.find(({ stream }) => stream === 0)!;
    const said = missing.flatMap(({ why }) => /\. Pictures after it.* garbled.*$/.exec(why) ?? []);
    if (!isGarbled) {
      assert.deepEqual(said, []);
      continue;
    }
    // Every twelfth frame is a key frame, of 25 a second.
    const next = (12 / 25) * (Math.floor(to! / (12 / 25) + 0.01) + 1);
    const until = `until the next key frame, at ${next.toFixed(2)} s`;
    assert.deepEqual(said, [`. Pictures after it may be garbled ${until}`], `${from} to ${to}`);
  }
});

test('a part of a damaged clip that is whole is done', async () => {
  const clip = await harmed(path.join(folder, 'a.mkv'), 'cut tail', path.join(folder, 'part.mkv'));
  const output = path.join(folder, 'part.out.mkv');
  const outcome = await enlarge(clip, { ...quick, output, end: 0.4 });
  assert.equal(outcome.status, 'done');
});
