import { VsrError } from '../../errors.js';
import type { GraphBuilder } from '../onnx/graph-builder.js';

/**
 * The highest level of a picture; a level is the root of the mean square of the samples. Samples
 * are in 0..1, or a little beyond at edges. A higher level comes from, say, a model for samples of
 * 0 to 255, or from damaged weights.
 */
const LARGEST_LEVEL = 1.25;

/**
 * The highest level for a source of level `source`: an enlargement is about as bright as its
 * source.
 */
const highestFor = (source: number): number => Math.min(LARGEST_LEVEL, 0.6 + 3 * source);

/** The output that holds the sum of squares of the source. */
export const sourceGuardName = 'energy';

/** The output that holds the sum of squares of the output of pass `pass`, counted from 0. */
export const guardName = (pass: number): string => `energy${pass}`;

/**
 * Adds the sum of squares of `value`, samples in 0..1, to the graph's outputs as `name`. The sum is
 * not finite if any sample is not, and too large if samples are far outside 0..1: faults that
 * rounding to 8 bits would hide.
 */
export function addGuard(builder: GraphBuilder, value: string, name: string): void {
  builder.op('ReduceSumSquare', [value], { keepdims: 0 }, name);
  builder.output(name, 'float32', []);
}

/**
 * Throws VsrError `model` if a picture of `level` cannot be an enlargement of a source of level
 * `source`. `model` is the model's name for the message.
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
