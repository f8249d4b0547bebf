import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { crc32Of } from '../../src/media/damage/crc32.js';
import { probeStill, readStill } from '../../src/media/still/still.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { enlarge } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const [width, height] = [80, 60];
/** Noise: every byte of what it is compressed to counts. */
const samples = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const mixed = Math.imul(i + 1, 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 24;
});
const quick = { model: 'espcn-16-lite-x2', workers: 1 } as const;

const folder = temporaryFolder();
const picture = () => sharp(samples, { raw: { width, height, channels: 3 } });

/** Rows as PackBits: runs of bytes as they are. */
function packed(rows: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < rows.length; at += 128) {
    const run = rows.subarray(at, at + 128);
    parts.push(Uint8Array.of(run.length - 1), run);
  }
  return Buffer.concat(parts);
}

/** A TIFF in one PackBits strip, its directory before it. */
function packBitsTiff(): Buffer {
  const strip = packed(samples);
  const plain = plainTiff(height);
  const start = plain.length - samples.length;
  const head = Buffer.from(plain.subarray(0, start));
  head.writeUInt32LE(32773, 10 + 12 * 3 + 8);
  head.writeUInt32LE(strip.length, 10 + 12 * 8 + 8);
  return Buffer.concat([head, strip]);
}

/**
 * A TIFF of plain strips whose directory stands before them, as cameras write it, with so many rows
 * a strip.
 */
function plainTiff(rows: number, claimed: readonly [number, number] = [width, height]): Buffer {
  const strips = Math.ceil(height / rows);
  const entries = 10;
  const lists = 8 + 2 + 12 * entries + 4;
  const start = lists + 8 * strips + 6;
  const bytes = rows * width * 3;
  const list = (at: number): number => (strips === 1 ? at : lists);
  const table: [tag: number, type: number, count: number, value: number][] = [
    [256, 4, 1, claimed[0]],
    [257, 4, 1, claimed[1]],
    [258, 3, 3, lists + 8 * strips],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, strips, list(start)],
    [277, 3, 1, 3],
    [278, 4, 1, rows],
    [279, 4, strips, strips === 1 ? bytes : lists + 4 * strips],
    [284, 3, 1, 1],
  ];
  const head = Buffer.alloc(start);
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries, 8);
  table.forEach(([tag, type, count, value], i) => {
    head.writeUInt16LE(tag, 10 + 12 * i);
    head.writeUInt16LE(type, 12 + 12 * i);
    head.writeUInt32LE(count, 14 + 12 * i);
    head.writeUInt32LE(value, 18 + 12 * i);
  });
  for (let i = 0; strips > 1 && i < strips; i++) {
    head.writeUInt32LE(start + i * bytes, lists + 4 * i);
    head.writeUInt32LE(bytes, lists + 4 * (strips + i));
  }
  for (let i = 0; i < 3; i++) head.writeUInt16LE(8, lists + 8 * strips + 2 * i);
  return Buffer.concat([head, samples]);
}

async function file(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(path.join(folder, name), bytes);
  return path.join(folder, name);
}

async function isRefused(name: string, bytes: Uint8Array): Promise<void> {
  const output = path.join(folder, 'refused.png');
  const outcome = await enlarge(await file(name, bytes), { ...quick, output });
  assert.equal(outcome.status, 'failed', name);
  assert.match(
    outcome.error.message,
    /is damaged: it .*--allow-damaged|cannot be read as a picture|its directory, .* lies beyond/,
    name,
  );
  assert.equal(existsSync(output), false, name);
}

test('pictures that are cut off or broken are refused; whole ones are not', async () => {
  const whole: Record<string, Buffer> = {
    'a.png': await picture().png().toBuffer(),
    'a.jpg': await picture().jpeg({ quality: 95, progressive: true }).toBuffer(),
    'baseline.jpg': await picture().jpeg({ quality: 95, chromaSubsampling: '4:2:0' }).toBuffer(),
    'packed.tif': packBitsTiff(),
    'a.webp': await picture().webp({ lossless: true }).toBuffer(),
    'lzw.tif': await picture().tiff({ compression: 'lzw' }).toBuffer(),
    'deflate.tif': await picture().tiff({ compression: 'deflate' }).toBuffer(),
    'strips.tif': plainTiff(6),
    'plain.tif': plainTiff(height),
  };
  for (const [name, bytes] of Object.entries(whole)) {
    const { damage } = await readStill(await probeStill(await file(name, bytes)));
    assert.equal(damage, null, name);
    for (const share of [0.5, 0.95]) {
      await isRefused(`cut-${name}`, bytes.subarray(0, Math.floor(bytes.length * share)));
    }
    // Plain samples and WebP hold nothing by which broken bytes could be told.
    if (['strips.tif', 'plain.tif', 'a.webp'].includes(name)) continue;
    const broken = Buffer.from(bytes).fill(0, bytes.length >> 1, (bytes.length >> 1) + 400);
    await isRefused(`broken-${name}`, broken);
  }
});

test('with --allow-damaged what there is of a picture is kept, and marked', async () => {
  const bytes = plainTiff(6);
  const half = await file('half.tif', bytes.subarray(0, bytes.length >> 1));
  const output = path.join(folder, 'half.png');
  const outcome = await enlarge(half, { ...quick, output, allowDamaged: true });
  assert.equal(outcome.status, 'done');
  const sidecar = await readSidecar(`${output}.vsr.json`);
  assert.match(sidecar.source.damage![0]!.what, /of its 10 strips or tiles lie beyond its end/);
  // What lies before the cut is the source's own.
  const { data } = await sharp(output)
    .extract({ left: 0, top: 0, width: 160, height: 40 })
    .resize(width, 20, { kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.ok(data.some((value) => value > 0));
  const again = await enlarge(half, { ...quick, output });
  assert.equal(again.status, 'failed', 'what was allowed once is not allowed for good');
});

test('of WebP what comes before the cut is kept where it decodes; a TIFF that lost its directory says so', async () => {
  const lossy = await picture().webp({ quality: 90 }).toBuffer();
  const cut = await file('lossy.webp', lossy.subarray(0, Math.floor(lossy.length * 0.9)));
  const { frame, damage } = await readStill(await probeStill(cut), true);
  assert.match(damage ?? '', /is cut off: it ends \d+ bytes before it says/);
  const { frame: whole } = await readStill(await probeStill(await file('whole.webp', lossy)));
  assert.deepEqual(frame.data.subarray(0, 16 * width), whole.data.subarray(0, 16 * width));

  const tiff = await picture().tiff({ compression: 'lzw' }).toBuffer();
  const headless = await file('headless.tif', tiff.subarray(0, tiff.length >> 1));
  await assert.rejects(probeStill(headless), /its directory, .* lies beyond its end/);
});

test('a picture that claims more than its file can hold is refused before it is decoded', async () => {
  const claim = await file('claim.tif', plainTiff(height, [60_000, 60_000]));
  await assert.rejects(
    probeStill(claim),
    /claims 60000x60000 pixels, more than its \d+ bytes can hold/,
  );
  const png = await picture().png().toBuffer();
  png.writeUInt32BE(30_000, 16);
  png.writeUInt32BE(30_000, 20);
  // The header's own checksum is mended as a forger would: libpng reads the size only then.
  png.writeUInt32BE(crc32Of(png.subarray(12, 29)), 29);
  await assert.rejects(probeStill(await file('claim.png', png)), /claims 30000x30000/);
});
