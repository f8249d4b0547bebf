import assert from 'node:assert/strict';
import { readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { probeStill, readStill } from '../../src/media/still/still.js';
import { writeStill } from '../../src/media/still/write-still.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { pictureFacts } from '../../src/upscale/plan-events.js';
import { frameLayout } from '../../src/planes/pixel-format.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const [width, height] = [24, 16];
const samples = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256);
const picture = () => sharp(samples, { raw: { width, height, channels: 3 } });

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

test('the resolution of prints is kept from each format to each', async () => {
  for (const from of ['png', 'jpg', 'tif'] as const) {
    const source = at(`from.${from}`);
    await picture().withMetadata({ density: 300 }).toFile(source);
    const still = await probeStill(source);
    assert.equal(Math.round(pictureFacts(still).dpi ?? 0), 300, from);
    const { frame } = await readStill(still);
    for (const to of ['png', 'jpg', 'tif']) {
      const output = at(`${from}.${to}`);
      await writeStill(still, frame, frameLayout(still.layout.format, width, height), output);
      const { density } = await sharp(output).metadata();
      assert.equal(Math.round(density ?? 0), 300, `${from} to ${to}`);
    }
  }
});

test('pictures are known by what they are, and a folder says what it leaves out', async () => {
  const inside = path.join(folder, 'mixed');
  await sharp(samples, { raw: { width, height, channels: 3 } }).toFile(at('a.jpg'));
  await picture().avif({ lossless: true }).toFile(at('b.avif'));
  const { mkdir } = await import('node:fs/promises');
  await mkdir(path.join(inside, 'deeper'), { recursive: true });
  await rename(at('a.jpg'), path.join(inside, 'a.jfif'));
  await rename(at('b.avif'), path.join(inside, 'b.avif'));
  await writeFile(path.join(inside, 'notes.txt'), 'words');
  const args = ['upscale', inside, '-m', 'espcn-16-lite-x2', '--frames', '5'];
  const { code, stderr } = await runVsr(...args);
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /--frames does not change pictures: a picture has one frame: a\.jfif, b\.avif/,
  );
  const facts = { bitDepth: 8, colour: 'rgb', alpha: false, profile: false };
  for (const [name, format] of [
    ['a.x2.jfif', 'jpeg'],
    ['b.x2.png', 'avif'],
  ] as const) {
    const { source } = await readSidecar(path.join(inside, `${name}.vsr.json`));
    assert.deepEqual({ ...source.picture, dpi: null }, { ...facts, format, dpi: null }, name);
  }
  assert.match(stderr, /left out: deeper\/, notes\.txt: no clips or pictures/);
  const made = (await readdir(inside)).filter((name) => name.includes('.x2.')).sort();
  assert.deepEqual(
    made.filter((name) => !name.endsWith('.json')),
    ['a.x2.jfif', 'b.x2.png'],
  );
  for (const name of ['a.x2.jfif', 'b.x2.png']) {
    assert.equal((await sharp(path.join(inside, name)).metadata()).width, 2 * width, name);
  }
  // A name without an ending is a folder's where a folder's pictures go.
  const dry = await runVsr('upscale', inside, '-o', at('out'), '--dry-run');
  assert.equal(dry.code, 0, dry.stderr);
  assert.ok(dry.stderr.includes(path.join(folder, 'out', 'a.x2.jfif')), dry.stderr);
  // An uncompressed Targa: no library here reads it.
  const targa = Buffer.concat([Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]), samples]);
  await writeFile(at('c.tga'), targa);
  const refused = await runVsr('upscale', at('c.tga'));
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /c\.tga is a picture of a format \(TGA\) that is not enlarged\. Save/,
  );
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('c.x2')),
    [],
  );
});

test('what is no picture says what it is, whatever its name', async () => {
  const clip = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1');
  const named = (text: string): Buffer => Buffer.from(text.padEnd(200, '\0'), 'latin1');
  const targa = Buffer.concat([samples, Buffer.from('TRUEVISION-XFILE.\0')]);
  for (const [bytes, words] of [
    [named('BM'), /is a picture of a format \(BMP\) that is not enlarged\. Save it as PNG/],
    [named('8BPS'), /\(Photoshop\)/],
    [targa, /\(TGA\)/],
    [clip, /Expected a picture but .*x\.png is a clip \(MP4\)/],
    [Buffer.from('<!doctype html><p>Not found'), /x\.png holds plain text/],
    [Buffer.alloc(99, 7), /x\.png cannot be read as a picture: it does not begin as one/],
  ] as const) {
    await writeFile(at('x.png'), bytes);
    await assert.rejects(probeStill(at('x.png')), words);
  }
});

test('depth, colour, alpha, profile and resolution of a picture are plain values', async () => {
  const grey = sharp(samples.subarray(0, width * height * 2), {
    raw: { width, height, channels: 2 },
  });
  await grey.toColourspace('b-w').png().toFile(at('grey.png'));
  await picture().toColourspace('rgb16').png().toFile(at('deep.png'));
  await picture().toColourspace('cmyk').withIccProfile('cmyk').tiff().toFile(at('inks.tif'));
  await picture().withIccProfile('p3').jpeg().toFile(at('profile.jpg'));
  const of = async (name: string) => pictureFacts(await probeStill(at(name)));
  const plain = { bitDepth: 8, alpha: false, profile: false, dpi: null };
  assert.deepEqual(await of('grey.png'), { ...plain, format: 'png', colour: 'grey', alpha: true });
  assert.deepEqual(await of('deep.png'), { ...plain, format: 'png', colour: 'rgb', bitDepth: 16 });
  assert.equal((await of('inks.tif')).colour, 'cmyk');
  const profiled = { ...plain, format: 'jpeg', colour: 'rgb', profile: true };
  assert.deepEqual({ ...(await of('profile.jpg')), dpi: null }, profiled);
});

test('a picture with opacity is not written as JPEG; EXIF that TIFF would lose is announced', async () => {
  const clear = {
    create: { width: 16, height: 12, channels: 4 as const, background: '#4080c080' },
  };
  await sharp(clear).png().toFile(at('clear.png'));
  const refused = await runVsr('upscale', at('clear.png'), '-o', at('clear.jpg'));
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /opacity/);
  await sharp(clear)
    .removeAlpha()
    .withExif({ IFD0: { Copyright: 'us' } })
    .jpeg()
    .toFile(at('own.jpg'));
  const told = await runVsr('upscale', at('own.jpg'), '-o', at('own.x2.tif'));
  assert.equal(told.code, 0, told.stderr);
  assert.match(told.stderr, /missing: EXIF data/);
  assert.equal((await sharp(at('own.x2.tif')).metadata()).width, 32);
});
