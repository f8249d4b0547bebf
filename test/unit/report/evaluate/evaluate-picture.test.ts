import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { chooseChain } from '../../../../src/model/catalogue/chain.js';
import type { RgbPicture } from '../../../../src/report/rgb-picture.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { resizePlane } from '../../../../src/planes/resize.js';
import { evaluatePicture } from '../../../../src/report/evaluate/evaluate-picture.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('by the protocol rgb a picture is measured by its three channels together, and its luma beside', async () => {
  const [width, height] = [48, 40];
  const file = path.join(temporaryFolder(), 'colours.png');
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => 60 + ((i * 37) % 120));
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  const channel = (number: number, add: number): Plane => ({
    data: data.filter((_, i) => i % 3 === number).map((value) => value + add),
    width,
    height,
  });
  const chain = await chooseChain(2, 'espcn-16-lite-x2', { kind: 'clean' });
  const seen: (readonly Plane[])[] = [];
  const options = {
    scale: 2,
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
    border: 2,
    modelsFor: () => Promise.resolve({ models: [{ name: 'made', chain }], networks: {} }),
    enlarge: (planes: readonly Plane[]) => {
      seen.push(planes);
      return Promise.resolve([channel(0, 3), channel(1, 0), channel(2, 6)]);
    },
    features: null,
    classes: null,
  } as const;
  const { figures, worst } = await evaluatePicture(file, { ...options, protocol: 'rgb' });
  const { psnrRgb, psnrY, mae, rmse, features } = figures['made']!;
  assert.ok(Math.abs(psnrRgb! - 10 * Math.log10(255 ** 2 / 15)) < 1e-9, String(psnrRgb));
  assert.equal(worst['made']!.psnr, psnrRgb);
  assert.ok(Math.abs(mae - 3) < 1e-9);
  assert.ok(Math.abs(rmse - Math.sqrt(15)) < 1e-9);
  assert.equal(features, null);
  // Luma is off by (65.481 * 3 + 24.966 * 6) / 255 = 1.36 before it is rounded to 1 or 2.
  const error = 255 / 10 ** (psnrY / 20);
  assert.ok(error > 1 && error < 2, String(error));
  assert.deepEqual(
    seen[0]!.map((plane) => [plane.width, plane.height]),
    Array.from({ length: 3 }, () => [24, 20]),
  );
  assert.equal(figures['made']!.sameClass, null);
  // Its red is off by 3 everywhere.
  for (const [classOf, same] of [
    [({ data }: RgbPicture) => Promise.resolve(data[0]!), 0],
    [({ data }: RgbPicture) => Promise.resolve(data[1]!), 1],
  ] as const) {
    const told = { ...options, protocol: 'rgb', classes: { classOf } } as const;
    assert.equal((await evaluatePicture(file, told)).figures['made']!.sameClass, same);
  }
});

test('by the protocol y a network of RGB gets colours, and the luma of its output counts', async () => {
  const [width, height] = [48, 40];
  const folder = temporaryFolder();
  const save = async (name: string, data: Uint8Array, channels: 1 | 3): Promise<string> => {
    const file = path.join(folder, name);
    await sharp(data, { raw: { width, height, channels } })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .png()
      .toFile(file);
    return file;
  };
  const colours = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 89) % 256);
  const grey = Uint8Array.from({ length: width * height }, (_, i) => (i * 89) % 256);
  const chain = await chooseChain(4, 'resnet-x4', { kind: 'clean' });
  const seen: number[] = [];
  const measure = (file: string, noise: number) =>
    evaluatePicture(file, {
      ...{ scale: 4, border: 4, protocol: 'y', features: null, classes: null },
      degradation: { kind: 'bicubic', noise, crf: [0, 0] },
      modelsFor: () => Promise.resolve({ models: [{ name: 'made', chain }], networks: {} }),
      enlarge: (planes) => {
        seen.push(planes.length);
        return Promise.resolve(planes.map((plane) => resizePlane(plane, width, height)));
      },
    });
  const coloured = (await measure(await save('colours.png', colours, 3), 0)).figures;
  // What "enlarges" is bicubic of red, green and blue, whose luma is that of bicubic to a rounding.
  assert.ok(Math.abs(coloured['made']!.psnrY - coloured['bicubic']!.psnrY) < 0.1);
  assert.notEqual(coloured['made']!.psnrY, coloured['bicubic']!.psnrY);
  const plain = (await measure(await save('grey.png', grey, 1), 0)).figures;
  assert.equal(plain['made']!.psnrY, plain['bicubic']!.psnrY);
  await measure(await save('noisy.png', colours, 3), 5);
  assert.deepEqual(seen, [3, 1, 1]);
});
