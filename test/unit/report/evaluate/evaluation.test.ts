import test from 'node:test';
import assert from 'node:assert/strict';
import {
  FigureSums,
  joinedErrors,
  lumaErrors,
  meanFigures,
  type FileEvaluation,
} from '../../../../src/report/evaluate/evaluation.js';
import { protocolOf } from '../../../../src/report/evaluate/protocol.js';
import {
  csvOf,
  evaluationTable,
  markdownOf,
} from '../../../../src/report/evaluate/evaluation-table.js';

const flat = (value: number, width = 16, height = 16) => ({
  data: new Uint8Array(width * height).fill(value),
  width,
  height,
});

test('a constant error of 5 is MAE 5, RMSE 5 and 34.15 dB', () => {
  const sums = new FigureSums(8);
  sums.add(lumaErrors(flat(100), flat(105), 8, 2), null, null);
  const figures = sums.result();
  assert.equal(figures.mae, 5);
  assert.equal(figures.rmse, 5);
  assert.ok(Math.abs(figures.psnrY - 20 * Math.log10(255 / 5)) < 1e-12);
  assert.equal(figures.psnrU, null);
});

test('a border too wide for the picture is cut less, and SSIM is left out', () => {
  const errors = lumaErrors(flat(1, 4, 4), flat(2, 4, 4), 8, 8);
  assert.deepEqual(errors, { mse: 1, mae: 1, ssim: null });
});

test('red, green and blue together have the mean of their squared errors, not of their decibels', () => {
  const sums = new FigureSums(8);
  const errors = [3, 0, 6].map((error) => lumaErrors(flat(100), flat(100 + error), 8, 2));
  sums.add(joinedErrors(errors), null, null);
  const { psnrY, mae, rmse, ssim } = sums.result();
  assert.ok(Math.abs(psnrY - 10 * Math.log10(255 ** 2 / 15)) < 1e-12);
  assert.equal(mae, 3);
  assert.equal(rmse, Math.sqrt(15));
  assert.equal(ssim, errors.reduce((sum, one) => sum + one.ssim!, 0) / 3);
  const small = [1, 2, 3].map((value) => lumaErrors(flat(1, 4, 4), flat(value, 4, 4), 8, 0));
  assert.equal(joinedErrors(small).ssim, null);
});

test('the protocol names what is compared, and the feature distance where there is one', () => {
  const degradation = { kind: 'bicubic', noise: 0, crf: [0, 0] } as const;
  const measured = { scale: 2, border: 2, degradation } as const;
  const y = protocolOf({ ...measured, protocol: 'y' });
  assert.match(y, /^Protocol: Y .* from the small input\.$/);
  assert.equal(
    protocolOf({ ...measured, protocol: 'rgb' }).includes('three channels, 8 bits'),
    true,
  );
  const features = protocolOf({ ...measured, protocol: 'y', distance: 'features' });
  assert.ok(features.startsWith(y));
  assert.match(features, /SqueezeNet 1\.0 .* \(not LPIPS\); lower is closer\.$/);
});

test('the mean leaves equal frames out of decibels, and the worst frame is known', () => {
  const sums = new FigureSums(10);
  for (const error of [0, 4, 2]) {
    const actual = { ...flat(0), data: new Uint16Array(256).fill(500 + error) };
    const reference = { ...flat(0), data: new Uint16Array(256).fill(500) };
    sums.add(lumaErrors(reference, actual, 10, 0), error, null);
  }
  const dB = (error: number) => 20 * Math.log10(1023 / error);
  assert.ok(Math.abs(sums.result().psnrY - (dB(4) + dB(2)) / 2) < 1e-12);
  assert.deepEqual(sums.worst(), { frame: 1, psnr: dB(4) });
});

test('the table lists files and the mean, without columns that nobody has', () => {
  const figures = (psnrY: number) => ({
    ...{ psnrRgb: null, psnrY, psnrU: null, psnrV: null, ssim: 0.5, mae: 1, rmse: 2 },
    ...{ vmaf: null, flicker: null, features: null, sameClass: null },
  });
  const file = (name: string, psnrY: number) => ({
    ...{ file: `x/${name}`, frames: 1, worst: {}, networks: {} },
    figures: { model: figures(psnrY), bicubic: figures(Infinity) },
  });
  const table = evaluationTable([file('a,b.png', 30), file('c|d.png', 32)]);
  assert.deepEqual(table.header, ['file', 'by', 'PSNR Y', 'SSIM', 'MAE', 'RMSE']);
  assert.deepEqual(table.rows.at(-2), ['mean of 2', 'model', '31.00', '0.5000', '1.000', '2.000']);
  assert.equal(table.rows.at(-1)![2], 'inf');
  assert.match(csvOf(table), /^"a,b\.png",model,30\.00/m);
  assert.match(markdownOf(table), /^\| c\\\|d\.png \| model \| 32\.00/m);
  assert.equal(meanFigures([figures(30), figures(Infinity)]).psnrY, 30);
  const more = { ...figures(30), psnrRgb: 28, features: 0.25 };
  const whole = evaluationTable([{ ...file('a.png', 30), figures: { model: more } }]);
  assert.deepEqual(whole.header.slice(2), [
    ...['PSNR RGB', 'PSNR Y', 'SSIM', 'MAE', 'RMSE', 'features'],
  ]);
  assert.deepEqual(whole.rows[0]!.slice(2), [
    ...['28.00', '30.00', '0.5000', '1.000', '2.000', '0.2500'],
  ]);
});

test('the table says what each network is, which one runs, and over how many files a mean is', () => {
  const figures = {
    ...{
      psnrRgb: null,
      psnrY: 30,
      psnrU: null,
      psnrV: null,
      ssim: 0.5,
      mae: 1,
      rmse: 2,
      vmaf: null,
      flicker: null,
      features: null,
      sameClass: null,
    },
  };
  const network = (precision: 'fp32' | 'int8', forCompressed: boolean, runs: boolean) => ({
    ...{ models: ['m'], precision, forCompressed, runs },
  });
  const clean = { a: network('fp32', false, false), b: network('int8', false, true) };
  const compressed = { ...clean, b: network('int8', false, false), c: network('int8', true, true) };
  const file = (name: string, networks: FileEvaluation['networks']): FileEvaluation => {
    const ways = [...Object.keys(networks), 'bicubic'].map((way) => [way, figures] as const);
    return { file: name, frames: 1, worst: {}, figures: Object.fromEntries(ways), networks };
  };
  const table = evaluationTable([file('1.png', clean), file('2.jpg', compressed)]);
  assert.deepEqual(
    table.rows.map((row) => row.slice(0, 3)),
    [
      ['1.png', 'a', 'float'],
      ['1.png', 'b', '8-bit copy; runs here'],
      ['1.png', 'bicubic', ''],
      ['2.jpg', 'a', 'float'],
      ['2.jpg', 'b', '8-bit copy'],
      ['2.jpg', 'c', '8-bit copy, for compressed; runs here'],
      ['2.jpg', 'bicubic', ''],
      ['mean of 2', 'a', 'float'],
      ['mean of 2', 'b', '8-bit copy'],
      ['mean of 1', 'c', '8-bit copy, for compressed'],
      ['mean of 2', 'bicubic', ''],
    ],
  );
  assert.equal(table.words, 3);
});
