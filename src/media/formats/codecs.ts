import { pixelFormats, type PixelFormat } from '../../planes/pixel-format.js';
import { usualRate, type Ratio } from '../../planes/ratio.js';
import { colourNumbers } from './colour-flags.js';
import type { Container, UsualCodec, VideoCodec } from './containers.js';
import { checkedPreset, qualityWords } from './encoder-limits.js';
import type { EncoderRequest } from './encoder-request.js';
import { furtherArguments } from './further-encoders.js';

/**
 * Codecs to try for `format`, the best one first, of those that `container` holds: H.264 for 8 bit
 * and HEVC above; where alpha is to be kept, VP9 for 8-bit 4:2:0, otherwise ProRes or FFV1.
 */
export function codecsFor(
  container: Container,
  format: PixelFormat,
  keepAlpha: boolean,
): UsualCodec[] {
  const wishes: UsualCodec[] =
    format.alpha && keepAlpha
      ? format.name === 'yuva420p'
        ? ['vp9', 'prores', 'ffv1', 'h264', 'hevc']
        : ['prores', 'ffv1', 'vp9', 'h264', 'hevc']
      : format.bitDepth === 8
        ? ['h264', 'hevc', 'vp9']
        : ['hevc', 'vp9', 'h264'];
  return wishes.filter((codec) => container.video.includes(codec));
}

/** Whether 4:2:0 and 4:2:2 pictures of a codec must have even sides. */
export function needsEvenSides(codec: VideoCodec): boolean {
  return evenSided.has(codec);
}

const evenSided: ReadonlySet<VideoCodec> = new Set<VideoCodec>([
  ...(['h264', 'hevc', 'prores', 'dnxhd', 'cfhd', 'v210', 'utvideo', 'huffyuv'] as const),
]);

/** The smallest width and height of encoders that have a limit, in luma samples. */
const smallestSide: Readonly<Record<string, number>> = { libx265: 16, libsvtav1: 64 };

/** Why `encoder` cannot encode pictures of this size, as a sentence; `null` where it can. */
export function whyUnfit(
  encoder: string,
  format: PixelFormat,
  { width, height }: { readonly width: number; readonly height: number },
): string | null {
  const least = smallestSide[encoder] ?? 1;
  if (Math.min(width, height) < least) {
    return `Expected a picture of at least ${least} samples a side for ${encoder} but it would be ${width}x${height}.`;
  }
  const isOdd = format.chroma?.log2X === 1 && (width % 2 === 1 || height % 2 === 1);
  return encoder === 'libsvtav1' && isOdd
    ? `Expected even sides for ${encoder} but they would be ${width}x${height}.`
    : null;
}

/**
 * How much worse than `from` the encoder's format `to` serves frames of `from`; 0 for the same
 * format. Losses weigh more than changes that only cost bits.
 */
function distance(from: PixelFormat, to: PixelFormat, wantsAlpha: boolean): number {
  if (from.name === to.name) return 0;
  let sum = 0;
  const add = (applies: boolean, weight: number): void => void (sum += applies ? weight : 0);
  add(wantsAlpha && from.alpha && !to.alpha, 1000);
  add(from.chroma !== null && to.chroma === null, 5000);
  add(to.bitDepth < from.bitDepth, 100 * (from.bitDepth - to.bitDepth));
  add((to.chroma?.log2X ?? 0) > (from.chroma?.log2X ?? 1), 50);
  add((to.chroma?.log2Y ?? 0) > (from.chroma?.log2Y ?? 1), 50);
  // These lose nothing, but cost bits, and fewer players can show the result.
  add(to.alpha && !(wantsAlpha && from.alpha), 20);
  add(to.bitDepth > from.bitDepth, to.bitDepth - from.bitDepth);
  add((to.chroma?.log2X ?? 1) < (from.chroma?.log2X ?? 1), 4);
  add((to.chroma?.log2Y ?? 1) < (from.chroma?.log2Y ?? 1), 4);
  add(from.chroma === null && to.chroma !== null, 4);
  return sum;
}

/**
 * The format of `offered` (ffmpeg's names) that keeps the most of `format`; `null` if vsr knows
 * none of them.
 */
