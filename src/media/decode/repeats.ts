import type { Frame } from '../../planes/frame.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { packetsOf } from '../source/packets.js';
import type { Source } from '../source/source.js';

/**
 * Codecs in which a packet may say "as before", for which ffmpeg before 4.3 gives no frame at all.
 * Every packet of them is one frame, and they come in the order in which they are shown.
 */
const repeatingCodecs = new Set(['qtrle']);

/**
 * The timestamps that the frames of `source` should have, in order, where the decoder may leave
 * some out; `null` where it gives every frame itself.
 */
export async function expectedTimes(
  ffmpeg: Ffmpeg,
  source: Source,
  signal?: AbortSignal,
): Promise<readonly number[] | null> {
  if (!repeatingCodecs.has(source.video.codec) || ffmpeg.libavcodec >= 59) return null;
  const times: number[] = [];
  for await (const packet of packetsOf(ffmpeg, source, signal)) {
    if (packet.pts !== null && !packet.discard) times.push(packet.pts);
  }
  return times;
}

/**
 * Puts the frames that are missing in `frames` against the rising times `expected` back in, as
 * copies of the one before.
 */
export async function* withRepeats(
  frames: AsyncIterable<Frame>,
  expected: readonly number[],
  take: () => Uint8Array,
): AsyncGenerator<Frame> {
  let next = 0;
  let index = 0;
  /** A copy: the consumer may give the frame's own memory back. */
  let last: Uint8Array | null = null;
  function* repeat(before: number): Generator<Frame> {
    for (; next < expected.length && expected[next]! < before; next++) {
      if (last === null) continue;
      const data = take();
      data.set(last);
      yield { index: index++, pts: expected[next]!, data };
    }
  }
  for await (const frame of frames) {
    yield* repeat(frame.pts);
    if (expected[next] === frame.pts) next += 1;
    last ??= new Uint8Array(frame.data.length);
    last.set(frame.data);
    yield { ...frame, index: index++ };
  }
  yield* repeat(Infinity);
}
