import { existsSync } from 'node:fs';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import type { Preset, PresetList, Presets } from '../../serve/presets.js';
import { applyConfig, configWords, usualConfigFile } from './config-file.js';
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
  const why = (use: string | null): string | null => {
    try {
      setBy(use);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  };
  const list = (): PresetList => {
    const nothing = { file, presets: [], sets: {} };
    if (named === null && !existsSync(file)) return { ...nothing, wrong: null };
    const wrong = why(null);
    if (wrong !== null) return { ...nothing, wrong };
    const { sets, presets } = configWords(file);
    const all = Object.entries(presets).map(([name, words]): Preset => ({
      name,
      sets: words,
      wrong: why(name),
    }));
    return { file, presets: all, sets, wrong: null };
  };
  return { named, list, setBy };
}
