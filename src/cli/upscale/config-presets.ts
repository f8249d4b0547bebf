import { existsSync } from 'node:fs';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import type { Preset, PresetList, Presets } from '../../serve/presets.js';
import { applyConfig, presetWords, usualConfigFile } from './config-file.js';
import { upscaleCommand } from './upscale.js';

/** Options with which nothing is left to follow or to show for a job that others began. */
const unfit = ['dry-run', 'detach'];

/** The presets of a configuration file: the one that a call named, or the usual one. */
export function presetsOf(config: string | undefined): Presets {
  const named = config === undefined ? null : path.resolve(config);
  const file = named ?? usualConfigFile();

  const setBy = (use: string | null): Readonly<Record<string, string>> => {
    const wish = { config: named ?? undefined, use: use ?? undefined };
    const set = applyConfig(upscaleCommand(), wish)?.set ?? {};
    const idle = unfit.find((word) => Object.hasOwn(set, word) && set[word] !== 'false');
    if (idle === undefined) return set;
    throw new VsrError(
      'option',
      `Expected no ${idle} in ${file} for jobs of a queue, which follows each job to its end.`,
    );
  };
  const presetBy = (name: string, sets: Preset['sets']): Preset => {
    try {
      const others = Object.entries(setBy(name)).filter(([word]) => !Object.hasOwn(sets, word));
      return { name, sets, rest: Object.fromEntries(others), wrong: null };
    } catch (error) {
      return { name, sets, rest: {}, wrong: messageOf(error) };
    }
  };
  const list = (): PresetList => {
    const nothing = { file, presets: [], sets: {} };
    if (named === null && !existsSync(file)) return { ...nothing, wrong: null };
    try {
      const sets = setBy(null);
      const presets = Object.entries(presetWords(file));
      const all = presets.map(([name, words]) => presetBy(name, words));
      return { file, presets: all, sets, wrong: null };
    } catch (error) {
      return { ...nothing, wrong: messageOf(error) };
    }
  };
  return { named, list, setBy };
}
