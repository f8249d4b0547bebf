import { build, get, type Numbers } from './numbers.js';

/** A node's attributes by name. */
export type Attributes = Readonly<Record<string, number | number[] | string | undefined>>;

/** Convolution of [batch, channels, rows, columns] by [out, in, k, k], with ONNX's attributes. */
export function convolve(
  x: Numbers,
  w: Numbers,
  bias: Numbers | undefined,
  node: Attributes,
): Numbers {
  const [n, , h, width] = x.dims as [number, number, number, number];
  const [o, c, k] = w.dims as [number, number, number, number];
  const [top, left, bottom, right] = (node['pads'] as number[] | undefined) ?? [0, 0, 0, 0];
  const [stride] = (node['strides'] as number[] | undefined) ?? [1];
  const groups = Number(node['group'] ?? 1);
  const rows = Math.floor((h + top! + bottom! - k) / stride!) + 1;
  const columns = Math.floor((width + left! + right! - k) / stride!) + 1;
  return build([n, o, rows, columns], ([batch, out, y, x0]) => {
    let sum = bias?.data[out!] ?? 0;
    for (let channel = 0; channel < c; channel++) {
      for (let ky = 0; ky < k; ky++) {
        for (let kx = 0; kx < k; kx++) {
          const source = Math.floor(out! / (o / groups)) * c + channel;
          const row = y! * stride! + ky - top!;
          const column = x0! * stride! + kx - left!;
          if (row < 0 || column < 0 || row >= h || column >= width) continue;
          sum += get(w, [out!, channel, ky, kx]) * get(x, [batch!, source, row, column]);
        }
      }
    }
    return sum;
  });
}

/** The sum of every sample times the kernel [in, out, k, k] put at its place. */
export function convolveTransposed(
  x: Numbers,
  w: Numbers,
  bias: Numbers | undefined,
  node: Attributes,
) {
  const [n, c, h, width] = x.dims as [number, number, number, number];
  const [, o, k] = w.dims as [number, number, number, number];
  const [top, left, bottom, right] = (node['pads'] as number[] | undefined) ?? [0, 0, 0, 0];
  const dims = [n, o, h + k - 1 - top! - bottom!, width + k - 1 - left! - right!];
  return build(dims, ([batch, out, y, x0]) => {
    let sum = bias?.data[out!] ?? 0;
    for (let channel = 0; channel < c; channel++) {
      for (let ky = 0; ky < k; ky++) {
        for (let kx = 0; kx < k; kx++) {
          const row = y! + top! - ky;
          const column = x0! + left! - kx;
          if (row < 0 || column < 0 || row >= h || column >= width) continue;
          sum += get(w, [channel, out!, ky, kx]) * get(x, [batch!, channel, row, column]);
        }
      }
    }
    return sum;
  });
}

/** Matrix products over the last two axes; a matrix alone goes with all of the other operand. */
export function matMul(a: Numbers, b: Numbers): Numbers {
  const batch = (a.dims.length > b.dims.length ? a : b).dims.slice(0, -2);
  const [m, inner] = a.dims.slice(-2) as [number, number];
  const n = b.dims.at(-1)!;
  return build([...batch, m, n], (index) => {
    const lead = index.slice(0, -2);
    const [row, column] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const left = a.dims.length === 2 ? [row, k] : [...lead, row, k];
      const right = b.dims.length === 2 ? [k, column] : [...lead, k, column];
      sum += get(a, left) * get(b, right);
    }
    return sum;
  });
}

/** ONNX's Slice; `lists` are its starts, ends, axes and steps. */
export function slice(x: Numbers, lists: readonly (readonly number[])[]): Numbers {
  const [starts, ends, axes = x.dims.map((_, i) => i), steps = axes.map(() => 1)] = lists;
  const from = x.dims.map(() => 0);
  const step = x.dims.map(() => 1);
  const dims = [...x.dims];
  axes.forEach((axis, i) => {
    const dim = x.dims[axis]!;
    const down = steps[i]! < 0;
    const place = (value: number) =>
      Math.min(down ? dim - 1 : dim, Math.max(down ? -1 : 0, value < 0 ? value + dim : value));
    from[axis] = place(starts![i]!);
    step[axis] = steps[i]!;
    dims[axis] = Math.max(0, Math.ceil((place(ends![i]!) - from[axis]) / steps[i]!));
  });
  return build(dims, (index) =>
    get(
      x,
      index.map((p, axis) => from[axis]! + p * step[axis]!),
    ),
  );
}

/** `x` with `value` around it: `pads` at the beginnings of all axes, then at the ends. */
export function pad(x: Numbers, pads: readonly number[], value = 0): Numbers {
  const rank = x.dims.length;
  const dims = x.dims.map((dim, axis) => dim + pads[axis]! + pads[axis + rank]!);
  return build(dims, (index) => {
    const own = index.map((place, axis) => place - pads[axis]!);
    return own.every((place, axis) => place >= 0 && place < x.dims[axis]!) ? get(x, own) : value;
  });
}

/** The parts, one after the other along an axis. */
export function concat(parts: readonly Numbers[], axis: number): Numbers {
  const dims = [...parts[0]!.dims];
  dims[axis] = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
  return build(dims, (index) => {
    let place = index[axis]!;
    for (const part of parts) {
      if (place < part.dims[axis]!) return get(part, index.with(axis, place));
      place -= part.dims[axis]!;
    }
    throw new RangeError('past the end');
  });
}

/** The largest of each square of `size`, every `stride` samples. */
export function maxPool(x: Numbers, size: number, stride: number): Numbers {
  const [n, c, h, w] = x.dims as [number, number, number, number];
  const rows = Math.floor((h - size) / stride) + 1;
  const columns = Math.floor((w - size) / stride) + 1;
  return build([n, c, rows, columns], ([batch, channel, y, x0]) => {
    let best = -Infinity;
    for (let ky = 0; ky < size; ky++) {
      for (let kx = 0; kx < size; kx++) {
        best = Math.max(best, get(x, [batch!, channel!, y! * stride + ky, x0! * stride + kx]));
      }
    }
    return best;
  });
}
