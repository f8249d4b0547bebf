/** A named group of options in the configuration file of `vsr upscale`. */
export type Preset = {
  readonly name: string;
  /** The options that it sets: long names without dashes, and their values. */
  readonly sets: Readonly<Record<string, string>>;
  /** What else its file sets with it: nothing that the preset says, also in another way. */
  readonly rest: Readonly<Record<string, string>>;
  /** Why it cannot be used, in a sentence; `null` where it can. */
  readonly wrong: string | null;
};

/** What the configuration file holds. */
export type PresetList = {
  readonly file: string;
  readonly presets: readonly Preset[];
  /** The options that the file sets outside its presets. */
  readonly sets: Readonly<Record<string, string>>;
  /** Why the file cannot be used, in a sentence; `null` where it can, or is not there. */
  readonly wrong: string | null;
};

/** The configuration file, which is read again at each call. */
export interface Presets {
  /** Absolute path of the file that `--config` names; `null` for the default file. */
  readonly named: string | null;
  list(): PresetList;
  /**
   * All options that the file sets for a job with the preset `use`, or without one. Throws VsrError
   * `option` for an unknown preset and for options that `vsr upscale` refuses.
   */
  setBy(use: string | null): Readonly<Record<string, string>>;
}
