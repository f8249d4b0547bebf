import { pixelFormats } from '../../planes/pixel-format.js';
import { hardwareOf } from './hardware.js';

/** Layouts that carry the samples of a planar one, which encoders in hardware take instead. */
const packed: Readonly<Record<string, string>> = {
  yuv420p: 'nv12',
  yuv420p10le: 'p010le',
  yuv420p12le: 'p012le',
};

/**
 * The formats of ours that an encoder takes, each with ffmpeg's name of what it is given. `offered`
 * is what the encoder says itself. It may take the samples in another layout, or under the name
 * that ffmpeg once had for full range; frames in a GPU's memory are uploaded as `nv12` or `p010le`.
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

/** Whether frames are brought to the encoder's device before it takes them. */
export const isUploaded = (encoder: string): boolean => hardwareOf(encoder) === 'vaapi';
