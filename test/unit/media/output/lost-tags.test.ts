import assert from 'node:assert/strict';
import test from 'node:test';
import { containerOfMuxer } from '../../../../src/media/formats/containers.js';
import { lostTags } from '../../../../src/media/output/lost-tags.js';
import { sampleSource, sampleStream } from '../sample-source.js';

const tags = { title: 'Beach', 'com.apple.quicktime.model': 'iPhone', major_brand: 'qt  ' };
const cover = sampleStream({ index: 1, kind: 'video', dispositions: ['attached_pic'] });

test('tags of cameras are kept in QuickTime files, but not beside cover art, which is said', () => {
  const [plain, covered] = [sampleSource([]), sampleSource([cover])].map((source) => ({
    ...source,
    tags,
  }));
  const lost = (muxer: string, source = plain!) => lostTags(containerOfMuxer(muxer), source);
  assert.deepEqual(lost('mov'), []);
  assert.deepEqual(lost('matroska'), []);
  assert.deepEqual(lost('avi'), ['com.apple.quicktime.model']);
  assert.deepEqual(lost('mov', covered), ['com.apple.quicktime.model']);
});
