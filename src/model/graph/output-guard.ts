import { VsrError } from '../../errors.js';
import type { GraphBuilder } from '../onnx/graph-builder.js';

/**
 * Levels are roots of mean squares. A picture's samples lie in 0..1, or a little beyond at edges;
 * what has a higher level than this is none: a model for samples of 0 to 255, say, or damaged
 * weights.
 */
const LARGEST_LEVEL = 1.25;

/**
 * The highest level for a source of level `source`: an enlargement is about as bright as its
 * source.
 */
const highestFor = (source: number): number => Math.min(LARGEST_LEVEL, 0.6 + 3 * source);

/** The output that holds the sum of squares of the source. */
export const sourceGuardName = 'energy';

/** The output that holds the sum of squares of what pass `i` gives. */
export const guardName = (pass: number): string => `energy${pass}`;

/**
 * Adds the sum of squares of `value`, samples in 0..1, to the graph's outputs as `name`. It is not
 * finite where any value is not, and too large where values lie far outside a picture's, which
 * rounding to 8 bits would hide.
 */
export function addGuard(builder: GraphBuilder, value: string, name: string): void {
  builder.op('ReduceSumSquare', [value], { keepdims: 0 }, name);
  builder.output(name, 'float32', []);
}

/**
 * Throws VsrError `model` unless what a model gave, of `level`, can be an enlargement of a source
 * of level `source`. `model` is what the message calls the model.
 */
export function checkLevel(level: number, source: number, model: string): void {
  if (level <= highestFor(source)) return;
  const what = Number.isFinite(level)
    ? `values of about ${level.toPrecision(2)} where the source has ${source.toPrecision(2)} and a picture 0 to 1`
    : 'values that are not finite (NaN, infinity), or too large to be added';
  const advice = Number.isFinite(level)
    ? 'Was it made for samples of 0 to 255?'
    : 'Are its weights damaged?';
  throw new VsrError('model', `The model ${model} gives ${what}. ${advice}`);
}
