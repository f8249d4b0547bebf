import { VsrError } from '../../errors.js';
import type { BitDepth } from '../../planes/pixel-format.js';
import { commonOpset, mergedOpsets, opsetOf } from './opsets.js';
import { alignmentOf, contextOf, isAnchored } from './pass-context.js';
import { elementNumber, type LoadedModel, type PictureType } from './load-model.js';
import { foldedShuffle, foldingPays } from '../graph/fold-shuffle.js';
import { canHalve, halfPrecision } from '../graph/half-precision.js';
import { eightBitGraph } from '../networks/eight-bit-graph.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { encodeModel } from '../onnx/model-file.js';
import type { OnnxGraph, OnnxNode } from '../onnx/types.js';
import { addGuard, guardName, sourceGuardName } from '../graph/output-guard.js';
import { withoutBorderPad } from '../graph/strip-pad.js';

/**
 * The joint between two passes: how much context the first one gives, and how much the second one
 * needs. In input samples of the second.
 */
export type Joint = {
  /** Product of the scales of all passes before the joint. */
  readonly scale: number;
  /** Samples on each side that the earlier pass gives beyond the window. */
  readonly given: number;
  /** Samples on each side that the later pass needs beyond the window. */
  readonly needed: number;
};

/**
 * The graph of a whole chain, on samples as frames store them, and the rules for the windows
 * (rectangles of a picture) that it takes.
 */
export type InferenceGraph = {
  /** The ONNX file: input `x`, output `y`. */
  readonly bytes: Uint8Array;
  readonly scale: number;
  /** `luma`: stored samples [1,1,H,W]. `rgb`: float32 [1,3,H,W] in 0..1. */
  readonly colour: 'luma' | 'rgb';
  readonly type: 'uint8' | 'uint16' | 'float32';
  /**
   * `valid`: a window comes with `halo` samples on every side, repeated from the edge beyond the
   * picture, and the output is without them. `same`: a window comes with up to `halo` samples where
   * the picture has them, the model pads the border of the picture, and the output must be cropped.
   */
  readonly border: 'valid' | 'same';
  /** Context on each side, in source samples; `Infinity` where the whole picture is needed. */
  readonly halo: number;
  /**
   * Windows begin and end on multiples of this, in source samples. For `valid` graphs only the
   * width and height of a window, without its context, must be multiples.
   */
  readonly align: number;
  /** Whether windows of a `valid` graph must begin on multiples of `align`, too. */
  readonly anchored: boolean;
  /** The only window size that it takes, in samples; `null` for any. */
  readonly fixed: { readonly width: number; readonly height: number } | null;
  /**
   * For `valid` graphs of several passes: the joints, for which the inputs `starts<i>`, `ends<i>`
   * and `pads<i>`, i from 1, are given at run time.
   */
  readonly joints: readonly Joint[];
  /**
   * Names of the models, by pass, if the graph also outputs the sums of squares of its source and
   * of each pass (`sourceGuardName`, `guardName`). Empty where everything is computed in 8 bits,
   * which are always finite.
   */
  readonly guarded: readonly string[];
};

/**
 * What a graph is made for. `any`: the models unchanged. `cpu`: rewritten to be faster on the
 * runtime's CPU provider, for the same picture. `half`, for GPUs: layers compute in 16-bit floating
 * point, while reading, joining and rounding stay in single precision.
 */
export type GraphTarget = 'any' | 'cpu' | 'half';

/**
 * Joins the passes of a chain to one graph that takes and gives samples of `bitDepth` bits, rounded
 * only once, at the end. A chain of RGB models takes and gives float32; the caller converts and
 * rounds. Throws VsrError `model` for passes that cannot be joined.
 */
