import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { packageRoot } from '../../src/package-root.js';
import { enlarge, enlarged, ffmpegRun, frameMd5 } from '../support/enlarge.js';
import { runVsr, startVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);

/** A pan over a frame of our own clip: motion in every frame, at any rate. */
const pan = 'scale=768:432,crop=320:180:5*n:40,format=yuv420p';
const film = 'telecine=pattern=23';
const clips = {
  'progressive.mkv': `${pan},setfield=prog`,
  'marked.mkv': `${pan},setfield=tff`,
  'bottom.mkv': `${pan},tinterlace=mode=interleave_bottom,setfield=tff`,
  'film.mkv': `${pan},${film},setfield=prog`,
  'boxed.mkv': `${pan},pad=320:240:0:30`,
  'tape.mkv': `${pan},pad=336:180:8:0,geq=lum='if(gt(Y,H-7),if(lt(random(1),0.15),235,lum(X-24+8*sin(N),Y)),lum(X,Y))':cb=128:cr=128`,
  'tape-black.mkv': `${pan},pad=336:180:8:0,geq=lum='if(gt(Y,H-7),if(lt(random(1),0.15),235,lum(X-24+8*sin(N),Y)),lum(X,Y))':cb=128:cr=128,pad=336:188`,
  'still.mkv': 'trim=end_frame=1,loop=40:1:0,scale=160:90,setfield=tff',
} as const;

before(async () => {
  const sample = path.join(packageRoot(), 'samples', 'scene.mp4');
  await ffmpegRun('-i', sample, '-frames:v', '1', file('frame.png'));
  const outputs = Object.entries(clips).flatMap(([name, filters]) => [
    '-vf',
    `trim=end_frame=${name === 'bottom.mkv' ? 80 : 40},${filters}`,
    ...['-c:v', 'ffv1', file(name)],
  ]);
  await ffmpegRun('-loop', '1', '-framerate', '25', '-t', '4', '-i', file('frame.png'), ...outputs);
});

type Json = {
  facts: {
    plans: { clip: string; scan: Record<string, unknown> & { kind: string; places: unknown[] } }[];
  };
};

test('a dry run says what each clip is, and why, to people and to programs', async () => {
  const names = Object.keys(clips);
  const { stdout, code } = await runVsr('upscale', ...names.map(file), '--dry-run', '--json');
  assert.equal(code, 0);
  const found: Record<string, unknown> = {};
  const noisy: Record<string, unknown> = {};
  for (const { clip, scan } of (JSON.parse(stdout) as Json).facts.plans) {
    assert.equal(Object.keys(scan)[0], 'kind');
    assert.ok(scan.places.length > 0);
    found[path.basename(clip)] = [scan.kind, scan['order'], scan['cadence'], scan['borders']];
    noisy[path.basename(clip)] = scan['headNoise'];
  }
  assert.deepEqual(found, {
    'progressive.mkv': ['progressive', null, null, null],
    'marked.mkv': ['progressive', null, null, null],
    'bottom.mkv': ['interlaced', 'bottom', null, null],
    'film.mkv': ['telecine', 'top', '3:2', null],
    'boxed.mkv': ['progressive', null, null, { left: 0, right: 0, top: 30, bottom: 30 }],
    'tape.mkv': ['progressive', null, null, { left: 8, right: 8, top: 0, bottom: 0 }],
    'tape-black.mkv': ['progressive', null, null, { left: 8, right: 8, top: 0, bottom: 8 }],
    'still.mkv': ['still', null, null, null],
  });
  const heads: Record<string, number> = { 'tape.mkv': 6, 'tape-black.mkv': 14 };
  for (const name of names) assert.equal(noisy[name], heads[name] ?? 0, name);
  // A kind of source says what it comes to, and acts on what was seen.
  const { stderr } = await runVsr('upscale', ...names.map(file), '--source', 'vhs', '--dry-run');
  for (const line of [
    /scan: progressive, marked as interlaced: left as it is\./,
    /scan: interlaced, bottom field first \(1 of 1 place; flags say top field first\)\. --deint/,
    /scan: film in 31.25 frames a second \(1 of 1 place; flags say progressive\)\. --telecine auto gives its 25 pictures a second\./,
    /borders: 30 top, 30 bottom\./,
    /borders: 8 left, 8 right, 6 lines of head noise below\. --crop auto takes them off\./,
    /tape.mkv[^]*cropped to 320x174 from column 8 and line 0: the rest is black border or head noise/,
    /borders: 8 left, 8 right, 6 lines of head noise and 8 black lines below\. --crop auto/,
    /tape-black.mkv[^]*cropped to 320x174 from column 8 and line 0: the rest is black border or/,
    /scan: not sure \(nothing moves in 1 place; flags say top field first\): left as it is\./,
    /source vhs: --deinterlace auto-field, --telecine auto, --crop auto\./,
    /video \(40 of 40 frames\) becomes a frame of every field/,
    /model espcn-32-fields-(int8-)?x2, .*: the source is deinterlaced \(lossless, strength 0\.30\)/,
    /frames are left as they are: the clip does not look interlaced/,
  ]) {
    assert.match(stderr, line);
  }
  // What is deinterlaced all the same is not said to be left as it is.
  const forced = ['--deinterlace', 'field', '--strength', '0.2', '--dry-run'];
  const { stderr: said } = await runVsr('upscale', file('still.mkv'), ...forced);
  assert.match(said, /scan: not sure \(nothing moves in 1 place; flags say top field first\)\.$/m);
  assert.match(
    said,
    /model espcn-32-fields-.*the source is deinterlaced \(--strength 0\.2, strength 0\.20\)/,
  );
});

