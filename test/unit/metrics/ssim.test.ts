import test from 'node:test';
import assert from 'node:assert/strict';
import type { Plane } from '../../../src/planes/plane.js';
import { ssim } from '../../../src/metrics/ssim.js';
import { ssimOfFfmpeg } from '../../support/ssim-of-ffmpeg.js';

function plane(width: number, height: number, at: (x: number, y: number) => number): Plane {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = at(i % width, Math.floor(i / width));
  return { data, width, height };
}

const texture = (x: number, y: number) => (x * 37 + y * 91 + ((x * y) % 13) * 11) % 256;

test('equal planes give 1', () => {
  const a = plane(24, 20, texture);
  assert.ok(Math.abs(ssim(a, a) - 1) < 1e-12);
  assert.equal(ssimOfFfmpeg(a, a), 1);
});

test('two flat planes differ by the luminance term alone', () => {
  const a = plane(16, 16, () => 100);
  const b = plane(16, 16, () => 150);
  const c1 = 2.55 ** 2;
  const expected = (2 * 100 * 150 + c1) / (100 ** 2 + 150 ** 2 + c1);
  assert.ok(Math.abs(ssim(a, b) - expected) < 1e-9);
});

test('SSIM equals the formula written out over a two-dimensional window', () => {
  const a = plane(14, 13, texture);
  const b = plane(14, 13, (x, y) => (texture(x, y) * 3 + x * 5) % 256);
  const weight = (i: number, j: number) =>
    Math.exp(-((i - 5) ** 2 + (j - 5) ** 2) / (2 * 1.5 ** 2));
  let total = 0;
  for (let y = 0; y < 3; y++) {
    for (let x = 0; x < 4; x++) {
      let w = 0,
        ma = 0,
        mb = 0;
      const each = (visit: (weight: number, p: number, q: number) => void) => {
        for (let j = 0; j < 11; j++)
          for (let i = 0; i < 11; i++) {
            const at = (y + j) * 14 + x + i;
            visit(weight(i, j), a.data[at]!, b.data[at]!);
          }
      };
      each((k, p, q) => {
        w += k;
        ma += k * p;
        mb += k * q;
      });
      ma /= w;
      mb /= w;
      let va = 0,
        vb = 0,
        cov = 0;
      each((k, p, q) => {
        va += (k * (p - ma) ** 2) / w;
        vb += (k * (q - mb) ** 2) / w;
        cov += (k * (p - ma) * (q - mb)) / w;
      });
      const c1 = 2.55 ** 2,
        c2 = 7.65 ** 2;
      total += ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  }
  assert.ok(Math.abs(ssim(a, b) - total / 12) < 1e-9);
});

test('a border is left out, and ten bits scale the constants', () => {
  const a = plane(20, 20, texture);
  const b = plane(20, 20, (x, y) => (x < 2 || y < 2 || x > 17 || y > 17 ? 0 : texture(x, y)));
  assert.ok(ssim(a, b) < 0.995);
  assert.ok(Math.abs(ssim(a, b, 8, 2) - 1) < 1e-12);
  const wide = (p: Plane): Plane => ({ ...p, data: Uint16Array.from(p.data, (v) => v * 4) });
  const c = plane(20, 20, (x, y) => (texture(x, y) + 9) % 256);
  assert.ok(Math.abs(ssim(wide(a), wide(c), 10) - ssim(a, c)) < 1e-3);
});

test('planes too small or of two sizes are refused', () => {
  const a = plane(10, 20, texture);
  assert.throws(() => ssim(a, a), /11x11/);
  assert.throws(() => ssim(a, plane(20, 10, texture)), /one size/);
});
