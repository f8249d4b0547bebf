import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { meanSquaredError, psnrOfMse } from '../../src/metrics/psnr.js';
import type { ModelCard } from '../../src/model/catalogue/card.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.js';
import { decodeModel, encodeModel } from '../../src/model/onnx/model-file.js';
import { valuesOf } from '../../src/model/onnx/tensor-values.js';
import { calibrationOf, quantiseModel } from '../../src/model/networks/quantise.js';
import { planeOf } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { optionsFor, picture } from '../support/picture.js';
import { randomModel } from '../support/random-model.js';
import { writeWaves } from '../support/waves.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runVsr } from '../support/run-vsr.js';

for (const arch of ['espcn-16', 'espcn-32', 'espcn', 'espcn-u32']) {
  test(`an 8-bit ${arch} runs in strips, and gives nearly what the float one gives`, async () => {
    const folder = temporaryFolder();
    const layout = frameLayout(pixelFormats.get('gray')!, 65, 700);
    const seen = [1, 2].map((i) => planeOf(picture(layout, i).data, layout, 0));
    const float = randomModel(arch, 2);
    const frame = picture(layout, 3);
    const lumas = [];
    for (const [name, bytes] of [
      ['float', float],
      ['int8', await quantiseModel(float, seen)],
    ] as const) {
      const file = path.join(folder, `${name}.onnx`);
      await writeFile(file, bytes);
      const chain = await chooseChain(2, file, { kind: 'clean' });
      assert.ok(chain.passes[0]!.reach !== null, 'runs on tiles');
      await using upscaler = await openUpscaler(optionsFor(chain, layout, { precision: 'auto' }));
      const { frame: larger } = await upscaler.upscale(frame);
      lumas.push(planeOf(larger.data, upscaler.layout, 0));
    }
    const psnr = psnrOfMse(meanSquaredError(lumas[0]!, lumas[1]!));
    assert.ok(psnr > 30 && psnr < 70, `${psnr.toFixed(1)} dB apart`);
  });
}

test('channels of the copy are brought nearer to each other before they are rounded', async () => {
  const layout = frameLayout(pixelFormats.get('gray')!, 65, 64);
  const seen = [planeOf(picture(layout, 1).data, layout, 0)];
  const float = randomModel('espcn-16', 2);
  const { factors } = await calibrationOf(
    float,
    seen.map((plane) => ({ plane, strength: 0 })),
  );
  assert.ok(Math.max(...factors[0]!) > 1.2, 'some channel is quieter than others');
  const valuesIn = (file: Uint8Array, name: string) =>
    Array.from(
      valuesOf(decodeModel(file, name).graph!.initializer!.find((tensor) => tensor.name === name)!),
      Number,
    );
  const expected = valuesIn(float, 'conv0.weight').map((weight, i) =>
    Math.fround(weight * factors[0]![Math.floor(i / 9)]!),
  );
  assert.deepEqual(valuesIn(await quantiseModel(float, seen), 'float0.weight'), expected);
});

for (const [arch, coarse] of [
  ['espcn', 1],
  ['espcn-58k', 2],
  ['espcn-16', 4],
  // And its ends have weights for 8 bits.
  ['espcn-32', 4],
] as const) {
  test(`of ${arch}, ${coarse} of its layers compute in 8 bits`, async () => {
    const layout = frameLayout(pixelFormats.get('gray')!, 32, 32);
    const seen = [planeOf(picture(layout, 1).data, layout, 0)];
    const { graph } = decodeModel(await quantiseModel(randomModel(arch, 2), seen), arch);
    const types = graph!.node!.map(({ opType }) => opType);
    assert.equal(types.filter((type) => type === 'QLinearConv').length, coarse);
  });
}

test('a network of another form is refused by name', async () => {
  const graph = new GraphBuilder('other');
  graph.op('Sigmoid', [graph.input('x', 'float32', ['n', 1, 'h', 'w'])], {}, 'y');
  graph.output('y', 'float32', ['n', 1, 'h', 'w']);
  await assert.rejects(quantiseModel(encodeModel(graph.build()), [], {}, 'other.onnx'), {
    code: 'model',
    message: /Expected a network of vsr's own form.*other\.onnx has another border/,
  });
});

test('vsr quantize measures the copy of a model for the second pass after the first', async () => {
  const folder = temporaryFolder();
  const pictures = path.join(folder, 'waves');
  await mkdir(pictures);
  await writeWaves(path.join(pictures, 'waves.png'), 1, 160);
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await runVsr(...words);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const copy = path.join(folder, 'copy-x2.onnx');
  await run(
    ...['quantize', 'espcn-16-second-x2', '--pictures', pictures, '--benchmark', pictures],
    ...['-o', copy],
  );
  const card = JSON.parse(await readFile(copy.replace('.onnx', '.json'), 'utf8')) as ModelCard;
  const chain = `espcn-16-x2,${copy}`;
  const answer = JSON.parse(await run('evaluate', pictures, '-s', '4', '-m', chain, '--json')) as {
    facts: { mean: Record<string, { psnrY: number }> };
  };
  const { mean } = answer.facts;
  assert.equal(card.figures['waves']!.bicubicPsnr, mean['bicubic']!.psnrY);
  assert.equal(card.figures['waves']!.psnr, mean['espcn-16-x2 + copy-x2']!.psnrY);
});
