import type { Frame } from '../../planes/frame.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { packetsOf } from '../source/packets.js';
import type { Source } from '../source/source.js';

/**
 * Codecs in which a packet may say that nothing has changed. For such a packet ffmpeg before 4.3
 * gives no frame. Every packet of these codecs is one frame, in the order of presentation.
 */
const repeatingCodecs = new Set(['qtrle']);

/**
 * The timestamps, in ticks, of all frames of `source`, where the decoder may leave some out; `null`
 * where it gives every frame.
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
 * Puts back the frames that are missing in `frames`, as copies of the one before. `expected` are
 * the times of all frames, in ascending order; `take` gives memory for a frame.
 */
export async function* withRepeats(
  frames: AsyncIterable<Frame>,
  expected: readonly number[],
  take: () => Uint8Array,
): AsyncGenerator<Frame> {
  let next = 0;
  let index = 0;
  /** A copy of the last frame, whose own memory the consumer may give back at any time. */
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
