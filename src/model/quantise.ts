import { VsrError } from '../errors.js';
import type { Plane } from '../planes/plane.js';
import { GraphBuilder } from './onnx/graph-builder.js';
import { decodeModel, encodeModel } from './onnx/model-file.js';
import { valuesOf } from './onnx/tensor-values.js';
import type { OnnxModel, OnnxNode, OnnxTensor } from './onnx/types.js';
import { constantsOf } from './reach.js';
import { leadingPadOf } from './strip-pad.js';

/**
 * Largest weight: 7 bits, since without VNNI a processor adds two products of 8-bit numbers in 16
 * bits, and 8-bit weights would overflow there.
 */
const LARGEST_WEIGHT = 63;

/** Share of a layer's values that its largest code must hold; the few beyond are clipped. */
const COVERED = 0.99999;

/** One convolution of a network, as its file has it. */
type Convolution = {
  readonly output: string;
  readonly weights: Float32Array;
  readonly dims: readonly number[];
  readonly bias: Float32Array;
  readonly relu: boolean;
};

/** A network of ours taken apart: Pad, unshuffle (1: none), convolutions with relu between them, skip, shuffle. */
type Parts = {
  readonly pad: number;
  readonly unshuffle: number;
  readonly convolutions: readonly Convolution[];
  readonly skip: boolean;
  readonly scale: number;
  readonly mode: string;
};

function floats(tensor: OnnxTensor | undefined): Float32Array {
  return tensor === undefined ? new Float32Array(0) : Float32Array.from(valuesOf(tensor), Number);
}

function refuse(name: string, what: string): VsrError {
  return new VsrError(
    'model',
    `Expected a network of vsr's own form (convolutions, relu, one shuffle) to quantise but ${name} has ${what}.`,
  );
}

function blockOf(node: OnnxNode): number {
  return Number(node.attribute?.find((entry) => entry.name === 'blocksize')?.i ?? 0);
}

function partsOf(model: OnnxModel, name: string): Parts {
  const graph = model.graph!;
  const constants = constantsOf(graph);
  const pad = leadingPadOf(graph, graph.input?.[0]?.name ?? '', graph.output?.[0]?.name ?? '');
  if (pad === null) throw refuse(name, 'another border than one leading Pad');
  const convolutions: Convolution[] = [];
  let shuffle: OnnxNode | undefined;
  let unshuffle = 1;
  let skip = false;
  for (const node of graph.node ?? []) {
    const output = node.output?.[0] ?? '';
    if (node.opType === 'Conv') {
      const weights = constants.get(node.input?.[1] ?? '');
      const relu = (graph.node ?? []).some(
        (next) => next.opType === 'Relu' && next.input?.[0] === output,
      );
      convolutions.push({
        output: relu
          ? (graph.node ?? []).find((n) => n.input?.[0] === output)!.output![0]!
          : output,
        weights: floats(weights),
        dims: (weights?.dims ?? []).map(Number),
        bias: floats(constants.get(node.input?.[2] ?? '')),
        relu,
      });
    } else if (node.opType === 'DepthToSpace') shuffle = node;
    else if (node.opType === 'SpaceToDepth') unshuffle = blockOf(node);
    else if (node.opType === 'Add') skip = true;
    else if (!['Pad', 'Relu', 'Slice'].includes(node.opType)) throw refuse(name, node.opType);
  }
  const text = shuffle?.attribute?.find((entry) => entry.name === 'mode')?.s;
  if (shuffle === undefined || convolutions.slice(0, -1).some(({ relu }) => !relu)) {
    throw refuse(name, 'another order of them');
  }
  const mode = text === undefined ? 'DCR' : Buffer.from(text).toString('utf8');
  return { pad: pad.width, unshuffle, convolutions, skip, scale: blockOf(shuffle), mode };
}

/** The value that `COVERED` of the magnitudes stay below, found by counting. */
function coveredMagnitude(samples: readonly Float32Array[]): number {
  let largest = 0;
  for (const values of samples) for (const v of values) largest = Math.max(largest, Math.abs(v));
  if (largest === 0) return 1e-6;
  const counts = new Float64Array(4096);
  let total = 0;
  for (const values of samples) {
    for (const v of values) counts[Math.min(4095, Math.floor((Math.abs(v) / largest) * 4096))]!++;
    total += values.length;
  }
  let below = 0;
  for (let i = 0; i < counts.length; i++) {
    below += counts[i]!;
    if (below >= total * COVERED) return ((i + 1) / 4096) * largest;
  }
  return largest;
}

/** Runs the network on small pictures (8 bit) and returns how large the values between its convolutions get. */
async function magnitudes(
  model: OnnxModel,
  parts: Parts,
  pictures: readonly Plane[],
): Promise<number[]> {
  const ort = await import('onnxruntime-node');
  const graph = model.graph!;
  const names = parts.convolutions.slice(0, -1).map(({ output }) => output);
  const watched: OnnxModel = {
    ...model,
    graph: { ...graph, output: [...(graph.output ?? []), ...names.map((name) => ({ name }))] },
  };
  const session = await ort.InferenceSession.create(encodeModel(watched));
  const samples = names.map((): Float32Array[] => []);
  const input = graph.input![0]!.name;
  for (const { data, width, height } of pictures) {
    // Whole blocks only.
    const [across, down] = [width, height].map((n) => n - (n % parts.unshuffle)) as [
      number,
      number,
    ];
    const values = Float32Array.from({ length: across * down }, (_, i) => {
      return data[Math.floor(i / across) * width + (i % across)]! / 255;
    });
    const picture = new ort.Tensor('float32', values, [1, 1, down, across]);
    const results = await session.run({ [input]: picture }, names);
    names.forEach((name, i) => samples[i]!.push(results[name]!.data as Float32Array));
  }
  await session.release();
  return samples.map(coveredMagnitude);
}

