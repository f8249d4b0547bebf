import { createHash } from 'node:crypto';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import { decodeModel } from '../onnx/model-file.js';
import { elementTypeName, valuesOf } from '../onnx/tensor-values.js';
import { elementTypes, type OnnxGraph, type OnnxModel, type OnnxValueInfo } from '../onnx/types.js';
import { inlineExternalData } from './external-data.js';
import { hasDial, withDialAt } from '../networks/dial.js';
import { readRegularFile } from './regular-file.js';
import { precisionOf, type Precision } from '../runtime/precision.js';
import { reachOf, type Reach } from '../graph/reach.js';
import { borderPadOf, edgePadOf } from '../graph/strip-pad.js';
import { scaleByRunning } from '../runtime/trial-run.js';

/** Element types a model may take its picture in: 0..1 as float32 or float16, 0..255 as uint8. */
export type PictureType = 'float32' | 'float16' | 'uint8';

/** A model file that was read and checked: what it takes, what it gives, how it may be tiled. */
export type LoadedModel = {
  /** Of the catalogue, or the file's name without its ending. */
  readonly name: string;
  /** Absolute path of the ONNX file. */
  readonly path: string;
  /** Of the file, in hex. */
  readonly sha256: string;
  readonly scale: number;
  /** `luma` takes [N,1,H,W]; `rgb` takes [N,3,H,W]. */
  readonly colour: 'luma' | 'rgb';
  readonly type: PictureType;
  readonly outputType: PictureType;
  /** What its layers compute in, as the file has them. */
  readonly precision: Precision;
  readonly input: string;
  readonly output: string;
  /** The only picture size it takes; `null` for any. */
  readonly fixed: { readonly width: number; readonly height: number } | null;
  /** How far it looks around; `null` where that cannot be told from the graph. */
  readonly reach: Reach | null;
  /**
   * Width of the edge-repeating Pad that leads the graph, where all that follows is "valid": such a
   * model runs on tiles that bring their own border. 0 for all others.
   */
  readonly borderPad: number;
  readonly model: OnnxModel;
  /**
   * The model as its file has it where that has a dial, which `model` has at `strength`; `null` for
   * models without one.
   */
  readonly dial: { readonly model: OnnxModel; readonly strength: number } | null;
};

/** Sizes of a declared shape; `null` where they are open. `undefined` without a shape. */
function shapeOf(value: OnnxValueInfo): (number | null)[] | undefined {
  return value.type?.tensorType?.shape?.dim?.map((dim) => {
    const size = Number(dim.dimValue ?? 0);
    return size > 0 ? size : null;
  });
}

function describe(value: OnnxValueInfo): string {
  const type = elementTypeName(value.type?.tensorType?.elemType ?? 0) ?? 'unknown';
  const dims = value.type?.tensorType?.shape?.dim?.map((dim) =>
    (dim.dimParam !== undefined && dim.dimParam !== ''
      ? dim.dimParam
      : (dim.dimValue ?? '?')
    ).toString(),
  );
  return `"${value.name}" of ${type} [${(dims ?? ['?']).join(', ')}]`;
}

const expected =
  'one picture [N, 1, H, W] (luma) or [N, 3, H, W] (RGB) of float32, float16 or uint8';

function pictureType(value: OnnxValueInfo, what: string): PictureType {
  const type = elementTypeName(value.type?.tensorType?.elemType ?? 0);
  if (type === 'float32' || type === 'float16' || type === 'uint8') return type;
  throw new VsrError('model', `Expected ${expected} but ${what} ${describe(value)}.`);
}

function channelsOf(value: OnnxValueInfo, what: string): 1 | 3 {
  const shape = shapeOf(value);
  const channels = shape?.length === 4 ? shape[1] : undefined;
  if (channels === 1 || channels === 3) return channels;
  const hint =
    shape?.length === 4 && shape[3] === 3 ? ' Was it exported channels-last (NHWC)?' : '';
  throw new VsrError('model', `Expected ${expected} but ${what} ${describe(value)}.${hint}`);
}

/** What a graph takes and gives. */
type Picture = Pick<LoadedModel, 'type' | 'outputType' | 'input' | 'output' | 'fixed'> & {
  readonly channels: 1 | 3;
};

