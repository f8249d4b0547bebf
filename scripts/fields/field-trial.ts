import { even } from '../../src/model/architectures/espcn-16.js';
import { Tape, type Value } from '../../src/model/autodiff/tape.js';
import { trainBlocks } from '../../src/model/blocks/kinds.js';
import { type Network, parameterCount } from '../../src/model/language/network.js';
import { trainedValues, type TrainedValues } from '../../src/model/language/training-graph.js';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../src/model/onnx/model-file.js';
import type { Plane } from '../../src/planes/plane.js';
import { floatTensor, openSession } from '../../src/training/base/session.js';
import { blockSize } from '../../src/training/gradient/block-size.js';
import { lossOf } from '../../src/training/gradient/loss.js';
import { doubled, type SeenField } from './seen-field.js';
import type { Trial } from './trial.js';

/*
 * The field network stands on the samples of a field: of each it makes the two columns and four
 * lines of the enlarged picture that belong to it and to the missing sample below. They are added
 * to what bicubic makes of the deinterlaced picture. A bottom field is turned upside down, with all
 * that belongs to it, so that the missing line always lies below.
 */

/** Samples of a field each way of a patch: about as many of the picture as in the frame trial. */
const patch = 28;

const depth = 5;
/** Convolutions of 3x3, the last one included. */
const reach = depth + 1;

/** How many values are told of each sample of a field. */
const told = 9;
/** What is wanted of each: two columns and four lines. */
const wanted = 8;

/** Its weights only: an unshuffle by 3 stands for nine channels. */
const network: Network = {
  ...{ arch: 'fields', scale: 2, colour: 'luma', before: { unshuffle: 3 }, after: 'shuffle' },
  // Nearly nothing is added at first.
  ...{ skip: 'bicubic', blocks: even(depth, 32, wanted, 'relu') },
};

/** A field and what belongs to it, the missing lines below its own. */
type Upright = {
  readonly width: number;
  /** Lines of the field. */
  readonly height: number;
  /** [told, height, width]. */
  readonly channels: Float32Array;
  /** [wanted, height, width]: what bicubic of the deinterlaced picture lacks, of 0..1. */
  readonly lacks: Float32Array;
  readonly base: Plane;
};

/** Line `y` of a picture, of an upside-down one if `turned`. */
function line({ data, width, height }: Plane, y: number, turned: boolean): Plane['data'] {
  const row = turned ? height - 1 - y : y;
  return data.subarray(row * width, (row + 1) * width);
}

const known = new WeakMap<SeenField, Upright>();

function upright(seen: SeenField): Upright {
  const kept = known.get(seen);
  if (kept !== undefined) return kept;
  const { made, pictures, truth } = seen;
  const { width } = made;
  const height = made.height / 2;
  const turned = seen.first === 1;
  const base = doubled(made);
  const channels = new Float32Array(told * height * width);
  const lacks = new Float32Array(wanted * height * width);
  const [twoBefore, before, own, after, twoAfter] = pictures;
  for (let i = 0; i < height; i++) {
    // The lines that the clip keeps of each field, and the one that the deinterlacer made.
    const at = line(own, 2 * i, turned);
    const others = [
      line(made, 2 * i + 1, turned),
      line(before, 2 * i + 1, turned),
      line(after, 2 * i + 1, turned),
      line(twoBefore, 2 * i, turned),
      line(twoAfter, 2 * i, turned),
    ] as const;
    for (let x = 0; x < width; x++) {
      const middle = at[x]!;
      let place = i * width + x;
      const tell = (value: number) => {
        channels[place] = value / 255;
        place += height * width;
      };
      tell(middle - 128);
      for (const other of others) tell(3 * (other[x]! - middle));
      // How much moved from the field before to that after, and over two fields.
      const [, previous, next, previous2, next2] = others;
      tell(3 * Math.abs(previous[x]! - next[x]!));
      tell(3 * Math.abs(previous2[x]! - next2[x]!));
      tell(3 * Math.max(Math.abs(previous2[x]! - middle), Math.abs(next2[x]! - middle)));
    }
    for (let row = 0; row < 4; row++) {
      const [true_, have] = [truth, base].map((plane) => line(plane, 4 * i + row, turned));
      for (let u = 0; u < 2 * width; u++) {
        const channel = 2 * row + (u & 1);
        lacks[(channel * height + i) * width + (u >> 1)] = (true_![u]! - have![u]!) / 255;
      }
    }
  }
  const made_ = { width, height, channels, lacks, base };
  known.set(seen, made_);
  return made_;
}

/** Copies a rectangle of each channel; samples outside repeat the border; mirrored if asked. */
function copy(
  from: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  part: { left: number; top: number; across: number; down: number; mirrored: boolean },
  to: Float32Array,
): void {
  const { left, top, across, down, mirrored } = part;
  const count = from.length / (width * height);
  for (let c = 0, i = 0; c < count; c++) {
    for (let v = 0; v < down; v++) {
      const row = (c * height + Math.min(height - 1, Math.max(0, top + v))) * width;
      for (let u = 0; u < across; u++, i++) {
        const x = left + (mirrored ? across - 1 - u : u);
        to[i] = from[row + Math.min(width - 1, Math.max(0, x))]!;
      }
    }
  }
}

