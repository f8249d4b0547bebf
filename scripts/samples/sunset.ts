import { fractal } from './noise.js';
import { newPicture, type Picture } from './picture.js';

/** SMPTE ST 2084 (PQ): candela per square metre (0..10000) to a coded value 0..1. */
function perceptualQuantizer(light: number): number {
  const y = Math.max(0, light / 10000) ** 0.1593017578125;
  return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375;
}

type Light = readonly [number, number, number];

/**
 * Light of the sky, in candela per square metre, BT.2020 primaries; `x`, `y` in picture heights
 * from the sun.
 */
function skyLight(x: number, y: number, time: number): Light {
  const far = Math.hypot(x, y);
  const glow = 260 * Math.exp(-far * 2.6);
  const disc = far < 0.075 ? 1 : Math.max(0, 1 - (far - 0.075) / 0.006);
  const up = Math.max(0, y + 0.12);
  const streak = fractal(x * 2.2 + time * 0.08, y * 11, 3, 5);
  const cloud = Math.max(0, streak - 0.5) * 3;
  const dim = 1 - 0.75 * Math.min(1, cloud);
  const base: Light = [70 * Math.exp(-up * 2) + 6, 34 * Math.exp(-up * 1.5) + 10, 18 + 14 * up];
  const rim = cloud * 60 * Math.exp(-far * 2);
  return [
    (base[0] + glow) * dim + rim + disc * 950 * dim,
    (base[1] + glow * 0.55) * dim + rim * 0.5 + disc * 620 * dim,
    (base[2] + glow * 0.16) * dim + rim * 0.3 + disc * 240 * dim,
  ];
}

/** The sun going down over the sea, with waves; PQ-coded BT.2020, `time` in seconds. */
export function sunset(width: number, height: number, time: number): Picture {
  const picture = newPicture(width, height);
  const horizon = 0.58;
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const x = (px - width * 0.42) / height;
      const y = horizon - (py + 0.5) / height;
      let light: Light;
      if (y >= 0) light = skyLight(x, y - 0.12, time);
      else {
        const depth = 0.12 / (0.01 - y);
        const wave = fractal(x * depth * 6, depth * 9 - time * 0.9, time * 0.6, 4) - 0.5;
        const seen = skyLight(x + wave * 0.25, Math.abs(-y * 0.9 + wave * 0.45) - 0.12, time);
        const share = 0.25 + 0.5 * Math.exp(y * 3) + wave * 0.4;
        light = [seen[0] * share + 1.5, seen[1] * share + 2.5, seen[2] * share + 4];
      }
      for (let k = 0; k < 3; k++) {
        picture.rgb[(py * width + px) * 3 + k] = perceptualQuantizer(light[k]!);
      }
    }
  }
  return picture;
}
