import { isScale } from '../../planes/enlarged.js';
import { InvalidArgumentError } from 'commander';
import { badValue } from '../../errors.js';

/** A parser for commander: a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A parser for commander: an enlargement. */
export function scaleNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !isScale(value)) {
    throw new InvalidArgumentError('Expected a whole or half number of at least 1.');
  }
  return value;
}

/** A parser for commander: any number. */
export function realNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('Expected a number.');
  }
  return value;
}

/** A parser for commander: a place in a picture, `x,y`. */
export function place(text: string): { readonly x: number; readonly y: number } {
  const match = /^(\d+) ?, ?(\d+)$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('Expected x,y in pixels.');
  return { x: Number(match[1]), y: Number(match[2]) };
}

/** Units after a number; those with an i count in 1024s. */
const units: Readonly<Record<string, number>> = {
  ...{ '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 },
  ...{ ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30, ti: 2 ** 40 },
};

/** A parser for commander: `4.7G`, `700M`, `4GiB`, `8 Mbit` or a plain number. */
export function amount(expected: string): (text: string) => number {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?) ?([kmgt]?i?)(?:b|bit|bits?\/s|bps)?$/i.exec(text.trim());
    const unit = units[match?.[2]?.toLowerCase() ?? 'none'];
    if (match === null || unit === undefined) {
      throw new InvalidArgumentError(`Expected ${expected}.`);
    }
    return Math.round(Number(match[1]) * unit);
  };
}

/** Seconds of `83.5`, `1:23.5` or `0:01:23.5`. Throws VsrError `option`. */
export function parseTime(text: string, option: string): number {
  const match = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) throw badValue('seconds or [hours:]minutes:seconds', option, text);
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