export function buildInferenceGraph(
  passes: readonly LoadedModel[],
  bitDepth: BitDepth,
  target: GraphTarget = 'any',
): InferenceGraph {
  const { colour } = passes[0]!;
  checkColour(passes);
  if (target === 'cpu' && bitDepth === 8 && passes.length === 1) {
    const whole = wholeGraph(passes[0]!);
    if (whole !== null) return whole;
  }
  const stored = bitDepth === 8 ? 'uint8' : 'uint16';
  const type = colour === 'rgb' ? 'float32' : stored;
  const scale = passes.reduce((product, pass) => product * pass.scale, 1);
  const valid = passes.every((pass) => pass.borderPad > 0);
  const builder = new GraphBuilder(`vsr-x${scale}`);
  const x = builder.input('x', type, [1, colour === 'rgb' ? 3 : 1, 'H', 'W']);
  const needs = contextOf(passes);
  const joints: Joint[] = [];
  const opset = commonOpset(passes);
  const peak = 2 ** bitDepth - 1;
  let value = x;
  if (colour === 'luma') {
    value = builder.op('Cast', [x], { to: elementNumber('float32') });
    value = builder.op('Mul', [value, builder.floats('unit', 1 / peak)]);
  }
  addGuard(builder, value, sourceGuardName);
  let soFar = 1;
  let align = alignmentOf(passes);
  passes.forEach((pass, i) => {
    if (i > 0 && valid) {
      const before = passes[i - 1]!;
      const given = (needs[i - 1]! - before.borderPad) * before.scale;
      joints.push({ scale: soFar, given, needed: needs[i]! });
      value = appendJoint(builder, value, i);
    }
    value = fromUnit(builder, value, pass.type);
    const { graph, isFolded } = arranged(pass, target, valid);
    // Later passes have even sizes if the window has.
    if (isFolded && align % 2 !== 0) align *= 2;
    builder.append(renamed(graph, `pass${i}/`, new Map([[pass.input, value]])));
    value = toUnit(builder, `pass${i}/${pass.output}`, pass.outputType);
    addGuard(builder, value, guardName(i));
    soFar *= pass.scale;
  });
  if (colour === 'rgb') builder.op('Identity', [value], {}, 'y');
  else roundToStored(builder, value, peak, opset, stored);
  builder.output('y', type, [1, colour === 'rgb' ? 3 : 1, 'H_out', 'W_out']);
  const model = builder.build({ opset });
  model.opsetImport = mergedOpsets(passes);
  return {
    bytes: encodeModel(model),
    scale,
    colour,
    type,
    border: valid ? 'valid' : 'same',
    halo: needs[0]!,
    align,
    anchored: valid && align > 1 && passes.some(isAnchored),
    fixed: passes[0]!.fixed,
    joints,
    guarded: passes.map(({ name }) => name),
  };
}

/** Throws VsrError `model` unless all passes take luma, or all RGB. */
function checkColour([first, ...others]: readonly LoadedModel[]): void {
  const stray = others.find(({ colour }) => colour !== first!.colour);
  if (stray === undefined) return;
  throw new VsrError(
    'model',
    `Expected models of one kind but ${first!.name} takes ${first!.colour} and ${stray.name} ${stray.colour}.`,
  );
}

/** Crops and pads the input of pass `i` as the joint's inputs say at run time. */
function appendJoint(builder: GraphBuilder, value: string, i: number): string {
  const starts = builder.input(`starts${i}`, 'int64', [2]);
  const ends = builder.input(`ends${i}`, 'int64', [2]);
  const pads = builder.input(`pads${i}`, 'int64', [8]);
  const cut = builder.op('Slice', [value, starts, ends, builder.ints('axes', [2, 3])]);
  return builder.op('Pad', [cut, pads], { mode: 'edge' });
}

/**
 * The graph of a pass rewritten for `target`, and whether its shuffle was folded into its last
 * layer.
 */
function arranged(
  { model, input, output, colour }: LoadedModel,
  target: GraphTarget,
  valid: boolean,
): { readonly graph: OnnxGraph; readonly isFolded: boolean } {
  const graph = valid ? withoutBorderPad(model.graph!, input) : model.graph!;
  if (target === 'half' && canHalve(graph)) return { graph: halfPrecision(graph), isFolded: false };
  const folded =
    target === 'cpu' && valid && colour === 'luma' && foldingPays()
      ? foldedShuffle(graph, input, output)
      : null;
  return { graph: folded ?? graph, isFolded: folded !== null };
}

/**
 * The graph of a single pass that computes 8-bit pictures in 8 bits from end to end; `null` for
 * models that cannot.
 */
