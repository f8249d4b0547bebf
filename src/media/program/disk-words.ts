/** What the system's error codes say is wrong with a disk, in words. */
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
 * What is wrong with a disk by an error code of the system, in words; `undefined` for other codes.
 */
export function wordsForDisk(code: string | undefined): string | undefined {
  return Object.entries(diskWords).find(([name]) => name === code)?.[1];
}

/** The system's messages about a disk, as ffmpeg repeats them, and what vsr says instead. */
const troubles: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, diskWords.ENOSPC],
  [/Disk quota exceeded/i, diskWords.EDQUOT],
  [/Read-only file system/i, diskWords.EROFS],
  [/Input\/output error|\bI\/O error/i, diskWords.EIO],
];

/**
 * What is wrong with the disk according to ffmpeg's messages, in words; `null` if nothing. The exit
 * code does not tell: builds of 2018 and of 2022 end with 0 both when a file cannot be read to its
 * end and when the output cannot be written.
 */
export function diskTrouble(lines: readonly string[]): string | null {
  const errors = lines.filter((line) => /\[(?:error|fatal)\]/.test(line));
  const found = troubles.find(([words]) => errors.some((line) => words.test(line)));
  return found?.[1] ?? null;
}

/** `text` with a capital first letter. */
export function sentenceStart(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
