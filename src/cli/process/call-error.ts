import type { CommanderError } from 'commander';
import { didYouMean } from '../../did-you-mean.js';
import { badValue } from '../../errors.js';
import { codecMeant } from '../../media/formats/codec-spellings.js';

/** The long name of an option: `--scale` of `-s, --scale <n>`. */
function nameOf(flags: string): string {
  const names = flags.split(/[\s,|]+/).filter((word) => word.startsWith('-'));
  return names.at(-1) ?? flags;
}

/** Other programs' names for options of `vsr upscale`. */
const calledElsewhere: Readonly<Record<string, string>> = {
  ...{ '--size': '--to', '--resolution': '--to', '--width': '--to', '--height': '--to' },
  ...{ '--factor': '--scale', '--threads': '--workers', '--force': '--overwrite' },
};

/** Commander's messages, and vsr's form of them. */
const patterns: readonly (readonly [complaint: RegExp, sentence: (parts: string[]) => string])[] = [
  [
    /^option '(.+?)' argument '([^]*)' is invalid\. Allowed choices are (.+)\.$/,
    ([flags = '', value = '', all = '']) => {
      const meant = nameOf(flags) === '--codec' ? codecMeant : didYouMean;
      const close = meant(value, all.split(', '));
      return badValue(`one of ${all}`, nameOf(flags), value, close).message;
    },
  ],
  [
    /^option '(.+?)' argument '([^]*)' is invalid\. Expected (.+)\.$/,
    ([flags = '', value, expected = '']) => badValue(expected, nameOf(flags), value).message,
  ],
  [
    /^command-argument value '([^]*)' is invalid for argument '(.+)'\. Allowed choices are (.+)\.$/,
    ([value = '', name = '', all = '']) => {
      const close = didYouMean(value, all.split(', '));
      return badValue(`one of ${all}`, name, value, close).message;
    },
  ],
  [
    /^option '(.+)' argument missing$/,
    ([flags = '']) => `Expected a value for ${nameOf(flags)} but received none.`,
  ],
  [
    /^required option '(.+)' not specified$/,
    ([flags = '']) => `Expected ${nameOf(flags)} to be given, but it is missing.`,
  ],
  [
    /^missing required argument '(.+)'$/,
    ([name]) => `Expected ${name} after the command but received nothing.`,
  ],
  [
    /^too many arguments for '(.+)'\. Expected (\d+) arguments? but got (\d+)/,
    ([name, most, got]) => `Expected at most ${most} arguments for ${name} but received ${got}.`,
  ],
  [
    /^unknown (option|command) '([^]*?)'(?:\n\(Did you mean (.+)\?\))?$/,
    ([kind, name, close]) =>
      `There is no ${kind} ${name}.${close === undefined ? '' : ` Did you mean ${close}?`}`,
  ],
  [/^\(outputHelp\)$/, () => 'Expected one of the commands above but received none.'],
];

/** Commander's message about a call of `command`, in the form of vsr's own messages. */
export function callError({ message }: CommanderError, command?: string): string {
  const text = message.replace(/^error: /, '').trim();
  const unknown = command === 'upscale' ? /^unknown option '(--\w+)/.exec(text)?.[1] : undefined;
  const meant = unknown === undefined ? undefined : calledElsewhere[unknown];
  if (meant !== undefined) return `There is no option ${unknown}. Did you mean ${meant}?`;
  for (const [complaint, sentence] of patterns) {
    const match = complaint.exec(text);
    if (match !== null) return sentence(match.slice(1));
  }
  return text;
}
