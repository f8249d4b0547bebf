/** What ffmpeg repeats of the system's words on a disk that does not do its part, and ours for it. */
const troubles: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, 'the disk is full'],
  [/Disk quota exceeded/i, 'the disk quota is used up'],
  [/Read-only file system/i, 'the disk is read-only'],
  [/Input\/output error|\bI\/O error/i, 'the disk reports an error'],
];

/**
 * What is wrong with the disk by ffmpeg's messages, `null` if nothing. Its exit code does not tell: of 2018
 * as of 2022, it ends with 0 both when a file cannot be read on and when its output could not be written.
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
