/** How many validations in a row must agree before a contest counts as decided. */
const inARow = 3;

/**
 * Above this share of right answers, a discriminator has won: the network learns nothing from it.
 */
const wonFrom = 0.98;

/** Below this share it has lost: 0.5 is guessing. */
const lostBelow = 0.53;

/** How a contest between a network and a discriminator has come out, for good. */
export type ContestOutcome = 'won' | 'lost';

/**
 * Whether the discriminator has won or lost, by its share of right answers (0 to 1) at each
 * validation; `null` while neither has happened, and without a discriminator (NaN).
 */
export function contestOutcome(shares: readonly number[]): ContestOutcome | null {
  const last = shares.slice(-inARow);
  if (last.length < inARow) return null;
  if (last.every((share) => share > wonFrom)) return 'won';
  return last.every((share) => share < lostBelow) ? 'lost' : null;
}

/** What is said of an outcome, and what to try. */
export function contestWords(outcome: ContestOutcome, share: number): string {
  const right = `is right on ${(100 * share).toFixed(0)} % of the places, for ${inARow} validations by now`;
  return outcome === 'won'
    ? `The discriminator has won: it ${right}, and the network learns nothing from it. Try a larger weight of adversarial, or a lower --discriminator-lr.`
    : `The discriminator has lost: it ${right}, no better than guessing. Try a higher --discriminator-lr, or a smaller weight of adversarial.`;
}
