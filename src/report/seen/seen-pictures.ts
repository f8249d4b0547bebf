import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { inNaturalOrder } from '../../media/sequence/numbered-names.js';
import { isImageName } from '../../media/still/luma-image.js';
import { findInputs } from '../../upscale/plan/inputs.js';
import { resizeRgb } from '../rgb-picture.js';
import type { SeenFrame, SourceOf, WantedFrame } from './seen-frame.js';

/**
 * The pictures that a sequence's name stands for, in order of time: those of a folder, or those
 * that a pattern or glob names. `null` where there are none.
 */
export async function picturesOf(name: string): Promise<readonly string[] | null> {
  const found = await stat(name).catch(() => null);
  if (found?.isDirectory() === true) {
    const names = (await readdir(name)).filter(isImageName);
    return names.length === 0 ? null : inNaturalOrder(names).map((each) => path.join(name, each));
  }
  if (found !== null) return null;
  const named = await findInputs([name], false, false, true).catch(() => null);
  return named?.inputs[0]?.sequence?.files ?? null;
}

/** A picture file to look at; `crop` is a part of it. */
export async function seenStill(
  file: string,
  crop: SourceOf['making']['crop'] = null,
): Promise<SeenFrame> {
  const { default: sharp } = await import('sharp');
  const whole = sharp(file).flatten({ background: '#808080' });
  const part = crop === null ? whole : whole.extract({ ...crop, left: crop.x, top: crop.y });
  const { data, info } = await part
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const picture = { data, width: info.width, height: info.height };
  return { picture, rotation: 0, enlarged: (width, height) => resizeRgb(picture, width, height) };
}

/**
 * The places of frames among the pictures of a sequence. `from` is the time, in seconds, of the
 * picture that counts as frame 0. Throws VsrError `media` where the times have no constant rate.
 */
export function placesAmong(wanted: readonly WantedFrame[], from: number): number[] {
  const last = wanted.reduce((a, b) => (b.frame > a.frame ? b : a));
  const rate = last.frame === 0 ? 0 : last.frame / last.time;
  const isEven = wanted.every(({ frame, time }) => Math.abs(time * rate - frame) < 0.5);
  if (isEven && (rate > 0 || from === 0)) {
    const first = Math.round(from * rate);
    return wanted.map(({ frame }) => first + frame);
  }
  throw new VsrError('media', 'the times of the frames do not show which pictures they were.');
}

/** As `seenFrames`, for the pictures of a sequence. */
export async function seenPictures(
  files: readonly string[],
  wanted: readonly WantedFrame[],
  of: SourceOf | null,
  work: (frame: SeenFrame, index: number) => Promise<void>,
): Promise<void> {
  const places = placesAmong(wanted, of?.firstTime ?? 0);
  for (const [i, place] of places.entries()) {
    const file = files[place];
    if (file === undefined) {
      const message = `Expected at least ${place + 1} pictures but there are ${files.length}. Have some gone since they were enlarged?`;
      throw new VsrError('media', message);
    }
    await work(await seenStill(file, of?.making.crop), i);
  }
}
