import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../src/package-root.js';
import { compileKernels, kernelModule } from './compile-kernels.js';

/** Turns src/enlarge/bicubic/row-kernels.wat into the module that carries its bytes. */
const folder = path.join(packageRoot(), 'src/enlarge/bicubic');
const source = await readFile(path.join(folder, 'row-kernels.wat'), 'utf8');
const bytes = await compileKernels(source);
await writeFile(path.join(folder, 'row-kernels-wasm.ts'), kernelModule(bytes));
