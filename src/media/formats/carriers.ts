import { pixelFormats } from '../../planes/pixel-format.js';
import { hardwareOf } from './hardware.js';

/** Semi-planar formats with the same samples, which hardware encoders take instead. */
const packed: Readonly<Record<string, string>> = {
  yuv420p: 'nv12',
  yuv420p10le: 'p010le',
  yuv420p12le: 'p012le',
};

/**
 * The formats of vsr that an encoder takes, each with the pix_fmt in which the encoder is given it.
 * `offered` are the formats that the encoder itself names. It may take the samples in a semi-planar
 * layout, or under ffmpeg's older name for full range. To encoders that take frames in a GPU's
 * memory, frames are uploaded as `nv12` or `p010le`.
 */
export function carriersOf(
  encoder: string,
  offered: ReadonlySet<string>,
  isFullRange: boolean,
): ReadonlyMap<string, string> {
  const taken = isUploaded(encoder) ? new Set(['nv12', 'p010le']) : offered;
  const found = new Map<string, string>();
  for (const name of pixelFormats.keys()) {
    const others = [packed[name], isFullRange ? name.replace(/^yuv/, 'yuvj') : undefined];
    const carrier = [name, ...others].find((each) => each !== undefined && taken.has(each));
    if (carrier !== undefined) found.set(name, carrier);
  }
  return found;
}

/** Whether frames must be uploaded to the encoder's device. */
export const isUploaded = (encoder: string): boolean => hardwareOf(encoder) === 'vaapi';
