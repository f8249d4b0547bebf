import type { FileHandle } from 'node:fs/promises';
import { elementAt, elementsIn } from './ebml.js';
import { sideData, type SideData, type Sphere } from './side-data.js';

const ids = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  cluster: 0x1f43b675,
  tracks: 0x1654ae6b,
  track: 0xae,
  video: 0xe0,
  width: 0xb0,
  height: 0xba,
  cropBottom: 0x54aa,
  cropTop: 0x54bb,
  cropLeft: 0x54cc,
  cropRight: 0x54dd,
  projection: 0x7670,
  projectionType: 0x7671,
  projectionPrivate: 0x7672,
  yaw: 0x7673,
  pitch: 0x7674,
  roll: 0x7675,
};

/** Elements of a track's Video element that ffprobe reports, or that are read here. */
const plainElements = new Set([
  ...[0x9a, 0x9d, 0x53b8, 0x53b9, 0x53c0, 0x54b0, 0x54ba, 0x54b2, 0x54b3, 0x2eb524, 0x2fb523],
  ...[0x2383e3, 0x55b0, 0xec, 0xbf],
  ...Object.values(ids),
]);

/**
 * The side data that a track's Video element states; `bytes` is the element's content. Unknown
 * elements count as side data under their number.
 */
export function marksOfVideo(bytes: Buffer): SideData[] {
  const elements = elementsIn(bytes);
  const contentOf = (id: number, all = elements, of = bytes): Buffer => {
    const element = all.find((each) => each.id === id);
    return element === undefined ? Buffer.alloc(0) : of.subarray(element.body, element.end);
  };
  const number = (id: number): number =>
    contentOf(id).reduce((value, byte) => value * 256 + byte, 0);
  const [left, right, top, bottom] = [
    ...[ids.cropLeft, ids.cropRight, ids.cropTop, ids.cropBottom],
  ].map(number) as [...[number, number, number, number]];
  const found: SideData[] = [];
  if (left + right + top + bottom > 0) {
    const width = number(ids.width) - left - right;
    const height = number(ids.height) - top - bottom;
    found.push({ ...sideData('Frame Cropping'), shown: { width, height, x: left, y: top } });
  }
  const projection = contentOf(ids.projection);
  const sphere = projection.length === 0 ? null : sphereOf(projection);
  if (sphere !== null) found.push({ ...sideData('Spherical Mapping'), sphere });
  for (const { id } of elements) {
    if (plainElements.has(id)) continue;
    found.push(sideData(`the element ${id.toString(16).toUpperCase()}`));
  }
  return found;
}

/** The sphere of a Projection element; `null` for flat pictures and unknown projections. */
function sphereOf(projection: Buffer): Sphere | null {
  const parts = elementsIn(projection);
  const part = (id: number): Buffer => {
    const found = parts.find((each) => each.id === id);
    return found === undefined ? Buffer.alloc(0) : projection.subarray(found.body, found.end);
  };
  const degrees = (id: number): number => {
    const bytes = part(id);
    return bytes.length === 8 ? bytes.readDoubleBE() : bytes.length === 4 ? bytes.readFloatBE() : 0;
  };
  const pose = [degrees(ids.yaw), degrees(ids.pitch), degrees(ids.roll)] as const;
  const details = part(ids.projectionPrivate);
  // Both kinds hold the content of MP4's `equi` and `cbmp` boxes: version and flags come first.
  switch (part(ids.projectionType).at(-1)) {
    case 1: {
      const share = (at: number): number =>
        details.length < 20 ? 0 : details.readUInt32BE(at) / 0xffffffff;
      const outside = [share(12), share(4), share(16), share(8)] as const;
      const isPart = outside.some((each) => each > 0);
      const projection = isPart ? 'tiled equirectangular' : 'equirectangular';
      return { projection, pose, padding: 0, outside };
    }
    case 2: {
      if (details.length < 12 || details.readUInt32BE(4) !== 0) return null;
      const padding = details.readUInt32BE(8);
      return { projection: 'cubemap', pose, padding, outside: [0, 0, 0, 0] };
    }
    default:
      return null;
  }
}

/** Largest part of a Tracks element that is read: a file may state any length. */
const mostBytes = 1 << 22;

/** The side data that a Matroska or WebM file states for its `index`th track, from 0. */
export async function matroskaMarks(file: FileHandle, index: number): Promise<SideData[]> {
  const { size } = await file.stat();
  const read = async (at: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
    await file.read(bytes, 0, bytes.length, at);
    return bytes;
  };
  for (let at = 0; at < size;) {
    const head = elementAt(await read(at, 12), 0, size - at);
    if (head === null || head.id === ids.cluster) return [];
    if (head.id === ids.tracks) {
      const bytes = await read(at + head.body, Math.min(mostBytes, head.end - head.body));
      const track = elementsIn(bytes).filter(({ id }) => id === ids.track)[index];
      if (track === undefined) return [];
      const video = elementsIn(bytes, track.body, track.end).find(({ id }) => id === ids.video);
      return video === undefined ? [] : marksOfVideo(bytes.subarray(video.body, video.end));
    }
    // The Segment contains the tracks; every other element before them is skipped.
    at += head.id === ids.segment ? head.body : head.end;
  }
  return [];
}
