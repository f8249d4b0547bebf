import path from 'node:path';

/** Pictures of one folder whose names differ only in a number: `f_0001.png`, `f_0002.png` ... */
export type NumberedNames = {
  /** The parts of the name before and after the number. */
  readonly before: string;
  readonly after: string;
  /** Number of digits to which numbers are padded with zeros; 1 for no padding. */
  readonly digits: number;
  /** The numbers of the pictures, in ascending order. */
  readonly numbers: readonly number[];
};

/** The place of the number in a pattern of names, as in printf: `%d`, `%4d` or `%04d`. */
const place = /%(?:0?(\d{1,2}))?d/g;

/** Parses a pattern such as `f_%04d.png`; `null` for a name without exactly one such place. */
export function parsePattern(name: string): Omit<NumberedNames, 'numbers'> | null {
  const places = [...name.matchAll(place)];
  const [first] = places;
  if (first === undefined || places.length > 1) return null;
  return {
    before: name.slice(0, first.index).replaceAll('%%', '%'),
    after: name.slice(first.index + first[0].length).replaceAll('%%', '%'),
    digits: Math.max(1, Number(first[1] ?? 1)),
  };
}

/** Whether a path's last part is a pattern of numbered names. */
export const isPattern = (file: string): boolean => parsePattern(path.basename(file)) !== null;

/** The pattern of names, as ffmpeg and printf take it. */
export function patternOf({ before, after, digits }: Omit<NumberedNames, 'numbers'>): string {
  const number = digits === 1 ? '%d' : `%0${digits}d`;
  return `${before.replaceAll('%', '%%')}${number}${after.replaceAll('%', '%%')}`;
}

/** The name of the picture with a number. */
export function nameOfNumber(
  { before, after, digits }: Omit<NumberedNames, 'numbers'>,
  number: number,
): string {
  return `${before}${String(number).padStart(digits, '0')}${after}`;
}

/** The numbers of those names that match a pattern, in ascending order. */
export function numbersIn(
  pattern: Omit<NumberedNames, 'numbers'>,
  names: readonly string[],
): number[] {
  const { before, after } = pattern;
  const numbers = names.flatMap((name) => {
    if (!name.startsWith(before) || !name.endsWith(after)) return [];
    const digits = name.slice(before.length, name.length - after.length);
    if (!/^\d{1,15}$/.test(digits)) return [];
    return nameOfNumber(pattern, Number(digits)) === name ? [Number(digits)] : [];
  });
  return numbers.sort((a, b) => a - b);
}

/** Groups of at least two names that differ only in their last number, in order of name. */
export function runsOf(names: readonly string[]): NumberedNames[] {
  const groups = new Map<string, Omit<NumberedNames, 'numbers'>>();
  for (const name of [...names].sort()) {
    const found = /^(.*?)(\d{1,15})(\D*)$/.exec(name);
    if (found === null) continue;
    const [, before, number, after] = found as unknown as [string, string, string, string];
    // Only a number that begins with 0 shows to how many digits numbers are padded.
    const digits = number.startsWith('0') && number.length > 1 ? number.length : null;
    const pattern = { before, after, digits: digits ?? 1 };
    const filled = [...groups.values()].find(
      (each) =>
        each.before === before &&
        each.after === after &&
        nameOfNumber(each, Number(number)) === name,
    );
    if (filled === undefined) groups.set(patternOf(pattern), pattern);
  }
  return [...groups.values()]
    .map((pattern) => ({ ...pattern, numbers: numbersIn(pattern, names) }))
    .filter(({ numbers }) => numbers.length > 1);
}

/** The numbers that are missing between the first and the last of `numbers`; at most `most`. */
export function gapsIn(numbers: readonly number[], most = 1000): number[] {
  const gaps: number[] = [];
  for (let i = 1; i < numbers.length; i++) {
    for (let n = numbers[i - 1]! + 1; n < numbers[i]! && gaps.length < most; n++) gaps.push(n);
  }
  return gaps;
}

/** Names in natural order, in which 2 comes before 10. */
export function inNaturalOrder(names: readonly string[]): string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return [...names].sort((a, b) => compare(a, b) || (a < b ? -1 : 1));
}
