import { InvalidArgumentError } from 'commander';
import { type Init, inits } from '../../../training/optimiser/initial-weights.js';
import { type Loss, losses, type LossTerm } from '../../../training/gradient/loss.js';
import { realNumber } from '../../display/numbers.js';

/** A parser for commander: values separated by commas. */
export function listOf<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(',').filter(Boolean).map(parse);
}

/** A share of size, above 0 and at most 1. */
export function share(text: string): number {
  const value = realNumber(text);
  if (value <= 0 || value > 1)
    throw new InvalidArgumentError('Expected shares of size, above 0 and at most 1.');
  return value;
}

/** A part of a whole: 0 to 1. */
export function fraction(text: string): number {
  const value = realNumber(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return value;
}

/** A share that leaves something: 0 up to, not including, 1. */
export function leavingShare(text: string): number {
  const value = realNumber(text);
  if (value < 0 || value >= 1)
    throw new InvalidArgumentError('Expected a number from 0 to below 1.');
  return value;
}

/** A number above 0. */
export function positive(text: string): number {
  const value = realNumber(text);
  if (value <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

/** `75/20/5`: parts to train, validate and test with. */
export function parseSplit(text: string): [number, number, number] {
  const parts = text.split('/').map(Number);
  const [training = NaN, validation = NaN, test = NaN] = parts;
  if (parts.length !== 3 || !(training > 0 && validation >= 0 && test >= 0)) {
    throw new InvalidArgumentError('Expected training/validation/test, for example 75/20/5.');
  }
  return [training, validation, test];
}

/** `23` or `18-32`: lowest and highest CRF. */
export function parseCrf(text: string): [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const [low, high] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!(low <= high && high <= 51))
    throw new InvalidArgumentError('Expected a range within 0-51, for example 18-32.');
  return [low, high];
}

/** `mse`, or several with weights: `mse:1,perceptual:0.1`. */
export function parseLoss(text: string): Loss {
  const terms = text.split(',').map((part): LossTerm => {
    const [name = '', weight = '1', ...more] = part.split(':');
    const known = losses.find((each) => each === name);
    const value = Number(weight);
    if (known === undefined || more.length > 0 || !(value > 0 && value < Infinity)) {
      throw new InvalidArgumentError(
        `Expected one of ${losses.join(', ')}, or several with weights, as mse:1,perceptual:0.1.`,
      );
    }
    return { name: known, weight: value };
  });
  const [only] = terms;
  return terms.length === 1 && only!.weight === 1 ? only!.name : terms;
}

/** `he`, `xavier` or `normal:0.01`. */
export function parseInit(text: string): Init {
  if (text === 'he' || text === 'xavier') return { kind: text };
  const deviation = Number(/^normal:(.+)$/.exec(text)?.[1]);
  if (!(deviation > 0 && deviation < Infinity)) {
    const ways = inits.map((name) => (name === 'normal' ? 'normal:<deviation>' : name)).join(', ');
    throw new InvalidArgumentError(`Expected one of ${ways}.`);
  }
  return { kind: 'normal', deviation };
}
