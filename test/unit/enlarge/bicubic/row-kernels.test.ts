import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { compileKernels } from '../../../../scripts/compile-kernels.js';
import { packageRoot } from '../../../../src/package-root.js';
import { rowKernelsWasm } from '../../../../src/enlarge/bicubic/row-kernels-wasm.js';

test('the bytes that are shipped are those of row-kernels.wat', async () => {
  const file = path.join(packageRoot(), 'src/enlarge/bicubic/row-kernels.wat');
  const bytes = await compileKernels(await readFile(file, 'utf8'));
  assert.equal(Buffer.from(bytes).toString('base64'), rowKernelsWasm);
});
