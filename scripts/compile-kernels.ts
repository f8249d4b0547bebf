import wabt from 'wabt';

/** Translates WebAssembly's text form into its binary form. */
export async function compileKernels(source: string): Promise<Uint8Array> {
  const tools = await wabt();
  const parsed = tools.parseWat('row-kernels.wat', source, { simd: true });
  try {
    parsed.resolveNames();
    parsed.validate();
    return parsed.toBinary({}).buffer;
  } finally {
    parsed.destroy();
  }
}

/** The TypeScript module that carries the bytes. */
export function kernelModule(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64');
  const lines = text.match(/.{1,90}/g)!.map((line) => `  '${line}'`);
  return [
    '// Made of row-kernels.wat by `npm run build:kernels`; a test holds the two together.',
    '',
    '/** The WebAssembly module of row-kernels.wat, in base64. */',
    'export const rowKernelsWasm =',
    `${lines.join(' +\n')};`,
    '',
  ].join('\n');
}
