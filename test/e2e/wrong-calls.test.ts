import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { packageRoot } from '../../src/package-root.js';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Wrong calls, and the one sentence that is said of each. */
const calls: readonly [call: string, sentence: string][] = [
  ['clip.mp4', 'There is no command clip.mp4. Did you mean: vsr upscale clip.mp4'],
  ['--scale 2 a.mkv', 'There is no option --scale. Did you mean: vsr upscale --scale 2 a.mkv'],
  ['upscal a.mp4', 'There is no command upscal. Did you mean upscale?'],
  [
    'upscale a.mp4 -s 0',
    'Expected a whole or half number of at least 1 for --scale but received "0".',
  ],
  ['upscale a.mp4 --crf x', 'Expected a number for --crf but received "x".'],
  ['upscale a.mp4 --crf', 'Expected a value for --crf but received none.'],
  ['upscale a.mp4 --frmes 3', 'There is no option --frmes. Did you mean --frames?'],
  ['upscale a.mp4 --size 720p', 'There is no option --size. Did you mean --to?'],
  ['upscale', 'Expected inputs after the command but received nothing.'],
  ['train --out a.onnx', 'Expected --data to be given, but it is missing.'],
  [
    'train --data . --out a.onnx --keep some',
    'Expected one of best, last for --keep but received "some".',
  ],
  ['models a', 'Expected at most 0 arguments for models but received 1.'],
  ['setup cud', 'There is no command cud. Did you mean cuda?'],
  ['setup', 'Expected one of the commands above but received none.'],
];

for (const [call, sentence] of calls) {
  test(`vsr ${call}: one sentence in the wording of all, exit code 2`, async () => {
    const { code, stderr, stdout } = await runVsr(...call.split(' '));
    assert.equal(stderr.split('\n').at(-2), `vsr: ${sentence}`);
    assert.equal(code, 2);
    assert.equal(stdout, '');
  });
}

const folder = temporaryFolder();

before(async () => {
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=48x32:r=10:d=1'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', path.join(folder, 'a.mp4'));
});

