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
 * Between two passes: how much of the first pass's output the second one wants. All in its input
 * samples.
 */
export type Joint = {
  /** Enlargement up to here. */
  readonly scale: number;
  /** Samples each side that the earlier pass gives beyond the window. */
  readonly given: number;
  /** Samples each side that the later pass needs beyond the window. */
  readonly needed: number;
};

/**
 * A graph that takes and gives samples as the worker has them, and what windows of a picture it
 * takes.
 */
export type InferenceGraph = {
  /** The ONNX file: input `x`, output `y`. */
  readonly bytes: Uint8Array;
  readonly scale: number;
  /** `luma`: stored samples [1,1,H,W]. `rgb`: float32 [1,3,H,W] in 0..1. */
  readonly colour: 'luma' | 'rgb';
  readonly type: 'uint8' | 'uint16' | 'float32';
  /**
   * `valid`: a window brings `halo` samples on every side, repeated from the edge beyond the
   * picture, and the output is without them. `same`: a window brings up to `halo` samples where the
   * picture has them, the model pads the picture's own border, and the output is cropped.
   */
  readonly border: 'valid' | 'same';
  /** Context each side, in source samples; `Infinity` where only the whole picture will do. */
  readonly halo: number;
  /**
   * Windows begin and end on multiples of this; of `valid` graphs only the width and height of what
   * a window gives must be multiples.
   */
  readonly align: number;
  /** Windows of a `valid` graph begin on multiples of `align`, too. */
  readonly anchored: boolean;
  /** The only window size it takes. */
  readonly fixed: { readonly width: number; readonly height: number } | null;
  /**
   * For `valid` graphs of several passes: fed at run time as `starts<i>`, `ends<i>`, `pads<i>`, i
   * from 1.
   */
  readonly joints: readonly Joint[];
  /**
   * Names of the models, by pass, where the graph also gives the sums of squares of its source and
   * of each pass (`guardName`). Empty where everything is computed in 8 bits, which hold no value
   * that is not finite.
   */
  readonly guarded: readonly string[];
};

/**
 * What a graph is made for: `any` is the models as they are; `cpu` is arranged for the runtime's
 * CPU provider and gives the same picture; in `half`, for devices, layers compute in 16-bit
 * floating point, while reading, joining and rounding stay single.
 */
export type GraphTarget = 'any' | 'cpu' | 'half';

/**
 * Puts the passes of a chain into one graph that takes stored samples and gives stored samples,
 * rounded once, at the end. A chain of RGB models takes and gives float32: what stands around it
 * converts and rounds.
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
    // Of the later passes, sizes are even if what the window gives is.
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

/** Cuts and pads what pass `i` takes from the one before, as the joint's inputs say at run time. */
function appendJoint(builder: GraphBuilder, value: string, i: number): string {
  const starts = builder.input(`starts${i}`, 'int64', [2]);
  const ends = builder.input(`ends${i}`, 'int64', [2]);
  const pads = builder.input(`pads${i}`, 'int64', [8]);
  const cut = builder.op('Slice', [value, starts, ends, builder.ints('axes', [2, 3])]);
  return builder.op('Pad', [cut, pads], { mode: 'edge' });
}

/**
 * The graph of a pass as `target` runs it, and whether its shuffle was folded into its last layer.
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
 * The graph of one pass that computes 8-bit pictures in 8 bits from end to end; `null` where it
 * cannot.
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

/** From float32 in 0..1 to stored samples: halves up, clipped. */
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
  // The cast cuts off, which after adding a half is rounding.
  builder.op('Cast', [clipped], { to: elementNumber(type) }, 'y');
}

/** From float32 in 0..1 to what a pass takes. */
function fromUnit(builder: GraphBuilder, value: string, type: PictureType): string {
  if (type === 'float32') return value;
  if (type === 'float16') return builder.op('Cast', [value], { to: elementNumber(type) });
  const scaled = builder.op('Mul', [value, builder.floats('bytes', 255)]);
  const shifted = builder.op('Add', [scaled, builder.floats('half', 0.5)]);
  return builder.op('Cast', [shifted], { to: elementNumber(type) });
}

/** From what a pass gives to float32 in 0..1. */
function toUnit(builder: GraphBuilder, value: string, type: PictureType): string {
  if (type === 'float32') return value;
  const cast = builder.op('Cast', [value], { to: elementNumber('float32') });
  return type === 'float16' ? cast : builder.op('Mul', [cast, builder.floats('unit', 1 / 255)]);
}

/** The graph with `prefix` before every name, but for those in `names`. Inner graphs follow. */
function renamed(graph: OnnxGraph, prefix: string, names: ReadonlyMap<string, string>): OnnxGraph {
  const rename = (name: string): string => (name === '' ? '' : (names.get(name) ?? prefix + name));
  const values = (list: OnnxGraph['input']): NonNullable<OnnxGraph['input']> =>
    (list ?? []).map((value) => ({ ...value, name: rename(value.name) }));
  const node = (graph.node ?? []).map((old): OnnxNode => ({
    ...old,
    // No name needs none: a prefix alone would be one name for all of them.
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
