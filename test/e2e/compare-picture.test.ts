import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import sharp from 'sharp';
import type { ComparedPicture } from '../../src/report/compare/compared-picture.js';
import { noBrowser, openChromium } from '../support/chromium.js';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** A smooth picture in colour with edges, as SVG draws it. */
async function draw(file: string, width: number, height: number): Promise<void> {
  const shapes = Array.from({ length: 24 }, (_, i) => {
    const [x, y] = [(i * 37) % width, (i * 53) % height];
    const colour = `hsl(${i * 47},70%,${30 + ((i * 13) % 50)}%)`;
    return `<circle cx="${x}" cy="${y}" r="${6 + (i % 17)}" fill="${colour}"/><path d="M${x},0L${y},${height}" stroke="${colour}" stroke-width="${1 + (i % 3)}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#ccb"/>${shapes.join('')}</svg>`;
  await sharp(Buffer.from(svg)).removeAlpha().png().toFile(file);
}

before(async () => {
  await draw(at('truth.png'), 160, 120);
  await draw(at('odd.png'), 101, 75);
  await sharp(at('odd.png')).toColourspace('b-w').png().toFile(at('grey.png'));
  const hole = Buffer.from('<svg width="101" height="75"><rect width="50" height="75"/></svg>');
  await sharp(at('odd.png'))
    .composite([{ input: hole, blend: 'dest-out' }])
    .png()
    .toFile(at('clear.png'));
  await sharp(at('odd.png')).withMetadata({ orientation: 6 }).png().toFile(at('turned.png'));
  await sharp(at('odd.png')).resize(7, 9).png().toFile(at('tiny.png'));
});

const samplesOf = (input: string | Buffer): Promise<Buffer> =>
  sharp(input).removeAlpha().toColourspace('srgb').raw().toBuffer();

/** Root of the mean squared error over the channels, by the definition. */
async function rmseOf(a: string | Buffer, b: string | Buffer): Promise<number> {
  const [one, other] = [await samplesOf(a), await samplesOf(b)];
  assert.equal(one.length, other.length);
  const sum = one.reduce((total, value, i) => total + (value - other[i]!) ** 2, 0);
  return Math.sqrt(sum / one.length);
}

/** Runs `vsr compare --json` and returns what it says. */
async function compared(...words: string[]): Promise<ComparedPicture & { output: string }> {
  const run = await runVsr('compare', ...words, '--json');
  assert.equal(run.code, 0, run.stderr);
  const { outcomes } = JSON.parse(run.stdout) as {
    outcomes: { output: string; summary: ComparedPicture }[];
  };
  return { ...outcomes[0]!.summary, output: outcomes[0]!.output };
}

/** The pictures of a page, by their alternative texts. */
async function picturesOf(page: string): Promise<Map<string, Buffer>> {
  const html = await readFile(page, 'utf8');
  const found = html.matchAll(/<img src="data:image\/webp;base64,([^"]+)" alt="([^"]+)"/g);
  return new Map([...found].map(([, bytes, alt]) => [alt!, Buffer.from(bytes!, 'base64')]));
}

const close = (a: number, b: number, by: number, what: string): void =>
  assert.ok(Math.abs(a - b) <= by, `${what}: ${a}, ${b}`);

for (const model of ['espcn-16-x2', 'research/srcnn-x2']) {
  test(`the figures of ${model} are those of other programs' pictures and of vsr evaluate`, async () => {
    const truth = at('truth.png');
    const found = await compared(truth, '-m', model, '--precision', 'fp32', '--overwrite');
    assert.equal(found.output, `${truth}.compare.html`);
    assert.deepEqual([found.width, found.height, found.small.width], [160, 120, 80]);
    const by = (name: string) => found.figures.find((each) => each.by === name)!;
    assert.deepEqual(
      found.figures.map((each) => each.by),
      ['bilinear', 'bicubic', model],
    );
    // sharp reduces by the same kernel, ffmpeg enlarges by it; each rounds elsewhere.
    const [small, large] = [at('small.png'), at('large.png')];
    await sharp(truth).resize(80, 60, { kernel: 'cubic', fit: 'fill' }).png().toFile(small);
    const smooth =
      'format=gbrp,scale=160:120:flags=bilinear+accurate_rnd+full_chroma_int,format=gbrp';
    await ffmpegRun('-y', '-i', small, '-vf', smooth, large);
    close(by('bilinear').rmse, await rmseOf(truth, large), 0.1, 'bilinear');
    const ours = at('ours.png');
    const how = ['--scale', '2', '-m', model, '--precision', 'fp32', '-o', ours, '--overwrite'];
    const run = await runVsr('upscale', small, ...how);
    assert.equal(run.code, 0, run.stderr);
    close(by(model).rmse, await rmseOf(truth, ours), 0.1, model);
    // The page holds the very pictures that were measured.
    const pictures = await picturesOf(found.output);
    for (const name of ['bilinear', model]) {
      const shown = pictures.get(`enlarged by ${name}`)!;
      close(by(name).rmse, await rmseOf(truth, shown), 1e-6, name);
      close(by(name).psnr, 20 * Math.log10(255 / by(name).rmse), 1e-9, name);
    }
    assert.ok(by(model).rmse < by('bicubic').rmse && by('bicubic').rmse < by('bilinear').rmse);
    const same = ['--protocol', 'rgb', '--border', '0', '-m', model, '--json'];
    const evaluated = await runVsr('evaluate', truth, ...same);
    const { facts } = JSON.parse(evaluated.stdout) as {
      facts: { mean: Record<string, { psnrRgb: number }> };
    };
    for (const { by: name, psnr } of found.figures) {
      close(psnr, facts.mean[name]!.psnrRgb, 1e-9, name);
    }
  });
}

test('a size that the scale does not divide, grey, opacity and orientation', async () => {
  const mlp = ['-s', '1.5', '-m', 'research/patch-mlp-x1.5'];
  const odd = await compared(at('odd.png'), ...mlp, '-o', at('odd.html'));
  assert.deepEqual([odd.source.width, odd.width, odd.height], [101, 99, 75]);
  assert.deepEqual(odd.small, { width: 66, height: 50 });
  assert.match(
    await readFile(at('odd.html'), 'utf8'),
    /odd\.png \(101x75, cropped to 99x75\) was reduced to 66x50 and enlarged 1\.5x again\./,
  );
  const grey = await compared(at('grey.png'), '-m', 'espcn-16-x2', '-o', at('grey.html'));
  assert.ok(grey.figures[2]!.rmse < grey.figures[1]!.rmse);
  const shown = await samplesOf((await picturesOf(at('grey.html'))).get('detail, original')!);
  assert.ok(shown.every((value, i) => value === shown[i - (i % 3)]));
  const clear = await compared(at('clear.png'), '-m', 'espcn-16-x2', '-o', at('clear.html'));
  const left = await samplesOf((await picturesOf(at('clear.html'))).get('enlarged by bilinear')!);
  assert.deepEqual([...left.subarray(0, 3)], [128, 128, 128]);
  assert.ok(clear.figures[2]!.rmse > 1);
  const turned = await compared(at('turned.png'), '-m', 'espcn-16-x2', '-o', at('turned.html'));
  assert.deepEqual([turned.width, turned.height], [74, 100]);
});

test('a picture shows both and the detail, in blocks, and the table says the same', async () => {
  const sheet = at('sheet.png');
  const words = ['compare', at('truth.png'), '-m', 'espcn-16-x2', '--detail', '80,60'];
  const run = await runVsr(...words, '-o', sheet);
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stderr, 'truth.png (160x120) was reduced to 80x60 and enlarged 2x again.\n');
  const lines = run.stdout.split('\n');
  assert.match(lines[0]!, /^by +RMSE, of 255 +PSNR RGB$/);
  assert.match(lines[4]!, /^espcn-16-x2 +\d+\.\d\d +\d\d\.\d\d dB$/);
  assert.match(lines[5]!, /^Protocol: R, G and B together .* of the whole picture/);
  assert.equal(lines[6], sheet);
  const { data, info } = await sharp(sheet).raw().toBuffer({ resolveWithObject: true });
  // The first of four details, at the left margin: the original's part around the middle.
  const truth = await sharp(at('truth.png')).raw().toBuffer();
  const from = info.height - 16 - 320;
  const pixel = (samples: Buffer, width: number, x: number, y: number) =>
    samples.readUIntBE(3 * (y * width + x), 3);
  for (let y = 0; y < 320; y++) {
    for (let x = 0; x < 320; x++) {
      const wanted = pixel(truth, 160, 48 + Math.floor(x / 5), 28 + Math.floor(y / 5));
      assert.equal(pixel(data, info.width, 16 + x, from + y), wanted, `${x}, ${y}`);
    }
  }
});

test('the page fits a wide and a narrow window', { skip: noBrowser }, async () => {
  const { output } = await compared(at('truth.png'), '-o', at('page.html'));
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    await page.goto(`file://${encodeURI(output)}`);
    for (const width of [1400, 420]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(wide <= width, `${wide} in ${width}`);
    }
    // The frame lies on the picture, where the detail is.
    const [spot, picture] = [page.locator('.spot i').first(), page.locator('.spot img').first()];
    const [frame, whole] = [(await spot.boundingBox())!, (await picture.boundingBox())!];
    assert.ok(frame.x >= whole.x - 1 && frame.x + frame.width <= whole.x + whole.width + 1);
    assert.ok(frame.y >= whole.y - 1 && frame.y + frame.height <= whole.y + whole.height + 1);
    assert.deepEqual(
      asked.filter((url) => !/^(file|data):/.test(url)),
      [],
    );
  } finally {
    await browser.close();
  }
});

