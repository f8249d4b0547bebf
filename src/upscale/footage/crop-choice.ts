import { badValue, VsrError } from '../../errors.js';
import type { Announcement } from '../../media/output/output-plan.js';
import type { Borders, Scan } from '../../media/scan/scan.js';
import type { Crop, Source } from '../../media/source/source.js';
import type { FootageSettings } from './footage-settings.js';

/**
 * Lines above the picture are cut in fours, so that fields and their chroma keep their order;
 * columns, and lines below the picture, in twos. The remainder stays: a dark line is better than a
 * missing one.
 */
const stepAbove = 4;
const step = 2;

const down = (value: number, by: number): number => value - (value % by);

const noBorders: Borders = { left: 0, right: 0, top: 0, bottom: 0 };

/** The part of the picture inside borders and noise; `null` where less than a step is outside. */
function inside({ video }: Source, scan: Scan): Crop | null {
  const borders = scan.borders ?? noBorders;
  const x = down(borders.left, step);
  const y = down(borders.top, stepAbove);
  const width = video.width - x - down(borders.right, step);
  // Of noise, no line stays.
  const noise = scan.headNoise + (scan.headNoise % step);
  const height = video.height - y - Math.max(noise, down(borders.bottom, step));
  if (width === video.width && height === video.height) return null;
  return { width, height, x, y, of: { width: video.width, height: video.height } };
}

/** Throws VsrError `option` unless `crop` lies within the picture and on its chroma samples. */
function checkFits({ video, path }: Source, crop: Omit<Crop, 'of'>): void {
  const { width, height, x, y } = crop;
  const text = `${width}:${height}:${x}:${y}`;
  if (x + width > video.width || y + height > video.height) {
    const size = `${video.width}x${video.height}`;
    throw badValue(`a part of the clip's ${size}, as WIDTH:HEIGHT:X:Y,`, 'crop', text);
  }
  const { log2X, log2Y } = video.format.chroma ?? { log2X: 0, log2Y: 0 };
  const splitsChroma = (x | width) % (1 << log2X) !== 0 || (y | height) % (1 << log2Y) !== 0;
  if (splitsChroma) {
    throw badValue(
      `even numbers, since ${video.format.name} has one chroma sample for two of luma,`,
      'crop',
      text,
    );
  }
  if (video.matrix !== null) {
    throw new VsrError(
      'option',
      `${path} is shown rotated or mirrored, and such a clip cannot be cropped. Rotate its frames first.`,
    );
  }
}

/** The part of each frame that is enlarged; `null` for all of it. Throws VsrError `option`. */
export function chooseCrop(source: Source, scan: Scan, { crop }: FootageSettings): Crop | null {
  if (crop === 'off') return null;
  if (crop === 'auto') {
    const isTurned = source.video.matrix !== null;
    return isTurned ? null : inside(source, scan);
  }
  checkFits(source, crop);
  const { width, height } = source.video;
  return { ...crop, of: { width, height } };
}

/** Notes on what is cut off, and why. */
export function cropNotes(
  crop: Crop | null,
  { headNoise }: Scan,
  { crop: asked }: FootageSettings,
): Announcement[] {
  if (asked === 'off') return [];
  if (crop === null) {
    const why = 'neither a border nor head noise was seen that the whole clip has';
    return [{ kind: 'note', what: 'nothing is cropped', why }];
  }
  const { width, height, x, y } = crop;
  const rest = headNoise > 0 ? 'black border or head noise' : 'black border';
  return [
    {
      kind: 'note',
      what: `the picture is cropped to ${width}x${height} from column ${x} and line ${y}`,
      why: asked === 'auto' ? `the rest is ${rest}` : 'as --crop asks',
    },
  ];
}
