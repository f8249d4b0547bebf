import type { FileHandle } from 'node:fs/promises';
import { boxesIn, type Box } from './mp4-boxes.js';
import { sideData, type ShownPart, type SideData, type Sphere } from './side-data.js';

/** Boxes of a sample description that ffprobe reports, or that only say how to decode. */
const plainBoxes = new Set([
  ...['avcC', 'hvcC', 'vpcC', 'av1C', 'vvcC', 'evcC', 'esds', 'd263', 'jp2h', 'glbl', 'dac3'],
  ...['pasp', 'colr', 'chrm', 'gama', 'fiel', 'btrt', 'mdcv', 'clli', 'SmDm', 'CoLL', 'ccst'],
  ...['dvcC', 'dvvC', 'dvwC', 'sinf', 'rinf', 'free', 'skip', 'wide', 'uuid', 'auxi', 'alpa'],
  ...['ACLR', 'ARES', 'APRG', 'AORD', 'AVDR', 'ADHR', 'strf', 'SMI ', 'hclr', 'jhdr', 'isom'],
  ...['mjqt', 'mjht', 'stvi', 'st3d', 'sv3d', 'clap', 'tmcd', 'bitr', 'name', 'idfm', 'tier'],
]);

/** The side data (by the names of `side-data.ts`) in boxes that ffprobe ignores. */
const lostBoxes: Readonly<Record<string, string>> = {
  ...{ amve: 'Ambient viewing environment', cclv: 'Content colour volume' },
  ...{ vexu: 'Spatial video', hfov: 'Field of view' },
  ...{ mvcC: 'Second view', mvcg: 'Second view', lhvC: 'Second view' },
};

/** Length of the fields of a video's sample description, after which its boxes begin. */
const fieldBytes = 78;

/** Whether a box type can be printed. QuickTime ends its lists with a type of zeros. */
const isNamed = (type: string): boolean => /^[\x20-\x7e]{4}$/.test(type);

/**
 * The part of a `width`x`height` picture that a clean aperture box states; `null` for all of it.
 */
function cleanAperture(clap: Buffer, width: number, height: number): ShownPart | null {
  if (clap.length < 32) return null;
  const ratio = (at: number): number => clap.readInt32BE(at) / clap.readInt32BE(at + 4);
  const [wide, high, right, down] = [ratio(0), ratio(8), ratio(16), ratio(24)] as const;
  const x = (width - wide) / 2 + right;
  const y = (height - high) / 2 + down;
  const part = { width: wide, height: high, x, y };
  const isWhole = wide === width && high === height && x === 0 && y === 0;
  return isWhole || !Object.values(part).every(Number.isFinite) ? null : part;
}

const bodyOf = (bytes: Buffer, { body, end }: Box): Buffer => bytes.subarray(body, end);

/** The sphere of an `sv3d` box; `null` for an unknown projection. */
function sphereOf(sv3d: Buffer): Sphere | null {
  const within = (bytes: Buffer, type: string): Buffer | null => {
    const found = boxesIn(bytes).find((box) => box.type === type);
    return found === undefined ? null : bodyOf(bytes, found);
  };
  const proj = within(sv3d, 'proj');
  if (proj === null) return null;
  const head = within(proj, 'prhd');
  const [equi, cube] = [within(proj, 'equi'), within(proj, 'cbmp')];
  const degrees = (at: number): number =>
    head === null || head.length < 16 ? 0 : head.readInt32BE(at) / 0x10000;
  const pose = [degrees(4), degrees(8), degrees(12)] as const;
  if (cube !== null && cube.length >= 12 && cube.readUInt32BE(4) === 0) {
    const padding = cube.readUInt32BE(8);
    return { projection: 'cubemap', pose, padding, outside: [0, 0, 0, 0] };
  }
  if (equi === null || equi.length < 20) return null;
  const share = (at: number): number => equi.readUInt32BE(at) / 0xffffffff;
  const outside = [share(12), share(4), share(16), share(8)] as const;
  const isPart = outside.some((each) => each > 0);
  const projection = isPart ? 'tiled equirectangular' : 'equirectangular';
  return { projection, pose, padding: 0, outside };
}

/** The side data that a video's sample descriptions state; `stsd` is the content of that box. */
export function marksOfDescriptions(stsd: Buffer): SideData[] {
  const found: SideData[] = [];
  for (const entry of boxesIn(stsd, 8)) {
    if (entry.end - entry.body < fieldBytes) continue;
    const [width, height] = [24, 26].map((at) => stsd.readUInt16BE(entry.body + at)) as [
      ...[number, number],
    ];
    for (const box of boxesIn(stsd, entry.body + fieldBytes, entry.end)) {
      const { type } = box;
      const lost = lostBoxes[type];
      if (type === 'clap') {
        const shown = cleanAperture(bodyOf(stsd, box), width, height);
        if (shown !== null) found.push({ ...sideData('Frame Cropping'), shown });
      } else if (type === 'sv3d') {
        const sphere = sphereOf(bodyOf(stsd, box));
        found.push({ ...sideData('Spherical Mapping'), ...(sphere === null ? {} : { sphere }) });
      } else if (lost !== undefined) found.push(sideData(lost));
      else if (!plainBoxes.has(type) && isNamed(type)) found.push(sideData(`the box "${type}"`));
    }
  }
  return found;
}

