import { VsrError } from '../../errors.js';
import { LARGEST_CODE } from '../autodiff/eight-bit-codes.js';
import type { Plane } from '../../planes/plane.js';
import { dialFeed, hasDial, withDialAt, withOpenDial } from './dial.js';
import { equalised, equalisingFactors } from './equalise.js';
import { convolution } from '../blocks/convolution.js';
import type { Layer } from '../language/layers.js';
import { coarseEnd } from './eight-bits.js';
import { buildInferenceModel } from './network-model.js';
import { type Network, unshuffleOf } from '../language/network.js';
import { decodeModel, encodeModel } from '../onnx/model-file.js';
import { valuesOf } from '../onnx/tensor-values.js';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../onnx/types.js';
import { onnxRuntime } from '../runtime/onnx-runtime.js';
import { constantsOf } from '../graph/reach.js';
import { leadingPadOf } from '../graph/strip-pad.js';

/**
 * Share of a channel's values that its layer's codes must hold; those few beyond may be clipped.
 */
const COVERED = 0.99999;

/**
 * Factor by which the codes hold more than that: drawings and writing have edges of full contrast,
 * which photographs seldom have. Without it, a drawn clip lost 1 dB in 8 bits; the larger steps
 * cost photographs 0.03 dB before training (docs/adr/0018-nine-layers-in-eight-bits.md).
 */
const HEADROOM = 1.6;

/** A network of vsr's own form, read back from its file. */
type Parts = {
  readonly model: OnnxModel;
  readonly network: Network;
  readonly layers: readonly Layer[];
  readonly weights: Float32Array;
  /** Names of the outputs of the convolutions before `coarseEnd`, after their relu. */
  readonly between: readonly string[];
};

