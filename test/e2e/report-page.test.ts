import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openChromium } from '../support/chromium.js';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let browser: Browser | undefined;
const at = (...names: string[]): string => path.join(folder, ...names);

before(async () => {
  if (noBrowser !== false) return;
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=10:d=2'];
  const truth = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=10:d=2'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('clip.mp4'));
  await ffmpegRun(...truth, '-c:v', 'ffv1', '-pix_fmt', 'yuv420p', at('truth.mkv'));
  for (const each of ['a', 'b', 'c', 'd']) {
    await mkdir(at('tapes', each), { recursive: true });
    await copyFile(at('clip.mp4'), at('tapes', each, 'clip.mp4'));
  }
  await writeFile(at('tapes', 'd', 'broken.mp4'), 'words');
  await ffmpegRun('-i', at('clip.mp4'), '-frames:v', '1', at('tapes', 'd', 'photo.png'));
  const fast = ['-m', 'espcn-16-lite-x2', '--preset', 'ultrafast', '--quiet'];
  const batch = ['upscale', at('tapes'), '-r', '-o', at('out/'), '--frames', '4'];
  assert.equal((await runVsr(...batch, '--report', at('batch.html'), ...fast)).code, 1);
  const one = ['upscale', at('clip.mp4'), '-o', at('one.mp4'), '--reference', at('truth.mkv')];
  assert.equal((await runVsr(...one, '--report', at('one.html'), ...fast)).code, 0);
  browser = await openChromium();
});
after(() => browser?.close());

async function open(name: string, width: number): Promise<Page> {
  const page = await browser!.newPage({ viewport: { width, height: 900 } });
  await page.goto(`file://${encodeURI(at(name))}`);
  return page;
}

test(
  'a batch page: short, every clip apart, the failed one too, and a way back up',
  { skip: noBrowser },
  async () => {
    const page = await open('batch.html', 1400);
    const rows = page.locator('#clips tbody tr');
    assert.deepEqual(await rows.locator('th').allTextContents(), [
      ...['a/clip.x2.mp4', 'b/clip.x2.mp4', 'c/clip.x2.mp4', 'd/clip.x2.mp4', 'photo.x2.png'],
      'broken.mp4',
    ]);
    assert.match(
      (await rows.last().textContent())!,
      /failed: Expected a clip but .* holds plain text/,
    );
    const height = () => page.evaluate<number>('document.documentElement.scrollHeight');
    assert.ok((await height()) < 1500, String(await height()));
    // A picture has figures, and no log of frames that it could lack.
    assert.match((await rows.nth(4).textContent())!, /\d\d\.\d\d \(0\)to source/);
    const photo = (await page.locator('#clip-4').textContent())!;
    assert.match(photo, /, 1 frame,/);
    assert.doesNotMatch(photo, /Streams|--no-log/);
    assert.equal(await page.locator('canvas').count(), 0);
    await page.locator('#clips a').nth(2).click();
    await page.locator('#clip-2 canvas').first().waitFor();
    assert.ok((await page.locator('#clip-2 .plot.psnr').boundingBox())!.width > 600);
    // Without a reference: figures of the change to bicubic would flatten those to the source.
    const curves = await page.evaluate<string[]>(
      'vsrReport.plots[2].series.slice(1).filter((s) => s.show).map((s) => s.label)',
    );
    assert.deepEqual(curves, ['to source']);
    assert.equal(await page.locator('#clip-2 h2').textContent(), 'c/clip.x2.mp4');
    const scrolled = () => page.evaluate<number>('scrollY');
    assert.ok((await scrolled()) > 50);
    await page.locator('#clip-2 .up a').click();
    assert.equal(await scrolled(), 0);
    await page.close();
  },
);

test(
  'the plot shows the network and bicubic at first, and a worst button goes there',
  { skip: noBrowser },
  async () => {
    const page = await open('one.html', 1400);
    const shown = () =>
      page.evaluate<string[]>(
        'vsrReport.plots[0].series.slice(1).filter((s) => s.show).map((s) => s.label)',
      );
    assert.deepEqual(await shown(), ['Y to reference', 'bicubic to reference']);
    await page.locator('.u-legend th', { hasText: 'to source' }).click();
    assert.ok((await shown()).includes('to source'));
    const button = page.locator('[data-frame]').first();
    const frame = Number(await button.getAttribute('data-frame'));
    await button.click();
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    assert.equal(await page.evaluate('vsrReport.clips[0].selected'), frame);
    const { min, max } = await page.evaluate<Record<string, number>>('vsrReport.plots[0].scales.x');
    assert.ok(min! <= frame && frame <= max! && max! - min! < 19);
    await page.waitForFunction(`vsrReport.plots[0].cursor.idx === ${frame}`);
    await page.close();
  },
);

test(
  'settings are words, and a caption says the zoom that is chosen',
  { skip: noBrowser },
  async () => {
    const page = await open('one.html', 1400);
    // Small pictures are shown once each, and the plots of a short clip beside each other.
    const topOf = async (name: string) => (await page.locator(name).boundingBox())!.y;
    assert.equal(await topOf('.plot.psnr'), await topOf('.plot.flicker'));
    assert.equal(await page.locator('figure.slider').count(), 3);
    const settings = await page.locator('dt:text-is("Settings") + dd').textContent();
    assert.match(settings!, /encoder args -c:v libx264 -preset ultrafast -crf \d+ /);
    assert.doesNotMatch(settings!, /[[\]{}"]|null|undefined/);
    const figure = page.locator('figure.slider', { has: page.locator('[data-zoom]') }).first();
    for (const zoom of [2, 4, 1]) {
      if (zoom !== 2) await figure.locator(`[data-zoom="${zoom}"]`).click();
      assert.match(
        (await figure.locator('figcaption').textContent())!,
        new RegExp(`^Frame \\d+, ${zoom}:1$`),
      );
    }
    await page.close();
  },
);

test(
  'at 420 pixels every figure of a table is on the screen, with its name',
  { skip: noBrowser },
  async () => {
    for (const name of ['batch.html', 'one.html']) {
      const page = await open(name, 420);
      assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 420, name);
      const cells = page.locator('table:not(.u-legend) td.n');
      assert.ok((await cells.count()) >= 10);
      for (const cell of await cells.all()) {
        const box = (await cell.boundingBox())!;
        assert.ok(box.x >= 0 && box.x + box.width <= 420, `${name}: ${await cell.textContent()}`);
        assert.ok((await cell.getAttribute('data-label'))!.length > 1);
      }
      await page.close();
    }
  },
);

test('the slider’s handle can be seen on white and on black', { skip: noBrowser }, async () => {
  const page = await open('one.html', 1400);
  const colours = await page.evaluate<string[]>(`(() => {
    const style = getComputedStyle(document.querySelector('.stage .edge'), '::after');
    return [style.backgroundColor, style.borderTopColor, style.borderTopWidth];
  })()`);
  assert.deepEqual(colours, ['rgb(255, 255, 255)', 'rgb(17, 17, 17)', '2px']);
  await page.close();
});
