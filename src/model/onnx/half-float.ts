import { elementTypes, type OnnxTensor } from './types.js';

/** The largest finite half-precision number. */
export const LARGEST_HALF = 65504;

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/**
 * The bits of the IEEE 754 half-precision number nearest to `value`, ties to even; infinite beyond
 * its range. (Float16Array is not in Node 20.)
 */
export function halfBits(value: number): number {
  single[0] = value;
  const all = bits[0]!;
  const sign = (all >>> 16) & 0x8000;
  const exponent = ((all >>> 23) & 0xff) - 127;
  const fraction = all & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent > 15) return sign | 0x7c00;
  if (exponent < -25) return sign;
  // Numbers below 2^-14 are subnormal: their exponent is fixed, so the leading 1 is written out.
  const small = exponent < -14;
  const shift = small ? -1 - exponent : 13;
  const whole = small ? fraction | 0x800000 : ((exponent + 15) << 23) | fraction;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  // A carry runs into the exponent, which is right; beyond the largest number it gives infinity.
  return sign | (rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept);
}

/** A float16 constant of `dims` from numbers. */
export function halfTensor(
  name: string,
  dims: Readonly<OnnxTensor['dims']>,
  values: ArrayLike<number>,
): OnnxTensor {
  const data = Uint16Array.from(values, halfBits);
  return {
    name,
    dataType: elementTypes.float16,
    dims: [...(dims ?? [])],
    rawData: new Uint8Array(data.buffer),
  };
}

/** The value of the half-precision number with `bits`. */
export function fromHalfBits(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