/** Google's Spherical Video V1 is XML in a `uuid` box of the track with this id. */
const sphericalId = Buffer.from('ffcc8263f8554a938814587a02521fdd', 'hex');

/** The side data that such XML states. */
export function marksOfSphericalXml(xml: string): SideData[] {
  const value = (name: string): string | undefined =>
    new RegExp(`<GSpherical:${name}>\\s*([^<]*?)\\s*<`).exec(xml)?.[1];
  const form = {
    'left-right': 'side by side',
    'top-bottom': 'top and bottom',
    mono: undefined,
  }[value('StereoMode') ?? 'mono'];
  const stereo = form === undefined ? [] : [{ ...sideData('Stereo 3D'), form }];
  if (value('Spherical') !== 'true') return stereo;
  const [fullWidth, fullHeight] = ['FullPanoWidthPixels', 'FullPanoHeightPixels'].map((name) =>
    Number(value(name)),
  );
  const [width, height, left, top] = [
    ...['CroppedAreaImageWidthPixels', 'CroppedAreaImageHeightPixels'],
    ...['CroppedAreaLeftPixels', 'CroppedAreaTopPixels'],
  ].map((name) => Number(value(name))) as [...[number, number, number, number]];
  const outside = [left / fullWidth!, top / fullHeight!] as const;
  const right = 1 - (left + width) / fullWidth!;
  const bottom = 1 - (top + height) / fullHeight!;
  const isPart = [...outside, right, bottom].every((share) => share >= 0 && share < 1);
  const pose = ['PoseYawDegrees', 'PosePitchDegrees', 'PoseRollDegrees'].map((name) =>
    Number(value(name) ?? 0),
  ) as [...[number, number, number]];
  const sphere: Sphere = {
    projection: isPart ? 'tiled equirectangular' : 'equirectangular',
    pose: pose.map((degrees) => (Number.isFinite(degrees) ? degrees : 0)) as [
      ...[number, number, number],
    ],
    padding: 0,
    outside: isPart ? [...outside, right, bottom] : [0, 0, 0, 0],
  };
  const isKnown = value('ProjectionType') === 'equirectangular';
  return [...stereo, { ...sideData('Spherical Mapping'), ...(isKnown ? { sphere } : {}) }];
}

/** A box in a file: where its content begins and ends. */
type Place = { readonly type: string; readonly body: number; readonly end: number };

/** The boxes of an open file from byte `start` to byte `end`. */
async function placesIn(file: FileHandle, start: number, end: number): Promise<Place[]> {
  const places: Place[] = [];
  const head = Buffer.alloc(16);
  for (let at = start; at + 8 <= end;) {
    const { bytesRead } = await file.read(head, 0, 16, at);
    if (bytesRead < 8) break;
    const short = head.readUInt32BE(0);
    const size = short === 0 ? end - at : short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    if (size < 8 || at + size > end) break;
    const body = at + (short === 1 ? 16 : 8);
    places.push({ type: head.toString('latin1', 4, 8), body, end: at + size });
    at += size;
  }
  return places;
}

/** Largest part of a box that is read: a file may state any length. */
const mostBytes = 1 << 20;

/** The side data that an MP4 or QuickTime file states for its `index`th track, from 0. */
export async function mp4Marks(file: FileHandle, index: number): Promise<SideData[]> {
  const { size } = await file.stat();
  const within = async (parent: Place | undefined, type: string): Promise<Place | undefined> =>
    parent === undefined
      ? undefined
      : (await placesIn(file, parent.body, parent.end)).find((place) => place.type === type);
  const moov = await within({ type: '', body: 0, end: size }, 'moov');
  if (moov === undefined) return [];
  const tracks = (await placesIn(file, moov.body, moov.end)).filter(({ type }) => type === 'trak');
  const track = tracks[index];
  if (track === undefined) return [];
  const load = async ({ body, end }: Place): Promise<Buffer> => {
    const bytes = Buffer.alloc(Math.min(mostBytes, end - body));
    await file.read(bytes, 0, bytes.length, body);
    return bytes;
  };
  const found: SideData[] = [];
  for (const place of await placesIn(file, track.body, track.end)) {
    if (place.type !== 'uuid') continue;
    const bytes = await load(place);
    if (!bytes.subarray(0, 16).equals(sphericalId)) continue;
    found.push(...marksOfSphericalXml(bytes.toString('utf8', 16)));
  }
  let inside: Place | undefined = track;
  for (const type of ['mdia', 'minf', 'stbl', 'stsd']) inside = await within(inside, type);
  if (inside !== undefined) found.push(...marksOfDescriptions(await load(inside)));
  return found;
}
