import { messageOf } from '../errors.js';

/** Why a file could not be opened, by the system's codes, in words. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ELOOP: 'its links lead in a circle',
};

/** Whether `error` is the system's word that a file cannot be opened, and not about its content. */
export function cannotBeOpened(error: unknown): boolean {
  return Object.hasOwn(words, (error as NodeJS.ErrnoException).code ?? '');
}

/** Why a file could not be read, in words without a full stop. */
export function whyNotRead(error: unknown): string {
  return words[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error);
}
