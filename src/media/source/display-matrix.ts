import type { DisplayMatrix, Turn } from './source.js';
import { listAt, numberAt, objectAt, textAt, type Json } from './probe-stream.js';

/** The parts of a matrix that turns or mirrors by multiples of 90 degrees: each is -1, 0 or 1. */
type Parts = readonly [a: number, b: number, c: number, d: number];

/** 1 as a 16.16 fixed-point number. */
const one = 0x10000;

/** The matrix that turns a picture clockwise by 0, 90, 180 or 270 degrees; `null` for 0. */
function matrixOfTurn(degrees: number): DisplayMatrix | null {
  const [a, b] = { 90: [0, one], 180: [-one, 0], 270: [0, -one] }[degrees] ?? [one, 0];
  return degrees === 0 ? null : [a!, b!, 0, -b!, a!, 0, 0, 0, 0x40000000];
}

/**
 * A stream's display matrix, from its side data, from that of its first frame (H.264 can state it
 * within the stream), or from the tag `rotate` of older files; `null` where it is not turned.
 */
export function parseMatrix(stream: Json, frames: readonly Json[] = []): DisplayMatrix | null {
  const said = [stream, ...frames.slice(0, 1)]
    .flatMap((json) => listAt(json, 'side_data_list'))
    .find((data) => 'displaymatrix' in data);
  const rows = (textAt(said ?? {}, 'displaymatrix') ?? '').matchAll(
    /[\da-f]{8}:((?:\s+-?\d+){3})/g,
  );
  const numbers = [...rows].flatMap((row) => row[1]!.trim().split(/\s+/).map(Number));
  if (numbers.length !== 9) return matrixOfTurn(numberAt(objectAt(stream, 'tags'), 'rotate') ?? 0);
  const plain = [one, 0, 0, 0, one, 0].every((value, i) => numbers[i] === value);
  return plain ? null : numbers;
}

function partsOf(matrix: DisplayMatrix): Parts | null {
  const parts = [0, 1, 3, 4].map((i) => matrix[i]! / one);
  const [a, b, c, d] = parts as [number, number, number, number];
  const whole = parts.every((part) => part === 0 || Math.abs(part) === 1);
  const straight = b === 0 && c === 0 && a !== 0 && d !== 0;
  const transposed = a === 0 && d === 0 && b !== 0 && c !== 0;
  return whole && (straight || transposed) ? [a, b, c, d] : null;
}

/** Names of turns for people, by the parts of their matrix. */
const titles: Readonly<Record<string, string>> = {
  ...{ '0,1,-1,0': 'the turn by 90 degrees', '-1,0,0,-1': 'the turn by 180 degrees' },
  ...{ '0,-1,1,0': 'the turn by 270 degrees', '-1,0,0,1': 'the mirroring from left to right' },
  ...{ '1,0,0,-1': 'the mirroring from top to bottom', '0,1,1,0': 'the transposition' },
  ...{ '0,-1,-1,0': 'the transposition' },
};

/**
 * The turn that a display matrix states; `null` where it is none by a multiple of 90 degrees, such
 * as one by 45 degrees.
 */
export function turnOf(matrix: DisplayMatrix): Turn | null {
  const parts = partsOf(matrix);
  if (parts === null) return null;
  const [a, b, c, d] = parts;
  const transposed = a === 0;
  // ffmpeg's transpose filter: 0 turns counter-clockwise and flips vertically (it swaps rows and
  // columns), 1 turns clockwise, 2 counter-clockwise, 3 clockwise and flips vertically.
  const transpose = c > 0 ? (b > 0 ? 0 : 2) : b > 0 ? 1 : 3;
  return {
    filters: transposed
      ? [`transpose=${transpose}`]
      : [...(a < 0 ? ['hflip'] : []), ...(d < 0 ? ['vflip'] : [])],
    transposed,
    flipped: transposed ? [b < 0, c < 0] : [a < 0, d < 0],
    title: titles[parts.map((part) => part + 0).join(',')] ?? 'the display matrix',
  };
}

/**
 * The degrees by which a matrix turns a picture clockwise: 90, 180 or 270; 0 where it also mirrors,
 * or does something else.
 */
export function degreesOf(matrix: DisplayMatrix): number {
  const [, degrees] = /by (\d+) degrees/.exec(turnOf(matrix)?.title ?? '') ?? [];
  return degrees === undefined ? 0 : Number(degrees);
}
