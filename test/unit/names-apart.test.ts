import assert from 'node:assert/strict';
import test from 'node:test';
import { namesApart } from '../../src/names-apart.js';

test('a name takes as much of its path as tells it from the others', () => {
  const files = [
    '/t/a/x/clip.mp4',
    '/t/b/x/clip.mp4',
    '/t/b/y/clip.mp4',
    '/t/one.mp4',
    '/clip.mp4',
  ];
  assert.deepEqual(
    files.map((file) => namesApart(files).get(file)),
    ['a/x/clip.mp4', 'b/x/clip.mp4', 'y/clip.mp4', 'one.mp4', '/clip.mp4'],
  );
});

test('a path named twice is one name', () => {
  assert.deepEqual([...namesApart(['/a/x.mp4', '/a/x.mp4'])], [['/a/x.mp4', 'x.mp4']]);
});
