import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command, Option } from 'commander';
import { didYouMean } from '../../did-you-mean.js';
import { badValue, VsrError } from '../../errors.js';
import type { Configured } from '../../metrics/sidecar-settings.js';
import { nameOf, valueFor, wordsIn } from '../process/yaml-options.js';

/** The word under which a file has its presets, by name. */
const presetsWord = 'presets';

/** What a line of a file looks like, for messages. */
const configExample = 'codec: hevc';

/** Options that cannot be in the file: they say which file is read, or how the call is answered. */
const outside = ['config', 'use', 'help', 'json', 'progress', 'progress-fd'];

/** Options that exclude one another: the one of the higher layer overrides the others. */
const rivals: readonly (readonly string[])[] = [
  ['crf', 'bitrate', 'size-limit'],
  ['scale', 'to'],
  ['model', 'quality'],
];

/** The file that is read where none is named. */
export function usualConfigFile(): string {
  const base =
    process.platform === 'win32'
      ? process.env['APPDATA']
      : process.env['XDG_CONFIG_HOME'] || path.join(os.homedir(), '.config');
  return path.join(base ?? os.homedir(), 'vsr', 'config.yaml');
}

/** An option that a file may hold. */
type Known = { readonly option: Option; /** `false` switches it off. */ readonly offable: boolean };

/** `log: false` is `--no-log`, `reuse: false` is `--no-reuse`. */
function knownWords(command: Command): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const option of command.options) {
    const word = option.negate ? nameOf(option).replace(/^no-/, '') : nameOf(option);
    if (outside.includes(word)) continue;
    const before = known.get(word);
    known.set(word, {
      option: before === undefined || before.option.negate ? option : before.option,
      offable: option.negate || (before?.offable ?? false),
    });
  }
  return known;
}

function unknownWord(word: string, title: string, known: readonly string[]): VsrError {
  const close = didYouMean(word, known);
  const advice = close === '' ? 'vsr upscale --help lists all options.' : close;
  const message = outside.includes(word)
    ? `${title} has "${word}", which belongs on the command line.`
    : `${title} has the unknown word "${word}". ${advice}`;
  return new VsrError('option', message);
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function presetIn(file: string, presets: unknown, name: string): Record<string, unknown> {
  const all = isGroup(presets) ? presets : {};
  const preset = Object.hasOwn(all, name) ? all[name] : undefined;
  if (isGroup(preset)) return preset;
  const names = Object.keys(all).join(', ');
  const what = names === '' ? `a preset of ${file}, which has none,` : `a preset of ${file}`;
  throw badValue(what, '--use', name, names === '' ? '' : `It has ${names}.`);
}

/** A value of a file as text. */
function shownValue(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

/**
 * The presets of a configuration file, each with its words as they are written there. Throws
 * VsrError where the file cannot be read; `applyConfig` says whether its words are options.
 */
export function presetWords(file: string): Readonly<Record<string, Record<string, string>>> {
  const { [presetsWord]: presets } = wordsIn(file, 'the configuration', configExample);
  const shown = (group: unknown): Record<string, string> =>
    Object.fromEntries(
      Object.entries(isGroup(group) ? group : {}).map(([word, value]) => [word, shownValue(value)]),
    );
  const groups = Object.entries(isGroup(presets) ? presets : {});
  return Object.fromEntries(groups.map(([name, group]) => [name, shown(group)]));
}

/**
 * Fills in what the command line left out from a YAML file: options by their long names, and under
 * `presets` groups of them, of which `use` names one. The command line overrides the preset, and
 * the preset the rest of the file. `null` where there is no file. Throws VsrError `option` for a
 * file that cannot be read, and for unknown words, wrong values and unknown presets.
 */
export function applyConfig(
  command: Command,
  { config, use }: { readonly config?: string | undefined; readonly use?: string | undefined },
): Configured | null {
  const file = config ?? usualConfigFile();
  if (config === undefined && !existsSync(file)) {
    if (use === undefined) return null;
    throw badValue(`a file ${file} with presets, which is not there,`, '--use', use);
  }
  const title = `The configuration ${file}`;
  const { [presetsWord]: presets, ...plain } = wordsIn(file, 'the configuration', configExample);
  const layers = [...(use === undefined ? [] : [presetIn(file, presets, use)]), plain];
  const known = knownWords(command);
  const isSet = (word: string): boolean => {
    const option = known.get(word)?.option;
    const source = option && command.getOptionValueSource(option.attributeName());
    return source === 'cli' || source === 'config';
  };
  const set: Record<string, string> = {};
  for (const layer of layers) {
    const before = new Set([...known.keys()].filter(isSet));
    for (const [word, value] of Object.entries(layer)) {
      const found = known.get(word);
      if (found === undefined) throw unknownWord(word, title, [...known.keys()]);
      const given = valueOf(found, value, title);
      const group = rivals.find((words) => words.includes(word)) ?? [word];
      if (group.some((each) => before.has(each))) continue;
      command.setOptionValueWithSource(found.option.attributeName(), given, 'config');
      set[word] = shownValue(value);
    }
  }
  return { file, preset: use ?? null, set };
}

function valueOf({ option, offable }: Known, value: unknown, title: string): unknown {
  if (offable && value === false) return false;
  if (option.negate) return valueFor(option, value, title);
  const isList = Array.isArray(value) && option.parseArg !== undefined && option.long === '--root';
  return isList
    ? (value as unknown[]).map((each) => valueFor(option, each, title)).flat()
    : valueFor(option, value, title);
}

/** The options that a configuration file set, in a line for people. */
export function configuredLine({ file, preset, set }: Configured): string {
  const options = Object.entries(set).map(([word, value]) => `${word}: ${value}`);
  const from = preset === null ? file : `${file} (preset ${preset})`;
  return `Set by ${from}: ${options.length === 0 ? 'nothing' : options.join(', ')}.`;
}
