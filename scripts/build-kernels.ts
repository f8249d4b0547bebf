import { writeFile } from 'node:fs/promises';
import { compileKernels, kernelFiles, kernelModule, kernelPath } from './compile-kernels.js';

/** Compiles the kernels' text in src/enlarge and writes the modules that hold their bytes. */
for (const { file, name } of kernelFiles) {
  const bytes = await compileKernels(file);
  await writeFile(kernelPath(file, '-wasm.ts'), kernelModule(file, name, bytes));
}
