import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { chooseModel } from '../../src/model/catalogue/chain.js';
import { loadModel } from '../../src/model/load/load-model.js';
import type { GraphBuilder } from '../../src/model/onnx/graph-builder.js';
import { decodeModel, encodeModel } from '../../src/model/onnx/model-file.js';
import { valuesOf } from '../../src/model/onnx/tensor-values.js';
import { attributeTypes, elementTypes, type OnnxTensor } from '../../src/model/onnx/types.js';
import { tryInProcess } from '../../src/model/runtime/trial-process.js';
import { packageRoot } from '../../src/package-root.js';
import { isLongForm } from '../support/long-form.js';
import { randomModel } from '../support/random-model.js';
import { runVsr } from '../support/run-vsr.js';
import { strangeModel, writeLoopModel } from '../support/strange-models.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
const sample = path.join(packageRoot(), 'samples', 'scene.mp4');

type Rest = Parameters<typeof strangeModel>[0];

async function write(name: string, rest: Rest, channels: 1 | 3 = 1): Promise<string> {
  await writeFile(at(name), encodeModel(strangeModel(rest, channels)));
  return at(name);
}

const enlarge = (model: string, scale = '2'): ReturnType<typeof runVsr> =>
  runVsr(
    ...['upscale', sample, '--frames', '2', '-s', scale, '-m', model, '-o', at('out.mp4')],
    ...['--preset', 'ultrafast', '--overwrite', '--no-log'],
  );

/** A value only where the picture is dark: a trial on grey sees nothing of it. */
const whereDark =
  (value: number): Rest =>
  (graph, enlarged) => {
    const dark = graph.op('Less', [enlarged, graph.floats('limit', 0.45)]);
    return graph.op('Where', [dark, graph.floats('bad', value), enlarged]);
  };

const adds =
  (value: number): Rest =>
  (graph, enlarged) =>
    graph.op('Add', [enlarged, graph.floats('bad', value)]);

test('a model whose output is no picture is refused before the start', async () => {
  for (const value of [NaN, Infinity, -Infinity, 1e30, -1e30, 40]) {
    const file = await write('always-x2.onnx', adds(value));
    const what = Number.isFinite(value)
      ? /gives values of about .* a picture 0 to 1/
      : /not finite/;
    await assert.rejects(loadModel(file), { code: 'model', message: what }, `${value}`);
  }
  const file = await write('colour-x2.onnx', adds(NaN), 3);
  await assert.rejects(loadModel(file), { code: 'model', message: /not finite/ });
});

test('one whose output is no picture where a trial does not see it stops the job with its name and the frame', async () => {
  for (const [value, channels, what] of [
    [NaN, 1, /gives values that are not finite/],
    [-1e30, 3, /gives values that are not finite|gives values of about/],
    [40, 1, /gives values of about [\d.]+ where the source has 0\.\d+ and a picture 0 to 1/],
  ] as const) {
    const { code, stderr } = await enlarge(await write('dark-x2.onnx', whereDark(value), channels));
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Frame 0: The model dark-x2 gives/);
    assert.match(stderr, what);
  }
});

test('a second pass hides no damage of the first', async () => {
  // Clipped by what follows: only between the passes it can be seen.
  const model = await write('first-x2.onnx', whereDark(NaN));
  const second = await write('second-x2.onnx', (graph, enlarged) =>
    graph.op('Clip', [enlarged, graph.floats('low', 0), graph.floats('high', 1)]),
  );
  const { code, stderr } = await enlarge(`${model},${second}`, '4');
  assert.equal(code, 1, stderr);
  assert.match(stderr, /The model first-x2 gives values that are not finite/);
});

test('evaluate stops as well', async () => {
  const model = await write('evaluated-x2.onnx', whereDark(NaN));
  const { code, stderr } = await runVsr('evaluate', sample, '-m', model, '--frames', '1');
  assert.equal(code, 1, stderr);
  assert.match(stderr, /The model evaluated-x2 gives values that are not finite/);
});

test('a network whose weights are not finite is refused, also by quantize', async () => {
  const model = decodeModel(randomModel('espcn-16', 2));
  const weights = model.graph!.initializer!.find(({ dims }) => dims?.length === 4)!;
  const values = Float32Array.from(valuesOf(weights), Number);
  values[3] = NaN;
  weights.rawData = new Uint8Array(values.buffer);
  delete weights.floatData;
  await writeFile(at('damaged-x2.onnx'), encodeModel(model));
  for (const run of [
    enlarge(at('damaged-x2.onnx')),
    runVsr('quantize', at('damaged-x2.onnx'), '-o', at('copy.onnx'), '-p', folder),
  ]) {
    const { code, stderr } = await run;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Expected finite weights in .*damaged-x2\.onnx/);
  }
});

test('nodes need no names', async () => {
  const model = strangeModel((graph, enlarged) => graph.op('Abs', [graph.op('Neg', [enlarged])]));
  for (const node of model.graph!.node!) delete node.name;
  await writeFile(at('unnamed-x2.onnx'), encodeModel(model));
  const { code, stderr } = await enlarge(at('unnamed-x2.onnx'));
  assert.equal(code, 0, stderr);
});

