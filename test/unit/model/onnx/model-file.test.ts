import assert from 'node:assert/strict';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { decodeModel, encodeModel } from '../../../../src/model/onnx/model-file.js';
import { tensorOf, valuesOf } from '../../../../src/model/onnx/tensor-values.js';
import type { OnnxModel } from '../../../../src/model/onnx/types.js';

function sampleModel(): OnnxModel {
  const graph = new GraphBuilder('sample');
  graph.input('x', 'float32', ['N', 1, 'H', 'W']);
  const attributes = { axis: 0, alpha: 0.5, one: { float: 1 }, perm: [0, 1], mode: 'edge' };
  graph.op('Sample', ['x', '', graph.floats('half', 0.5)], attributes, 'y');
  graph.output('y', 'float32', [0, 'W']);
  return graph.build({ metadata: { arch: 'sample' } });
}

test('a model that is written and read again is the same', () => {
  const model = sampleModel();
  const bytes = encodeModel(model);
  const back = decodeModel(bytes);
  assert.deepEqual(Buffer.from(encodeModel(back)), Buffer.from(bytes));
  assert.equal(back.graph!.node![0]!.opType, 'Sample');
  assert.deepEqual(back.graph!.node![0]!.input, ['x', '', 'half']);
  assert.deepEqual(back.metadataProps, [{ key: 'arch', value: 'sample' }]);
});

test('zeros are kept: an attribute of 0 and an extent of 0 are not the same as none', () => {
  const back = decodeModel(encodeModel(sampleModel()));
  const axis = back.graph!.node![0]!.attribute!.find(({ name }) => name === 'axis')!;
  assert.equal(axis.i, 0);
  assert.equal(back.graph!.output![0]!.type!.tensorType!.shape!.dim![0]!.dimValue, 0);
});

test('64-bit integers beyond 2^53 are kept to the last bit', () => {
  const model = sampleModel();
  const most = 2n ** 63n - 1n;
  model.graph!.initializer!.push({ name: 'ends', dataType: 7, dims: [2], int64Data: [most, -5] });
  const back = decodeModel(encodeModel(model));
  const ends = back.graph!.initializer!.find(({ name }) => name === 'ends')!;
  assert.deepEqual(ends.int64Data, [most, -5]);
  assert.deepEqual(valuesOf(ends), BigInt64Array.of(most, -5n));
});

test('fields that the types do not name survive', () => {
  const model = sampleModel() as OnnxModel & Record<string, unknown>;
  model['functions'] = [{ name: 'f', domain: 'd', input: ['a'], overload: 'o' }];
  model.graph!.node![0]!.metadataProps = [{ key: 'k', value: 'v' }];
  const back = decodeModel(encodeModel(model)) as OnnxModel & Record<string, unknown>;
  assert.deepEqual(back['functions'], model['functions']);
  assert.deepEqual(back.graph!.node![0]!.metadataProps, [{ key: 'k', value: 'v' }]);
});

test('a damaged file is one sentence that names it', () => {
  const bytes = encodeModel(sampleModel());
  for (const damaged of [bytes.subarray(0, bytes.length - 20), new Uint8Array(0)]) {
    assert.throws(
      () => decodeModel(damaged, 'broken.onnx'),
      (error) =>
        error instanceof VsrError && error.code === 'model' && /broken\.onnx/.test(error.message),
    );
  }
  const text = new TextEncoder().encode('<html>not found</html>');
  assert.throws(() => decodeModel(text), VsrError);
});

test('values are read from raw bytes and from typed lists alike', () => {
  const raw = tensorOf('raw', 'int8', [3], [-1, 0, 7]);
  assert.deepEqual(valuesOf(raw), Int8Array.of(-1, 0, 7));
  assert.deepEqual(
    valuesOf({ dataType: 3, dims: [3], int32Data: [-1, 0, 7] }),
    Int8Array.of(-1, 0, 7),
  );
  assert.deepEqual(valuesOf({ dataType: 1, floatData: [0.5] }), Float32Array.of(0.5));
  assert.throws(() => tensorOf('short', 'float32', [2, 2], [1]), /got 1 values/);
  assert.throws(() => valuesOf({ dataType: 1, dataLocation: 1, name: 'w' }), VsrError);
});
