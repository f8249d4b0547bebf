import { VsrError } from '../../errors.js';
import type { Announcement } from '../../media/output/output-plan.js';
import { canDenoise } from '../../media/decode/denoiser.js';
import type { Scan } from '../../media/scan/scan.js';
import type { Source } from '../../media/source/source.js';
import type { FootageSettings } from './footage-settings.js';

/** Standard deviation, in grey levels of 255, of the noise that `--denoise 1` removes. */
export const fullNoise = 25;

/** Less noise, in grey levels, is left: a clean picture that moves can measure as much. */
const leastNoise = 1.2;

/** Standard deviation of the noise that is removed, in grey levels; `null` for none. */
export function chooseNoise(
  { video, path }: Source,
  { noise }: Scan,
  { denoise }: FootageSettings,
): number | null {
  if (denoise === 'off' || denoise === 0) return null;
  const isPossible = canDenoise(video);
  if (typeof denoise === 'number') {
    if (isPossible) return denoise * fullNoise;
    throw new VsrError(
      'option',
      `${path} has ${video.format.name} samples, from which --denoise cannot take noise: luma and chroma of 8, 10 or 12 bits would be needed. Leave --denoise out.`,
    );
  }
  return isPossible && noise !== null && noise >= leastNoise ? noise : null;
}

const levels = (noise: number): string => `${noise.toFixed(noise < 10 ? 1 : 0)} of 255 grey levels`;

/** Notes on what is done about noise, where `--denoise` asks for it, and why. */
export function noiseNotes(
  chosen: number | null,
  { video }: Source,
  { noise }: Scan,
  { denoise }: FootageSettings,
): Announcement[] {
  if (denoise === 'off' || denoise === 0) return [];
  if (chosen !== null) {
    const why = denoise === 'auto' ? 'as much as was measured' : `as --denoise ${denoise} asks`;
    return [{ kind: 'note', what: `noise of ${levels(chosen)} is taken out`, why }];
  }
  const why = !canDenoise(video)
    ? `that is done to luma and chroma of 8, 10 or 12 bits, and the source has ${video.format.name}`
    : noise === null
      ? 'none could be measured: no two frames differ'
      : `only ${levels(noise)} of it were measured`;
  return [{ kind: 'note', what: 'no noise is taken out', why }];
}

/** The line on noise for people; `null` where there is none worth it. */
export function noiseLine({ noise }: Scan): string | null {
  if (noise === null || noise < leastNoise) return null;
  return `noise: about ${levels(noise)}. --denoise auto takes it out.`;
}