/** What a graph takes and gives; a VsrError 'model' unless it is one picture each. */
function pictureOf(graph: OnnxGraph, full: string): Picture {
  const constants = new Set((graph.initializer ?? []).map((tensor) => tensor.name));
  const inputs = (graph.input ?? []).filter((value) => !constants.has(value.name));
  const [input] = inputs;
  const [output] = graph.output ?? [];
  if (input === undefined || output === undefined || inputs.length > 1) {
    const found = inputs.map(describe).join(', ') || 'none';
    throw new VsrError(
      'model',
      `Expected ${expected} as the only input of ${full} but it has ${found}.`,
    );
  }
  const channels = channelsOf(input, `${full} takes`);
  const type = pictureType(input, `${full} takes`);
  const outputType = pictureType(output, `${full} gives`);
  const given = shapeOf(output)?.[1];
  if (given !== undefined && given !== null && given !== channels) {
    throw new VsrError(
      'model',
      `Expected ${full} to give ${channels} channel${channels === 1 ? '' : 's'}, as many as it takes, but it gives ${describe(output)}.`,
    );
  }
  const [batch, , height, width] = shapeOf(input)!;
  if (batch !== null && batch !== 1) {
    throw new VsrError(
      'model',
      `Expected ${full} to take one picture at a time but it takes ${describe(input)}.`,
    );
  }
  if ((height === null) !== (width === null)) {
    throw new VsrError(
      'model',
      `Expected ${full} to fix both height and width or neither but it takes ${describe(input)}.`,
    );
  }
  const fixed = height == null || width == null ? null : { width, height };
  return { input: input.name, output: output.name, channels, type, outputType, fixed };
}

/**
 * Reads and checks a model file. Damaged files, other shapes or types than a picture enlarger's,
 * and models that do not run are a VsrError 'model' that says what was expected and what the file
 * has.
 */
export async function loadModel(file: string, name?: string): Promise<LoadedModel> {
  const full = path.resolve(file);
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(full);
  } catch (error) {
    throw new VsrError('model', `Cannot read the model ${full}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  const decoded = decodeModel(bytes, full);
  await inlineExternalData(decoded, path.dirname(full));
  const dial = hasDial(decoded) ? { model: decoded, strength: 0 } : null;
  const model = dial === null ? decoded : await withDialAt(decoded, dial.strength);
  const graph = model.graph!;
  const picture = pictureOf(graph, full);
  const { input, output, channels } = picture;
  const borderPad = borderPadOf(graph, input, output);
  const reach = reachOf(graph, input, output);
  const base = {
    name: name ?? path.basename(full).replace(/\.onnx$/i, ''),
    path: full,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    colour: channels === 1 ? ('luma' as const) : ('rgb' as const),
    type: picture.type,
    outputType: picture.outputType,
    precision: precisionOf(graph),
    input,
    output,
    fixed: picture.fixed,
    model,
    dial,
  };
  // A graph whose every operation is known needs no trial; others must show that they run.
  if (borderPad > 0 && reach !== null && Number.isInteger(reach.scale)) {
    refuseDamagedWeights(graph, full);
    return { ...base, scale: reach.scale, reach, borderPad };
  }
  const grid = statedGrid(model, input);
  if (grid !== null) {
    refuseDamagedWeights(graph, full);
    const scale = await scaleByRunning(model, { ...base, channels, align: grid.align });
    return { ...base, scale, reach: { ...grid, scale, inset: 0 }, borderPad: grid.reach };
  }
  const scale = await scaleByRunning(model, { ...base, channels });
  const fits = reach !== null && reach.scale === scale && reach.inset === 0;
  return { ...base, scale, reach: fits ? reach : null, borderPad: 0 };
}

/**
 * What a model that works on a grid of patches says of itself: no walk over its graph could tell.
 * `null` for all others, and where the Pad that it should begin with is another.
 */
function statedGrid(model: OnnxModel, input: string): { reach: number; align: number } | null {
  const stated = (name: string) =>
    Number(model.metadataProps?.find(({ key }) => key === name)?.value ?? NaN);
  const [reach, align] = [stated('reach'), stated('align')];
  const fits = Number.isSafeInteger(align) && align > 1 && edgePadOf(model.graph!, input) === reach;
  return fits ? { reach, align } : null;
}

/** The model with its dial at `strength`, 0 to 1; one without a dial as it is. */
export async function turnedTo(model: LoadedModel, strength: number): Promise<LoadedModel> {
  if (model.dial === null || model.dial.strength === strength) return model;
  const turned = await withDialAt(model.dial.model, strength);
  return { ...model, model: turned, dial: { ...model.dial, strength } };
}

/** Throws VsrError `model` where a weight of a network is not finite. */
function refuseDamagedWeights(graph: OnnxGraph, file: string): void {
  for (const tensor of graph.initializer ?? []) {
    if (tensor.dataType !== elementTypes.float32 && tensor.dataType !== elementTypes.float16)
      continue;
    if (!valuesOf(tensor).every((value) => Number.isFinite(Number(value)))) {
      throw new VsrError(
        'model',
        `Expected finite weights in ${file} but "${tensor.name ?? ''}" holds some that are not (NaN, infinity). Was its training broken off by such values?`,
      );
    }
  }
}

/** The ONNX element type number of a picture type. */
export function elementNumber(type: PictureType | 'uint16'): number {
  return elementTypes[type];
}
