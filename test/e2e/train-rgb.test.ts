import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import type { ModelCard } from '../../src/model/catalogue/card.js';
import { decodeModel } from '../../src/model/onnx/model-file.js';
import { valuesOf } from '../../src/model/onnx/tensor-values.js';
import { packageRoot } from '../../src/package-root.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runVsr, startVsr } from '../support/run-vsr.js';

const folder = temporaryFolder();
let pictures = '';

before(async () => {
  pictures = path.join(folder, 'pictures');
  await mkdir(pictures);
  for (let i = 0; i < 4; i++) await writeColours(path.join(pictures, `${i}.png`), i);
});

/** Waves of another direction and phase in each of red, green and blue, 96 x 80. */
async function writeColours(file: string, phase: number): Promise<void> {
  const [width, height] = [96, 80];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      data[i] = 128 + 110 * Math.sin(x / 5 + phase);
      data[i + 1] = 128 + 110 * Math.sin((x + y) / 7 + phase);
      data[i + 2] = 128 + 110 * Math.cos(y / 4 - phase);
    }
  }
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
}

const words = (out: string, ...more: string[]) => [
  ...['train', '--data', pictures, '--out', path.join(folder, out), '--batch', '2'],
  ...['--patch', '8', '--val-every', '20', '--average', '10', '--workers', '1', '--lr', '2e-3'],
  ...more,
];

/** Mean absolute difference of two pictures of one size, in sample values. */
async function apart(a: Sharp, b: Sharp): Promise<number> {
  const [left, right] = [
    await a.removeAlpha().raw().toBuffer(),
    await b.removeAlpha().raw().toBuffer(),
  ];
  assert.equal(left.length, right.length);
  return left.reduce((sum, value, i) => sum + Math.abs(value - right[i]!), 0) / left.length;
}

for (const [arch, scale, ...more] of [
  ['srcnn', '2', '--width', '8', '--lr', '1e-2', '--charts', '0'],
  ['resnet', '4', '--width', '6', '--depth', '2', '--expand', '8'],
] as const) {
  test(`${arch} trains on RGB, enlarges pictures and clips in colour, and says why it has no 8-bit copy`, async () => {
    const call = ['--arch', arch, '--scale', scale, ...more, '--steps', '400', '--json'];
    const trained = await runVsr(...words(`${arch}.onnx`, ...call));
    assert.equal(trained.code, 0, trained.stderr);
    const { outcomes } = JSON.parse(trained.stdout) as {
      outcomes: { summary: { card: ModelCard } }[];
    };
    const { card } = outcomes[0]!.summary;
    assert.equal(card.input, 'rgb');
    const { white } = card;
    assert.equal(white?.stays, white!.flat <= 2 && white!.patches <= 3);
    const work = path.join(folder, `${arch}.onnx.train`);
    const rows = (await readFile(path.join(work, 'metrics.csv'), 'utf8')).trim().split('\n');
    const losses = rows.slice(1).map((row) => Number(row.split(',')[1]));
    assert.ok(losses.at(-1)! < 0.9 * losses[0]!, `loss ${losses[0]} to ${losses.at(-1)}`);
    assert.equal((await sharp(path.join(work, 'sheet.png')).stats()).isOpaque, true);

    const model = path.join(folder, `${arch}.onnx`);
    const small = path.join(folder, 'small.png');
    const wanted = path.join(pictures, '0.png');
    const factor = Number(scale);
    await sharp(wanted)
      .resize(96 / factor, 80 / factor)
      .toFile(small);
    const large = path.join(folder, `${arch}-large.png`);
    const done = await runVsr('upscale', small, '-m', model, '--scale', scale, '-o', large);
    assert.equal(done.code, 0, done.stderr);
    const nearest = sharp(small).resize(96, 80, { kernel: 'nearest' });
    const ours = await apart(sharp(large), sharp(wanted));
    const theirs = await apart(nearest, sharp(wanted));
    assert.ok(ours < theirs, `${ours} from the original, repeated samples ${theirs}`);

    const clip = path.join(folder, 'clip.mkv');
    const shown = await runVsr(
      ...['upscale', path.join(packageRoot(), 'samples', 'cartoon.mp4'), '-m', model],
      ...['--scale', scale, '--frames', '1', '--preset', 'ultrafast', '-o', clip, '--overwrite'],
    );
    assert.equal(shown.code, 0, shown.stderr);
    const evaluated = await runVsr('evaluate', wanted, '-m', model, '--scale', scale, '--csv');
    assert.equal(evaluated.code, 0, evaluated.stderr);

    const copy = await runVsr('quantize', model, '-p', pictures, '-o', path.join(folder, 'q.onnx'));
    assert.equal(copy.code, 1);
    assert.match(
      copy.stderr,
      /^vsr: Expected a network of vsr's own form \(convolutions, relu, one shuffle\)[^\n]*\n$/,
    );
  });
}

