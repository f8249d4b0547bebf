import type { StreamInfo } from '../source/source.js';
import type { Container, LosslessCodec } from '../formats/containers.js';

/** The PCM codec for each sample format of audio decoders; planar formats are not listed. */
const pcmOf: Readonly<Record<string, string>> = {
  ...{ u8: 'pcm_u8', s16: 'pcm_s16le', s32: 'pcm_s32le' },
  ...{ flt: 'pcm_f32le', dbl: 'pcm_f64le' },
};

/** An audio encoder, and what is lost with it. */
export type SoundEncoder = {
  /** ffmpeg's name of it. */
  readonly encoder: string;
  /** What is lost, in words; `null` where every sample stays the same. */
  readonly loss: string | null;
};

/** Largest bit depth of FLAC and ALAC, as ffmpeg writes them. */
const mostBits = 24;

function encoderOf(codec: LosslessCodec, stream: StreamInfo): SoundEncoder | null {
  const format = stream.sampleFormat?.replace(/p$/, '') ?? '';
  if (codec === 'pcm') {
    const bits = stream.sampleBits;
    const encoder =
      format === 's32' && bits !== null && bits <= 24 ? 'pcm_s24le' : (pcmOf[format] ?? null);
    return encoder === null ? null : { encoder, loss: null };
  }
  const isWhole = format === 'u8' || format === 's16';
  const fits = format === 's32' && stream.sampleBits !== null && stream.sampleBits <= mostBits;
  const loss = isWhole || fits ? null : `samples are rounded to ${mostBits} bit`;
  return { encoder: codec, loss };
}

/**
 * The encoders to try for sound that cannot be copied into `container`: those without a loss first.
 */
export function losslessEncoders(container: Container, stream: StreamInfo): SoundEncoder[] {
  const all = container.lossless.flatMap((codec) => encoderOf(codec, stream) ?? []);
  return [...all.filter(({ loss }) => loss === null), ...all.filter(({ loss }) => loss !== null)];
}