function floats(tensor: OnnxTensor | undefined): number[] {
  return tensor === undefined ? [] : Array.from(valuesOf(tensor), Number);
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

/**
 * Reads a network back from its file; one with a dial from its weights at both ends of the dial.
 */
async function partsOf(bytes: Uint8Array, name: string): Promise<Parts> {
  const model = decodeModel(bytes, name);
  if (!hasDial(model)) return plainPartsOf(model, name);
  const base = plainPartsOf(await withDialAt(model, 0), name);
  const { weights } = plainPartsOf(await withDialAt(model, 1), name);
  const slopes = weights.map((value, i) => value - base.weights[i]!);
  return {
    ...{ ...base, model },
    network: { ...base.network, strength: true },
    weights: Float32Array.from([...base.weights, ...slopes]),
  };
}

/** Reads back a network of Pad, unshuffle, convolutions with relu between them, skip, shuffle. */
function plainPartsOf(model: OnnxModel, name: string): Parts {
  const graph = model.graph!;
  const constants = constantsOf(graph);
  if (graph.initializer?.some(({ name }) => name === 'dense0.weight') === true) {
    throw refuse(name, 'dense layers, for which there is no 8-bit form');
  }
  const pad = leadingPadOf(graph, graph.input?.[0]?.name ?? '', graph.output?.[0]?.name ?? '');
  if (pad === null) throw refuse(name, 'another border than one leading Pad');
  const layers: Layer[] = [];
  const outputs: string[] = [];
  const weights: number[] = [];
  let scale = 0;
  let unshuffle = 1;
  let skip = false;
  for (const node of graph.node ?? []) {
    if (node.opType === 'Conv') {
      const output = node.output?.[0] ?? '';
      const kernel = constants.get(node.input?.[1] ?? '');
      const [o, c, k] = (kernel?.dims ?? []).map(Number) as [number, number, number];
      const next = (graph.node ?? []).find(
        ({ opType, input }) => opType === 'Relu' && input?.[0] === output,
      );
      const activation = next === undefined ? 'none' : 'relu';
      layers.push({ kernel: k, inputs: c, outputs: o, activation });
      outputs.push(next?.output?.[0] ?? output);
      const bias = floats(constants.get(node.input?.[2] ?? ''));
      weights.push(...floats(kernel), ...(bias.length > 0 ? bias : Array<number>(o).fill(0)));
    } else if (node.opType === 'DepthToSpace') scale = blockOf(node);
    else if (node.opType === 'SpaceToDepth') unshuffle = blockOf(node);
    else if (node.opType === 'Add') skip = true;
    else if (!['Pad', 'Relu', 'Slice'].includes(node.opType)) throw refuse(name, node.opType);
  }
  if (scale === 0 || layers.slice(0, -1).some(({ activation }) => activation !== 'relu')) {
    throw refuse(name, 'another order of them');
  }
  const arch = model.metadataProps?.find(({ key }) => key === 'arch')?.value ?? 'unknown';
  const network: Network = {
    ...{ arch, scale, colour: 'luma', after: 'shuffle', skip: skip ? 'repeated' : 'none' },
    before: unshuffle === 1 ? 'nothing' : { unshuffle },
    blocks: layers.map(({ kernel, outputs, activation }) =>
      convolution(kernel, outputs, activation),
    ),
  };
  return {
    model,
    network,
    layers,
    weights: Float32Array.from(weights),
    between: outputs.slice(0, coarseEnd(network)),
  };
}

/** The value below which are `COVERED` of the values, none negative, by a histogram. */
function coveredRange(samples: readonly Float32Array[]): number {
  let largest = 0;
  for (const values of samples) for (const v of values) largest = Math.max(largest, v);
  if (largest === 0) return 0;
  const counts = new Float64Array(4096);
  let total = 0;
  for (const values of samples) {
    for (const v of values) counts[Math.min(4095, Math.floor((v / largest) * 4096))]!++;
    total += values.length;
  }
  let below = 0;
  for (let i = 0; i < counts.length; i++) {
    below += counts[i]!;
    if (below >= total * COVERED) return ((i + 1) / 4096) * largest;
  }
  return largest;
}

/** What a network needs to compute in 8 bits. */
export type Calibration = {
  /** Number of layers of the network. */
  readonly layers: number;
  /** `Network.activationSteps`, for channels multiplied by `factors`. */
  readonly steps: readonly number[];
  /**
   * The factor of each channel of the layers before `coarseEnd` (see `equalised`).
   */
  readonly factors: readonly (readonly number[])[];
};

/** A source picture of 8 bits to run a network on, and the setting of its dial, if it has one. */
export type SeenPicture = { readonly plane: Plane; readonly strength: number };

/**
 * The settings of the dial for pictures of which it is not known how strongly they are compressed.
 */
const anyStrength = [0, 0.5, 1];

async function calibrate(
  { model, network, layers, between }: Parts,
  pictures: readonly SeenPicture[],
): Promise<Calibration> {
  const ort = await onnxRuntime();
  const open = withOpenDial(model);
  const graph = open.graph!;
  const watched: OnnxModel = {
    ...open,
    graph: { ...graph, output: [...(graph.output ?? []), ...between.map((name) => ({ name }))] },
  };
  const session = await ort.InferenceSession.create(encodeModel(watched));
  const samples = between.map((_, i) =>
    Array.from({ length: layers[i]!.outputs }, (): Float32Array[] => []),
  );
  const input = graph.input![0]!.name;
  const unshuffle = unshuffleOf(network);
  for (const { plane, strength } of pictures) {
    const { data, width, height } = plane;
    // Cut to whole blocks of the unshuffle.
    const across = width - (width % unshuffle);
    const down = height - (height % unshuffle);
    const values = Float32Array.from({ length: across * down }, (_, i) => {
      return data[Math.floor(i / across) * width + (i % across)]! / 255;
    });
    const picture = new ort.Tensor('float32', values, [1, 1, down, across]);
    const dial = network.strength === true ? dialFeed(ort, strength) : {};
    const results = await session.run({ [input]: picture, ...dial }, between);
    between.forEach((name, i) => {
      const all = results[name]!.data as Float32Array;
      const each = all.length / samples[i]!.length;
      samples[i]!.forEach((channel, c) => channel.push(all.subarray(c * each, (c + 1) * each)));
    });
  }
  await session.release();
  const ranges = samples.map((channels) => channels.map(coveredRange));
  const factors = equalisingFactors(ranges);
  const steps = ranges.map((channels, i) => {
    const largest = Math.max(...channels.map((range, c) => range * factors[i]![c]!));
    return (HEADROOM * Math.max(largest, 1e-6)) / LARGEST_CODE;
  });
  return { layers: layers.length, steps, factors };
}

/**
 * Runs a network on source pictures to find its steps and factors for 8 bits: all but one in
 * 100,000 values of a channel are within its layer's codes, with headroom. `name` is the model's
 * name for messages. Throws VsrError `model` for a model that is not of vsr's own form.
 */
export async function calibrationOf(
  bytes: Uint8Array,
  pictures: readonly SeenPicture[],
  name = 'the model',
): Promise<Calibration> {
  return calibrate(await partsOf(bytes, name), pictures);
}

/**
 * Quantises a network for the CPU (see `buildQuantisedModel`), its activations by running it on
 * `pictures` (8-bit, of the source's size), for a network with a dial at several settings. Returns
 * the new model's file. `name` is the model's name for messages. Throws VsrError `model` for a
 * model that is not of vsr's own form.
 */
export async function quantiseModel(
  bytes: Uint8Array,
  pictures: readonly Plane[],
  metadata: Readonly<Record<string, string>> = {},
  name = 'the model',
): Promise<Uint8Array> {
  const parts = await partsOf(bytes, name);
  const strengths = parts.network.strength === true ? anyStrength : [0];
  const seen = pictures.flatMap((plane) => strengths.map((strength) => ({ plane, strength })));
  const { steps, factors } = await calibrate(parts, seen);
  const weights = equalised(parts.network, parts.weights, factors);
  return buildInferenceModel({ ...parts.network, activationSteps: steps }, weights, metadata);
}
