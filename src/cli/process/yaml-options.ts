import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { InvalidArgumentError, type Option } from 'commander';
import { errorFacts, messageOf, VsrError } from '../../errors.js';
import { cannotBeOpened, whyNotRead } from '../../files/why-not-read.js';
import { sentenceOf } from '../display/sentence.js';

/**
 * The YAML library, loaded only when it is needed: loading takes long, and few calls have such a
 * file.
 */
export const yaml = (): typeof import('yaml') =>
  createRequire(import.meta.url)('yaml') as typeof import('yaml');

/** An option's long name without its dashes. */
export const nameOf = ({ long }: Option): string => (long ?? '').replace(/^--/, '');

/**
 * The words of a YAML file and their values. `title` says what the file is, `example` what a line
 * looks like. Throws VsrError `disk` for a file that cannot be opened, `option` for one that is no
 * YAML or holds no words.
 */
export function wordsIn(file: string, title: string, example: string): Record<string, unknown> {
  let values: unknown;
  try {
    values = yaml().parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const isClosed = cannotBeOpened(error);
    const why = isClosed ? `${whyNotRead(error)}.` : messageOf(error).split('\n')[0];
    const code = isClosed ? 'disk' : 'option';
    throw new VsrError(code, `Cannot read ${title} ${file}: ${why}`, { cause: error });
  }
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
    return values as Record<string, unknown>;
  }
  throw new VsrError(
    'option',
    `Expected options by their names in ${title} ${file}, one per line, such as "${example}".`,
  );
}

/**
 * A value of a file as the command line would have given it; `title` names the file. Throws
 * VsrError `option` for one that the option does not take.
 */
export function valueFor(option: Option, value: unknown, title: string): unknown {
  const wrong = (why: string) =>
    new VsrError('option', `${title} has a wrong value for ${nameOf(option)}: ${why}`);
  if (option.isBoolean()) {
    if (typeof value === 'boolean') return value;
    throw wrong('Expected true or false.');
  }
  if (option.optional && value === true) return option.presetArg ?? true;
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!all.every((one) => typeof one === 'string' || typeof one === 'number')) {
    throw wrong(`Expected ${option.variadic ? 'names in a list' : 'a number or a word'}.`);
  }
  const texts = all.map(String);
  if (option.variadic) return texts;
  if (option.parseArg === undefined) return texts.join(',');
  try {
    return option.parseArg(texts.join(','), undefined);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw wrong(error.message);
    if (error instanceof VsrError) throw wrong(sentenceOf(errorFacts(error)));
    throw error;
  }
}
