import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { runProcess } from '../../src/media/program/process.js';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr, startVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let ffmpeg: Ffmpeg;
const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);

async function facts(file: string): Promise<{ streams: Record<string, unknown>[] }> {
  const args = ['-v', 'error', '-count_packets', '-show_streams', '-of', 'json', file];
  return JSON.parse((await runProcess(ffmpeg.ffprobe, args)).stdout) as {
    streams: Record<string, unknown>[];
  };
}

before(async () => {
  ffmpeg = await locateFfmpeg();
  // 48x32, 12 frames at 10 a second, with a tone.
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc2=s=48x32:r=10:d=1.2', '-f', 'lavfi', '-i', 'sine=d=1.2'],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '4', '-c:a', 'aac', at('clip.mp4')],
  );
});

test('a clip in, a larger clip out, with its log and sidecar; again is skipped; --json alone on stdout', async () => {
  const node = JSON.stringify(process.execPath);
  const copy = `${node} -e "fs.copyFileSync(...process.argv.slice(1))" {output} {folder}/copy.mp4`;
  const first = await runVsr('upscale', at('clip.mp4'), '--json', '--exec', copy);
  assert.equal(first.code, 0, first.stderr);
  const summary = JSON.parse(first.stdout) as {
    outcomes: { status: string; output: string; exec: { exitCode: number; error: null } }[];
  };
  const { words, ...ended } = summary.outcomes[0]!.exec as { words?: string[] };
  assert.deepEqual(words?.at(-1), at('copy.mp4'));
  assert.deepEqual(ended, { exitCode: 0, error: null });
  assert.deepEqual(await readFile(at('copy.mp4')), await readFile(at('clip.x2.mp4')));
  await rm(at('copy.mp4'));
  assert.deepEqual(
    summary.outcomes.map(({ status }) => status),
    ['done'],
  );
  const [video, audio] = (await facts(at('clip.x2.mp4'))).streams;
  assert.equal(video!['width'], 96);
  assert.equal(video!['height'], 64);
  assert.equal(video!['nb_read_packets'], '12');
  assert.equal(audio!['codec_name'], 'aac');
  const log = (await readFile(at('clip.x2.mp4.psnr.csv'), 'utf8')).trim().split('\n');
  assert.equal(log.length, 13);
  assert.equal(
    log[0],
    'frame,pts,pts_time,psnr_y,psnr_u,psnr_v,psnr_y_bicubic,psnr_to_bicubic_y,psnr_to_source_y,' +
      'flicker_y,flicker_y_bicubic,flicker_to_bicubic_y,source_pts,field,scan',
  );
  assert.match(log[1]!, /,\d+,both,\w*$/);
  const before = await stat(at('clip.x2.mp4'));
  const second = await runVsr('upscale', at('clip.mp4'), '--json');
  assert.match(second.stdout, /"status": "skipped"/);
  assert.equal((await stat(at('clip.x2.mp4'))).mtimeMs, before.mtimeMs);
  const left = (await readdir(folder)).filter((name) => name.includes('vsr-work'));
  assert.deepEqual(left, []);
});

test('another job of the same name, and a file of nobody, are not overwritten unless asked', async () => {
  const output = at('mine.mp4');
  await writeFile(output, 'precious');
  const refused = await runVsr('upscale', at('clip.mp4'), '-o', output);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /mine\.mp4 exists and no finished job of vsr made it/);
  assert.equal(await readFile(output, 'utf8'), 'precious');
  const words = ['-o', output, '--overwrite', '--no-log', '--size-limit', '40k'];
  const replaced = await runVsr('upscale', at('clip.mp4'), ...words);
  assert.equal(replaced.code, 0, replaced.stderr);
  const { size } = await stat(output);
  assert.ok(size > 1000 && size <= 40_000, `${size} bytes`);
  assert.match(await readFile(`${output}.vsr.json`, 'utf8'), /"-b:v",\s*"\d+",\s*"-maxrate"/);
  await assert.rejects(stat(`${output}.psnr.csv`));
});

test('in and out points are exact to the frame, and cut the sound as well', async () => {
  const output = at('part.mp4');
  const part = ['--start', '0.35', '--end', '0:00.8'];
  const done = await runVsr('upscale', at('clip.mp4'), '-o', output, ...part);
  assert.equal(done.code, 0, done.stderr);
  const [video, audio] = (await facts(output)).streams;
  // Frames at 0.4, 0.5, 0.6, 0.7.
  assert.equal(video!['nb_read_packets'], '4');
  const seconds = Number(audio!['duration']);
  assert.ok(seconds > 0.3 && seconds < 0.7, `${seconds} s of sound`);
  const log = (await readFile(`${output}.psnr.csv`, 'utf8')).trim().split('\n');
  assert.deepEqual(
    log.slice(1).map((row) => Number(row.split(',')[2]).toFixed(3)),
    ['0.000', '0.100', '0.200', '0.300'],
  );
});

