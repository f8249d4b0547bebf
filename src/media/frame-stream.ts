import type { Readable } from 'node:stream';

/** Raw frames cut out of a pipe. */
export interface FrameStream extends AsyncIterable<Uint8Array> {
  /** Bytes left over at the end that were no whole frame. */
  readonly leftOver: number;
}

/** What waiting for a process costs at most. */
export type Patience = {
  /** Milliseconds without a byte after which `onStall` is called; `undefined` waits for ever. */
  readonly stallTimeoutMs: number | undefined;
  /** Ends the process, so that the pipe closes. */
  readonly onStall: () => void;
};

/**
 * Cuts `stdout` into frames of `byteLength` bytes, each into memory that `allocate` gives. Reads on
 * only while it is asked for more.
 */
export function frameStream(
  stdout: Readable,
  byteLength: number,
  allocate: () => Uint8Array,
  patience: Patience,
): FrameStream {
  let filled = 0;

  async function* read(): AsyncGenerator<Uint8Array> {
    let frame = allocate();
    for await (const chunk of unlessStalled(stdout, patience)) {
      for (let taken = 0; taken < chunk.length;) {
        const count = Math.min(chunk.length - taken, byteLength - filled);
        frame.set(chunk.subarray(taken, taken + count), filled);
        filled += count;
        taken += count;
        if (filled === byteLength) {
          filled = 0;
          yield frame;
          frame = allocate();
        }
      }
    }
  }

  return {
    [Symbol.asyncIterator]: read,
    get leftOver() {
      return filled;
    },
  };
}

/** The chunks of `stdout`; the clock runs only while one is waited for, never while the consumer works. */
async function* unlessStalled(stdout: Readable, patience: Patience): AsyncGenerator<Buffer> {
  const { stallTimeoutMs, onStall } = patience;
  const chunks = stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const timer = stallTimeoutMs === undefined ? undefined : setTimeout(onStall, stallTimeoutMs);
      const step = await chunks.next().finally(() => clearTimeout(timer));
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    await chunks.return?.();
  }
}
