import { VsrError } from '../../errors.js';
import { fromHalfBits } from './half-float.js';
import { type ElementType, elementTypes, type OnnxTensor } from './types.js';

/** The typed array that holds each element type in memory. */
const arrayTypes = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
} as const;

/** Element types whose values vsr can write and read. */
export type ArrayElementType = keyof typeof arrayTypes;

/** The elements of a tensor, in row-major order. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The name of an element type by its number; `undefined` for those not in `elementTypes`. */
export function elementTypeName(dataType: number): ElementType | undefined {
  return (Object.keys(elementTypes) as ElementType[]).find(
    (name) => elementTypes[name] === dataType,
  );
}

/**
 * A constant of `dims`. Numbers may be given for any type, int64 included. Throws a RangeError for
 * another number of values than `dims` has.
 */
export function tensorOf(
  name: string,
  type: ArrayElementType,
  dims: readonly number[],
  values: TensorValues | readonly number[],
): OnnxTensor {
  const data = Array.isArray(values) ? fromNumbers(type, values) : (values as TensorValues);
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (data.length !== count) {
    throw new RangeError(`tensor ${name} of [${dims.join(', ')}] got ${data.length} values`);
  }
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return { name, dataType: elementTypes[type], dims: [...dims], rawData };
}

function fromNumbers(type: ArrayElementType, values: readonly number[]): TensorValues {
  if (type === 'int64') return BigInt64Array.from(values, (value) => BigInt(value));
  if (type === 'uint64') return BigUint64Array.from(values, (value) => BigInt(value));
  return arrayTypes[type].from(values);
}

/**
 * The values of a constant, from raw bytes or from a typed list; those of float16 as float32.
 * Throws VsrError `model` for types without a typed array (string, ...) and for external data.
 */
export function valuesOf(tensor: OnnxTensor): TensorValues {
  const type = elementTypeName(tensor.dataType ?? 0);
  if (type === 'float16') {
    // In raw bytes and in typed lists alike, float16 values are kept as their bits.
    const bits = valuesOf({ ...tensor, dataType: elementTypes.uint16 }) as Uint16Array;
    return Float32Array.from(bits, fromHalfBits);
  }
  const name = tensor.name ?? '';
  if (type === undefined || !(type in arrayTypes) || tensor.dataLocation === 1) {
    const what = tensor.dataLocation === 1 ? 'in another file' : `of type ${type ?? 'unknown'}`;
    throw new VsrError('model', `Expected plain numbers in tensor "${name}" but it is ${what}.`);
  }
  const ArrayType = arrayTypes[type as ArrayElementType];
  if (tensor.rawData !== undefined) {
    // A copy, because raw bytes may be unaligned. (A Buffer's slice() would not be a copy.)
    const bytes = new Uint8Array(tensor.rawData);
    const length = Math.floor(bytes.byteLength / ArrayType.BYTES_PER_ELEMENT);
    return new ArrayType(bytes.buffer, 0, length);
  }
  if (type === 'int64') return BigInt64Array.from(tensor.int64Data ?? [], BigInt);
  if (type === 'uint64' || type === 'uint32') {
    const values = BigUint64Array.from(tensor.uint64Data ?? [], BigInt);
    return type === 'uint64' ? values : Uint32Array.from(values, Number);
  }
  const list = tensor.floatData ?? tensor.doubleData ?? tensor.int32Data ?? [];
  return (ArrayType as Float32ArrayConstructor).from(list);
}
