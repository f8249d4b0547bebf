import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { VsrError } from '../../../../src/errors.js';
import { chooseMask, type Masked, maskNotes } from '../../../../src/upscale/mask/mask-choice.js';
import { shownBy } from '../../../../src/upscale/mask/turned-mask.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();

const hd: Masked = {
  ...{ width: 1280, height: 720, shown: shownBy(1), sampleAspect: null, isCropped: false },
};

/** A picture of one colour. */
async function flat(name: string, width: number, height: number, background = '#fff') {
  const file = path.join(folder, name);
  await sharp({ create: { width, height, channels: 4, background } }).toFile(file);
  return file;
}

const refusal = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof VsrError && error.code === code, String(error));
  assert.match(error.message, message);
  assert.doesNotMatch(error.message, /\n/);
  return true;
};

test('no file is no mask', async () => {
  assert.equal(await chooseMask(null, hd), null);
  assert.deepEqual(maskNotes(null, 2), []);
});

test('a mask has the proportions of the picture, in any size, rounded to samples', async () => {
  for (const [width, height] of [
    [1280, 720],
    [640, 360],
    [854, 480],
    [426, 240],
    [2560, 1440],
  ] as const) {
    const mask = await chooseMask(await flat(`${width}.png`, width, height), hd);
    assert.deepEqual([mask!.plane.width, mask!.plane.height], [width, height]);
  }
  for (const [width, height] of [
    [720, 1280],
    [300, 300],
    [1280, 736],
    [848, 480],
  ] as const) {
    const file = await flat(`not-${width}x${height}.png`, width, height);
    await assert.rejects(
      chooseMask(file, hd),
      refusal(
        'option',
        new RegExp(`${file} to be 1280x720, as the picture is shown, .*is ${width}x${height}\\.$`),
      ),
    );
  }
});

test('a mask covers the picture as it is shown: turned, with square samples or not, and after a crop', async () => {
  const upright = await flat('upright.png', 360, 640);
  const turned = { ...hd, shown: shownBy(6) };
  const mask = await chooseMask(upright, turned);
  assert.deepEqual([mask!.plane.width, mask!.plane.height], [640, 360]);
  await assert.rejects(
    chooseMask(await flat('lying.png', 640, 360), turned),
    refusal('option', /to be 720x1280, as the picture is shown, or/),
  );
  const anamorphic = { ...hd, width: 720, height: 576, sampleAspect: { num: 16, den: 15 } };
  for (const [width, height] of [
    [720, 576],
    [768, 576],
  ] as const) {
    assert.ok(await chooseMask(await flat('dv.png', width, height), anamorphic));
  }
  await assert.rejects(
    chooseMask(upright, { ...hd, isCropped: true }),
    refusal('option', /as the picture is shown after --crop, or/),
  );
});

test('colour counts by its luma, opacity does not count, and 16 bits and other formats are read', async () => {
  const small: Masked = { ...hd, width: 16, height: 16 };
  const shade = async (file: string) => (await chooseMask(file, small))!.plane.data[0];
  assert.equal(await shade(await flat('red.png', 16, 16, '#f00')), 76);
  assert.equal(await shade(await flat('green.webp', 4, 4, '#0f0')), 150);
  assert.equal(await shade(await flat('clear.png', 16, 16, 'rgba(255,255,255,0)')), 255);
  const deep = path.join(folder, 'deep.png');
  await sharp(Uint16Array.from([0, 0x8080, 0xffff, 0xffff]), {
    raw: { width: 2, height: 2, channels: 1 },
  })
    .toColourspace('grey16')
    .png()
    .toFile(deep);
  assert.deepEqual([...(await chooseMask(deep, small))!.plane.data], [0, 128, 255, 255]);
});

test('a mask is known by its content, and notes say what it does', async () => {
  const [black, white] = [
    await flat('black.png', 64, 36, '#000'),
    await flat('white.png', 64, 36, '#fff'),
  ];
  const sha256 = createHash('sha256')
    .update(await readFile(black))
    .digest('hex');
  const mask = await chooseMask(black, hd);
  assert.deepEqual([mask!.path, mask!.sha256, mask!.share], [black, sha256, 0]);
  const said = async (file: string, scale: number) =>
    maskNotes(await chooseMask(file, hd), scale).map(({ kind, what, why }) => [kind, what, why]);
  assert.deepEqual(await said(black, 2), [
    [
      'note',
      'mask black.png',
      'it is black everywhere, so the network changes nothing, and the whole picture is enlarged by bicubic',
    ],
  ]);
  assert.match((await said(black, 1))[0]![2]!, /the whole picture stays as it is$/);
  assert.match((await said(white, 2))[0]![2]!, /white everywhere, so it changes nothing$/);
  const grey = await flat('grey.png', 64, 36, '#333');
  assert.match((await said(grey, 2))[0]![2]!, /^the network makes 20 % of the picture; the rest/);
});

test('a file that is missing, a folder or no picture is refused by one sentence', async () => {
  const text = path.join(folder, 'text.png');
  await writeFile(text, 'no picture');
  for (const [file, message] of [
    [path.join(folder, 'none.png'), /^There is no file .*none\.png\.$/],
    [folder, /^Expected a picture for --mask but .* is a folder\.$/],
    [text, /^.*text\.png cannot be read as a picture: .*\.$/],
  ] as const) {
    await assert.rejects(chooseMask(file, hd), refusal('media', message));
  }
});
