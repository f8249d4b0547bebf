import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { architectures, networkOf } from '../../../../src/model/architectures/list.js';
import { buildInferenceModel } from '../../../../src/model/networks/network-model.js';
import { parameterCount, reachOf } from '../../../../src/model/language/network.js';
import { packageRoot } from '../../../../src/package-root.js';
import { buildGradientModel } from '../../../../src/training/gradient/gradient-graph.js';
import { initialWeights } from '../../../../src/training/optimiser/initial-weights.js';

const src = path.join(packageRoot(), 'src');
const folder = path.join(src, 'model/architectures');

test('an architecture is one file and its place in the list: nothing else knows its name', () => {
  const names = (readdirSync(src, { recursive: true }) as string[]).filter((n) =>
    n.endsWith('.ts'),
  );
  const texts = new Map(names.map((name) => [name, readFileSync(path.join(src, name), 'utf8')]));
  const list = texts.get(path.join('model/architectures/list.ts'))!;
  for (const { name } of architectures) {
    const own = path.join('model/architectures', `${name}.ts`);
    assert.ok(texts.has(own), `${name} has no file of its own`);
    assert.ok(list.includes(`./${name}.js`), `${name} is not in the list`);
    const others = names.filter((other) => {
      const text = texts.get(other)!.replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
      return other !== own && text.includes(`'${name}'`);
    });
    // The default of --arch, and the families that are run where none is named.
    const known = ['model/catalogue/quality.ts'];
    if (name === 'espcn-16') known.push('library/train/train-options.ts');
    assert.deepEqual(
      others.filter((other) => !known.includes(other)),
      [],
      `${name} is known elsewhere`,
    );
  }
  const shared = ['architecture.ts', 'list.ts'];
  assert.deepEqual(
    readdirSync(folder)
      .filter((file) => !shared.includes(file))
      .sort(),
    architectures.map(({ name }) => `${name}.ts`).sort(),
  );
});

for (const { name, scales } of architectures) {
  test(`${name} can be built, begun, trained and written at each of its scales`, () => {
    for (const scale of scales) {
      const network = networkOf(name, scale);
      const weights = initialWeights(network, 1);
      assert.equal(weights.length, parameterCount(network));
      assert.ok(weights.every(Number.isFinite));
      assert.ok(weights.some((weight) => weight !== 0));
      assert.ok(reachOf(network) >= 0);
      const patch = network.patches?.size ?? 12;
      assert.ok(buildGradientModel(network, { patches: 1, patch }, 'mse').length > 1000);
      // Dense layers keep theirs in half precision.
      const bytes = network.patches === undefined ? 4 : 2;
      const { length } = buildInferenceModel(network, weights);
      assert.ok(length > bytes * weights.length && length < (bytes + 1) * weights.length + 1e6);
    }
  });
}

test('what an architecture cannot be is said in one sentence', () => {
  assert.throws(() => networkOf('espcn', 5), {
    code: 'option',
    message: 'Expected one of 2, 3, 4 for the scale of espcn but received 5.',
  });
  assert.throws(() => networkOf('espcn', 2, { depth: 4 }), {
    code: 'option',
    message: '--depth changes nothing in espcn: it can be varied by activation.',
  });
});