test('a model that loops without end is ended with a sentence; one that loops for a while runs', async () => {
  await writeLoopModel(at('endless-x2.onnx'), Infinity);
  if (isLongForm) {
    await assert.rejects(loadModel(at('endless-x2.onnx')), {
      code: 'model',
      message: /endless-x2\.onnx does not run .*still running after 20 seconds, and was ended/,
    });
  }
  const bytes = await readFile(at('endless-x2.onnx'));
  const [graph, dims] = [decodeModel(bytes).graph!, [1, 1, 16, 16]];
  const [input, output] = [graph.input![0]!.name, graph.output![0]!.name];
  await assert.rejects(tryInProcess({ bytes, type: 'float32', input, output, dims }, 4_000), {
    message: /^it was still running after 4 seconds, and was ended\./,
  });
  await writeLoopModel(at('turns-x2.onnx'), 5);
  assert.equal((await loadModel(at('turns-x2.onnx'))).scale, 2);
});

/** A model whose one factor is elsewhere, as `facts` say; in an attribute where `within`. */
async function writeExternal(
  file: string,
  facts: Readonly<Record<string, string>>,
  within = false,
): Promise<void> {
  const tensor: OnnxTensor = {
    name: 'factor',
    dims: [1],
    dataType: elementTypes.float32,
    dataLocation: 1,
    externalData: Object.entries(facts).map(([key, value]) => ({ key, value })),
  };
  const product = (graph: GraphBuilder, enlarged: string): string =>
    graph.op('Mul', [enlarged, 'factor']);
  const model = strangeModel(product);
  if (within) {
    const attribute = [{ name: 'value', type: attributeTypes.tensor, t: tensor }];
    model.graph!.node!.unshift({ opType: 'Constant', output: ['factor'], attribute });
  } else model.graph!.initializer!.push(tensor);
  await writeFile(file, encodeModel(model));
}

test('weights beside the model are read, also those of attributes', async () => {
  await writeFile(at('weights.bin'), new Uint8Array(new Float32Array([7, 0.5]).buffer));
  await mkdir(at('deep'));
  await writeFile(at('deep', 'weights.bin'), new Uint8Array(new Float32Array([0.5]).buffer));
  await symlink('deep/weights.bin', at('inner.bin'));
  for (const within of [false, true]) {
    for (const facts of [
      { location: 'weights.bin', offset: '4', length: '4' },
      { location: 'weights.bin', offset: '4' },
      { location: 'deep/weights.bin' },
      { location: 'inner.bin' },
    ]) {
      await writeExternal(at('external-x2.onnx'), facts, within);
      // What the model names is beside the model, not where vsr is called. Without it there is no
      // trial.
      const { scale } = await loadModel(at('external-x2.onnx'));
      assert.equal(scale, 2, JSON.stringify(facts));
    }
  }
});

test('weights anywhere else, or in what is no regular file, are refused at once', async (t) => {
  if (process.platform === 'win32') return t.skip('makes pipes and links as POSIX has them');
  const inside = at('inside');
  await mkdir(inside);
  await writeFile(at('secret.bin'), new Uint8Array(8));
  await writeFile(path.join(inside, 'short.bin'), new Uint8Array(2));
  await symlink('../secret.bin', path.join(inside, 'link.bin'));
  await symlink('/dev/zero', path.join(inside, 'zero.bin'));
  await symlink('..', path.join(inside, 'up'));
  await mkdir(path.join(inside, 'folder.bin'));
  execFileSync('mkfifo', [path.join(inside, 'pipe.bin')]);
  const file = path.join(inside, 'external-x2.onnx');
  const beside = /in a file beside the model but it names/;
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ location: at('secret.bin') }, beside],
    [{ location: '../secret.bin' }, beside],
    [{ location: 'link.bin' }, beside],
    [{ location: 'zero.bin' }, beside],
    [{ location: 'up/secret.bin' }, beside],
    [{ location: 'C:\\secret.bin' }, beside],
    [{ location: 'a\0b' }, beside],
    [{ location: '' }, beside],
    [{ location: 'pipe.bin' }, /it is no regular file/],
    [{ location: 'folder.bin' }, /it is no regular file|EISDIR/],
    [{ location: 'absent.bin' }, /ENOENT/],
    [{ location: 'short.bin', length: '4' }, /it has 2 bytes, but 4 from byte 0/],
    [{ location: 'short.bin', length: '-5' }, /gives "-5" as their length/],
    [{ location: 'short.bin', length: 'abc' }, /gives "abc" as their length/],
    [{ location: 'short.bin', length: '99999999999999' }, /it has 2 bytes, but 99999999999999/],
    [{ location: 'short.bin', offset: '9' }, /from byte 9/],
  ];
  for (const within of [false, true]) {
    for (const [facts, message] of cases) {
      await writeExternal(file, facts, within);
      await assert.rejects(loadModel(file), { code: 'model', message }, JSON.stringify(facts));
    }
  }
});

test('a pipe or a folder in place of a model is refused at once', async (t) => {
  if (process.platform === 'win32') return t.skip('makes pipes as POSIX has them');
  execFileSync('mkfifo', [at('pipe.onnx')]);
  await mkdir(at('folder.onnx'));
  for (const name of ['pipe.onnx', 'folder.onnx']) {
    await assert.rejects(chooseModel(at(name)), {
      code: 'model',
      message: /Cannot read the model/,
    });
  }
});

test('nothing is left of all that in the folder of temporary files', async () => {
  const left = (await readdir(os.tmpdir())).filter((name) => name.startsWith('vsr-end-'));
  assert.deepEqual(left, []);
});
