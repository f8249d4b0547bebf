/** A value in double precision. */
export type Numbers = { readonly dims: readonly number[]; readonly data: Float64Array };

/** Makes a value. */
export function numbers(dims: readonly number[], data: ArrayLike<number>): Numbers {
  return { dims, data: Float64Array.from(data) };
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Distance in elements from one index to the next, per axis. */
function stridesOf(dims: readonly number[]): number[] {
  return dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
}

/** Visits every index of a shape in row-major order. */
function* indices(dims: readonly number[]): Generator<number[]> {
  const strides = stridesOf(dims);
  for (let i = 0, count = sizeOf(dims); i < count; i++) {
    yield dims.map((dim, axis) => Math.floor(i / strides[axis]!) % dim);
  }
}

/** A value of `dims`, computed index by index. */
export function build(dims: readonly number[], at: (index: number[]) => number): Numbers {
  const data = new Float64Array(sizeOf(dims));
  let i = 0;
  for (const index of indices(dims)) data[i++] = at(index);
  return { dims, data };
}

/** The element at an index. */
export function get({ dims, data }: Numbers, index: readonly number[]): number {
  const strides = stridesOf(dims);
  let at = 0;
  for (let axis = 0; axis < dims.length; axis++) at += index[axis]! * strides[axis]!;
  return data[at]!;
}

/** An element-wise operation of any number of operands, with numpy's broadcasting. */
export function pointwise(
  operands: readonly Numbers[],
  apply: (...values: number[]) => number,
): Numbers {
  const rank = Math.max(...operands.map(({ dims }) => dims.length));
  const dims = Array.from({ length: rank }, (_, axis) =>
    Math.max(...operands.map((one) => one.dims[axis - rank + one.dims.length] ?? 1)),
  );
  return build(dims, (index) =>
    apply(
      ...operands.map((one) => {
        const own = index.slice(rank - one.dims.length);
        return get(
          one,
          own.map((place, axis) => (one.dims[axis] === 1 ? 0 : place)),
        );
      }),
    ),
  );
}

/** The sums along `axes`, which stay with size 1 where `keep` is set. */
export function reduce(x: Numbers, axes: readonly number[], keep: boolean): Numbers {
  const kept = x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const sum = { dims: kept, data: new Float64Array(sizeOf(kept)) };
  const strides = stridesOf(kept);
  let i = 0;
  for (const index of indices(x.dims)) {
    const to = index.reduce((at, p, axis) => at + (kept[axis] === 1 ? 0 : p * strides[axis]!), 0);
    sum.data[to]! += x.data[i++]!;
  }
  const dims = keep ? kept : kept.filter((_, axis) => !axes.includes(axis));
  return { dims, data: sum.data };
}