function wholeGraph(pass: LoadedModel): InferenceGraph | null {
  const { input, output, scale, borderPad, model } = pass;
  if (pass.colour !== 'luma' || borderPad === 0 || !foldingPays()) return null;
  const folded = foldedShuffle(withoutBorderPad(model.graph!, input), input, output);
  const graph = folded === null ? null : eightBitGraph(folded, input, output);
  if (graph === null) return null;
  const names = new Map([
    [input, 'x'],
    [output, 'y'],
  ]);
  const builder = new GraphBuilder(`vsr-x${scale}`);
  builder.input('x', 'uint8', [1, 1, 'H', 'W']);
  builder.append(renamed(graph, 'pass0/', names));
  builder.output('y', 'uint8', [1, 1, 'H_out', 'W_out']);
  const whole = builder.build({ opset: opsetOf(pass) });
  whole.opsetImport = mergedOpsets([pass]);
  return {
    bytes: encodeModel(whole),
    ...{ scale, colour: 'luma', type: 'uint8', border: 'valid', fixed: pass.fixed },
    ...{ halo: borderPad, align: 2, anchored: false, joints: [], guarded: [] },
  };
}

/** From float32 in 0..1 to stored samples: clipped, and rounded with halves up. */
function roundToStored(
  builder: GraphBuilder,
  unit: string,
  peak: number,
  opset: number,
  type: 'uint8' | 'uint16',
): void {
  const scaled = builder.op('Mul', [unit, builder.floats('peak', peak)]);
  const shifted = builder.op('Add', [scaled, builder.floats('half', 0.5)]);
  const clipped =
    opset < 11
      ? builder.op('Clip', [shifted], { min: { float: 0 }, max: { float: peak + 0.5 } })
      : builder.op('Clip', [shifted, builder.floats('low', 0), builder.floats('high', peak + 0.5)]);
  // The cast cuts off the fraction, which after adding a half is rounding.
  builder.op('Cast', [clipped], { to: elementNumber(type) }, 'y');
}

/** From float32 in 0..1 to the type that a pass takes. */
function fromUnit(builder: GraphBuilder, value: string, type: PictureType): string {
  if (type === 'float32') return value;
  if (type === 'float16') return builder.op('Cast', [value], { to: elementNumber(type) });
  const scaled = builder.op('Mul', [value, builder.floats('bytes', 255)]);
  const shifted = builder.op('Add', [scaled, builder.floats('half', 0.5)]);
  return builder.op('Cast', [shifted], { to: elementNumber(type) });
}

/** From the type that a pass gives to float32 in 0..1. */
function toUnit(builder: GraphBuilder, value: string, type: PictureType): string {
  if (type === 'float32') return value;
  const cast = builder.op('Cast', [value], { to: elementNumber('float32') });
  return type === 'float16' ? cast : builder.op('Mul', [cast, builder.floats('unit', 1 / 255)]);
}

/**
 * The graph, with its inner graphs, with `prefix` before every name, except that those in `names`
 * get the names given there.
 */
function renamed(graph: OnnxGraph, prefix: string, names: ReadonlyMap<string, string>): OnnxGraph {
  const rename = (name: string): string => (name === '' ? '' : (names.get(name) ?? prefix + name));
  const values = (list: OnnxGraph['input']): NonNullable<OnnxGraph['input']> =>
    (list ?? []).map((value) => ({ ...value, name: rename(value.name) }));
  const node = (graph.node ?? []).map((old): OnnxNode => ({
    ...old,
    // Nodes without a name stay so: a prefix alone would be the same name for all of them.
    ...((old.name ?? '') === '' ? {} : { name: prefix + old.name }),
    input: (old.input ?? []).map(rename),
    output: (old.output ?? []).map(rename),
    attribute: (old.attribute ?? []).map((entry) => ({
      ...entry,
      ...(entry.g === undefined ? {} : { g: renamed(entry.g, prefix, names) }),
    })),
  }));
  const initializer = (graph.initializer ?? []).map((tensor) => ({
    ...tensor,
    name: rename(tensor.name ?? ''),
  }));
  return {
    ...graph,
    node,
    initializer,
    input: values(graph.input),
    output: values(graph.output),
  };
}
