import { badValue } from '../../errors.js';

/** A word, part by part: plain characters, one after a backslash, or what quotes hold. */
const part = /\\(["'\\\s])|"((?:\\["\\]|\\(?!["\\])|[^"\\])*)"|'([^']*)'|([^\s"'])/y;

/**
 * The words of a text, split at spaces as a shell would: quotes keep what they hold together, and a
 * backslash takes away the meaning of a quote, a space or another backslash; before any other
 * character it is an ordinary one. Throws VsrError `option`, naming `option`, where a quote is not
 * closed.
 */
export function splitWords(text: string, option: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at]!)) {
      if (word !== null) words.push(word);
      word = null;
      at++;
      continue;
    }
    part.lastIndex = at;
    const match = part.exec(text);
    if (match === null) throw badValue('quotes that are closed', option, text);
    const [all, escaped, double, single, plain] = match;
    word = (word ?? '') + (escaped ?? double?.replace(/\\(["\\])/g, '$1') ?? single ?? plain!);
    at += all.length;
  }
  if (word !== null) words.push(word);
  return words;
}