test('at most so many frames are taken, and the tracks that are wanted', async () => {
  const config = at('config.yaml');
  await writeFile(config, 'frames: 5\npresets:\n  short:\n    frames: 3\n    audio: none\n');
  const words = ['upscale', at('clip.mp4'), '-o', at('three.mp4'), '--config', config];
  const failing = `'${process.execPath}' -e "console.log('too bad'); process.exit(3)"`;
  const three = await runVsr(...words, '--use', 'short', '--verbose', '--exec', failing);
  assert.equal(three.code, 1, 'the clip is done, but its program failed');
  assert.ok(three.stderr.includes(`Set by ${config} (preset short): frames: 3, audio: none.`));
  assert.match(three.stderr, /clip\.mp4: done, .*; but .* ended with exit code 3: too bad/);
  assert.match(three.stderr, /audio stream 1 \(aac\): left out, since no audio was asked for/);
  const { streams } = await facts(at('three.mp4'));
  assert.deepEqual(
    streams.map((stream) => [stream['codec_type'], stream['nb_read_packets']]),
    [['video', '3']],
  );
  const sidecar = await readFile(at('three.mp4.vsr.json'), 'utf8');
  const { settings } = JSON.parse(sidecar) as {
    settings: { audio: string; asked: { configured: object } };
  };
  assert.equal(settings.audio, 'none');
  const set = { frames: '3', audio: 'none' };
  assert.deepEqual(settings.asked.configured, { file: config, preset: 'short', set });
  const other = await runVsr(...words);
  assert.equal(other.code, 1, 'another choice of tracks is another job');
});

test('--to reaches a size with the aspect kept; --scale 4 is two passes', async () => {
  const to = await runVsr('upscale', at('clip.mp4'), '-o', at('to.mp4'), '--to', '120x120');
  assert.equal(to.code, 0, to.stderr);
  const video = (await facts(at('to.mp4'))).streams[0]!;
  assert.deepEqual([video['width'], video['height']], [120, 80]);
  const four = await runVsr('upscale', at('clip.mp4'), '-s', '4', '--frames', '2', '--json');
  assert.equal(four.code, 0, four.stderr);
  const { outcomes } = JSON.parse(four.stdout) as {
    outcomes: { summary: { output: { width: number }; model: { passes: unknown[] } } }[];
  };
  assert.equal(outcomes[0]!.summary.output.width, 192);
  assert.equal(outcomes[0]!.summary.model.passes.length, 2);
});

test('a folder: the failing clip is told apart, the others are done, outputs are not inputs', async () => {
  const inputs = at('batch');
  await mkdir(inputs);
  await copyFile(at('clip.mp4'), path.join(inputs, 'a b.mp4'));
  await writeFile(path.join(inputs, 'broken.mp4'), 'this is no clip\n');
  const args = ['upscale', inputs, '--json', '--no-log', '--jobs', '2'];
  const batch = await runVsr(...args);
  assert.equal(batch.code, 1);
  const { outcomes } = JSON.parse(batch.stdout) as {
    outcomes: { clip: string; status: string }[];
  };
  const became = Object.fromEntries(
    outcomes.map(({ clip, status }) => [path.basename(clip), status]),
  );
  assert.deepEqual(became, { 'a b.mp4': 'done', 'broken.mp4': 'failed' });
  const again = JSON.parse((await runVsr(...args)).stdout) as { outcomes: { status: string }[] };
  assert.deepEqual(again.outcomes.map(({ status }) => status).sort(), ['failed', 'skipped']);
});

test('from a pipe to a pipe', async () => {
  const { child, done } = startVsr(['upscale', '-', '-o', '-', '--json', '--frames', '4']);
  const chunks: Buffer[] = [];
  child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin!.end(await readFile(at('clip.mp4')));
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /"status": "done"/);
  await writeFile(at('piped.mkv'), Buffer.concat(chunks));
  const video = (await facts(at('piped.mkv'))).streams[0]!;
  assert.equal(video['nb_read_packets'], '4');
});

test('from a pipe without -o it goes into the current folder; among other inputs - wants one', async () => {
  const here = at('here');
  await mkdir(here);
  const { child, done } = startVsr(['upscale', '-', '--frames', '4'], { cwd: here });
  child.stdin!.end(await readFile(at('clip.mp4')));
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  const made = (await readdir(here)).toSorted();
  assert.deepEqual(made, ['stdin.x2.mp4', 'stdin.x2.mp4.psnr.csv', 'stdin.x2.mp4.vsr.json']);
  const video = (await facts(path.join(here, 'stdin.x2.mp4'))).streams[0]!;
  assert.equal(video['nb_read_packets'], '4');

  const several = await runVsr('upscale', '-', at('clip.mp4'));
  assert.equal(several.code, 2);
  assert.match(several.stderr, /Expected -o with a folder/);
});

