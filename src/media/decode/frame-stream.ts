import type { Readable } from 'node:stream';

/** Raw frames that come through a pipe. */
export interface FrameStream extends AsyncIterable<Uint8Array> {
  /**
   * When the stream began to wait for bytes, by `performance.now()`; `null` while it does not wait,
   * such as while the consumer works.
   */
  readonly waitingSince: number | null;
  /** Bytes after the last whole frame. */
  readonly leftOver: number;
}

/**
 * Cuts `stdout` into frames of `byteLength` bytes, each in a buffer from `take`. Reads only while a
 * frame is asked for.
 */
export function frameStream(
  stdout: Readable,
  byteLength: number,
  take: () => Uint8Array,
): FrameStream {
  let waitingSince: number | null = null;
  let filled = 0;

  async function* read(): AsyncGenerator<Uint8Array> {
    let frame: Uint8Array | null = null;
    waitingSince = performance.now();
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      for (let taken = 0; taken < chunk.length;) {
        frame ??= take();
        const count = Math.min(chunk.length - taken, byteLength - filled);
        frame.set(chunk.subarray(taken, taken + count), filled);
        filled += count;
        taken += count;
        if (filled === byteLength) {
          waitingSince = null;
          yield frame;
          frame = null;
          filled = 0;
        }
      }
      waitingSince = performance.now();
    }
    waitingSince = null;
  }

  return {
    [Symbol.asyncIterator]: read,
    get waitingSince() {
      return waitingSince;
    },
    get leftOver() {
      return filled;
    },
  };
}
