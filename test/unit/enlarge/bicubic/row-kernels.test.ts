import assert from 'node:assert/strict';
import test from 'node:test';
import { compileKernels } from '../../../../scripts/compile-kernels.js';
import { rowKernelsWasm } from '../../../../src/enlarge/bicubic/row-kernels-wasm.js';

test('the bytes that are shipped are those of row-kernels.wat', async () => {
  const bytes = await compileKernels('bicubic/row-kernels');
  assert.equal(Buffer.from(bytes).toString('base64'), rowKernelsWasm);
});
