import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';

const folder = path.join(packageRoot(), 'samples');

test('every sample clip stands in the README with its hash, and all together are small', async () => {
  const readme = await readFile(path.join(folder, 'README.md'), 'utf8');
  // What the README's first command makes beside them is no sample.
  const names = (await readdir(folder)).filter((name) => /\.(mp4|mkv|webm)$/.test(name));
  const clips = names.filter((name) => !/\.x\d+\./.test(name));
  assert.equal(clips.length, 6);
  let bytes = 0;
  for (const clip of clips) {
    const data = await readFile(path.join(folder, clip));
    bytes += data.length;
    const hash = createHash('sha256').update(data).digest('hex').slice(0, 16);
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${clip}\``));
    assert.ok(row?.includes(`\`${hash}…\``), `${clip} has ${hash}`);
  }
  assert.ok(bytes < 6e6);
});
