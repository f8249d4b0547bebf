import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { enlarge, ffmpegRun, frameMd5 } from '../support/enlarge.js';
import { writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let model: string;
let clip: string;
let still: string;
let frames: string;

before(async () => {
  model = await writeRandomModel(folder, 'espcn-16', 2);
  clip = path.join(folder, 'plain.mp4');
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=32x32:rate=25:duration=0.2'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', clip);
  still = path.join(folder, 'plain.png');
  await ffmpegRun(...scene, '-frames:v', '1', still);
  const output = path.join(folder, 'plain.x2.mp4');
  const outcome = await enlarge(clip, { model, output });
  assert.equal(outcome.status, 'done');
  frames = await frameMd5(output);
});

/** Names that a careless program takes for an option, a protocol, a pattern or shell words. */
const names = [
  '-i.mp4',
  '--overwrite',
  'a b  c.mp4',
  `quo"te's.mp4`,
  'new\nline.mp4',
  '%03d.mp4',
  'concat:a.mp4|b.mp4',
  'http:example.mp4',
  'pipe:0',
  '$(touch x);`id`&.mp4',
  '[glob]*{a,b}?.mp4',
  'größe-猫-🎬.mp4',
];

for (const [i, name] of names.entries()) {
  test(`a clip called ${JSON.stringify(name)} is a file like any other`, async () => {
    const own = path.join(folder, String(i));
    await mkdir(own);
    await copyFile(clip, path.join(own, name));
    const output = path.join(own, 'out', name.endsWith('.mp4') ? name : `${name}.mp4`);
    const outcome = await enlarge(path.join(own, name), { model, output });
    if (outcome.status === 'failed') throw outcome.error;
    await copyFile(output, path.join(own, 'plain.mp4'));
    assert.equal(await frameMd5(path.join(own, 'plain.mp4')), frames);
    assert.deepEqual((await readdir(own)).sort(), [name, 'out', 'plain.mp4'].sort());
  });
}

test('a source may have the longest name there is', async () => {
  const name = `${'n'.repeat(251)}.mp4`;
  await copyFile(clip, path.join(folder, name));
  const output = path.join(folder, 'short.mp4');
  assert.equal((await enlarge(path.join(folder, name), { model, output })).status, 'done');
  const beside = await enlarge(path.join(folder, name), { model });
  assert.match((beside as { error: Error }).error.message, /^The output .*258 bytes.*-o/);
  await rm(path.join(folder, name));
});

test('an output name works as long as its log and sidecar have one: else the longest is named', async () => {
  for (const [source, ending] of [
    [clip, '.mp4'],
    [still, '.png'],
  ] as const) {
    const longest = path.join(folder, `${'n'.repeat(255 - 9 - 4)}${ending}`);
    const outcome = await enlarge(source, { model, output: longest, segmentSeconds: 0.1 });
    assert.equal(outcome.status, 'done', outcome.status === 'failed' ? outcome.error.message : '');
    assert.equal((await enlarge(source, { model, output: longest })).status, 'skipped');
    const beside = (await readdir(folder)).filter((name) => /^n{200}|^\./.test(name));
    const log = ending === '.mp4' ? [`${path.basename(longest)}.psnr.csv`] : [];
    assert.deepEqual(beside.sort(), [
      path.basename(longest),
      ...log,
      `${path.basename(longest)}.vsr.json`,
    ]);
    for (const file of beside) await rm(path.join(folder, file));
    const output = path.join(folder, `n${path.basename(longest)}`);
    const refused = await enlarge(source, { model, output });
    assert.equal(refused.status, 'failed');
    const { message } = (refused as { error: Error }).error;
    assert.match(
      message,
      ending === '.mp4' ? /^The per-frame log .*256 bytes.*-o/ : /^The sidecar/,
    );
  }
});

test('a playlist in disguise opens no other file', async () => {
  const lists: Readonly<Record<string, string>> = {
    'list.mp4': `ffconcat version 1.0\nfile ${clip}\n`,
    'list.mkv': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${clip}\n#EXT-X-ENDLIST\n`,
    'list.avi': `#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n`,
  };
  for (const [name, text] of Object.entries(lists)) {
    const file = path.join(folder, name);
    await writeFile(file, text);
    const outcome = await enlarge(file, { model, output: path.join(folder, `${name}.out.mp4`) });
    assert.equal(outcome.status, 'failed', name);
    assert.equal((outcome as { error: { name: string } }).error.name, 'VsrError');
  }
});
