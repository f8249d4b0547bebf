import { readFile } from 'node:fs/promises';
import path from 'node:path';
import wabt from 'wabt';
import { packageRoot } from '../src/package-root.js';

/**
 * The WebAssembly kernels: the path of the text below src/enlarge, without its ending, and the name
 * of the constant that holds the bytes.
 */
export const kernelFiles = [
  { file: 'bicubic/row-kernels', name: 'rowKernelsWasm' },
  { file: 'float/float-kernels', name: 'floatKernelsWasm' },
  { file: 'steady/steady-kernels', name: 'steadyKernelsWasm' },
] as const;

/** The path of a file of `kernelFiles` with `ending`. */
export function kernelPath(file: string, ending: string): string {
  return path.join(packageRoot(), 'src/enlarge', `${file}${ending}`);
}

/** Compiles the text of a file of `kernelFiles` to WebAssembly's binary form. */
export async function compileKernels(file: string): Promise<Uint8Array> {
  const tools = await wabt();
  const source = await readFile(kernelPath(file, '.wat'), 'utf8');
  const parsed = tools.parseWat(`${path.basename(file)}.wat`, source, { simd: true });
  try {
    parsed.resolveNames();
    parsed.validate();
    return parsed.toBinary({}).buffer;
  } finally {
    parsed.destroy();
  }
}

/** The TypeScript module that carries the bytes of `file` as `name`. */
export function kernelModule(file: string, name: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64');
  const lines = text.match(/.{1,90}/g)!.map((line) => `  '${line}'`);
  const source = `${path.basename(file)}.wat`;
  return [
    `// Compiled from ${source} by \`npm run build:kernels\`; a test checks that they agree.`,
    '',
    `/** The WebAssembly module of ${source}, in base64. */`,
    `export const ${name} =`,
    `${lines.join(' +\n')};`,
    '',
  ].join('\n');
}
