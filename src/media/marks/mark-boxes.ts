import { box, words } from './mp4-boxes.js';
import type { SideData, Sphere } from './side-data.js';

/** The numbers of `st3d`: how two views lie in one picture. */
const stereoNumbers: Readonly<Record<string, number>> = { 'top and bottom': 1, 'side by side': 2 };

/** Projections that `sv3d` has a box for. */
const projections = new Set(['equirectangular', 'tiled equirectangular', 'cubemap']);

/** Whether MP4's boxes can say `data`, as ffmpeg reads and writes them. */
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

/** `marks` as boxes of a sample description; pictures are `scale` times as wide as the source's. */
export function markBoxes(marks: readonly SideData[], scale: number): Buffer {
  const boxes = marks.filter(hasBox).map((data) =>
    data.sphere === undefined
      ? box('st3d', words(0), Buffer.of(stereoNumbers[data.form!]!)) // Version and flags first.
      : sphereBox(data.sphere, scale),
  );
  return Buffer.concat(boxes);
}

/** `stsd`, a whole box of one sample description, with `boxes` at the description's end. */
export function withBoxes(stsd: Buffer, boxes: Buffer): Buffer {
  if (boxes.length === 0) return stsd;
  // The box's own header, version, flags and number of entries; then the only entry.
  const [own, entry] = [stsd.subarray(8, 16), stsd.subarray(16)];
  const type = entry.toString('latin1', 4, 8);
  return box('stsd', own, box(type, entry.subarray(8), boxes));
}