/** A copy with the two columns of each sample exchanged, as a mirrored picture has them. */
function exchanged(t: Float32Array, area: number): void {
  for (let c = 0; c < wanted; c += 2) {
    const [one, other] = [t.subarray(c * area, (c + 1) * area), (c + 1) * area];
    const kept = one.slice();
    one.set(t.subarray(other, other + area));
    t.set(kept, other);
  }
}

function forward(tape: Tape, x: Value): [Value, TrainedValues] {
  const shape = [parameterCount(network)];
  const flat = { name: tape.graph.input('weights', 'float32', shape), shape };
  const values = trainedValues(tape, network, flat, null);
  const next = values.values[Symbol.iterator]();
  const same = (value: Value) => value;
  const take = (): Value => next.next().value!;
  const hooks = { take, kernel: same, result: same, dropout: same };
  return [trainBlocks(tape, network.blocks, x, hooks), values];
}

function input(graph: GraphBuilder, name: string, shape: readonly number[]): Value {
  return { name: graph.input(name, 'float32', [...shape]), shape: [...shape] };
}

async function gradientModel(shapes: Trial['shapes']): Promise<Uint8Array> {
  const graph = new GraphBuilder('gradient');
  const tape = new Tape(graph, await blockSize());
  const [x, t] = [input(graph, 'x', shapes.x), input(graph, 't', shapes.t)];
  const [actual, values] = forward(tape, x);
  const loss = lossOf(tape, 'charbonnier', actual, t);
  tape.backward(loss);
  values.gradient('gradient');
  graph.op('Reshape', [loss.name, graph.ints('shape', [1])], {}, 'loss');
  graph.output('loss', 'float32', [1]);
  graph.output('gradient', 'float32', [parameterCount(network)]);
  return encodeModel(graph.build());
}

function forwardModel(width: number, height: number): Uint8Array {
  const graph = new GraphBuilder('forward');
  const x = input(graph, 'x', [1, told, height + 2 * reach, width + 2 * reach]);
  const [value] = forward(new Tape(graph), x);
  graph.op('Identity', [value.name], {}, 'y');
  graph.output('y', 'float32', value.shape);
  return encodeModel(graph.build());
}

/** Five layers of 32 on the field, two fields before it and two after it. */
export async function fieldTrial(patches: number): Promise<Trial> {
  const side = patch + 2 * reach;
  const shapes = { x: [patches, told, side, side], t: [patches, wanted, patch, patch] };
  const [ofX, ofT] = [told * side * side, wanted * patch * patch];
  const sessions = new Map<string, Awaited<ReturnType<typeof openSession>>>();
  return {
    network,
    model: await gradientModel(shapes),
    shapes,
    cut(seen, random, x, t, slot) {
      const field = upright(seen);
      const left = Math.floor(random() * (field.width - patch + 1));
      const top = Math.floor(random() * (field.height - patch + 1));
      const mirrored = random() < 0.5;
      const around = { left: left - reach, top: top - reach, across: side, down: side, mirrored };
      copy(field.channels, field, around, x.subarray(slot * ofX, (slot + 1) * ofX));
      const own = t.subarray(slot * ofT, (slot + 1) * ofT);
      copy(field.lacks, field, { left, top, across: patch, down: patch, mirrored }, own);
      if (mirrored) exchanged(own, patch * patch);
    },
    async enlarge(seen, weights) {
      const { width, height, channels, base } = upright(seen);
      const key = `${width}x${height}`;
      const session = sessions.get(key) ?? (await openSession(forwardModel(width, height)));
      sessions.set(key, session);
      const [across, down] = [width + 2 * reach, height + 2 * reach];
      const x = await floatTensor([1, told, down, across]);
      const whole = { left: -reach, top: -reach, across, down, mirrored: false };
      copy(channels, { width, height }, whole, x.data);
      const values = await floatTensor([weights.length]);
      values.data.set(weights);
      const y = await floatTensor([1, wanted, height, width]);
      await session.run({ x: x.tensor, weights: values.tensor }, { y: y.tensor });
      const data = new Uint8ClampedArray(base.data);
      for (let v = 0; v < base.height; v++) {
        const row = seen.first === 1 ? base.height - 1 - v : v;
        const [i, part] = [v >> 2, v & 3];
        for (let u = 0; u < base.width; u++) {
          const channel = 2 * part + (u & 1);
          const more = y.data[(channel * height + i) * width + (u >> 1)]!;
          const at = row * base.width + u;
          data[at] = base.data[at]! + 255 * more;
        }
      }
      return { data: new Uint8Array(data.buffer), width: base.width, height: base.height };
    },
  };
}
