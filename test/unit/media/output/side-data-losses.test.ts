import assert from 'node:assert/strict';
import test from 'node:test';
import { sideData, type SideData } from '../../../../src/media/marks/side-data.js';
import { containerOfMuxer } from '../../../../src/media/formats/containers.js';
import {
  expectedSideData,
  framePacking,
  keptMarks,
  sideDataLosses,
} from '../../../../src/media/output/side-data-losses.js';
import { sampleVideo } from '../sample-source.js';

const views = (form: string, inverted = false): SideData => ({ type: 'Stereo 3D', form, inverted });
const sphere: SideData = {
  ...sideData('Spherical Mapping'),
  sphere: { projection: 'equirectangular', pose: [0, 0, 0], padding: 0, outside: [0, 0, 0, 0] },
};

/** What of `marks` is lost in `muxer`, with why and advice. */
function lost(muxer: string, marks: readonly SideData[], known: object = {}): string[] {
  const container = containerOfMuxer(muxer);
  const web = muxer === 'webm';
  const output = web
    ? ({ container, codec: 'vp9', encoder: 'libvpx-vp9' } as const)
    : ({ container, codec: 'h264', encoder: 'libx264' } as const);
  const video = sampleVideo({ sideData: marks, ...known });
  return sideDataLosses(video, output).map((each) =>
    [each.kind, each.what, each.why, each.advice].join(' | '),
  );
}

test('stereo and spherical marks are kept in MP4 and Matroska', () => {
  assert.deepEqual(lost('mp4', [views('side by side'), sphere]), []);
  assert.deepEqual(lost('matroska', [views('top and bottom', true), sphere]), []);
  assert.deepEqual(lost('webm', [views('top and bottom', true)]), []);
});

test('elsewhere they are named, with what would keep them', () => {
  const [inMov] = lost('mov', [sphere]);
  assert.match(inMov!, /^missing.*spherical.*kept in MP4 or Matroska\.$/);
  assert.match(lost('webm', [sphere])[0]!, /spherical/);
  assert.match(lost('mov', [views('side by side')])[0]!, /^converted.*frame packing/);
  assert.match(lost('mp4', [views('side by side', true)])[0]!, /in Matroska or WebM\.$/);
});

test('frames that are turned or cut, and views that enlarging mixes, have no mark', () => {
  const crop = { width: 8, height: 8, x: 0, y: 0, of: { width: 64, height: 48 } };
  const said = lost('mp4', [views('side by side'), sphere], { crop });
  assert.equal(said.length, 2);
  for (const each of said) assert.match(each, /not be true of frames that were cut/);
  const woven = [views('interleaved lines')];
  assert.match(lost('matroska', woven)[0]!, /enlarging mixes views/);
  assert.equal(framePacking(sampleVideo({ sideData: woven })), null);
  const video = sampleVideo({ sideData: woven });
  const container = containerOfMuxer('matroska');
  assert.equal(keptMarks(video, { container, codec: 'h264' }).stereoMode, null);
});

test('what is kept is looked for in the output', () => {
  const video = sampleVideo({ sideData: [views('top and bottom', true), sphere] });
  const [mp4, mkv] = ['mp4', 'matroska'].map((muxer) =>
    expectedSideData(video, {
      ...{ container: containerOfMuxer(muxer), codec: 'hevc', encoder: 'libx265' },
    }),
  );
  assert.deepEqual(mp4, ['Spherical Mapping']);
  assert.deepEqual(mkv, ['Spherical Mapping', 'Stereo 3D']);
});
