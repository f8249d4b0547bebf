import { badValue, VsrError } from '../../errors.js';
import { codecWish, encoderFacts, encodersFor, encodersOf } from './encoders.js';

/** Throws VsrError `option` for a `crf` that no encoder of a `--codec` takes. */
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
  // What container or source make of `auto` has a limit of its own, which is seen to once it is
  // known; the usual ones are named.
  const named = codec === 'auto' ? [...encodersOf.h264, ...encodersOf.hevc] : able;
  const limits = named.flatMap((encoder) => encoderFacts(encoder)?.quality ?? []);
  const highest = Math.max(...limits.map(({ to }) => to));
  throw badValue(`${least} to ${highest} with ${named.join(' and ')}`, 'crf', crf);
}

/** The `--crf` that `encoder` gets: the one named, or the usual one; `null` where it takes none. */
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

/** The `--preset` that `encoder` gets. Throws VsrError `option` for one that it does not have. */
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

/** Encoders that hold a buffer to a rate, so that no second or two can exceed it. */
const buffered = /^(?:libx264|libx265|libvpx|libvpx-vp9|.*_(?:nvenc|qsv|amf|vaapi))$/;

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
