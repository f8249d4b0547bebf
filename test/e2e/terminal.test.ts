import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr, startVsr } from '../support/run-vsr.js';
import { linesOf, noTerminal, runOnTerminal } from '../support/run-on-terminal.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
const fast = ['-m', 'espcn-16-lite-x2', '--preset', 'ultrafast'];

before(async () => {
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=10:d=1'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('clip.mp4'));
  await ffmpegRun(...scene, '-frames:v', '2', at('picture-%d.png'));
});

/**
 * A call of every command, but only for the help of `setup`, which would fetch files from
 * elsewhere, of those that need Redis (test/queue runs them), and of those that never end
 * (serve.test.ts does).
 */
const calls: Readonly<Record<string, () => Promise<string[]>>> = {
  upscale: () =>
    Promise.resolve(['upscale', at('clip.mp4'), '-o', at('one.mp4'), '--report', ...fast]),
  preview: () =>
    Promise.resolve(['preview', at('clip.mp4'), '--frames', '1', '-m', 'espcn-16-lite-x2']),
  worker: () => Promise.resolve(['worker', '--help']),
  queue: () => Promise.resolve(['queue', '--help']),
  report: () => Promise.resolve(['report', at('one.mp4')]),
  compare: () => Promise.resolve(['compare', at('one.mp4'), at('one.mp4'), '-o', at('both.mkv')]),
  evaluate: () =>
    Promise.resolve(['evaluate', at('picture-1.png'), '--scale', '2', '-m', 'espcn-16-lite-x2']),
  regress: async () => {
    await mkdir(at('regress'));
    await copyFile(at('clip.mp4'), at('regress', 'clip.mp4'));
    return ['regress', at('regress'), '--update'];
  },
  extract: () => Promise.resolve(['extract', at('clip.mp4'), '-o', at('frames')]),
  train: async () => {
    await mkdir(at('photos'));
    for (const n of [1, 2]) await copyFile(at(`picture-${n}.png`), at('photos', `${n}.png`));
    const short = ['--steps', '4', '--patch', '8', '--batch', '1', '--val-every', '2'];
    return ['train', '--data', at('photos'), '--out', at('mine.onnx'), '--depth', '1', ...short];
  },
  quantize: () =>
    Promise.resolve([
      ...['quantize', at('mine.onnx'), '--pictures', at('photos'), '-o', at('mine-int8.onnx')],
    ]),
  serve: () => Promise.resolve(['serve', '--help']),
  watch: () => Promise.resolve(['watch', '--help']),
  models: () => Promise.resolve(['models']),
  doctor: () => Promise.resolve(['doctor']),
  setup: () => Promise.resolve(['setup', '--help']),
  completion: () => Promise.resolve(['completion', 'bash']),
};