for (const optimiser of ['rmsprop', 'muon']) {
  test(`a training on RGB by ${optimiser} that is killed and resumed ends with the weights of an unbroken one`, async () => {
    const [unbroken, broken] = [`${optimiser}-unbroken`, `${optimiser}-broken`];
    const call = [
      ...['--arch', 'resnet', '--width', '4', '--depth', '1', '--steps', '120'],
      ...['--optimiser', optimiser, '--init', 'normal:0.05'],
      // The discriminator and its optimiser go on, too.
      ...['--loss', 'mse:1,adversarial:1e-3', '--discriminator', 'patches-lite'],
      ...['--discriminator-lr', '1e-3'],
    ];
    const whole = await runVsr(...words(`${unbroken}.onnx`, ...call));
    assert.equal(whole.code, 0, whole.stderr);
    const { child, done } = startVsr(words(`${broken}.onnx`, ...call));
    const checkpoint = path.join(folder, `${broken}.onnx.train`, 'checkpoint.bin');
    while (!existsSync(checkpoint) && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGKILL');
    await done;
    await rm(path.join(folder, `${broken}.onnx`), { force: true });
    await rm(path.join(folder, `${broken}.json`), { force: true });
    const rest = await runVsr(...words(`${broken}.onnx`, ...call, '--resume'));
    assert.equal(rest.code, 0, rest.stderr);
    const weights = async (name: string) => {
      const file = path.join(folder, name);
      const lists = decodeModel(await readFile(file), file).graph!.initializer!;
      return lists.map((list) => Array.from(valuesOf(list), Number));
    };
    assert.deepEqual(await weights(`${broken}.onnx`), await weights(`${unbroken}.onnx`));
    const shares = async (name: string) => {
      const file = path.join(folder, `${name}.onnx.train`, 'metrics.csv');
      const [header, ...rows] = (await readFile(file, 'utf8')).trim().split('\n');
      const column = header!.split(',').indexOf('discriminator_right');
      return rows.map((row) => Number(row.split(',')[column]));
    };
    const right = await shares(unbroken);
    assert.deepEqual(await shares(broken), right);
    assert.equal(right.length, 6);
    assert.ok(
      right.every((share) => share > 0.3 && share < 0.9),
      `right on ${right.join()}`,
    );
  });
}

test('what RGB cannot be trained with is one sentence', async () => {
  for (const [more, message] of [
    [['--degrade', 'codec'], /bicubic or blur for --degrade for srcnn, which takes RGB/],
    [['--after', 'espcn-16-x2'], /takes luma for --arch for --after/],
    [['--int8', '--from', 'x.onnx'], /convolutions on luma from end to end for --arch for --int8/],
    [['--init', 'normal'], /Expected one of he, xavier, normal:<deviation> for --init/],
    [['--init', 'xavier', '--from', 'x.onnx'], /--init is for weights that begin at random/],
    [['--optimiser', 'lion'], /Expected one of adam, rmsprop, adadelta, sgd, muon for --optimiser/],
    [['--optimiser', 'muon', '--expand', '128'], /muon steps on the layers as they are: leave out/],
    [['--depth', '3'], /--depth changes nothing in srcnn: it can be varied by width, activation/],
    [['--discriminator', 'patches'], /^vsr: --discriminator and .* are for --loss adversarial\.$/m],
    [['--loss', 'adversarial'], /does not say which picture to make.*: add one of mse, l1/],
    [
      ['--loss', 'mse:1,adversarial:1'],
      /at least 19, since the discriminator patches judges pictures of 36 .* --patch but received 8/,
    ],
  ] as const) {
    const { code, stderr } = await runVsr(...words('bad.onnx', '--arch', 'srcnn', ...more));
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split('\n').length, 1);
  }
});