test('a clip from the web is not examined unless an option needs it', async () => {
  // An ffmpeg that notes what it is asked for.
  const { ffmpeg } = await locateFfmpeg();
  const [logging, log] = [file('ffmpeg'), file('ffmpeg.log')];
  const script = `#!/bin/sh\necho "$@" >> '${log}'\nexec '${ffmpeg}' "$@"\n`;
  await writeFile(logging, script, { mode: 0o755 });
  const env = { VSR_FFMPEG: logging, XDG_CACHE_HOME: file('cache') };
  for (const [options, examined] of [
    [['--source', 'web'], 0],
    [['--source', 'web', '--crop', 'auto'], 1],
    [['--source', 'web', '--deinterlace', 'frame'], 1],
    [['--source', 'web', '--deinterlace', 'frame', '--field-order', 'top'], 0],
    [['--source', 'auto'], 1],
  ] as const) {
    await writeFile(log, '');
    env.XDG_CACHE_HOME = file(`cache of ${options.join(' ')}`);
    const dry = ['upscale', file('boxed.mkv'), '-m', 'espcn-16-x2', '--dry-run', ...options];
    const { stderr, code } = await startVsr(dry, { env }).done;
    assert.equal(code, 0, stderr);
    const looks = (await readFile(log, 'utf8')).match(/extractplanes/g) ?? [];
    assert.equal(looks.length, examined, options.join(' '));
    assert.match(stderr, examined === 1 ? /scan: progressive/ : /scan: left out/);
  }
});

test('a crop enlarges the part named as if it were the whole, and auto what is no border', async () => {
  const small = { model: 'espcn-16-lite-x2', codec: 'ffv1', frames: 4, log: false } as const;
  const plain = await enlarged(file('progressive.mkv'), { ...small, output: file('plain.mkv') });
  const part = await enlarged(file('boxed.mkv'), {
    ...{ ...small, crop: '320:180:0:30', output: file('part.mkv') },
  });
  assert.equal(await frameMd5(part), await frameMd5(plain));
  const auto = await enlarge(file('boxed.mkv'), {
    ...{ ...small, crop: 'auto', output: file('auto.mkv') },
  });
  assert.ok(auto.status === 'done');
  const { width, height } = auto.summary.output;
  // 28 of the 30 lines above go, in fours, so that fields would stay fields.
  assert.deepEqual([width, height], [640, 364]);
  assert.equal(auto.summary.scan?.borders?.top, 30);
});
