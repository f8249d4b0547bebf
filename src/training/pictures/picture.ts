import type { Strength } from '../../media/compression/strength.js';
import type { Turns } from '../coded/plane-pair.js';

/** An 8-bit plane in memory that all threads see. */
export type SharedPlane = {
  readonly data: Uint8Array<SharedArrayBuffer>;
  readonly width: number;
  readonly height: number;
};

/** One training pair, and its planes: luma alone, or red, green and blue. */
export type Picture = {
  /** The file it came from. */
  readonly name: string;
  /** What the network is given. */
  readonly low: readonly SharedPlane[];
  /** What it should give: exactly `scale` times as wide and high. */
  readonly high: readonly SharedPlane[];
  /** How strongly `low` is compressed. */
  readonly strength: Strength;
  /**
   * How its patches may be turned; 8 if absent. What a deinterlacer makes of missing lines never
   * looks as if columns had been missing.
   */
  readonly turns?: Turns;
};

/** Copies a plane into memory that all threads see. */
export function sharePlane(plane: {
  readonly data: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
}): SharedPlane {
  const data = new Uint8Array(new SharedArrayBuffer(plane.data.length));
  data.set(plane.data);
  return { data, width: plane.width, height: plane.height };
}