test('losses add up, those of features by the network that ships, and what does not go together is said', async () => {
  const small = ['--arch', 'resnet', '--depth', '1', '--width', '4', '--patch', '16'];
  const looks = ['--loss', 'mse:1,perceptual:0.01,texture:1e-4', '--feature-outputs', 'fire2'];
  const steps = ['--steps', '20', '--overwrite'];
  const one = await runVsr(...words('looks.onnx', ...small, ...looks, ...steps));
  assert.equal(one.code, 0, one.stderr);
  const plain = await runVsr(...words('plain.onnx', ...small, '--loss', 'mse', ...steps));
  assert.equal(plain.code, 0, plain.stderr);
  const lossesIn = async (name: string) => {
    const file = path.join(folder, `${name}.onnx.train`, 'metrics.csv');
    const [, row] = (await readFile(file, 'utf8')).split('\n');
    return Number(row!.split(',')[1]);
  };
  // The same steps up to what the features add.
  assert.ok((await lossesIn('looks')) > 1.01 * (await lossesIn('plain')));
  const luma = await runVsr(...words('luma.onnx', ...small, '--loss', 'luma:1', ...steps));
  assert.equal(luma.code, 0, luma.stderr);
  const colours = await runVsr(
    ...words('colours.onnx', ...small, '--loss', 'charbonnier', ...steps),
  );
  assert.equal(colours.code, 0, colours.stderr);
  // Of the same steps, the loss of one is that of brightness, of the other that of all colours.
  const [bright, all] = [await lossesIn('luma'), await lossesIn('colours')];
  assert.ok(Math.abs(bright / all - 1) > 0.01, `${bright} is hardly other than ${all}`);
  const card = JSON.parse(await readFile(path.join(folder, 'looks.json'), 'utf8')) as ModelCard;
  assert.deepEqual(card.recipe['loss'], [
    { name: 'mse', weight: 1 },
    { name: 'perceptual', weight: 0.01 },
    { name: 'texture', weight: 1e-4 },
  ]);
  for (const [more, wanted] of [
    [
      [...small, '--loss', 'looks:1'],
      /Expected one of mse, l1, charbonnier, luma, perceptual, features, texture, adversarial, or/,
    ],
    [
      [...small, '--loss', 'perceptual', '--feature-outputs', 'fire1'],
      /one of the outputs of .* fire9/,
    ],
    [
      [...small, '--loss', 'perceptual', '--features', 'none.onnx'],
      /no feature network .*none\.onnx/,
    ],
    [
      [...small, '--loss', 'mse', '--features', 'x.onnx'],
      /are for --loss perceptual, features, or texture/,
    ],
    [['--arch', 'espcn', '--loss', 'luma'], /takes RGB for --arch for --loss luma but/],
    [['--arch', 'espcn', '--loss', 'perceptual'], /takes RGB for --arch for --loss perceptual but/],
  ] as const) {
    const { code, stderr } = await runVsr(...words('wrong.onnx', ...more, '--steps', '2'));
    assert.equal(code, /no feature/.test(wanted.source) ? 1 : 2, stderr);
    assert.match(stderr, wanted);
  }
});
