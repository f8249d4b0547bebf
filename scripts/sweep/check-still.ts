import sharp from 'sharp';
import type { Sidecar } from '../../src/metrics/sidecar.js';
import type { Checks } from './check-output.js';

const differs = (name: string, a: unknown, b: unknown): string =>
  a === b ? '' : `${name} ${String(a)} became ${String(b)}`;

/** Compares an enlarged picture with its source: size, sample format, colour profile and EXIF. */
export async function checkStill(sidecar: Sidecar, scale: number): Promise<Checks> {
  const source = await sharp(sidecar.source.path).metadata();
  const output = await sharp(sidecar.output.path).metadata();
  const profiles = differs('profile', source.icc?.toString('hex'), output.icc?.toString('hex'));
  return {
    size:
      differs('width', source.width * scale, output.width) ||
      differs('height', source.height * scale, output.height),
    frames: differs('pages', source.pages ?? 1, output.pages ?? 1),
    times: '',
    sound: '',
    colour: [
      differs('channels', source.channels, output.channels),
      differs('depth', source.depth, output.depth),
      differs('space', source.space, output.space),
      profiles === '' ? '' : 'another profile',
    ]
      .filter((words) => words !== '')
      .join('; '),
    streams: differs('EXIF', source.exif?.length, output.exif?.length),
    log: '',
  };
}
