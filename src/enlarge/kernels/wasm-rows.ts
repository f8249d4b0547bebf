// The parts of WebAssembly that are used: the types of Node 20 lack them, as those of the DOM have
// them.
type WasmMemory = { readonly buffer: ArrayBuffer; grow(pages: number): number };
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> };
};

const pageBytes = 65536;
/** Bytes after each row, since the last vectors may write beyond its end. */
const slack = 128;

/** Modules by their base64: each is compiled once per thread. */
const compiled = new Map<string, object>();

/** Kernels with their own memory, from which rows are allocated for good. */
export class WasmRows<Kernels> {
  readonly run: Kernels;
  readonly #memory: WasmMemory;
  #used = 16;

  /** `wasm` is the module in base64; it exports `memory` and the functions of `Kernels`. */
  constructor(wasm: string) {
    const module = compiled.get(wasm) ?? new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    compiled.set(wasm, module);
    const { exports } = new WebAssembly.Instance(module);
    this.run = exports as unknown as Kernels;
    this.#memory = exports['memory'] as WasmMemory;
  }

  /** The address of a row of `samples` values of `sampleBytes` bytes, which is never given back. */
  row(samples: number, sampleBytes: 1 | 2 | 4): number {
    const at = this.#used;
    this.#used += Math.ceil((samples * sampleBytes + slack) / 16) * 16;
    const missing = this.#used - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    return at;
  }

  /** A view of memory; taking further rows may invalidate it. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  /** A view of int16 or uint16 samples. */
  shorts(at: number, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, at, length);
  }

  /** A view of int32 samples. */
  ints(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length);
  }

  /** A view of float32 samples. */
  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }
}
