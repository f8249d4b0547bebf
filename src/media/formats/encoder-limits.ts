import { badValue, VsrError } from '../../errors.js';
import { codecWish, encoderFacts, encodersFor, encodersOf } from './encoders.js';

/** Throws VsrError `option` for a `crf` that none of the encoders of a `--codec` takes. */
export function checkCrf(codec: string, crf: number | undefined): void {
  if (crf === undefined) return;
  const able = encodersFor(codecWish(codec));
  const scales = able.flatMap((encoder) => encoderFacts(encoder)?.quality ?? []);
  if (scales.length === 0) {
    throw new VsrError('option', `${codec} has no --crf: its profile sets it. Leave --crf out.`);
  }
  const least = Math.min(...scales.map(({ from }) => from));
  const most = Math.max(...scales.map(({ to }) => to));
  if (crf >= least && crf <= most) return;
  // Which encoder `auto` becomes depends on the container and the source, and is checked once that
  // is known. Until then, the message names those of H.264 and HEVC.
  const named = codec === 'auto' ? [...encodersOf.h264, ...encodersOf.hevc] : able;
  const limits = named.flatMap((encoder) => encoderFacts(encoder)?.quality ?? []);
  const highest = Math.max(...limits.map(({ to }) => to));
  throw badValue(`${least} to ${highest} with ${named.join(' and ')}`, 'crf', crf);
}

/**
 * The quality that `encoder` gets: `crf`, or its usual one; `null` where it takes none. Throws
 * VsrError `option` for a `crf` that it does not take.
 */
export function checkedCrf(encoder: string, crf: number | undefined): number | null {
  const scale = encoderFacts(encoder)?.quality ?? null;
  if (scale === null) {
    if (crf === undefined) return null;
    throw new VsrError(
      'option',
      `${encoder} has no --crf: it is set by its profile alone. Leave --crf out.`,
    );
  }
  const { from, to } = scale;
  if (crf !== undefined && !(crf >= from && crf <= to)) {
    throw new VsrError(
      'option',
      `Expected a --crf from ${from} to ${to} for ${encoder} but received ${crf}.`,
    );
  }
  return crf ?? scale.usual;
}

/**
 * The preset that `encoder` gets: `preset`, or `usual` without one. Throws VsrError `option` for
 * one that it does not have.
 */
export function checkedPreset(encoder: string, preset: string | undefined, usual: string): string {
  const known = encoderFacts(encoder)?.presets;
  if (preset === undefined) return usual;
  if (known?.includes(preset)) return preset;
  const advice =
    known === undefined ? 'It has none; leave --preset out.' : `It has ${known.join(', ')}.`;
  throw new VsrError(
    'option',
    `Expected a --preset of ${encoder} but received ${JSON.stringify(preset)}. ${advice}`,
  );
}

/** Encoders with a rate control buffer, so that the rate is not exceeded for more than a second. */
const buffered = /^(?:libx264|libx265|libvpx|libvpx-vp9|.*_(?:nvenc|qsv|amf|vaapi))$/;

/** Size of that buffer, in seconds at the rate. */
export const bufferSeconds = 1;

/**
 * ffmpeg's arguments that set the quality of `encoder`: a constant quality, or a mean bit rate in
 * bits per second. Throws VsrError `option` for what the encoder does not have.
 */
export function qualityWords(
  encoder: string,
  { crf, bitrate }: { readonly crf?: number | undefined; readonly bitrate?: number | undefined },
): string[] {
  const scale = encoderFacts(encoder)?.quality ?? null;
  if (bitrate === undefined) {
    const quality = checkedCrf(encoder, crf);
    return quality === null ? [] : [...scale!.words(quality)];
  }
  if (scale === null) {
    throw new VsrError(
      'option',
      `${encoder} takes no rate: it is set by its profile alone. Leave --bitrate and --size-limit out, or use another --codec.`,
    );
  }
  const rate = String(Math.round(bitrate));
  const held = ['-maxrate', rate, '-bufsize', String(Math.round(bitrate * bufferSeconds))];
  return ['-b:v', rate, ...(buffered.test(encoder) ? held : [])];
}
