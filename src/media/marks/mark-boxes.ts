import { box, words } from './mp4-boxes.js';
import type { SideData, Sphere } from './side-data.js';

/** The numbers by which an `st3d` box states how two views are packed into one picture. */
const stereoNumbers: Readonly<Record<string, number>> = { 'top and bottom': 1, 'side by side': 2 };

/** Projections that an `sv3d` box can state. */
const projections = new Set(['equirectangular', 'tiled equirectangular', 'cubemap']);

/** Whether boxes of MP4 can state `data`, in the way in which ffmpeg reads and writes them. */
export function hasBox({ type, form, inverted, sphere }: SideData): boolean {
  if (type === 'Stereo 3D') return !inverted && form !== null && form in stereoNumbers;
  return type === 'Spherical Mapping' && sphere !== undefined && projections.has(sphere.projection);
}

function sphereBox(sphere: Sphere, scale: number): Buffer {
  const head = words(0, ...sphere.pose.map((degrees) => Math.round(degrees * 0x10000)));
  const [left, top, right, bottom] = sphere.outside.map((share) => Math.round(share * 0xffffffff));
  const form =
    sphere.projection === 'cubemap'
      ? box('cbmp', words(0, 0, Math.round(sphere.padding * scale)))
      : box('equi', words(0, top!, bottom!, left!, right!));
  return box(
    'sv3d',
    box('svhd', words(0), Buffer.from('vsr\0')),
    box('proj', box('prhd', head), form),
  );
}

/**
 * The boxes of a sample description that state `marks`, for pictures that are `scale` times as wide
 * as those of the source.
 */
export function markBoxes(marks: readonly SideData[], scale: number): Buffer {
  const boxes = marks.filter(hasBox).map((data) =>
    data.sphere === undefined
      ? box('st3d', words(0), Buffer.of(stereoNumbers[data.form!]!)) // Version and flags first.
      : sphereBox(data.sphere, scale),
  );
  return Buffer.concat(boxes);
}

/** Appends `boxes` to the only sample description in `stsd`, which is a whole box. */
export function withBoxes(stsd: Buffer, boxes: Buffer): Buffer {
  if (boxes.length === 0) return stsd;
  // After the box's header come version, flags and number of entries, then the only entry.
  const [own, entry] = [stsd.subarray(8, 16), stsd.subarray(16)];
  const type = entry.toString('latin1', 4, 8);
  return box('stsd', own, box(type, entry.subarray(8), boxes));
}
