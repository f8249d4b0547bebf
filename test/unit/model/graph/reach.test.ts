import assert from 'node:assert/strict';
import test from 'node:test';
import { networkOf } from '../../../../src/model/architectures/list.js';
import { reachOf as networkReach } from '../../../../src/model/language/network.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { decodeModel } from '../../../../src/model/onnx/model-file.js';
import { reachOf } from '../../../../src/model/graph/reach.js';
import { borderPadOf, withoutBorderPad } from '../../../../src/model/graph/strip-pad.js';
import { randomModel } from '../../../support/random-model.js';

test('the reach of our own networks is the sum of their kernels’ radii, and their Pad is found', () => {
  for (const arch of ['espcn', 'espcn-58k', 'espcn-16']) {
    const graph = decodeModel(randomModel(arch, 2)).graph!;
    const reach = networkReach(networkOf(arch, 2));
    assert.deepEqual(reachOf(graph, 'x', 'y'), { scale: 2, reach, inset: 0, align: 1 });
    assert.equal(borderPadOf(graph, 'x', 'y'), reach);
    const bare = withoutBorderPad(graph, 'x');
    assert.deepEqual(reachOf(bare, 'x', 'y'), { scale: 2, reach, inset: reach, align: 1 });
  }
});

test('a network on the unshuffled picture wants tiles that begin with its blocks', () => {
  const network = networkOf('espcn-u32', 2);
  assert.equal(networkReach(network), 14);
  const graph = decodeModel(randomModel('espcn-u32', 2)).graph!;
  // A place within its block may lie at either end of it: one more than the layers read.
  assert.deepEqual(reachOf(graph, 'x', 'y'), { scale: 2, reach: 15, inset: 0, align: 2 });
  assert.equal(borderPadOf(graph, 'x', 'y'), 0);
});

/** One 3x3 convolution with these attributes, then `after`. */
function convolution(
  attributes: Record<string, number | number[] | string>,
  after?: (graph: GraphBuilder, value: string) => string,
) {
  const graph = new GraphBuilder('one');
  const x = graph.input('x', 'float32', ['n', 1, 'h', 'w']);
  const w = graph.initializer('w', 'float32', [1, 1, 3, 3], new Array<number>(9).fill(0));
  const value = graph.op('Conv', [x, w], attributes);
  const last = after?.(graph, value) ?? value;
  graph.op('Identity', [last], {}, 'y');
  return reachOf(graph.build().graph!, 'x', 'y');
}

test('padding, dilation and later enlarging are counted', () => {
  assert.deepEqual(convolution({ pads: [1, 1, 1, 1] }), { scale: 1, reach: 1, inset: 0, align: 1 });
  assert.deepEqual(convolution({ auto_pad: 'SAME_UPPER' })?.inset, 0);
  assert.deepEqual(convolution({}), { scale: 1, reach: 1, inset: 1, align: 1 });
  assert.equal(convolution({ dilations: [3, 3], pads: [3, 3, 3, 3] })?.reach, 3);
  const shuffled = convolution({ pads: [1, 1, 1, 1] }, (graph, value) =>
    graph.op('SpaceToDepth', [value], { blocksize: 2 }),
  );
  assert.equal(shuffled?.align, 2);
  assert.equal(shuffled?.scale, 1 / 2);
});

test('what cannot be told is not guessed', () => {
  const after = (type: string) => (graph: GraphBuilder, value: string) => graph.op(type, [value]);
  assert.equal(convolution({}, after('GlobalAveragePool')), null);
  assert.equal(convolution({}, after('NobodyKnows')), null);
  assert.equal(convolution({ pads: [1, 0, 1, 0] }), null);
  assert.equal(convolution({ dilations: [1, 2] }), null);
});
