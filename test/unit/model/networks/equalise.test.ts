import assert from 'node:assert/strict';
import test from 'node:test';
import { equalised, equalisingFactors } from '../../../../src/model/networks/equalise.js';
import { networkOf } from '../../../../src/model/architectures/list.js';
import { layerWeights, plainLayers } from '../../../../src/model/language/layers.js';
import { parameterCount } from '../../../../src/model/language/network.js';
import { openEnlarger } from '../../../../src/training/gradient/enlarge.js';
import { randomAt } from '../../../../src/training/base/random.js';

test('channels that reach less are multiplied by the root of what they lack', () => {
  const [factors] = equalisingFactors([[4, 1, 0.25, 0.0001, 0]]);
  assert.deepEqual(factors, [1, 2, 4, 7, 1]);
});

for (const arch of ['espcn-16', 'espcn', 'espcn-u32']) {
  test(`${arch} with its channels equalised gives the same picture`, async () => {
    const network = networkOf(arch, 2);
    const random = randomAt(3);
    const weights = Float32Array.from(
      { length: parameterCount(network) },
      () => (random() - 0.5) / 4,
    );
    const factors = plainLayers(network)
      .slice(0, -1)
      .map(({ outputs }) => Array.from({ length: outputs }, () => 1 + 3 * random()));
    const changed = equalised(network, weights, factors);
    const [first] = layerWeights(network, changed);
    const [before] = layerWeights(network, weights);
    assert.equal(first!.bias[1], Math.fround(before!.bias[1]! * factors[0]![1]!));
    const [width, height] = [24, 20];
    const data = Uint8Array.from({ length: width * height }, () => random() * 256);
    const enlarge = await openEnlarger(network);
    const [expected] = await enlarge([{ data, width, height }], weights);
    const [result] = await enlarge([{ data, width, height }], changed);
    expected!.data.forEach((value, i) => {
      // Rounding in float may tip a sample over the edge between two values.
      assert.ok(Math.abs(value - result!.data[i]!) <= 1, `sample ${i}`);
    });
    assert.ok(new Set(expected!.data).size > 20, 'the picture is not flat');
  });
}
