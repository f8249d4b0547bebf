import { pixelFormats, type PixelFormat } from '../../planes/pixel-format.js';
import { usualRate, type Ratio } from '../../planes/ratio.js';
import { colourNumbers } from './colour-flags.js';
import type { Container, UsualCodec, VideoCodec } from './containers.js';
import { checkedPreset, qualityWords } from './encoder-limits.js';
import type { EncoderRequest } from './encoder-request.js';
import { furtherArguments } from './further-encoders.js';

/**
 * Codecs to try for `format` in `container`, the best one first: H.264 for 8 bit and HEVC above,
 * ProRes (QuickTime) or FFV1 (Matroska) where there is opacity to keep, or what the container
 * demands.
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

/** Codecs whose 4:2:0 and 4:2:2 pictures must have even sides. */
export function needsEvenSides(codec: VideoCodec): boolean {
  return evenSided.has(codec);
}

const evenSided: ReadonlySet<VideoCodec> = new Set<VideoCodec>([
  ...(['h264', 'hevc', 'prores', 'dnxhd', 'cfhd', 'v210', 'utvideo', 'huffyuv'] as const),
]);

/** The least luma samples a side that encoders take, where they have a limit. */
const smallestSide: Readonly<Record<string, number>> = { libx265: 16, libsvtav1: 64 };

/** Why `encoder` cannot take pictures of this size, as a sentence; `null` where it can. */
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

/** How far an encoder's format is from the one frames come in; 0 for the same. */
function distance(from: PixelFormat, to: PixelFormat, wantsAlpha: boolean): number {
  if (from.name === to.name) return 0;
  let far = 0;
  const lost = (bad: boolean, weight: number): void => void (far += bad ? weight : 0);
  lost(wantsAlpha && from.alpha && !to.alpha, 1000);
  lost(from.chroma !== null && to.chroma === null, 5000);
  lost(to.bitDepth < from.bitDepth, 100 * (from.bitDepth - to.bitDepth));
  lost((to.chroma?.log2X ?? 0) > (from.chroma?.log2X ?? 1), 50);
  lost((to.chroma?.log2Y ?? 0) > (from.chroma?.log2Y ?? 1), 50);
  // What is not lost costs bits and players: least change first.
  lost(to.alpha && !(wantsAlpha && from.alpha), 20);
  lost(to.bitDepth > from.bitDepth, to.bitDepth - from.bitDepth);
  lost((to.chroma?.log2X ?? 1) < (from.chroma?.log2X ?? 1), 4);
  lost((to.chroma?.log2Y ?? 1) < (from.chroma?.log2Y ?? 1), 4);
  lost(from.chroma === null && to.chroma !== null, 4);
  return far;
}

/**
 * The format of `offered` (ffmpeg's names) that keeps the most of `format`; `null` if none is of
 * ours.
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
 * The rate as x264 and x265 parse it. They would take the timestamps' ticks for it otherwise, and
 * choose the level by them; and every segment of a clip must be told the same.
 */
const rateParam = (rate: Ratio | null): string[] =>
  rate === null || rate.num <= 0 || rate.den <= 0 ? ['fps=25/1'] : [`fps=${rate.num}/${rate.den}`];

/**
 * Chroma's place, which is said of 4:2:0 only. ffmpeg's own option for it reaches no encoder of
 * 2018.
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
    // x265 4 renamed the option; the old name is an alias there.
    ...(hasHdr ? ['hdr=1', 'repeat-headers=1'] : []),
  ].join(':');
}

/** Frames between keyframes, about ten seconds' worth. */
const longestGop = (rate: Ratio | null): string =>
  String(rate === null ? 250 : Math.min(600, Math.max(60, Math.round((10 * rate.num) / rate.den))));

/**
 * The words that choose and set the encoder, without `-pix_fmt` and colour.
 * Throws `VsrError('option')` for a `crf`, `bitrate` or `preset` the encoder does not have.
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
        // AVI stores no presentation times: frames must come in their own order.
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
        // It takes the ticks for the rate otherwise, and refuses more than 240 a second.
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

/** Log2 of the tile columns: tiles are at least 256 wide. */
const vp9TileColumns = (width: number): number =>
  Math.max(0, Math.min(4, Math.floor(Math.log2(width / 256))));

/** FFV1's slices run in parallel; ffmpeg takes a single one only up to 352x288. */
const ffv1Slices = ({ width, height }: EncoderRequest): number =>
  width <= 352 && height <= 288 ? 1 : width * height < 1280 * 720 ? 4 : 16;
