import type { TestContext } from 'node:test';

/**
 * Notes that a fault of a kind was tried and nothing was lost; `npm run test:faults` adds these up.
 */
export function tried(t: TestContext, kind: string, count = 1): void {
  t.diagnostic(`tried ${count} x ${kind}`);
}

/** Reads such a note; `null` for any other text. */
export function triedIn(text: string): { readonly kind: string; readonly count: number } | null {
  const match = /^tried (\d+) x (.+)$/.exec(text);
  return match === null ? null : { kind: match[2]!, count: Number(match[1]) };
}
