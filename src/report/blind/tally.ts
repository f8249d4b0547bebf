import { shareInterval, signTest } from './sign-test.js';
import type { BlindState } from './trials.js';

/** What the answers say of two methods, by number from 0. */
export type PairTally = {
  readonly first: number;
  readonly second: number;
  /** How often each was said to be closer. */
  readonly firstCloser: number;
  readonly secondCloser: number;
  readonly ties: number;
  /** The p-value of the sign test, ties left out. */
  readonly p: number;
  /** The 95 % interval of the first one's share, ties left out. */
  readonly low: number;
  readonly high: number;
};

/** Counts the answers, a row per pair of methods. Held by the page as text, with `sign-test.ts`. */
export function tally({ trials, answers }: BlindState, methods: number): PairTally[] {
  const pairs: PairTally[] = [];
  for (let first = 0; first < methods; first++) {
    for (let second = first + 1; second < methods; second++) {
      let firstCloser = 0;
      let secondCloser = 0;
      let ties = 0;
      for (const [i, answer] of answers.entries()) {
        const { left, right } = trials[i]!;
        if (Math.min(left, right) !== first || Math.max(left, right) !== second) continue;
        if (answer === 'tie') ties++;
        else if ((answer === 'left' ? left : right) === first) firstCloser++;
        else secondCloser++;
      }
      const p = signTest(firstCloser, secondCloser);
      const interval = shareInterval(firstCloser, secondCloser);
      pairs.push({ first, second, firstCloser, secondCloser, ties, p, ...interval });
    }
  }
  return pairs;
}

/**
 * The answers as CSV in three blocks with an empty line between them: every answer, a count per
 * method, and per pair the counts, the sign test's p-value and the 95 % interval of the first
 * one's share. `names` are of the methods, `labels` of the places. Held by the page as text.
 */
export function blindCsv(
  state: BlindState,
  names: readonly string[],
  labels: readonly string[],
): string {
  const rows: (string | number)[][] = [['question', 'place', 'left', 'right', 'closer']];
  const counts = names.map(() => 0);
  for (const [i, answer] of state.answers.entries()) {
    const { place, left, right } = state.trials[i]!;
    const closer = answer === 'tie' ? null : answer === 'left' ? left : right;
    if (closer !== null) counts[closer]!++;
    const said = closer === null ? '' : names[closer]!;
    rows.push([i + 1, labels[place]!, names[left]!, names[right]!, said]);
  }
  rows.push([], ['method', 'closer']);
  for (const [i, name] of names.entries()) rows.push([name, counts[i]!]);
  rows.push([], ['first', 'second', 'first_closer', 'second_closer', 'ties', 'p', 'low', 'high']);
  for (const pair of tally(state, names.length)) {
    const { first, second, firstCloser, secondCloser, ties, p, low, high } = pair;
    const figures = [p, low, high].map((value) => value.toPrecision(4));
    rows.push([names[first]!, names[second]!, firstCloser, secondCloser, ties, ...figures]);
  }
  const cell = (value: string | number): string =>
    /[",\r\n]/.test(String(value)) ? `"${String(value).replace(/"/g, '""')}"` : String(value);
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}