export function nearestFormat(
  format: PixelFormat,
  offered: ReadonlySet<string>,
  wantsAlpha: boolean,
): PixelFormat | null {
  let best: PixelFormat | null = null;
  let least = Infinity;
  for (const candidate of pixelFormats.values()) {
    if (!offered.has(candidate.name)) continue;
    const far = distance(format, candidate, wantsAlpha);
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/**
 * The frame rate as x264 and x265 parse it. Otherwise they would take the ticks per second for it,
 * and choose the level by that. It must be the same for every segment of a clip.
 */
const rateParam = (rate: Ratio | null): string[] =>
  rate === null || rate.num <= 0 || rate.den <= 0 ? ['fps=25/1'] : [`fps=${rate.num}/${rate.den}`];

/**
 * The siting of chroma, which H.264 and H.265 state only for 4:2:0. In builds of 2018 ffmpeg's own
 * option for it does not reach the encoders.
 */
function sitingParam({ colour, format }: EncoderRequest): string[] {
  const { siting } = colourNumbers(colour);
  return siting === null || format.chroma?.log2Y !== 1 || format.chroma.log2X !== 1
    ? []
    : [`chromaloc=${siting}`];
}

function x265Params(request: EncoderRequest): string {
  const { hdr } = request;
  const hasHdr = hdr.masteringDisplay !== null || hdr.contentLight !== null;
  return [
    'log-level=error',
    ...rateParam(request.frameRate),
    ...sitingParam(request),
    ...(hdr.masteringDisplay === null ? [] : [`master-display=${hdr.masteringDisplay}`]),
    ...(hdr.contentLight === null ? [] : [`max-cll=${hdr.contentLight}`]),
    // x265 4 has renamed the option, but still takes this name.
    ...(hasHdr ? ['hdr=1', 'repeat-headers=1'] : []),
  ].join(':');
}

/** The largest number of frames from one key frame to the next: ten seconds, 60 to 600 frames. */
const longestGop = (rate: Ratio | null): string =>
  String(rate === null ? 250 : Math.min(600, Math.max(60, Math.round((10 * rate.num) / rate.den))));

/**
 * ffmpeg's arguments that choose the encoder and set its options, without `-pix_fmt` and colour.
 * Throws `VsrError('option')` for a `crf`, `bitrate` or `preset` that the encoder does not have.
 */
export function encoderArguments(request: EncoderRequest): string[] {
  const { encoder, format } = request;
  const quality = qualityWords(encoder, request);
  const preset = (usual: string): string => checkedPreset(encoder, request.preset, usual);
  switch (encoder) {
    case 'libx264': {
      const packing = request.framePacking;
      const params = [
        ...rateParam(request.frameRate),
        ...sitingParam(request),
        ...(packing === null ? [] : [`frame-packing=${packing}`]),
      ].join(':');
      return [
        ...['-c:v', 'libx264', '-preset', preset('medium'), ...quality],
        ...['-g', longestGop(request.frameRate)],
        // AVI stores no presentation times, so frames must be stored in the order of presentation.
        ...(request.container.ticks === 'frame' ? ['-bf', '0'] : []),
        ...(params === '' ? [] : ['-x264-params', params]),
      ];
    }
    case 'libx265':
      return [
        ...['-c:v', 'libx265', '-preset', preset('medium'), ...quality],
        ...['-g', longestGop(request.frameRate), '-x265-params', x265Params(request)],
        ...['-tag:v', 'hvc1'],
      ];
    case 'libvpx-vp9':
      return [
        ...['-c:v', 'libvpx-vp9', '-deadline', 'good', '-cpu-used', preset('3')],
        ...[...quality, '-g', longestGop(request.frameRate)],
        ...['-row-mt', '1', '-tile-columns', String(vp9TileColumns(request.width))],
        // Alternate reference frames cannot carry opacity.
        ...(format.alpha ? ['-auto-alt-ref', '0'] : []),
      ];
    case 'libsvtav1':
      return [
        ...['-c:v', 'libsvtav1', '-preset', preset('6'), ...quality],
        ...['-g', longestGop(request.frameRate)],
        // Otherwise it takes the ticks per second for the rate, and refuses more than 240.
        ...['-svtav1-params', svtRate(request.frameRate)],
      ];
    case 'libaom-av1':
      return [
        ...['-c:v', 'libaom-av1', '-strict', '-2', '-cpu-used', preset('4')],
        ...[...quality, '-g', longestGop(request.frameRate)],
      ];
    case 'prores_ks': {
      preset('');
      const is444 = format.chroma?.log2X === 0;
      return [
        ...['-c:v', 'prores_ks', '-profile:v', is444 ? '4' : '3', '-vendor', 'apl0'],
        ...(format.alpha ? ['-alpha_bits', '16'] : []),
      ];
    }
    case 'ffv1':
      preset('');
      return [
        ...['-c:v', 'ffv1', '-strict', '-2', '-level', '3', '-coder', '1', '-context', '1'],
        ...['-g', '1', '-slices', String(ffv1Slices(request)), '-slicecrc', '1'],
      ];
    default:
      return furtherArguments(encoder, request, {
        ...{ quality, preset, gop: longestGop(request.frameRate) },
      });
  }
}

function svtRate(rate: Ratio | null): string {
  const { num, den } = rate ?? usualRate;
  return `fps-num=${num}:fps-denom=${den}`;
}

/** Log2 of the number of tile columns: a tile is at least 256 samples wide. */
const vp9TileColumns = (width: number): number =>
  Math.max(0, Math.min(4, Math.floor(Math.log2(width / 256))));

/** The number of FFV1's slices, which run in parallel; ffmpeg allows a single one up to 352x288. */
const ffv1Slices = ({ width, height }: EncoderRequest): number =>
  width <= 352 && height <= 288 ? 1 : width * height < 1280 * 720 ? 4 : 16;
