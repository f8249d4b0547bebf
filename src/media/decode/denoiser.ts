import type { VideoStream } from '../source/source.js';

/** Formats that ffmpeg's nlmeans filter takes without conversion. */
const takenFormats = /^(?:yuvj?4(?:10|11|20|22|40|44)p|gray)$/;

/** Formats of more than 8 bits whose frames ffmpeg's blend filter adds up without conversion. */
const deepFormats = /^(yuv4(?:20|22|44)p|gray)1[02]le$/;

/** The format of the same samples without alpha. */
const withoutAlpha = (format: string): string => format.replace(/^yuva/, 'yuv');

/** Whether noise can be removed from a stream's frames while they are decoded. */
export function canDenoise({ request }: Pick<VideoStream, 'request'>): boolean {
  const colours = withoutAlpha(request);
  return takenFormats.test(colours) || deepFormats.test(colours);
}

/**
 * The strength of nlmeans whose result is nearest to the clean picture. It grows linearly with the
 * noise's standard deviation, as measured at 3, 6 and 13 grey levels (docs/old-footage.md).
 */
const strengthOf = (level: number): number => 0.6 + 0.75 * level;

/** The range of nlmeans' strength. */
const [weakest, strongest] = [1, 30];

/** Changes the depth of samples by a shift, which neither rounds nor dithers. */
const shifted = 'scale=in_range=tv:out_range=tv:sws_dither=none';

/**
 * The filters that remove noise with a standard deviation of `level` grey levels of 255: non-local
 * means, which averages every place with others that look like it. nlmeans works in 8 bits. From
 * deeper frames, what it takes out of their upper 8 bits is taken, so that a clean place keeps all
 * of its bits. Alpha, of which nlmeans takes none, stays as it is. The labels of filter links begin
 * with `name`.
 */
export function denoiser(
  { request }: Pick<VideoStream, 'request'>,
  level: number,
  name: string,
): string {
  const colours = withoutAlpha(request);
  if (colours !== request) {
    const link = (which: string): string => `[${name}_${which}]`;
    return [
      `split${link('whole')}${link('opaque')}`,
      `${link('opaque')}format=${colours},${denoiser({ request: colours }, level, name)},format=${request}${link('colours')}`,
      // The first three planes of the first picture, and the fourth of the second: mergeplanes
      // takes only pictures of one format.
      `${link('colours')}${link('whole')}mergeplanes=0x00010213:${request}`,
    ].join(';');
  }
  const strength = Math.min(strongest, Math.max(weakest, strengthOf(level)));
  const means = `nlmeans=s=${strength.toFixed(2)}`;
  const shallow = deepFormats.exec(request)?.[1];
  if (shallow === undefined) return means;
  const link = (which: string): string => `[${name}_${which}]`;
  return [
    `split${link('deep')}${link('upper')}`,
    `${link('upper')}${shifted},format=${shallow},split${link('noisy')}${link('kept')}`,
    `${link('noisy')}${means}${link('clean')}`,
    `${link('clean')}${link('kept')}blend=all_mode=grainextract,${shifted},format=${request}${link('change')}`,
    `${link('deep')}${link('change')}blend=all_mode=grainmerge`,
  ].join(';');
}
