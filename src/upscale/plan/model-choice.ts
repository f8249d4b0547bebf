import type { Announcement } from '../../media/output/output-plan.js';
import { canSharpen } from '../../enlarge/chroma/sharp-chroma.js';
import type { Source } from '../../media/source/source.js';
import type { Chain } from '../../model/catalogue/chain.js';
import { inCloseCopies, inPrecision } from '../../model/catalogue/in-precision.js';
import { candidatesIn } from '../../model/runtime/precision.js';
import { isFastInEightBits } from '../../model/runtime/processor.js';
import { candidatesFor } from '../../model/runtime/providers.js';
import type { Settings } from './settings.js';

/**
 * Bits per pixel below which a lossy source counts as compressed, so that the default is the
 * network trained on compressed pictures. Chosen by measuring:
 * docs/adr/0006-codec-model-threshold.md.
 */
export const CODEC_MODEL_BITS_PER_PIXEL = 0.3;

/** Bits a pixel of the source's video stream; `null` where size, rate or length are unknown. */
export function bitsPerPixel(source: Source): number | null {
  const { video } = source;
  const seconds = video.duration ?? source.duration;
  // Matroska and WebM state no rate: all that is in the file is at least what the video takes.
  const whole = seconds === null || seconds <= 0 ? null : (source.sizeBytes * 8) / seconds;
  const bitRate = video.bitRate ?? whole;
  if (bitRate === null || video.frameRate === null) return null;
  const framesPerSecond = video.frameRate.num / video.frameRate.den;
  return bitRate / (framesPerSecond * video.width * video.height);
}

/** Whether the source is compressed so strongly that the codec model serves it better. */
export function isStronglyCompressed(source: Source): boolean {
  if (source.video.lossless) return false;
  const bits = bitsPerPixel(source);
  // A lossy clip that does not say its rate is far more often a small one than a mezzanine.
  return bits === null || bits < CODEC_MODEL_BITS_PER_PIXEL;
}

/**
 * The models of `chain` in the precision asked for; what cannot be had is a VsrError 'option'.
 *
 * Where neither model nor precision is named and the processor computes, 8-bit copies run if they
 * are faster on it and hardly show (docs/adr/0014-precision.md). A model that is named runs as it
 * is, so that its picture is the same everywhere.
 */
export async function chainFor(
  chain: Chain,
  { model, precision, provider }: Pick<Settings, 'model' | 'precision' | 'provider'>,
  isFast = isFastInEightBits(),
): Promise<Chain> {
  if (precision === 'fp16') candidatesIn(precision, 'fp32', provider);
  if (precision === 'auto' && model === null && isFast) {
    if (candidatesFor(provider)[0]?.name === 'cpu') return inCloseCopies(chain);
  }
  return inPrecision(chain, precision);
}

/** Whether a chain begins with a network for compressed sources. */
export function isForCompressed({ names }: Chain): boolean {
  return names[0]?.includes('codec') === true;
}

/**
 * Whether still areas are averaged over frames: only where a network for compressed sources runs,
 * since a clean source loses by it.
 */
export function isSteadied(chain: Chain, settings: Settings): boolean {
  return settings.steady === 'auto' && isForCompressed(chain);
}

/** What of the choices is said before the start: averaging, and colour that is not as asked. */
export function choiceNotes(chain: Chain, settings: Settings): Announcement[] {
  return [...steadyNotes(chain, settings), ...chromaNotes(chain, settings)];
}

function chromaNotes(chain: Chain, { chroma }: Settings): Announcement[] {
  const rgb = chain.passes.some((pass) => pass.colour === 'rgb');
  if (chroma === 'bicubic' || (!rgb && canSharpen(chain.scale))) return [];
  return [
    {
      kind: 'note',
      what: `--chroma ${chroma} changes nothing`,
      why: rgb
        ? 'the model makes the colours itself'
        : `at ${chain.scale}x chroma is enlarged by bicubic`,
    },
  ];
}

function steadyNotes(chain: Chain, settings: Settings): Announcement[] {
  if (!isSteadied(chain, settings)) return [];
  return [
    {
      kind: 'note',
      what: 'still areas are averaged over five frames',
      why: 'the source is compressed, and they would pop at its keyframes',
      advice: '--steady off leaves them as they are.',
    },
  ];
}
