import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { isImageName } from '../../media/still/luma-image.js';
import { keyframes } from '../../media/source/packets.js';
import { turnedFor } from '../../media/output/turned-source.js';
import { probe } from '../../media/source/probe.js';
import { asDecoded } from '../../media/decode/as-decoded.js';
import type { Source } from '../../media/source/source.js';
import type { Frame } from '../../planes/frame.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import { framesPerSecond } from '../../planes/ratio.js';
import { resizeFrame } from '../../planes/resize-frame.js';
import { rgbOfFrame } from '../rgb-picture.js';
import type { SeenFrame, SourceOf, WantedFrame } from './seen-frame.js';
import { seenPictures, seenStill } from './seen-pictures.js';

/**
 * Frames with lower numbers than this are reached by decoding from the beginning; for later ones a
 * keyframe before them is looked up.
 */
const readThrough = 1500;

function seen(data: Uint8Array, layout: FrameLayout, source: Source): SeenFrame {
  const { colour } = source.video;
  return {
    picture: rgbOfFrame(data, layout, colour),
    rotation: source.video.rotation,
    enlarged(width, height) {
      const large = resizeFrame(
        data,
        layout,
        { width, height },
        { siting: colour.siting ?? 'left' },
      );
      return rgbOfFrame(large.data, large.layout, colour);
    },
  };
}

/** The last keyframe at or before each time, in ticks; `undefined` for the beginning. */
async function startsOf(
  ffmpeg: Ffmpeg,
  source: Source,
  times: readonly number[],
): Promise<(number | undefined)[]> {
  const { num, den } = source.video.timeBase;
  const keys = (await keyframes(ffmpeg, source)).map((key) => key.pts);
  return times.map((time) => keys.findLast((pts) => (pts * num) / den <= time - 1e-4));
}

/** When the clip's first frame is shown, in seconds on its own clock. */
export async function firstTime(ffmpeg: Ffmpeg, source: Source): Promise<number> {
  const { num, den } = source.video.timeBase;
  const decoded = decodeFrames(ffmpeg, source, { maxFrames: 1 });
  let time = source.startTime;
  for await (const frame of decoded) {
    time = (frame.pts * num) / den;
    decoded.release(frame);
  }
  return time;
}

/** The frame nearest to `time`, by decoding from `start` on until frames get further from it. */
async function frameAtTime(
  ffmpeg: Ffmpeg,
  source: Source,
  time: number,
  start: number | undefined,
  layout: FrameLayout,
): Promise<SeenFrame | null> {
  const { num, den } = source.video.timeBase;
  const decoded = decodeFrames(
    ffmpeg,
    source,
    start === undefined ? {} : { seekTo: start, range: { from: start } },
  );
  let best: { off: number; data: Uint8Array } | undefined;
  for await (const frame of decoded) {
    const off = Math.abs((frame.pts * num) / den - time);
    const better = best === undefined || off < best.off;
    if (better) best = { off, data: frame.data.slice() };
    decoded.release(frame);
    if (!better) break;
  }
  return best === undefined ? null : seen(best.data, layout, source);
}

/** As `framesNear`, by decoding once from the clip's beginning. */
async function framesOnTheWay(
  ffmpeg: Ffmpeg,
  source: Source,
  layout: FrameLayout,
  times: readonly number[],
  work: (frame: SeenFrame, index: number) => Promise<void>,
): Promise<void> {
  const { num, den } = source.video.timeBase;
  const pending = [...times.entries()].sort(([, a], [, b]) => a - b);
  const decoded = decodeFrames(ffmpeg, source);
  let before: Frame | null = null;
  for await (const frame of decoded) {
    const middle = ((before ?? frame).pts * num + frame.pts * num) / den / 2;
    while (before !== null && pending.length > 0 && pending[0]![1] <= middle) {
      await work(seen(before.data, layout, source), pending.shift()![0]);
    }
    if (before !== null) decoded.release(before);
    before = frame;
    if (pending.length === 0) return;
  }
  if (before === null) return;
  for (const [index] of pending) await work(seen(before.data, layout, source), index);
}

/**
 * Gives the frames nearest to `times`, in seconds on the source's own clock, to `work`, with their
 * places in `times`. One frame is held at a time.
 */
export async function framesNear(
  ffmpeg: Ffmpeg,
  source: Source,
  times: readonly number[],
  work: (frame: SeenFrame, index: number) => Promise<void>,
): Promise<void> {
  const { format, width, height } = source.video;
  const layout = frameLayout(format, width, height);
  const span = Math.max(...times) - source.startTime;
  if (span * framesPerSecond(source.video.frameRate) < readThrough) {
    return framesOnTheWay(ffmpeg, source, layout, times, work);
  }
  const starts = await startsOf(ffmpeg, source, times);
  for (const [i, time] of times.entries()) {
    const found = await frameAtTime(ffmpeg, source, time, starts[i], layout);
    if (found !== null) await work(found, i);
  }
}

/** The source as it was decoded for its output. */
function sourceAsDecoded({ output, making }: SourceOf, probed: Source): Source {
  return turnedFor(output, asDecoded(probed, making));
}

/**
 * Gives the frames `wanted` of a clip, of a still picture or of a picture sequence to `work`, with
 * their places in `wanted`. `of` is given for the source of an output; without it, the file's first
 * frame is number 0. One frame is held at a time. Throws VsrError `media` for a clip that ends
 * before them.
 */
export async function seenFrames(
  ffmpeg: Ffmpeg,
  file: string | readonly string[],
  wanted: readonly WantedFrame[],
  of: SourceOf | null,
  work: (frame: SeenFrame, index: number) => Promise<void>,
): Promise<void> {
  if (typeof file !== 'string') return seenPictures(file, wanted, of, work);
  if (isImageName(file)) {
    const still = await seenStill(file);
    for (const [i, { frame }] of wanted.entries()) if (frame === 0) await work(still, i);
    return;
  }
  const probed = await probe(ffmpeg, file);
  const source = of === null ? probed : sourceAsDecoded(of, probed);
  const from = of?.firstTime ?? null;
  const { video } = source;
  const layout = frameLayout(video.format, video.width, video.height);
  const last = Math.max(...wanted.map(({ frame }) => frame));
  if (last >= readThrough) {
    const first = from ?? (await firstTime(ffmpeg, source));
    const times = wanted.map(({ time }) => first + time);
    return framesNear(ffmpeg, source, times, work);
  }
  const { num, den } = video.timeBase;
  const decoded = decodeFrames(ffmpeg, source);
  let number = 0;
  for await (const frame of decoded) {
    if (from !== null && (frame.pts * num) / den < from - 1e-4) {
      decoded.release(frame);
      continue;
    }
    for (const [i, each] of wanted.entries()) {
      if (each.frame === number) await work(seen(frame.data, layout, source), i);
    }
    decoded.release(frame);
    if (number++ >= last) break;
  }
  if (number <= last) {
    const message = `Expected ${file} to have at least ${last + 1} frames but it has ${number}. Has it changed since the log was written?`;
    throw new VsrError('media', message);
  }
}
