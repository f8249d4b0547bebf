import assert from 'node:assert/strict';
import test from 'node:test';
import { compileKernels } from '../../../../scripts/compile-kernels.js';
import { floatKernelsWasm } from '../../../../src/enlarge/float/float-kernels-wasm.js';

test('the bytes that are shipped are those of float-kernels.wat', async () => {
  const bytes = await compileKernels('float/float-kernels');
  assert.equal(Buffer.from(bytes).toString('base64'), floatKernelsWasm);
});