/**
 * Quantises a network of ours for the CPU: activations as uint8 with one scale a layer, measured on
 * `pictures` (8-bit, at the small size), weights as int8 with one scale a channel. The first and the last
 * convolution and the skip stay float: the picture itself never has 8 bits only, and a single channel
 * is slower in 8 bits (onnxruntime 1.30, one thread with VNNI: 8.9 against 1.2 ms at 640x360). Returns
 * the new model's file.
 *
 * A model of another form is a VsrError 'model'.
 */
export async function quantiseModel(
  bytes: Uint8Array,
  pictures: readonly Plane[],
  metadata: Readonly<Record<string, string>> = {},
  name = 'the model',
): Promise<Uint8Array> {
  const model = decodeModel(bytes, name);
  const parts = partsOf(model, name);
  const largest = await magnitudes(model, parts, pictures);
  const { pad, convolutions, scale } = parts;
  const graph = new GraphBuilder(`int8-x${scale}`);
  const x = graph.input('x', 'float32', ['N', 1, 'H', 'W']);
  const pads = graph.ints('pads', [0, 0, pad, pad, 0, 0, pad, pad]);
  const padded = graph.op('Pad', [x, pads], { mode: 'edge' }, 'padded');
  const zero = graph.initializer('zero', 'uint8', [], [0]);
  const { unshuffle } = parts;
  const taken =
    unshuffle > 1 ? graph.op('SpaceToDepth', [padded], { blocksize: unshuffle }) : padded;
  let value = floatConvolution(graph, 'first', taken, convolutions[0]!);
  let stepIn = largest[0]! / 255;
  let stepName = graph.floats('step', stepIn);
  value = graph.op('QuantizeLinear', [value, stepName, zero]);
  convolutions.slice(1, -1).forEach(({ weights, dims, bias }, i) => {
    const step = largest[i + 1]! / 255;
    const coarse = quantisedWeights(weights, bias, dims[0]!, stepIn);
    const nextStep = graph.floats('step', step);
    value = graph.op('QLinearConv', [
      ...[value, stepName, zero],
      graph.initializer('weights', 'int8', dims, coarse.weights),
      graph.floats('weightSteps', coarse.steps),
      graph.initializer('weightZeros', 'int8', [dims[0]!], new Int8Array(dims[0]!)),
      ...[nextStep, zero],
      graph.initializer('bias', 'int32', [dims[0]!], coarse.bias),
    ]);
    [stepIn, stepName] = [step, nextStep];
  });
  value = graph.op('DequantizeLinear', [value, stepName, zero]);
  value = floatConvolution(graph, 'last', value, convolutions.at(-1)!);
  if (unshuffle > 1) {
    value = graph.op('DepthToSpace', [value], { blocksize: unshuffle, mode: 'DCR' });
  }
  if (parts.skip) {
    const [from, to] = [graph.ints('from', [pad, pad]), graph.ints('to', [-pad, -pad])];
    const cropped = graph.op('Slice', [padded, from, to, graph.ints('axes', [2, 3])]);
    value = graph.op('Add', [value, cropped]);
  }
  graph.op('DepthToSpace', [value], { blocksize: scale, mode: parts.mode }, 'y');
  graph.output('y', 'float32', ['N', 1, 'H_out', 'W_out']);
  const facts = { scale: String(scale), input: 'luma', precision: 'int8', ...metadata };
  return encodeModel(graph.build({ opset: 13, irVersion: 7, metadata: facts }));
}

function floatConvolution(
  graph: GraphBuilder,
  name: string,
  input: string,
  { weights, dims, bias, relu }: Convolution,
): string {
  const w = graph.initializer(`${name}.weight`, 'float32', dims, weights);
  const b = graph.initializer(`${name}.bias`, 'float32', [dims[0]!], bias);
  const shape = { kernel_shape: dims.slice(2), pads: [0, 0, 0, 0] };
  const output = graph.op('Conv', [input, w, b], shape);
  return relu ? graph.op('Relu', [output]) : output;
}

/** Weights as whole numbers with a step for each output channel, and the bias in the sums' unit. */
function quantisedWeights(
  weights: Float32Array,
  bias: Float32Array,
  channels: number,
  stepIn: number,
): { weights: Int8Array; steps: Float32Array; bias: Int32Array } {
  const each = weights.length / channels;
  const result = new Int8Array(weights.length);
  const steps = new Float32Array(channels);
  const sums = new Int32Array(channels);
  for (let c = 0; c < channels; c++) {
    const own = weights.subarray(c * each, (c + 1) * each);
    const largest = own.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-9);
    steps[c] = largest / LARGEST_WEIGHT;
    own.forEach((w, i) => (result[c * each + i] = Math.round(w / steps[c]!)));
    sums[c] = Math.round((bias[c] ?? 0) / (stepIn * steps[c]!));
  }
  return { weights: result, steps, bias: sums };
}
