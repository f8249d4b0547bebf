import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openFrameLog, type FrameRow } from '../../src/metrics/frame-log.js';
import { readSidecar, sidecarPathOf, writeSidecar } from '../../src/metrics/sidecar.js';
import { packageRoot } from '../../src/package-root.js';
import { writeReport } from '../../src/report/page/write-report.js';
import { noBrowser, openChromium } from '../support/chromium.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const frames = 6;

const folder = temporaryFolder();
let output: string;
let browser: Browser | undefined;

before(async () => {
  output = path.join(folder, 'fox & <hills>.mp4');
  const clip = path.join(packageRoot(), 'samples', 'cartoon.mp4');
  const run = await runVsr('upscale', clip, '-o', output, '--frames', String(frames), '--quiet');
  assert.equal(run.code, 0, run.stderr);
  if (noBrowser === false) {
    browser = await openChromium();
  }
});

after(() => browser?.close());

/** The page opened from disk; whatever it logs or asks of the network is collected. */
async function open(file: string): Promise<{ page: Page; problems: string[] }> {
  const problems: string[] = [];
  const page = await browser!.newPage({ viewport: { width: 1200, height: 900 } });
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (!/^(data|file):/.test(request.url())) problems.push(request.url());
  });
  await page.goto(`file://${encodeURI(file)}`);
  return { page, problems };
}

test(
  'the page of a clip shows a point for each frame and a slider that moves',
  { skip: noBrowser },
  async () => {
    const run = await runVsr('report', output, '--frames', '1,2,3,4');
    assert.equal(run.code, 0, run.stderr);
    const file = run.stdout.trim();
    assert.equal(file, `${output}.report.html`);
    const { page, problems } = await open(file);
    assert.equal(await page.evaluate('vsrReport.plots[0].data[0].length'), frames);
    assert.equal(await page.title(), 'fox & <hills>.mp4: vsr report');
    assert.ok((await page.locator('canvas').count()) > 0);

    const stage = page.locator('.stage').first();
    await stage.scrollIntoViewIfNeeded();
    const box = (await stage.boundingBox())!;
    const at = () =>
      stage.evaluate((element) =>
        (
          element as unknown as { style: { getPropertyValue(n: string): string } }
        ).style.getPropertyValue('--at'),
      );
    assert.equal(await at(), '50%');
    await page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
    assert.ok(Math.abs(parseFloat(await at()) - 25) < 3, await at());
    const before = parseFloat(await at());
    await page.keyboard.press('ArrowRight');
    assert.equal(parseFloat(await at()), before + 0.5);

    const sizes = await page
      .locator('.stage img')
      .evaluateAll((images) =>
        images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      );
    assert.ok(sizes.length >= 8 && sizes.every((width) => width > 0), String(sizes));
    assert.ok(
      (await page.locator('h3').allTextContents()).some((text) => text.startsWith('Named frame: ')),
    );

    await page.locator('.bar button[data-frame]').first().click();
    await page.locator('.plot.psnr').focus();
    await page.keyboard.press('+');
    const span = await page.evaluate(
      'vsrReport.plots[0].scales.x.max - vsrReport.plots[0].scales.x.min',
    );
    assert.ok((span as number) < frames - 1);
    await page.keyboard.press('0');
    await page.keyboard.press('ArrowRight');

    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.locator('#theme').click();
    assert.notEqual(await background(), light);
    assert.deepEqual(problems, []);
    await page.close();
  },
);

test('a batch has a row for each clip, leading to it', { skip: noBrowser }, async () => {
  const file = path.join(folder, 'batch.html');
  assert.equal((await runVsr('report', output, output, '-o', file)).code, 0);
  const { page, problems } = await open(file);
  assert.equal(await page.locator('#clips tbody tr').count(), 2);
  await page.locator('#clips a').nth(1).click();
  assert.match(page.url(), /#clip-1$/);
  assert.equal(await page.evaluate('vsrReport.plots.length'), 2);
  assert.deepEqual(problems, []);
  await page.close();
});

test('a log that is cut off is refused with both counts, and a lost source is noted', async () => {
  const sidecar = sidecarPathOf(output);
  const log = `${output}.psnr.csv`;
  const whole = await readFile(log, 'utf8');
  const page = path.join(folder, 'damaged.html');
  await truncate(log, whole.length - 5);
  await assert.rejects(writeReport([sidecar], page), /line 7: the file is cut off/);
  await writeFile(log, whole.split('\n').slice(0, -2).join('\n') + '\n');
  await assert.rejects(writeReport([sidecar], page), /the output has 6 frames but the log has 5/);
  assert.equal(existsSync(page), false);
  await writeFile(log, whole);
  const facts = await readSidecar(sidecar);
  const lost = path.join(folder, 'lost.mp4.vsr.json');
  await writeSidecar(lost, { ...facts, source: { ...facts.source, path: '/gone/away.mp4' } });
  await writeReport([lost], page);
  assert.match(await readFile(page, 'utf8'), /The source \/gone\/away\.mp4 is gone/);
});

test('200,000 frames stay under 10 MB and open', { skip: noBrowser }, async () => {
  const count = 200_000;
  const facts = await readSidecar(sidecarPathOf(output));
  const log = path.join(folder, 'long.csv');
  await using rows = await openFrameLog(log);
  const nothing = {
    ...{ psnrY: null, psnrU: null, psnrV: null, psnrYBicubic: null },
    ...{ flickerY: null, flickerYBicubic: null },
    ...{ sourcePts: null, field: null, scan: null },
  };
  for (let i = 0; i < count; i++) {
    const psnrToSourceY = i === 99_999 ? 12 : 45 + Math.sin(i / 300);
    const row: FrameRow = {
      frame: i,
      pts: i,
      ptsTime: i / 25,
      ...nothing,
      psnrToBicubicY: 38,
      psnrToSourceY,
      flickerToBicubicY: i === 50_000 ? 3.5 : Math.sin(i / 100) / 10,
    };
    await rows.write(row);
  }
  const { psnr, flicker } = await rows.finish();
  const sidecar = path.join(folder, 'long.mp4.vsr.json');
  const gone = path.join(folder, 'long.mp4');
  await writeSidecar(sidecar, {
    ...facts,
    ...{ psnr, flicker },
    log: 'long.csv',
    output: { ...facts.output, path: gone, frames: count },
  });
  const file = path.join(folder, 'long.html');
  await writeReport([sidecar], file);
  assert.ok((await stat(file)).size < 10e6);
  const { page, problems } = await open(file);
  assert.ok((await page.evaluate('vsrReport.plots[0].data[0].includes(99999)')) === true);
  // The worst pop is drawn, marked, and led to.
  assert.ok((await page.evaluate('vsrReport.flickers[0].data[1].includes(3.5)')) === true);
  assert.equal(await page.evaluate('vsrReport.clips[0].flicker.marks[0].frame'), 50_000);
  await page.locator('button[data-frame="50000"]').click();
  assert.equal(await page.evaluate('vsrReport.clips[0].selected'), 50_000);
  await page.waitForFunction('vsrReport.flickers[0].cursor.idx > 0');
  assert.match(
    (await page.locator('.hint').allTextContents()).join(' '),
    /Thinned from 200000 frames/,
  );
  assert.deepEqual(problems, []);
  await page.close();
});

test('what has no sidecar says so', async () => {
  const moved = path.join(folder, 'moved.mp4');
  await rename(output, moved);
  const run = await runVsr('report', moved);
  assert.equal(run.code, 1);
  assert.match(run.stderr, /There is no sidecar .*moved\.mp4\.vsr\.json/);
  await rename(moved, output);
});