/** Wrong options of a clip that is there, and how the sentence about each begins or ends. */
const options: readonly [options: string, sentence: RegExp][] = [
  ['-m espcn-16-x22', /for --model but received "espcn-16-x22"\. Did you mean espcn-16-x2\? The c/],
  ['-m espcn-16-x99', /for --model but received "espcn-16-x99"\. Did you mean espcn-16-x2\?/],
  ['-m espn-16', /for --model but received "espn-16"\. Did you mean espcn-16\?/],
  ['-m default-x2', /for --model but received "default-x2"\. The catalogue has/],
  ['-m espcn-16-x3', /made with espcn-16-x3 but received 2\. Try one of: 3, 9\./],
  ['-m espcn-16-x2 -s 6', /made with espcn-16-x2 but received 6\. Try one of: 2, 4, 8, 16\./],
  ['--to 720', /for --to but received "720"\. Did you mean 720p\?/],
  ['--to 1920*1080', /Did you mean 1920x1080\?/],
  ['--to UHD', /Did you mean 4k\?/],
  ['--to 1080i', /Did you mean 1080p\?/],
  ['--to 10', /for --to but received "10"/],
  ['--crf 99', /Expected 0 to 51 with libx264 and libx265 for --crf but received 99\./],
  ['--crf 55', /from 0 to 51 for libx264 but received 55\./],
  ['--codec av1 --crf 64', /Expected 0 to 63 with .* for --crf but received 64\./],
  ['--codec prores --crf 3 -o b.mov', /prores has no --crf/],
  ['--codec h256', /for --codec but received "h256"\. Did you mean h264\?/],
  ['--codec h265', /for --codec but received "h265"\. Did you mean hevc\?/],
  ['--codec x264', /Did you mean h264\?/],
  ['--codec vp9 --crf 64', /Expected 0 to 63 with libvpx-vp9 for --crf but received 64\./],
  ['--codec hevc --crf 52', /for --crf but received 52\./],
  ['--start 1', /Expected a time before the clip's end \(1\.000 s\) for --start but received 1\./],
  ['--start 1:00 --end 2:00', /before the clip's end .* for --start but received 60\./],
  ['--pix-fmt yuv240p', /yuv240p/],
  ['--bitrate fast', /Expected bits a second, as 8M or 800k for --bitrate but received "fast"/],
  ['--size-limit 4G --crf 20', /either crf or sizeLimit, not both, for --size-limit but received/],
  ['--size-limit 4k', /leaves room for video, since .* for --size-limit but received 4000\./],
  ['--codec ffv1 -o b.mkv --bitrate 1M', /ffv1 takes no rate/],
  ['--audio english', /Expected all, none, or .* for --audio but received "english"\./],
  ['--stall-timeout -1', /for --stall-timeout but received/],
  ['--provider cudaa', /for --provider but received "cudaa"\. Did you mean cuda\?/],
];

for (const [words, sentence] of options) {
  test(`vsr upscale a.mp4 ${words}: refused before the start`, async () => {
    const { code, stderr } = await runVsr(
      'upscale',
      path.join(folder, 'a.mp4'),
      ...words.split(' '),
    );
    assert.match(stderr, sentence);
    assert.equal(code, 2, stderr);
    assert.deepEqual(await readdir(folder), ['a.mp4']);
  });
}

/** Calls of every command whose input is missing: the call is right, the file is not there. */
const absent: readonly string[] = [
  'upscale none.mp4',
  'upscale -m none.onnx IN',
  'upscale --reference none.mp4 IN',
  'upscale --config none.yaml IN',
  'upscale @none.txt',
  'upscale -m ./none IN',
  'upscale --ffmpeg none IN',
  'upscale --ffprobe none IN',
  'upscale --exec none IN',
  'upscale IN --queue redis://localhost:1 --root a=none',
  'worker --queue redis://localhost:1 --root a=none',
  'worker --queue redis://localhost:1 --root a=. --ffmpeg none',
  'queue status --queue redis://localhost:1 --queue-password-file none.txt',
  'queue status --queue rediss://localhost:1 --queue-ca none.pem',
  'upscale none_%04d.png --fps 24',
  'preview none.mp4',
  'preview IN -m none.onnx',
  'watch none',
  'serve none',
  'report none.mp4',
  'compare none.mp4 none2.mp4',
  'evaluate none.png',
  'regress none',
  'extract none.mp4 -o frames',
  'train --data none --out x.onnx',
  'train --data . --from none.onnx --out x.onnx',
  'train --recipe none.yaml --out x.onnx',
  'train --data . --out none/x.onnx',
  'train --data IN --out x.onnx --work none --resume',
  'quantize espcn-16-x2 --pictures none',
  'quantize none.onnx --pictures .',
  'setup cuda --from none.tgz',
];
for (const call of absent) {
  test(`vsr ${call}: exit code 1 and a sentence without the system's own codes`, async () => {
    const words = call
      .split(' ')
      .map((word) => (word === 'IN' ? path.join(folder, 'a.mp4') : word));
    const { code, stderr } = await runVsr(...words);
    assert.equal(code, 1, stderr);
    assert.doesNotMatch(stderr, /ENOENT|^\s+at /m);
    assert.match(stderr, /none/);
  });
}

/** Words without which a command complains of their absence before an unknown option. */
const needed: Readonly<Record<string, readonly string[]>> = {
  extract: ['a.mp4', '-o', 'frames'],
  train: ['--data', '.', '--out', 'a.onnx'],
  quantize: ['espcn-16-x2', '--pictures', '.'],
};

test('every command refuses an option that it does not know with exit code 2', async () => {
  const { stdout } = await runVsr('--help');
  const listed = stdout.split('Commands:')[1]!.split('Examples:')[0]!;
  const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
  assert.ok(names.length > 15, listed);
  for (const name of names.filter((each) => each !== 'help')) {
    const words = [...(needed[name] ?? []), '--nonsense'];
    const { code, stdout, stderr } = await runVsr(name, ...words);
    assert.match(stderr, /^vsr: There is no option --nonsense\./m, name);
    assert.equal(code, 2, name);
    assert.equal(stdout, '', name);
  }
});

test('quantize knows the models that there are', async () => {
  const { code, stderr } = await runVsr('quantize', 'espcn-16-x22', '--pictures', '.');
  assert.equal(code, 2);
  assert.match(stderr, /for --model but received "espcn-16-x22"\. Did you mean espcn-16-x2\?/);
});

test('every command says in one sentence that the ffmpeg named in the environment is none', async () => {
  const file = path.join(folder, 'a.mp4');
  const made = path.join(folder, 'made');
  const commands = [
    ['upscale', file, '-o', `${made}.mkv`],
    ['report', file],
    ['compare', file, file, '-o', `${made}.mp4`],
    ['evaluate', file],
    ['regress', path.join(packageRoot(), 'samples'), '--only', 'odd-size.webm'],
    ['extract', file, '-o', made],
    ['preview', file, '-o', `${made}.html`],
    ['train', '--data', file, '--out', `${made}.onnx`],
    ['serve', folder, '--port', '0', '--queue-folder', `${made}-queue`],
    ['watch', folder, '--queue-folder', `${made}-queue`],
    ['doctor'],
  ];
  const before = process.env['VSR_FFMPEG'];
  process.env['VSR_FFMPEG'] = '/nowhere/ffmpeg';
  try {
    for (const words of commands) {
      const { code, stdout, stderr } = await runVsr(...words);
      const said = words[0] === 'doctor' ? stdout : stderr;
      assert.match(
        said,
        /Expected a working ffmpeg for VSR_FFMPEG but received "\/nowhere\/ffmpeg"\. There is no such file\.\n/,
        words[0],
      );
      assert.doesNotMatch(said, /ENOENT|^\s+at /m, words[0]);
      assert.equal(code, 1, words[0]);
    }
  } finally {
    if (before === undefined) delete process.env['VSR_FFMPEG'];
    else process.env['VSR_FFMPEG'] = before;
  }
  assert.deepEqual(await readdir(folder), ['a.mp4']);
});
