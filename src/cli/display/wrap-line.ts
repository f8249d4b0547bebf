import stringWidth from 'string-width';

/** Stands for a space within what is kept whole: a noncharacter, which no text holds. */
const KEPT_SPACE = '\ufdd0';

/**
 * `line` in lines of at most `width` columns, broken at spaces alone; those after the first are
 * indented by `hang` columns. A word that is longer (a path) stays whole, and so does each of
 * `whole`, spaces included: what a person copies has no line end inside.
 */
export function wrapLine(
  line: string,
  width: number,
  whole: Iterable<string> = [],
  hang = line.search(/\S|$/) + 2,
): string {
  if (stringWidth(line) <= width) return line;
  let kept = line;
  for (const text of whole) kept = kept.replaceAll(text, text.replaceAll(' ', KEPT_SPACE));
  const indent = kept.search(/[^ ]|$/);
  const lines: string[] = [];
  let current = ' '.repeat(indent);
  let isEmpty = true;
  // The spaces before a word belong to it, so that columns stay aligned.
  for (const [, spaces = '', word = ''] of kept.slice(indent).matchAll(/( *)([^ ]+)/g)) {
    if (!isEmpty && stringWidth(current + spaces + word) > width) {
      lines.push(current);
      current = ' '.repeat(hang) + word;
    } else current += spaces + word;
    isEmpty = false;
  }
  return [...lines, current].join('\n').replaceAll(KEPT_SPACE, ' ');
}
