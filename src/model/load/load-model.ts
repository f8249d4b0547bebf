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

/** The types of a model's samples: float32 or float16 in 0..1, or uint8 in 0..255. */
export type PictureType = 'float32' | 'float16' | 'uint8';

/** A model file that was read and checked: its input and output, and how it may be tiled. */
export type LoadedModel = {
  /** Its name in the catalogue, or the file's name without its extension. */
  readonly name: string;
  /** Absolute path of the ONNX file. */
  readonly path: string;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  readonly scale: number;
  /** `luma` takes [N,1,H,W]; `rgb` takes [N,3,H,W]. */
  readonly colour: 'luma' | 'rgb';
  readonly type: PictureType;
  readonly outputType: PictureType;
  /** The precision in which its layers compute, according to the file. */
  readonly precision: Precision;
  readonly input: string;
  readonly output: string;
  /** The only picture size that it takes, in samples; `null` for any. */
  readonly fixed: { readonly width: number; readonly height: number } | null;
  /** How far it reads around a place; `null` where that cannot be told from the graph. */
  readonly reach: Reach | null;
  /**
   * Width of the edge-repeating Pad that the graph begins with, where the rest of it is without
   * padding ("valid"): such a model runs on tiles that come with a border. 0 for all others.
   */
  readonly borderPad: number;
  readonly model: OnnxModel;
  /**
   * For models with a dial: the model as its file has it, and the strength, 0 to 1, to which the
   * dial of `LoadedModel.model` is set. `null` for models without a dial.
   */
  readonly dial: { readonly model: OnnxModel; readonly strength: number } | null;
};

/** The extents of a declared shape, `null` for those left open; `undefined` without a shape. */
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

/** The input and output of a graph that takes one picture and gives one. */
type Picture = Pick<LoadedModel, 'type' | 'outputType' | 'input' | 'output' | 'fixed'> & {
  readonly channels: 1 | 3;
};

/** The input and output of a graph; throws VsrError `model` unless each is one picture. */
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
 * Reads and checks a model file; unless the graph alone tells all (see `borderPad`), the model is
 * also run once, in a process of its own. `name` is its name in the catalogue. Throws VsrError
 * `model`, which says what was expected and what the file has, for damaged files, for shapes or
 * types other than those of a picture, and for models that do not run.
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
  const shown = name ?? path.basename(full).replace(/\.onnx$/i, '');
  return loadedFrom(bytes, { name: shown, path: full });
}

/** Checks the bytes of a model; throws as `loadModel` does. */
export async function loadedFrom(
  bytes: Uint8Array,
  { name, path: full }: Pick<LoadedModel, 'name' | 'path'>,
): Promise<LoadedModel> {
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
    name,
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
  // A graph of which every operation is known needs no trial; any other must prove that it runs.
  if (borderPad > 0 && reach !== null && Number.isInteger(reach.scale)) {
    refuseDamagedWeights(graph, full);
    return { ...base, scale: reach.scale, reach, borderPad };
  }
  const grid = gridInMetadata(model, input);
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
 * The reach and alignment in the metadata of a model that works on a grid of patches, since they
 * cannot be told from its graph. `null` for all others, and for one without the Pad that it should
 * begin with.
 */
function gridInMetadata(model: OnnxModel, input: string): { reach: number; align: number } | null {
  const numberOf = (name: string) =>
    Number(model.metadataProps?.find(({ key }) => key === name)?.value ?? NaN);
  const [reach, align] = [numberOf('reach'), numberOf('align')];
  const fits = Number.isSafeInteger(align) && align > 1 && edgePadOf(model.graph!, input) === reach;
  return fits ? { reach, align } : null;
}

/** The model with its dial set to `strength`, 0 to 1; a model without a dial unchanged. */
export async function turnedTo(model: LoadedModel, strength: number): Promise<LoadedModel> {
  if (model.dial === null || model.dial.strength === strength) return model;
  const turned = await withDialAt(model.dial.model, strength);
  return { ...model, model: turned, dial: { ...model.dial, strength } };
}

/** Throws VsrError `model` if any weight is not finite. */
function refuseDamagedWeights(graph: OnnxGraph, file: string): void {
  for (const tensor of graph.initializer ?? []) {
    if (tensor.dataType !== elementTypes.float32 && tensor.dataType !== elementTypes.float16)
      continue;
    if (!valuesOf(tensor).every((value) => Number.isFinite(Number(value)))) {
      throw new VsrError(
        'model',
        `Expected finite weights in ${file} but "${tensor.name ?? ''}" holds some that are not (NaN, infinity). Did its training diverge?`,
      );
    }
  }
}

/** The ONNX element type number of a picture type. */
export function elementNumber(type: PictureType | 'uint16'): number {
  return elementTypes[type];
}
