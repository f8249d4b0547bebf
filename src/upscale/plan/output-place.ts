import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import type { Input } from './inputs.js';
import { outputName } from './names.js';

/**
 * Where the output of an input goes: the file or into the folder wished for, otherwise beside the
 * input.
 */
export async function outputFor(
  input: Input,
  wish: string | null,
  scale: string,
  extension: string,
): Promise<string> {
  const { name, below } = input;
  if (wish === null) return outputName(path.dirname(input.path), name, scale, extension);
  const full = path.resolve(wish);
  const isFolder =
    /[/\\]$/.test(wish) ||
    (await stat(full).then(
      (s) => s.isDirectory(),
      () => false,
    ));
  if (isFolder) return outputName(path.join(full, below), name, scale, extension);
  return full;
}

/**
 * Throws VsrError for an output that is the input, a folder, or lies where nothing can be written.
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
  while (
    (await stat(folder).catch(() => undefined)) === undefined &&
    folder !== path.dirname(folder)
  ) {
    folder = path.dirname(folder);
  }
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new VsrError('disk', `Cannot write to the folder ${folder}. Choose another with -o.`, {
      cause,
    });
  });
}
