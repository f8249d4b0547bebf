import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, VsrError } from '../../errors.js';
import type { Input } from './inputs.js';
import { outputName, type NameValues } from './names.js';
import type { Settings } from './settings.js';
import { exists, isFolder } from '../../files/what-is-there.js';

/** The parts of an output's name that become known during planning; empty where unknown. */
export type NamedBy = Omit<NameValues, 'stem' | 'folder'>;

/** The parts of a name while only the container is known. */
export const namedByContainer = (ext: string): NamedBy => ({
  ...{ ext, scale: '', width: '', height: '', model: '' },
});

/**
 * Where the output of an input goes: the wanted file or folder, otherwise beside the input. Throws
 * VsrError `option` where both a file and a template for names are given.
 */
export async function outputFor(
  input: Input,
  { output: wish, name: template }: Pick<Settings, 'output' | 'name'>,
  values: NamedBy,
): Promise<string> {
  const { name: stem, below } = input;
  const folder = path.dirname(input.path);
  const name = outputName(template, { ...values, stem, folder: path.basename(folder) });
  if (wish === null) return path.join(folder, name);
  const full = path.resolve(wish);
  if (/[/\\]$/.test(wish) || (await isFolder(full))) return path.join(full, below, name);
  if (template === null) return full;
  throw badValue('a folder that ends in a slash, since there is --name,', 'output', wish);
}

/**
 * Throws VsrError for an output that is the input (`option`), is a folder (`media`), or lies where
 * nothing can be written (`disk`).
 */
export async function checkOutputPlace(output: string, input: string): Promise<void> {
  const existing = await stat(output).catch(() => undefined);
  const source = await stat(input);
  if (output === input || (existing?.ino === source.ino && existing.dev === source.dev)) {
    throw new VsrError(
      'option',
      `The output ${output} is the input itself. Choose another name with -o.`,
    );
  }
  if (existing?.isDirectory() === true) {
    throw new VsrError('media', `Expected a file to write but ${output} is a folder.`);
  }
  // Missing folders are made when the job starts: the nearest existing one must be writable.
  let folder = path.dirname(output);
  while (!(await exists(folder)) && folder !== path.dirname(folder)) {
    folder = path.dirname(folder);
  }
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new VsrError('disk', `Cannot write to the folder ${folder}. Choose another with -o.`, {
      cause,
    });
  });
}
