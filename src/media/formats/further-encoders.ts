import type { EncoderRequest } from './encoder-request.js';
import { hardwareOf } from './hardware.js';

/** Arguments that are decided in the same way for all encoders. */
type Decided = {
  /** The arguments that set the quality. */
  readonly quality: readonly string[];
  /**
   * The preset that was asked for, otherwise `fallback`. Throws where the encoder does not have the
   * one asked for, so it must be called for encoders without presets as well.
   */
  readonly preset: (fallback: string) => string;
  /** Largest number of frames from one key frame to the next. */
  readonly gop: string;
};

/** A profile of DNxHR, which allows any picture size; those of the older DNxHD allow only a few. */
function dnxhrProfile({ format }: EncoderRequest): string {
  if (format.chroma?.log2X === 0) return 'dnxhr_444';
  return format.bitDepth === 8 ? 'dnxhr_hq' : 'dnxhr_hqx';
}

/** The arguments of hardware encoders. */
function hardwareArguments(
  encoder: string,
  { container }: EncoderRequest,
  told: Decided,
): string[] {
  const preset = told.preset('');
  const option = hardwareOf(encoder) === 'amf' ? '-quality' : '-preset';
  return [
    ...['-c:v', encoder, ...(preset === '' ? [] : [option, preset]), ...told.quality],
    ...['-g', told.gop],
    // AVI stores no presentation times, so frames must be stored in the order of presentation.
    ...(container.ticks === 'frame' ? ['-bf', '0'] : []),
    ...(encoder.startsWith('hevc') ? ['-tag:v', 'hvc1'] : []),
  ];
}

/**
 * ffmpeg's arguments that choose and set an encoder that runs only where it is named, or where
 * hardware is asked for. Throws VsrError `option` for a `--preset` that it does not have.
 */
export function furtherArguments(
  encoder: string,
  request: EncoderRequest,
  told: Decided,
): string[] {
  if (hardwareOf(encoder) !== null) return hardwareArguments(encoder, request, told);
  const is444 = request.format.chroma?.log2X === 0;
  switch (encoder) {
    case 'librav1e':
      return ['-c:v', encoder, '-speed', told.preset('6'), ...told.quality, '-g', told.gop];
    case 'libvpx':
      return [
        ...['-c:v', encoder, '-deadline', 'good', '-cpu-used', told.preset('2')],
        ...[...told.quality, '-g', told.gop],
        // Alternate reference frames cannot carry opacity.
        ...(request.format.alpha ? ['-auto-alt-ref', '0'] : []),
      ];
    case 'mpeg4':
    case 'libxvid':
      told.preset('');
      return ['-c:v', encoder, ...told.quality, '-g', told.gop, '-bf', '0'];
    case 'mjpeg':
      told.preset('');
      // JFIF has only full range; for limited range ffmpeg needs -strict and writes a comment.
      return ['-c:v', encoder, '-strict', '-1', ...told.quality];
    case 'dnxhd':
      told.preset('');
      return ['-c:v', encoder, '-profile:v', dnxhrProfile(request)];
    case 'prores':
    case 'prores_aw':
      told.preset('');
      return ['-c:v', encoder, '-profile:v', is444 ? '4' : '3'];
    case 'cfhd':
      told.preset('');
      return ['-c:v', encoder, '-quality', 'film3+'];
    case 'v210':
    case 'utvideo':
    case 'ffvhuff':
    case 'huffyuv':
    case 'magicyuv':
      told.preset('');
      return ['-c:v', encoder];
    default:
      throw new RangeError(`no arguments are known for ${encoder}`);
  }
}
