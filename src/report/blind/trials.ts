/** One question of a blind test: two methods at one place, by number from 0. */
export type Trial = { readonly place: number; readonly left: number; readonly right: number };

/** Which of the two was said to be closer; `tie` for no difference. */
export type Answer = 'left' | 'right' | 'tie';

/** How far a person is: the order drawn for them, and their answers to its first questions. */
export type BlindState = { readonly trials: readonly Trial[]; readonly answers: readonly Answer[] };

/**
 * Every pair of methods at every place, in random order and with random sides. `random` gives
 * numbers from 0 to below 1. The page holds the functions of this file as text, so each uses
 * nothing outside itself.
 */
export function shuffledTrials(places: number, methods: number, random: () => number): Trial[] {
  const trials: Trial[] = [];
  for (let place = 0; place < places; place++) {
    for (let a = 0; a < methods; a++) {
      for (let b = a + 1; b < methods; b++) {
        const [left, right] = random() < 0.5 ? [a, b] : [b, a];
        trials.push({ place, left, right });
      }
    }
  }
  for (let i = trials.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [trials[i], trials[other]] = [trials[other]!, trials[i]!];
  }
  return trials;
}

/** The state that the browser kept as `text`; `null` where it is none of this very test. */
export function readState(text: string | null, places: number, methods: number): BlindState | null {
  let kept: Partial<BlindState> | null;
  try {
    kept = JSON.parse(text ?? 'null') as Partial<BlindState> | null;
  } catch {
    return null;
  }
  const { trials, answers } = kept ?? {};
  if (!Array.isArray(trials) || !Array.isArray(answers)) return null;
  const isBelow = (value: unknown, limit: number): boolean =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit;
  const asked = new Set<string>();
  for (const trial of trials as (Partial<Trial> | null)[]) {
    const { place, left, right } = trial ?? {};
    if (!isBelow(place, places) || !isBelow(left, methods) || !isBelow(right, methods)) return null;
    if (left === right) return null;
    asked.add(`${place} ${Math.min(left!, right!)} ${Math.max(left!, right!)}`);
  }
  const count = (places * methods * (methods - 1)) / 2;
  if (trials.length !== count || asked.size !== count || answers.length > count) return null;
  const known = ['left', 'right', 'tie'];
  if (!answers.every((answer) => known.includes(answer as string))) return null;
  return { trials: trials as Trial[], answers: answers as Answer[] };
}
