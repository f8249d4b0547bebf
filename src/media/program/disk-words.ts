/** The system's names for what is wrong with a disk, in words. */
const diskWords = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an error',
  EROFS: 'the disk is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
} as const;

/**
 * What a code of the system's says is wrong with a disk; `undefined` for one that says something
 * else.
 */
export function wordsForDisk(code: string | undefined): string | undefined {
  return Object.entries(diskWords).find(([name]) => name === code)?.[1];
}

/**
 * What ffmpeg repeats of the system's words on a disk that does not do its part, and ours for it.
 */
const troubles: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, diskWords.ENOSPC],
  [/Disk quota exceeded/i, diskWords.EDQUOT],
  [/Read-only file system/i, diskWords.EROFS],
  [/Input\/output error|\bI\/O error/i, diskWords.EIO],
];

/**
 * What is wrong with the disk by ffmpeg's messages, `null` if nothing. Its exit code does not tell:
 * of 2018 as of 2022, it ends with 0 both when a file cannot be read on and when its output could
 * not be written.
 */
export function diskTrouble(lines: readonly string[]): string | null {
  const errors = lines.filter((line) => /\[(?:error|fatal)\]/.test(line));
  const found = troubles.find(([words]) => errors.some((line) => words.test(line)));
  return found?.[1] ?? null;
}

/** `text` with its first letter large, as a sentence begins. */
export function sentenceStart(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
