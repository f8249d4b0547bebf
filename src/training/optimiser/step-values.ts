/** Values that a step works on. */
export type StepValues = {
  readonly gradient: string;
  /** The two lists that an optimiser keeps, all 0 at first; each optimiser says what they hold. */
  readonly first: string;
  readonly second: string;
  /** An input of one value, by its name. */
  readonly scalar: (name: string) => string;
};