test('interrupted while standard input is read, it ends with 130 and leaves nothing', async () => {
  const temporary = at('temporary');
  await mkdir(temporary);
  const { child, done } = startVsr(['upscale', '-', '-o', at('never.mp4')], {
    env: { TMPDIR: temporary, TMP: temporary, TEMP: temporary },
  });
  child.stdin!.on('error', () => {});
  child.stdin!.write(await readFile(at('clip.mp4')));
  const spooled = async () => {
    const [pipe] = await readdir(temporary);
    return pipe !== undefined && (await readdir(path.join(temporary, pipe))).includes('stdin');
  };
  while (child.exitCode === null && !(await spooled())) await delay(10);
  child.kill('SIGINT');
  assert.equal((await done).code, 130);
  assert.deepEqual(await readdir(temporary), []);
});

test('--dry-run says what would be done and does nothing', async () => {
  const before = await readdir(folder);
  const words = ['upscale', at('clip.mp4'), '-o', at('dry.mkv'), '--dry-run'];
  const dry = await runVsr(...words, '--json');
  assert.equal(dry.code, 0, dry.stderr);
  type Figures = Record<'frames' | 'seconds' | 'outputBytes' | 'freeBytes', number>;
  const { plans, total } = (
    JSON.parse(dry.stdout) as {
      facts: { plans: { width: number; encoder: string; estimate: Figures }[]; total: Figures };
    }
  ).facts;
  assert.equal(plans[0]!.width, 96);
  assert.equal(plans[0]!.encoder, 'libx264');
  const { frames, seconds, outputBytes, freeBytes } = plans[0]!.estimate;
  assert.ok(frames > 0 && seconds > 0 && outputBytes > 0 && freeBytes > 0, dry.stdout);
  assert.equal(total.seconds, seconds);
  // What the trial showed is known now.
  assert.match(
    (await runVsr(...words)).stderr,
    / {2}(about \d+:\d\d|under a second) on this machine; about .* free/,
  );
  assert.deepEqual(await readdir(folder), before);
});

test('each wrong call and each unusable input is one sentence with its exit code', async () => {
  await writeFile(at('empty.mp4'), '');
  await writeFile(at('text.mp4'), 'Once upon a time there was no clip.\n');
  await mkdir(at('nothing'), { recursive: true });
  await ffmpegRun('-f', 'lavfi', '-i', 'sine=d=1', at('sound.m4a'));
  await ffmpegRun('-f', 'lavfi', '-i', 'testsrc2=s=48x32', '-frames:v', '1', at('still.bmp'));
  const cases: [string[], number, RegExp][] = [
    [['--scale', '1'], 2, /a scale that can be made .* received 1\. Try one of: 2, /],
    [['--scale', '11'], 2, /scale .* received 11\. Try one of: 2, /],
    [['--provider', 'abacus'], 2, /abacus/],
    [['--model', 'nonesuch'], 2, /nonesuch/],
    [['--codec', 'h265'], 2, /h264, hevc/],
    [['--frobnicate'], 2, /There is no option --frobnicate/],
    [['-o', at('clip.mp4')], 2, /the input itself/],
    [['--provider', 'cuda', '-o', at('cuda.mp4')], 1, /vsr setup cuda/],
    [['-o', at('x.xyz')], 2, /\.xyz|mp4/],
    [['--log', at('log.txt')], 2, /\.csv or \.jsonl/],
  ];
  for (const [args, code, message] of cases) {
    const result = await runVsr('upscale', at('clip.mp4'), ...args, '--frames', '1');
    assert.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`);
    assert.match(result.stderr, message);
    assert.doesNotMatch(result.stderr, /this is a bug|\n\s+at /);
  }
  for (const [name, message] of [
    ['missing.mp4', /missing\.mp4/],
    ['empty.mp4', /is empty/],
    ['text.mp4', /plain text/],
    ['nothing', /holds none/],
    ['sound.m4a', /no video/i],
    [
      'still.bmp',
      /still\.bmp is a picture of a format \(bmp\) that is not enlarged\. Save it as PNG/,
    ],
  ] as const) {
    const result = await runVsr('upscale', at(name));
    assert.equal(result.code, 1, `${name}: ${result.stderr}`);
    assert.match(result.stderr, message);
    assert.doesNotMatch(result.stderr, /this is a bug|\n\s+at /);
  }
});