test('there is a call of every command', async () => {
  const { stdout } = await runVsr('--help');
  const commands = stdout.split('Commands:')[1]!.split('Examples:')[0]!;
  const names = [...commands.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
  assert.deepEqual(
    names.filter((name) => name !== 'help'),
    Object.keys(calls),
  );
});

for (const [name, argsOf] of Object.entries(calls)) {
  test(`on a terminal, ${name} comes to its end`, { skip: noTerminal }, async () => {
    const { code, text } = await runOnTerminal(await argsOf());
    assert.equal(code, 0, text);
    // Where there is no driver, WebGPU's library prints so past Node.
    assert.doesNotMatch(text, /vkCreateInstance|VulkanError/);
  });
}

test('a batch on a terminal: one bar for all of it, names told apart, a table that fits', async (t) => {
  if (noTerminal) return t.skip(noTerminal);
  for (const each of ['a', 'b']) {
    await mkdir(at('tapes', each), { recursive: true });
    await copyFile(at('clip.mp4'), at('tapes', each, 'clip.mp4'));
  }
  const long = 'the second part of what was recorded in the summer holidays by the sea.mp4';
  await copyFile(at('clip.mp4'), at('tapes', 'a', long));
  await writeFile(at('tapes', 'b', 'no-clip.mp4'), 'words');
  const args = ['upscale', at('tapes'), '-r', '-o', at('enlarged/'), ...fast];
  const { code, text } = await runOnTerminal(args);
  assert.equal(code, 1, text);
  assert.match(text, /█+░* +\d+% {2}all {2}[123] of 4 clips, (\d+:\d\d left, )?\d+/);
  const lines = linesOf(text);
  // Lines are wrapped between words, but what is copied, a path, has no line end inside.
  const output = at('enlarged', 'a', long.replace('.mp4', '.x2.mp4'));
  assert.ok(lines.some((line) => line.startsWith(`${long}:`)));
  assert.ok(lines.some((line) => line.trim() === output));
  for (const line of lines) assert.ok(line.length <= 80 || line.includes('/'), line);
  const table = lines.slice(lines.findIndex((line) => line.startsWith('clip  ')));
  const rows = table.slice(0, table.indexOf(''));
  assert.ok(
    rows.every((row) => row.length <= 80),
    rows.join('\n'),
  );
  // Where a long name is wrapped depends on the width of the figures.
  const cells = rows.slice(2).map((row) => row.split(/ {2,}/));
  assert.deepEqual(
    cells.filter((row) => row.length > 1).map((row) => row[1]),
    ['done', 'done', 'done', 'failed'],
  );
  assert.equal(
    cells.map(([name]) => name).join(' '),
    ['a/clip.mp4', long, 'b/clip.mp4', 'no-clip.mp4'].join(' '),
  );
  assert.ok(lines.includes('3 done, 1 failed.'));
  assert.ok(
    /^no-clip\.mp4: Expected a clip but .* holds plain text\.$/m.test(
      lines.join('\n').replace(/\n +/g, ' '),
    ),
  );
});

test('what was skipped repeats no notes', async () => {
  await ffmpegRun(
    ...['-i', at('clip.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90', at('turned.mp4')],
  );
  const args = ['upscale', at('turned.mp4'), '-o', at('turned.x2.mkv'), ...fast];
  const first = await runVsr(...args);
  assert.match(first.stderr, /^ {2}missing: |^ {2}converted: |^ {2}note: /m);
  const again = await runVsr(...args);
  assert.match(
    again.stderr,
    /^turned\.mp4: skipped, .* is finished \(10 frames, by vsr [\d.]+\)\n$/,
  );
});

test('a batch that is interrupted says what was begun, what was not, and how to go on', async (t) => {
  if (noTerminal) return t.skip(noTerminal);
  await mkdir(at('more'));
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=60'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-preset', 'ultrafast', at('more', '1.mp4'));
  await copyFile(at('clip.mp4'), at('more', '2.mp4'));
  let pressed = false;
  const { code, text } = await runOnTerminal(
    ['upscale', at('more'), '-o', at('enlarged/'), ...fast],
    (seen, press) => {
      if (pressed || !/\d+\/1500 frames/.test(seen)) return;
      pressed = true;
      press('\x03');
    },
  );
  assert.equal(code, 130, text);
  const lines = linesOf(text);
  assert.ok(
    lines.some((line) => /^1\.mp4 +interrupted +\d+ of 1500$/.test(line)),
    text,
  );
  assert.ok(
    lines.some((line) => /^2\.mp4 +not begun$/.test(line)),
    text,
  );
  assert.ok(lines.includes('1 interrupted, 1 not begun.'));
  assert.ok(lines.some((line) => line.startsWith('Run the same command again to go on')));
  assert.ok(!text.includes('failed'));
});

test(
  'escape sequences of names, tags and messages are shown, not sent',
  { skip: noTerminal },
  async () => {
    const evil = '\x1b]0;PWNED\x07\x1b[2J\u202egpm\x9b31m';
    const shown = '\\x1b]0;PWNED\\x07\\x1b[2J\\u202egpm\\x9b31m';
    await mkdir(at('evil'));
    await ffmpegRun(
      ...[
        '-i',
        at('clip.mp4'),
        '-c',
        'copy',
        '-metadata:s:v',
        `handler_name=${evil}`,
        at('evil', `${evil}.mp4`),
      ],
    );
    await writeFile(at('evil', `not ${evil}.mp4`), 'words');
    const run = await runOnTerminal([
      'upscale',
      at('evil'),
      '-o',
      at('evil.x/'),
      ...fast,
      '--dry-run',
    ]);
    for (const text of [run.text, (await runOnTerminal(['report', at(`no${evil}.mp4`)])).text]) {
      for (const bad of ['PWNED\x07', '\x1b]', '\x1b[2J', '\u202e', '\x9b'])
        assert.ok(!text.includes(bad));
      assert.ok(text.includes(shown), text);
    }
    const json = await runVsr(
      'upscale',
      at('evil'),
      '-o',
      at('evil.x/'),
      ...fast,
      '--dry-run',
      '--json',
    );
    assert.doesNotMatch(json.stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    const { outcomes } = JSON.parse(json.stdout) as { outcomes: { clip: string }[] };
    assert.ok(outcomes.some(({ clip }) => clip === at('evil', `${evil}.mp4`)));
    const unknown = await runVsr(`--${evil}`);
    assert.ok(unknown.stderr.includes(`There is no option --${shown}.`), unknown.stderr);
    assert.equal(unknown.code, 2);
  },
);

test('a standard output that takes nothing is one sentence and exit code 1', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full here');
  const piped = ['upscale', at('clip.mp4'), '-o', '-', '--frames', '1', ...fast];
  for (const args of [['models', '--json'], ['--help'], ['doctor'], piped]) {
    const full = await open('/dev/full', 'w');
    const run = await startVsr(args, { stdio: ['ignore', full.fd, 'pipe'] }).done;
    await full.close();
    assert.equal(run.code, 1, args.join(' '));
    assert.match(run.stderr, /^vsr: Standard output took no more: .*ENOSPC.*\.$/m);
    assert.doesNotMatch(run.stderr, /^\s+at .*(main|node:)/m);
  }
});

test('a limit on open files is one sentence and exit code 1', async (t) => {
  if (process.platform === 'win32') return t.skip('Windows has no ulimit');
  const args = ['upscale', at('clip.mp4'), '-o', at('few.mp4'), ...fast];
  const codes: (number | null)[] = [];
  // At the first Node cannot read the program, at the second not all of it, at the third no ffmpeg
  // or thread starts.
  for (const most of [20, 40, 55]) {
    const by = ['sh', '-c', `ulimit -n ${most}; exec "$@"`, 'sh'];
    const { code, stderr } = await startVsr(args, { by }).done;
    codes.push(code);
    assert.doesNotMatch(stderr, /^\s+at |bug in vsr/m, `${most}`);
    if (code !== 0)
      assert.match(stderr, /files\. Raise the limit \(ulimit -n\)|opened\. Raise/, `${most}`);
  }
  assert.equal(codes[0], 1);
  assert.ok(codes.every((code) => code === 0 || code === 1));
});