test('what cannot be compared alone is one sentence', async () => {
  const wrong: [words: string[], code: number, sentence: RegExp][] = [
    [[at('tiny.png')], 1, /^vsr: Expected a picture of at least 8x8 but .*tiny\.png has 7x9\.\n$/],
    [[at('none.png')], 1, /^vsr: .*none\.png cannot be read as a picture: [^\n]*\n$/],
    [[at('odd.png'), '-s', '1'], 2, /^vsr: Expected an enlargement above 1 for --scale [^\n]*\n$/],
    [
      [at('odd.png'), '-m', 'none'],
      2,
      /^vsr: Expected the name of a model or an ONNX file for --m/,
    ],
    [[at('odd.png'), '-m', 'resnet-x4'], 2, /^vsr: Expected a scale .* Try one of: 4, 16\.\n$/],
    [
      [at('odd.png'), '--detail', '7'],
      2,
      /^vsr: Expected x,y in pixels for --detail but [^\n]*\n$/,
    ],
    [
      [at('odd.png'), '--detail', '200,7'],
      2,
      /^vsr: Expected a place within the 100x74 that are compared for --detail but received "200,7"\.\n$/,
    ],
    [[at('odd.png'), '-o', at('odd.png')], 2, /^vsr: The output .*odd\.png is one of the inputs\./],
  ];
  for (const [words, code, sentence] of wrong) {
    const run = await runVsr('compare', ...words);
    assert.match(run.stderr, sentence);
    assert.equal(run.code, code, run.stderr);
    assert.equal(run.stdout, '');
  }
});
