import { badValue, VsrError } from '../../errors.js';
import type { VideoCodec } from './containers.js';

/** The encoders that make each codec, the best one first. */
export const encodersOf: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ['libx264'],
  hevc: ['libx265'],
  vp9: ['libvpx-vp9'],
  av1: ['libsvtav1', 'libaom-av1'],
  prores: ['prores_ks'],
  ffv1: ['ffv1'],
};

/** Quality that is visually lossless, measured in the encoder's own scale. */
const defaultCrf: Readonly<Record<string, number>> = {
  libx264: 16,
  libx265: 17,
  'libvpx-vp9': 20,
  libsvtav1: 20,
  'libaom-av1': 20,
};

/** The largest `--crf` of each encoder that has one. */
const largestCrf: Readonly<Record<string, number>> = {
  libx264: 51,
  libx265: 51,
  'libvpx-vp9': 63,
  libsvtav1: 63,
  'libaom-av1': 63,
};

const presets: Readonly<Record<string, readonly string[]>> = {
  libx264: 'ultrafast superfast veryfast faster fast medium slow slower veryslow placebo'.split(
    ' ',
  ),
  libx265: 'ultrafast superfast veryfast faster fast medium slow slower veryslow placebo'.split(
    ' ',
  ),
  'libvpx-vp9': ['0', '1', '2', '3', '4', '5', '6', '7', '8'],
  'libaom-av1': ['0', '1', '2', '3', '4', '5', '6', '7', '8'],
  libsvtav1: Array.from({ length: 14 }, (_, i) => String(i)),
};

/** Throws VsrError `option` for a `crf` that no encoder of `codec` takes; `auto` is any of them. */
export function checkCrf(codec: VideoCodec | 'auto', crf: number | undefined): void {
  if (crf === undefined) return;
  const encoders = codec === 'auto' ? [...encodersOf.h264, ...encodersOf.hevc] : encodersOf[codec];
  const limits = encoders.flatMap((encoder) => largestCrf[encoder] ?? []);
  if (limits.length === 0 && codec !== 'auto') {
    throw new VsrError('option', `${codec} has no --crf: its profile sets it. Leave --crf out.`);
  }
  // What container or source make of `auto` has a limit of its own, which is seen to once it is
  // known.
  const most = codec === 'auto' ? Math.max(...Object.values(largestCrf)) : Math.max(...limits);
  if (!(crf >= 0 && crf <= most)) {
    throw badValue(`0 to ${Math.max(...limits)} with ${encoders.join(' and ')}`, 'crf', crf);
  }
}

/** The `--crf` that `encoder` gets: the one named, or the usual one; `null` where it takes none. */
export function checkedCrf(encoder: string, crf: number | undefined): number | null {
  const usual = defaultCrf[encoder];
  if (usual === undefined) {
    if (crf === undefined) return null;
    throw new VsrError(
      'option',
      `${encoder} has no --crf: it is set by its profile alone. Leave --crf out.`,
    );
  }
  const most = largestCrf[encoder]!;
  if (crf !== undefined && !(crf >= 0 && crf <= most)) {
    throw new VsrError(
      'option',
      `Expected a --crf from 0 to ${most} for ${encoder} but received ${crf}.`,
    );
  }
  return crf ?? usual;
}

/** The `--preset` that `encoder` gets. Throws VsrError `option` for one that it does not have. */
export function checkedPreset(encoder: string, preset: string | undefined, usual: string): string {
  const known = presets[encoder];
  if (preset === undefined) return usual;
  if (known?.includes(preset)) return preset;
  const advice =
    known === undefined ? 'It has none; leave --preset out.' : `It has ${known.join(', ')}.`;
  throw new VsrError(
    'option',
    `Expected a --preset of ${encoder} but received ${JSON.stringify(preset)}. ${advice}`,
  );
}

/** Encoders that take a constant quality only together with a rate of 0. */
const ratesBesideCrf: ReadonlySet<string> = new Set(['libvpx-vp9', 'libaom-av1']);

/** Encoders that hold a buffer to a rate, so that no second or two can exceed it. */
const buffered: ReadonlySet<string> = new Set(['libx264', 'libx265', 'libvpx-vp9']);

/** Seconds of the rate that the buffer holds. */
export const bufferSeconds = 1;

/**
 * The words that set how good the picture of `encoder` is: by a constant quality, or by a mean rate
 * in bits a second. Throws VsrError `option` for what it does not have.
 */
export function qualityWords(
  encoder: string,
  { crf, bitrate }: { readonly crf?: number | undefined; readonly bitrate?: number | undefined },
): string[] {
  if (bitrate === undefined) {
    const quality = checkedCrf(encoder, crf);
    if (quality === null) return [];
    return ['-crf', String(quality), ...(ratesBesideCrf.has(encoder) ? ['-b:v', '0'] : [])];
  }
  if (defaultCrf[encoder] === undefined) {
    throw new VsrError(
      'option',
      `${encoder} takes no rate: it is set by its profile alone. Leave --bitrate and --size-limit out, or use another --codec.`,
    );
  }
  const rate = String(Math.round(bitrate));
  const held = ['-maxrate', rate, '-bufsize', String(Math.round(bitrate * bufferSeconds))];
  return ['-b:v', rate, ...(buffered.has(encoder) ? held : [])];
}
