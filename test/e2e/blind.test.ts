import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { blindTest, type BlindTestOptions } from '../../src/library/blind-test.js';
import { VsrError } from '../../src/errors.js';
import { noBrowser, openChromium } from '../support/chromium.js';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeWaves } from '../support/waves.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
let browser: Browser | undefined;

before(async () => {
  await writeWaves(at('truth.png'), 1, 810);
  await sharp(at('truth.png')).blur(1.5).webp({ lossless: true }).toFile(at('soft.webp'));
  await sharp(at('truth.png')).jpeg({ quality: 60 }).toFile(at('coded.jpg'));
  await writeWaves(at('small.png'), 1);
  await writeFile(at('mine.html'), 'my own page');
});
after(() => browser?.close());

type Data = { names: string[]; places: { reference: string; pictures: string[] }[] };

/** The page's data, as its own script reads it. */
async function dataOf(file: string): Promise<Data> {
  const html = await readFile(file, 'utf8');
  return JSON.parse(/id="blind-data">(.*?)<\/script>/.exec(html)![1]!) as Data;
}

async function pixelsOf(uri: string) {
  return sharp(Buffer.from(uri.split(',')[1]!, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
}

/** What stands in a block of the CSV, by the first word of its header. */
function blockOf(csv: string, head: string): string[] {
  const block = csv.split('\n\n').find((each) => each.startsWith(head));
  return block!.trim().split('\n').slice(1);
}

test(
  'pairs are answered by keys and clicks, a reload goes on, and the CSV counts what was said',
  { skip: noBrowser },
  async () => {
    const call = ['compare', '--blind', at('soft.webp'), at('coded.jpg')];
    const run = await runVsr(...call, '--reference', at('truth.png'), '--json');
    assert.equal(run.code, 0, run.stderr);
    const { outcomes } = JSON.parse(run.stdout) as {
      outcomes: { output: string; summary: { places: number; questions: number } }[];
    };
    const { output, summary } = outcomes[0]!;
    assert.equal(output, at('truth.png.blind.html'));
    assert.deepEqual([summary.places, summary.questions], [4, 4]);
    const { names, places } = await dataOf(output);
    assert.deepEqual(names, ['soft.webp', 'coded.jpg']);

    browser = await openChromium();
    const page: Page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const asked: string[] = [];
    const errors: Error[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    page.on('pageerror', (error) => void errors.push(error));
    const address = `file://${encodeURI(output)}`;
    await page.goto(address);
    /** Where the first method stands now, told by its picture. */
    const sideOfSoft = async (): Promise<'left' | 'right'> => {
      const [left, original, right] = await page.evaluate<string[]>(
        "['left', 'original', 'right'].map((id) => document.getElementById(id).src)",
      );
      const place = places.find(({ reference }) => reference === original)!;
      assert.deepEqual([left, right].toSorted(), place.pictures.toSorted());
      return left === place.pictures[0] ? 'left' : 'right';
    };
    const step = () => page.locator('#step').textContent();
    const hidden = async () => {
      const shown = await page.evaluate<string>('document.body.innerText');
      assert.ok(names.every((name) => !shown.includes(name)));
    };
    const key = { left: 'ArrowLeft', right: 'ArrowRight' } as const;
    assert.equal(await step(), 'Pair 1 of 4');
    await hidden();
    await page.keyboard.press(key[await sideOfSoft()]);
    assert.equal(await step(), 'Pair 2 of 4');
    await page.keyboard.press('Backspace');
    assert.equal(await step(), 'Pair 1 of 4');
    await page.locator(`[data-answer="${await sideOfSoft()}"]`).click();
    const second = await page.locator('#original').getAttribute('src');
    await page.reload();
    assert.equal(await step(), 'Pair 2 of 4');
    assert.equal(await page.locator('#original').getAttribute('src'), second);
    await page.keyboard.press(key[await sideOfSoft()]);
    for (const [width, theme] of [
      [420, 'light'],
      [1400, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: theme });
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(wide <= width, `${wide} in ${width}`);
      const box = await page.locator('#right').boundingBox();
      assert.ok(box!.x > width / 2 - 20 && box!.width > 150, JSON.stringify(box));
      const back = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      assert.equal(back, theme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 27)');
    }
    await page.keyboard.press('Space');
    await hidden();
    await page.keyboard.press(key[(await sideOfSoft()) === 'left' ? 'right' : 'left']);
    const saved = page.waitForEvent('download');
    await page.locator('#csv').click();
    const csv = await readFile(await (await saved).path(), 'utf8');
    const answers = blockOf(csv, 'question').map((line) => line.split(',').at(-1));
    assert.deepEqual(answers, ['soft.webp', 'soft.webp', '', 'coded.jpg']);
    assert.deepEqual(blockOf(csv, 'method'), ['soft.webp,2', 'coded.jpg,1']);
    assert.deepEqual(blockOf(csv, 'first'), ['soft.webp,coded.jpg,2,1,1,1.000,0.2077,0.9385']);
    assert.equal(await page.locator('#text').textContent(), csv);
    await page.setViewportSize({ width: 420, height: 900 });
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 420);
    assert.match((await page.locator('#counts tbody').textContent())!, /soft\.webp.*coded\.jpg/);
    await page.reload();
    assert.equal(await page.locator('#text').textContent(), csv);
    await page.locator('#again').click();
    assert.equal(await step(), 'Pair 1 of 4');
    assert.deepEqual(
      asked.filter((url) => !/^(file|data|blob):/.test(url)),
      [],
    );
    assert.deepEqual(errors, []);
  },
);

test('frames of clips are the same moments by all, whatever their clocks', async () => {
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=30:d=1'];
  const ffv1 = ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p'];
  await ffmpegRun(...scene, ...ffv1, at('truth.mkv'));
  // Times in thousandths, in 15360ths, and beginning at 5 s.
  const x264 = ['-c:v', 'libx264', '-crf', '4', '-preset', 'ultrafast', '-g', '8'];
  await ffmpegRun('-i', at('truth.mkv'), ...x264, at('coded.mp4'));
  await ffmpegRun('-i', at('truth.mkv'), ...x264, '-output_ts_offset', '5', at('later.mkv'));
  const methods = [at('coded.mp4'), at('later.mkv')] as const;
  const found = await blindTest([...methods], { reference: at('truth.mkv') });
  const { places } = await dataOf(found.page);
  assert.ok(places.length >= 4, String(places.length));
  assert.equal(found.questions, places.length);
  for (const { reference, pictures } of places) {
    const truth = await pixelsOf(reference);
    assert.deepEqual([truth.info.width, truth.info.height], [160, 120]);
    for (const [i, uri] of pictures.entries()) {
      const { data } = await pixelsOf(uri);
      const off = data.reduce((sum, value, k) => sum + Math.abs(value - truth.data[k]!), 0);
      // The frame before or after is off by 4 and more: things move, and a counter counts.
      assert.ok(off / data.length < 1.5, `${methods[i]}: ${off / data.length}`);
    }
  }
});

test('what does not go together is one sentence, and no file of others is replaced', async () => {
  const [soft, coded] = [at('soft.webp'), at('coded.jpg')];
  const reference = at('truth.png');
  const wrong: [[string, string], Partial<BlindTestOptions>, VsrError['code'], RegExp][] = [
    [[soft, at('small.png')], {}, 'media', /small\.png .*72x72 and .*truth\.png has 810x810/],
    [
      [soft, soft],
      {},
      'option',
      /different files to choose between but .*soft\.webp is named twice/,
    ],
    [[soft, at('no.mkv')], {}, 'media', /clips alone or pictures alone but received both/],
    [[soft, at('no.png')], {}, 'media', /no\.png cannot be read as a picture/],
    [[soft, coded], { output: at('page.txt') }, 'option', /ending in \.html for output/],
    [[soft, coded], { output: at('mine.html') }, 'media', /mine\.html exists, and the page would/],
  ];
  for (const [methods, options, code, said] of wrong) {
    await assert.rejects(
      blindTest(methods, { reference, ...options }),
      (error) => error instanceof VsrError && error.code === code && said.test(error.message),
      String(said),
    );
  }
  assert.equal(await readFile(at('mine.html'), 'utf8'), 'my own page');
  const output = at('mine.html');
  // A page of vsr may be made again without being told to.
  await blindTest([soft, coded], { reference, output, overwrite: true });
  await blindTest([soft, coded], { reference, output });
  assert.equal((await dataOf(output)).places.length, 4);
});
