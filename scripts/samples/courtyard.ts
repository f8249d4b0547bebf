import { fractal, hash, noise } from './noise.js';
import { newPicture, type Picture } from './picture.js';

type Vector = readonly [number, number, number];

const sun: Vector = normalised([0.55, 0.62, -0.35]);
const columnRadius = 0.34;
const columnSpacing = 2.4;
const columnCount = 12;
const columnHeight = 3.1;
const aisle = 1.9;
const balls: readonly (readonly [Vector, number])[] = [
  [[0.45, 0.45, 5.2], 0.45],
  [[-0.7, 0.3, 7.6], 0.3],
  [[0.9, 0.35, 10.4], 0.35],
];

function normalised([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/** The first surface that a ray meets. */
type Hit = { distance: number; normal: Vector; kind: 'floor' | 'column' | 'beam' | 'ball' };

/** The nearest surface within `limit` along the ray, or `null` for the sky. */
function meet(from: Vector, along: Vector, limit: number): Hit | null {
  let best = limit;
  let hit: Hit | null = null;
  const offer = (distance: number, kind: Hit['kind'], normal: () => Vector) => {
    if (distance < 1e-3 || distance >= best) return;
    best = distance;
    hit = { distance, kind, normal: normal() };
  };
  if (along[1] < 0) offer(-from[1] / along[1], 'floor', () => [0, 1, 0]);
  for (const [centre, radius] of balls) {
    const [x, y, z] = [from[0] - centre[0], from[1] - centre[1], from[2] - centre[2]];
    const b = x * along[0] + y * along[1] + z * along[2];
    const rest = b * b - (x * x + y * y + z * z - radius * radius);
    if (rest <= 0) continue;
    const t = -b - Math.sqrt(rest);
    offer(t, 'ball', () => [
      (x + t * along[0]) / radius,
      (y + t * along[1]) / radius,
      (z + t * along[2]) / radius,
    ]);
  }
  const flat = along[0] ** 2 + along[2] ** 2;
  for (const side of [-aisle, aisle]) {
    for (let i = 0; i < columnCount; i++) {
      const [x, z] = [from[0] - side, from[2] - (i * columnSpacing + 1)];
      const b = x * along[0] + z * along[2];
      const rest = b * b - flat * (x * x + z * z - columnRadius ** 2);
      if (rest <= 0) continue;
      const t = (-b - Math.sqrt(rest)) / flat;
      const y = from[1] + t * along[1];
      if (y < 0 || y > columnHeight) continue;
      offer(t, 'column', () => [
        (x + t * along[0]) / columnRadius,
        0,
        (z + t * along[2]) / columnRadius,
      ]);
    }
    meetBeam(from, along, side, (t, normal) => offer(t, 'beam', () => normal));
  }
  return hit;
}

/** The beam of stone that lies on a row of columns: a box. */
function meetBeam(from: Vector, along: Vector, side: number, offer: (t: number, n: Vector) => void) {
  const low: Vector = [side - 0.42, columnHeight, 0];
  const high: Vector = [side + 0.42, columnHeight + 0.55, columnCount * columnSpacing];
  let near = -Infinity;
  let far = Infinity;
  let axis = 0;
  for (const k of [0, 1, 2] as const) {
    const a = (low[k] - from[k]) / along[k];
    const b = (high[k] - from[k]) / along[k];
    if (Math.min(a, b) > near) [near, axis] = [Math.min(a, b), k];
    far = Math.min(far, Math.max(a, b));
  }
  if (near >= far) return;
  const sign = along[axis]! > 0 ? -1 : 1;
  offer(near, [axis === 0 ? sign : 0, axis === 1 ? sign : 0, axis === 2 ? sign : 0]);
}

function sky(along: Vector): Vector {
  const height = Math.max(along[1], 0.02);
  const [u, v] = [along[0] / height, along[2] / height];
  const ridge = 0.07 + 0.12 * fractal(along[0] * 4 + 9, 0, 1, 5);
  if (along[1] < ridge) {
    const green = 0.5 + 0.5 * fractal(along[0] * 90, along[1] * 140, 0, 3);
    return [0.2 * green + 0.12, 0.28 * green + 0.13, 0.2 * green + 0.2];
  }
  const cloud = Math.max(0, fractal(u * 0.55, v * 0.55, 4, 5) - 0.48) * 3.2;
  const k = Math.min(1, cloud);
  const blue = Math.min(1, along[1] * 1.6);
  return [0.5 - 0.32 * blue + k * 0.5, 0.68 - 0.3 * blue + k * 0.42, 0.9 - 0.15 * blue + k * 0.12];
}

/** Colour of a surface at a point; bumps darken it a little. */
function material(hit: Hit, p: Vector): Vector {
  const [x, y, z] = p;
  if (hit.kind === 'floor') {
    const [u, v] = [x * 1.6 + (Math.floor(z * 1.6) & 1) * 0.5, z * 1.6];
    const [fu, fv] = [u - Math.floor(u), v - Math.floor(v)];
    const joint = Math.min(fu, 1 - fu, fv, 1 - fv) < 0.03 ? 0.45 : 1;
    const shade = 0.55 + 0.3 * hash(Math.floor(u), Math.floor(v), 7);
    const grain = (0.7 + 0.6 * fractal(x * 9, z * 9, 2, 4)) * joint * shade;
    return [0.78 * grain, 0.68 * grain, 0.55 * grain];
  }
  if (hit.kind === 'ball') {
    const [u, v] = [Math.atan2(hit.normal[0], hit.normal[2]) * 5, Math.asin(hit.normal[1]) * 6];
    const dark = (Math.floor(u) + Math.floor(v)) & 1;
    const grain = 0.8 + 0.4 * noise(x * 30, y * 30, z * 30);
    return dark === 1 ? [0.62 * grain, 0.14 * grain, 0.12 * grain] : [0.85 * grain, 0.8 * grain, 0.66 * grain];
  }
  const vein = Math.abs(fractal(x * 2.2, y * 2.2, z * 2.2, 5) - 0.5) < 0.02 ? 0.75 : 1;
  const grain = (0.75 + 0.45 * fractal(x * 14, y * 14, z * 14, 3)) * vein;
  const band = hit.kind === 'beam' && Math.abs(y - columnHeight - 0.12) < 0.03 ? 0.55 : 1;
  const flute = hit.kind === 'column' ? fluting(hit.normal, y) : 1;
  const k = grain * band * flute;
  return [0.86 * k, 0.8 * k, 0.7 * k];
}

/** Brightness, 0 to 1, that the grooves leave a column; they end short of its top and bottom. */
function fluting(normal: Vector, y: number): number {
  if (y < 0.25 || y > columnHeight - 0.3) return y < 0.2 || y > columnHeight - 0.2 ? 1 : 0.6;
  return 0.72 + 0.28 * Math.abs(Math.cos(Math.atan2(normal[0], normal[2]) * 9));
}

function colourAlong(from: Vector, along: Vector, bounces: number): Vector {
  const hit = meet(from, along, 80);
  if (hit === null) return sky(along);
  const p: Vector = [0, 1, 2].map((k) => from[k]! + hit.distance * along[k]!) as unknown as Vector;
  const n = hit.normal;
  const above: Vector = [p[0] + n[0] * 2e-3, p[1] + n[1] * 2e-3, p[2] + n[2] * 2e-3];
  const facing = n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2];
  const lit = facing > 0 && meet(above, sun, 40) === null ? facing : 0;
  const ambient = 0.32 + 0.14 * n[1];
  const base = material(hit, p);
  const k = [ambient * 0.92 + lit * 1.15, ambient + lit * 1.05, ambient * 1.18 + lit * 0.88];
  let colour: Vector = [base[0] * k[0]!, base[1] * k[1]!, base[2] * k[2]!];
  if (hit.kind === 'ball' && bounces > 0) {
    const d = along[0] * n[0] + along[1] * n[1] + along[2] * n[2];
    const mirrored: Vector = [along[0] - 2 * d * n[0], along[1] - 2 * d * n[1], along[2] - 2 * d * n[2]];
    const seen = colourAlong(above, mirrored, bounces - 1);
    colour = [colour[0] + 0.2 * seen[0], colour[1] + 0.2 * seen[1], colour[2] + 0.2 * seen[2]];
  }
  const haze = 1 - Math.exp(-hit.distance / 45);
  return [
    colour[0] + haze * (0.62 - colour[0]),
    colour[1] + haze * (0.72 - colour[1]),
    colour[2] + haze * (0.84 - colour[2]),
  ];
}

/**
 * A walk between two rows of columns, ray traced; `time` in seconds. Four rays per pixel, on a
 * fixed grid; gamma 2.2.
 */
export function courtyard(width: number, height: number, time: number): Picture {
  const picture = newPicture(width, height);
  const eye: Vector = [
    0.35 * Math.sin(time * 0.9),
    1.45 + 0.03 * Math.sin(time * 7),
    -1.6 + time * 1.05,
  ];
  const turn = 0.16 * Math.sin(time * 0.8 + 0.4);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const rays = 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      for (let s = 0; s < rays * rays; s++) {
        const u = (2 * (x + ((s % rays) + 0.5) / rays) - width) / height;
        const v = 1 - (2 * (y + (Math.floor(s / rays) + 0.5) / rays)) / height;
        const along = normalised([u * cos + 1.7 * sin, v - 0.02, 1.7 * cos - u * sin]);
        const colour = colourAlong(eye, along, 1);
        for (let k = 0; k < 3; k++) sum[k]! += Math.min(1, Math.max(0, colour[k]!));
      }
      for (let k = 0; k < 3; k++) {
        picture.rgb[(y * width + x) * 3 + k] = (sum[k]! / (rays * rays)) ** (1 / 2.2);
      }
    }
  }
  return picture;
}
