/** A named group of options in the configuration file of `vsr upscale`. */
export type Preset = {
  readonly name: string;
  /** What it sets: long names of options without dashes, and their values. */
  readonly sets: Readonly<Record<string, string>>;
  /** Why it cannot be used, in a sentence; `null` where it can. */
  readonly wrong: string | null;
};

/** What the configuration file offers to choose from. */
export type PresetList = {
  readonly file: string;
  readonly presets: readonly Preset[];
  /** What the file sets where no preset is chosen. */
  readonly sets: Readonly<Record<string, string>>;
  /** Why the file cannot be used, in a sentence; `null` where it can, or is not there. */
  readonly wrong: string | null;
};

/** The configuration file, read anew whenever it is asked for something. */
export interface Presets {
  /** The file that a call named, absolute; `null` for the usual one. */
  readonly named: string | null;
  list(): PresetList;
  /**
   * All that the file sets for a job with a preset, or with none. Throws VsrError `option` for a
   * preset that there is not, and for options that `vsr upscale` refuses.
   */
  setBy(use: string | null): Readonly<Record<string, string>>;
}
