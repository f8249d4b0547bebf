import test from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { junitOf } from '../../../../src/report/regress/junit.js';
import { compareBaseline, renewed } from '../../../../src/report/regress/regress-compare.js';
import {
  defaultTolerance,
  readManifest,
  writeManifest,
  type Baseline,
  type Manifest,
} from '../../../../src/report/regress/regress-manifest.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const toSource = { psnrY: 50, psnrU: 52, psnrV: Infinity, worstFrame: 3, worstY: 48 };
const baseline: Baseline = {
  frames: 3,
  times: { first: 0, last: 0.08, sha256: 'aa' },
  streams: ['video ffv1 64x48 yuv420p tv', 'audio aac eng'],
  truth: { ...toSource, psnrY: 30, ssim: 0.9 },
  flicker: { truth: 0.1, toBicubic: null },
  networks: [
    { name: 'int8-x2', truth: { ...toSource, psnrY: 29, ssim: 0.8 }, flicker: 0.2 },
    { name: 'codec-int8-x2', truth: { ...toSource, psnrY: 31, ssim: 0.85 }, flicker: null },
  ],
  toSource,
  exact: { machine: 'x64, test', frames: ['01', '02', '03'] },
};

/** As manifests of vsr's first days have it. */
const early: Baseline = Object.fromEntries(
  Object.entries(baseline).filter(([name]) => name !== 'networks'),
) as Baseline;

const entry = { model: 'float-x2', tolerance: defaultTolerance };

function failing(found: Baseline): string[] {
  return compareBaseline(entry, baseline, found)
    .filter(({ ok }) => !ok)
    .map(({ name, frame }) => (frame === null ? name : `${name} ${frame}`));
}

test('nothing fails against itself, and within the tolerance', () => {
  assert.deepEqual(failing(baseline), []);
  assert.deepEqual(failing({ ...baseline, truth: { ...baseline.truth, psnrY: 30.019 } }), []);
});

test('each thing that changes is named, with its frame', () => {
  assert.deepEqual(failing({ ...baseline, frames: 2 }), ['frames']);
  assert.deepEqual(failing({ ...baseline, streams: ['video'] }), ['streams']);
  assert.deepEqual(failing({ ...baseline, times: { ...baseline.times, sha256: 'b' } }), [
    'timestamps',
  ]);
  assert.deepEqual(failing({ ...baseline, truth: { ...baseline.truth, psnrY: 29.9 } }), ['PSNR Y']);
  assert.deepEqual(failing({ ...baseline, truth: { ...baseline.truth, ssim: 0.91 } }), ['SSIM']);
  assert.deepEqual(failing({ ...baseline, toSource: { ...toSource, worstY: 47, worstFrame: 1 } }), [
    'worst PSNR Y to source 1',
  ]);
  assert.deepEqual(failing({ ...baseline, toSource: { ...toSource, psnrV: 90 } }), [
    'PSNR V to source',
  ]);
  assert.deepEqual(failing({ ...baseline, flicker: { truth: 0.15, toBicubic: null } }), [
    'flicker',
  ]);
  assert.deepEqual(failing({ ...baseline, flicker: { truth: 0.1, toBicubic: 0 } }), [
    'flicker to bicubic',
  ]);
  const exact = { machine: 'x64, test', frames: ['01', '09', '03'] };
  assert.deepEqual(failing({ ...baseline, exact }), ['exact frames 1']);
});

test('what vsr upscale runs is held as well, and each figure says which network it is of', () => {
  const [copy, codec] = baseline.networks!;
  const worse = { ...codec!, truth: { ...codec!.truth, psnrY: 30.9 } };
  const checks = compareBaseline(entry, baseline, { ...baseline, networks: [copy!, worse] });
  const bad = checks.filter(({ ok }) => !ok);
  assert.deepEqual(
    bad.map(({ name, by, expected }) => [name, by, expected]),
    [['PSNR Y', 'codec-int8-x2', '31.000 +-0.02']],
  );
  assert.deepEqual(
    [...new Set(checks.map(({ by }) => by))],
    [...[null, 'float-x2', 'int8-x2', 'codec-int8-x2']],
  );
  // Another network than before, and figures that have nothing to be held against.
  assert.deepEqual(failing({ ...baseline, networks: [copy!] }), ['what vsr upscale runs']);
  assert.ok(compareBaseline(entry, early, baseline).every(({ ok }) => ok));
});

test('an update keeps what another machine measured while the figures are as they were', () => {
  const exact = { machine: 'arm64, other', frames: ['0a'] };
  const here = { ...baseline, truth: { ...baseline.truth, psnrY: 30.001 }, exact };
  const clip = { ...entry, clip: 'a.mp4', scale: 2, codec: 'ffv1', baseline };
  assert.deepEqual(renewed(clip, here), baseline);
  assert.deepEqual(renewed({ ...clip, baseline: early }, here), baseline);
  const changed = { ...here, truth: { ...here.truth, psnrY: 31 } };
  assert.deepEqual(renewed(clip, changed), changed);
  const same = { ...baseline, exact: { machine: 'x64, test', frames: ['01', '09', '03'] } };
  assert.deepEqual(renewed(clip, same), same);
});

test('exact frames count only on the kind of machine that made them', () => {
  const exact = { machine: 'arm64, other', frames: ['0a'] };
  assert.deepEqual(failing({ ...baseline, exact }), []);
});

test('JUnit names suites, cases and failures, with text escaped', () => {
  const checks = compareBaseline(entry, baseline, { ...baseline, frames: 2 });
  const xml = junitOf([
    { clip: 'a & "b".mp4', checks, error: null },
    { clip: 'c.mp4', checks: [], error: 'it <broke>' },
  ]);
  assert.match(
    xml,
    /<testsuite name="a &amp; &quot;b&quot;\.mp4" tests="28" failures="1" errors="0">/,
  );
  assert.match(xml, /name="frames"><failure message="expected 3 but found 2"\/>/);
  assert.match(xml, /<error message="it &lt;broke&gt;"\/>/);
});

test('a manifest is read back as written; a damaged or missing one says so', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'regress.json');
  await assert.rejects(readManifest(file), /there is none\. Make it with: vsr regress/);
  const clip = {
    clip: 'a.mp4',
    scale: 2,
    model: 'm',
    codec: 'ffv1',
    tolerance: defaultTolerance,
  };
  const manifest: Manifest = { version: 1, clips: [{ ...clip, baseline }] };
  await writeManifest(file, manifest);
  assert.deepEqual(await readManifest(file), manifest);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, 90));
  await assert.rejects(readManifest(file), { code: 'media', message: /cannot be read/ });
  await writeFile(file, text.replace('"psnrY": 30', '"psnrY": "much"'));
  await assert.rejects(readManifest(file), /"psnrY" of "truth" of "baseline" of item 0/);
});
