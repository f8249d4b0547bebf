import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import type { Announcement } from '../../media/output/stream-plan.js';
import { turnOf } from '../../media/source/display-matrix.js';
import type { VideoStream } from '../../media/source/source.js';
import { openPlainFile } from '../../media/source/input-file.js';
import { readGrey } from '../../media/still/luma-image.js';
import type { Still } from '../../media/still/still.js';
import type { Plane } from '../../planes/plane.js';
import type { Ratio } from '../../planes/ratio.js';
import { asStored, shownBy, type Showing } from './turned-mask.js';

/** The mask of a job: where its network acts. */
export type Mask = {
  /** Absolute path. */
  readonly path: string;
  /** SHA-256, in hex, of the file. */
  readonly sha256: string;
  /** 8 bit, turned as frames are stored: 0 keeps the network out, 255 lets it act. */
  readonly plane: Plane;
  /** The network's share in the picture, 0 to 1. */
  readonly share: number;
};

/** The pictures that a mask is to cover, as they are enlarged. */
export type Masked = {
  readonly width: number;
  readonly height: number;
  readonly shown: Showing;
  /** Width of a sample as a multiple of its height; `null` for square ones. */
  readonly sampleAspect: Ratio | null;
  readonly isCropped: boolean;
};

/** The frames of a clip, as they are decoded. */
export function maskedClip({ width, height, matrix, sampleAspect, crop }: VideoStream): Masked {
  const turn = matrix === null ? null : turnOf(matrix);
  const shown = turn ?? shownBy(1);
  return { width, height, shown, sampleAspect, isCropped: crop !== null };
}

export function maskedStill({ layout, metadata }: Still): Masked {
  const { width, height } = layout;
  const shown = shownBy(metadata.orientation);
  return { width, height, shown, sampleAspect: null, isCropped: false };
}

/**
 * Reads the mask `file` for such pictures; `null` where there is no file. Throws VsrError `media`
 * for a file that is no picture, `option` for one of another shape than the pictures.
 */
export async function chooseMask(file: string | null, masked: Masked): Promise<Mask | null> {
  if (file === null) return null;
  await openPlainFile(file, 'a picture for --mask');
  const bytes = await readFile(file);
  const shown = await readGrey(file, bytes);
  checkShape(file, shown, masked);
  let sum = 0;
  for (const sample of shown.data) sum += sample;
  return {
    path: file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    plane: asStored(shown, masked.shown),
    share: sum / (255 * shown.data.length),
  };
}

/** Throws VsrError `option` for a mask that does not cover the pictures as they are shown. */
function checkShape(file: string, mask: Plane, masked: Masked): void {
  const { shown, sampleAspect, isCropped } = masked;
  const { num, den } = sampleAspect ?? { num: 1, den: 1 };
  const [stored, square] = [masked.width, (masked.width * num) / den].map((width) =>
    shown.transposed ? ([masked.height, width] as const) : ([width, masked.height] as const),
  );
  // Sizes in proportion are rounded to whole samples.
  const fits = ([width, height]: readonly [number, number]): boolean =>
    Math.abs(mask.width - (mask.height * width) / height) < 1 ||
    Math.abs(mask.height - (mask.width * height) / width) < 1;
  if (fits(stored!) || fits(square!)) return;
  const [width, height] = stored!;
  throw new VsrError(
    'option',
    `Expected the mask ${file} to be ${width}x${height}, as the picture is shown${isCropped ? ' after --crop' : ''}, or in that proportion, but it is ${mask.width}x${mask.height}.`,
  );
}

/** Says what a mask does. */
export function maskNotes(mask: Mask | null, scale: number): Announcement[] {
  if (mask === null) return [];
  const name = path.basename(mask.path);
  const plain = scale === 1 ? 'stays as it is' : 'is enlarged by bicubic';
  const percent = Math.min(99, Math.max(1, Math.round(100 * mask.share)));
  const why =
    mask.share === 1
      ? `it is white everywhere, so it changes nothing`
      : mask.share === 0
        ? `it is black everywhere, so the network changes nothing, and the whole picture ${plain}`
        : `the network makes ${percent} % of the picture; the rest ${plain}`;
  return [{ kind: 'note', what: `mask ${name}`, why }];
}
