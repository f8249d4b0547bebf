import assert from 'node:assert/strict';
import test from 'node:test';
import { markBoxes, withBoxes } from '../../../../src/media/marks/mark-boxes.js';
import { marksOfVideo } from '../../../../src/media/marks/matroska-marks.js';
import { box, words } from '../../../../src/media/marks/mp4-boxes.js';
import { marksOfDescriptions, marksOfSphericalXml } from '../../../../src/media/marks/mp4-marks.js';
import { sideData, sideDataTitle, type SideData } from '../../../../src/media/marks/side-data.js';
import { mergedMarks } from '../../../../src/media/marks/track-marks.js';

/** A box of one sample description of a picture of 160x120, with `boxes` in it. */
function description(...boxes: Buffer[]): Buffer {
  const fields = Buffer.alloc(78);
  fields.writeUInt16BE(160, 24);
  fields.writeUInt16BE(120, 26);
  return box('stsd', words(0, 1), box('avc1', fields, box('avcC', words(1)), ...boxes));
}

const marksIn = (stsd: Buffer): SideData[] => marksOfDescriptions(stsd.subarray(8));

test('spheres are written as they are read', () => {
  for (const sphere of [
    {
      ...{ projection: 'equirectangular', pose: [0.5, -90, 180] as const },
      ...{ padding: 0, outside: [0, 0, 0, 0] as const },
    },
    {
      ...{ projection: 'tiled equirectangular', pose: [0, 0, 0] as const },
      ...{ padding: 0, outside: [0.25, 0, 0.5, 0.125] as const },
    },
    {
      ...{ projection: 'cubemap', pose: [1, 2, 3] as const },
      ...{ padding: 8, outside: [0, 0, 0, 0] as const },
    },
  ]) {
    const boxes = markBoxes([{ ...sideData('Spherical Mapping'), sphere }], 1);
    const [read] = marksIn(withBoxes(description(), boxes));
    assert.equal(read?.sphere?.projection, sphere.projection);
    assert.deepEqual(read.sphere.pose, sphere.pose);
    assert.equal(read.sphere.padding, sphere.padding);
    read.sphere.outside.forEach((share, i) =>
      assert.ok(Math.abs(share - sphere.outside[i]!) < 1e-6, `${share}`),
    );
  }
});

test('a clean aperture is a mark where it is less than the picture', () => {
  const whole = box('clap', words(160, 1, 120, 1, 0, 1, 0, 1));
  const part = box('clap', words(140, 1, 100, 1, -5, 1, 4, 2));
  assert.deepEqual(marksIn(description(whole)), []);
  assert.deepEqual(marksIn(description(part))[0]?.shown, {
    ...{ width: 140, height: 100 },
    ...{ x: 5, y: 12 },
  });
});

test('boxes that no list knows are named; those that say how to decode are not', () => {
  const known = ['pasp', 'colr', 'btrt'].map((type) => box(type, words(1)));
  const stsd = description(...known, box('amve', words(1)), box('wxyz'), Buffer.alloc(4));
  assert.deepEqual(
    marksIn(stsd).map(({ type }) => type),
    ['Ambient viewing environment', 'the box "wxyz"'],
  );
});

test("the XML of Google's first spheres is read", () => {
  const tags = { Spherical: 'true', ProjectionType: 'equirectangular', StereoMode: 'top-bottom' };
  const xml = Object.entries(tags).map(([tag, text]) => `<GSpherical:${tag}>${text}</x>`);
  const [views, sphere] = marksOfSphericalXml(xml.join('\n'));
  assert.equal(views?.form, 'top and bottom');
  assert.equal(sphere?.sphere?.projection, 'equirectangular');
  assert.deepEqual(marksOfSphericalXml('<GSpherical:Spherical>false</x>'), []);
});

test("Matroska's cropping and unknown elements are marks", () => {
  const element = (id: number, ...bytes: number[]): Buffer =>
    Buffer.concat([
      Buffer.from(id.toString(16).padStart(2, '0'), 'hex'),
      Buffer.of(0x80 | bytes.length, ...bytes),
    ]);
  const video = Buffer.concat([
    ...[element(0xb0, 160), element(0xba, 120), element(0x54cc, 8), element(0x54bb, 2)],
    ...[element(0x4123, 1)],
  ]);
  assert.deepEqual(marksOfVideo(video), [
    { ...sideData('Frame Cropping'), shown: { width: 152, height: 118, x: 8, y: 2 } },
    sideData('the element 4123'),
  ]);
});

test('what ffprobe told and what was read beside it are each there once', () => {
  const told = [{ ...sideData('Stereo 3D'), form: 'side by side' }, sideData('ICC profile')];
  const read = [sideData('Frame Cropping'), sideData('Stereo 3D')];
  assert.deepEqual(
    mergedMarks(told, read).map(({ type, form }) => [type, form]),
    [
      ['Stereo 3D', 'side by side'],
      ['ICC profile', null],
      ['Frame Cropping', null],
    ],
  );
});

/** Names that ffprobe has given side data of video, from 4.1 to 8. */
const everyName = [
  ...['AVPanScan', 'ATSC A53 Part 4 Closed Captions', 'Stereo 3D', '3x3 displaymatrix'],
  ...['Active format description', 'Motion vectors', 'Skip samples', 'GOP timecode'],
  ...['Mastering display metadata', 'Spherical Mapping', 'Content light level metadata'],
  ...['ICC profile', 'SMPTE 12-1 timecode', 'HDR Dynamic Metadata SMPTE2094-40 (HDR10+)'],
  ...['HDR Dynamic Metadata CUVA 005.1 2021 (Vivid)', 'Regions Of Interest', 'View ID'],
  ...['Video encoding parameters', 'H.26[45] User Data Unregistered SEI message'],
  ...['Film grain parameters', 'Detection and classification bounding boxes'],
  ...['Dolby Vision RPU Data', 'Dolby Vision Metadata', 'Ambient viewing environment'],
  ...['LCEVC NAL data', '3D Reference Displays Information', 'Display Matrix', 'Palette'],
  ...['CPB properties', 'New Extradata', 'Param Change', 'Quality stats', 'Metadata Strings'],
  ...['MPEGTS Stream ID', 'DOVI configuration record', 'Producer Reference Time'],
  ...['Active Format Description data', 'ICC Profile', 'SMPTE ST 12-1:2014 timecode'],
  ...['Frame Cropping', 'Encryption info', 'Encryption initialization data'],
];

test('every name of side data that ffprobe has is known, and any other is called unknown', () => {
  const unknown = everyName.filter((name) => sideDataTitle(name)?.includes('unknown') === true);
  assert.deepEqual(unknown, []);
  assert.match(sideDataTitle('Scent of the scene')!, /^Scent of the scene \(unknown side data/);
});
