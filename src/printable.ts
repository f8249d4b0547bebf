const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Joins letters and emoji; nothing else about it shows. */
const joiners = new Set(['\u200c', '\u200d']);

/** Characters that steer a terminal or hide what stands beside them, and halves of characters. */
const steering = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * `text` as it may be shown to a person: characters that would steer the terminal (escape
 * sequences, line ends, changes of direction) are written out, as in `\x1b[2J`. Everything else
 * stays as it is.
 */
export function printable(text: string): string {
  return text.replace(steering, (character) => {
    if (joiners.has(character)) return character;
    const code = character.codePointAt(0)!;
    const hex = code.toString(16);
    if (code > 0xffff) return `\\u{${hex}}`;
    return (
      named[character] ??
      (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`)
    );
  });
}

/**
 * `value` as JSON that a terminal shows as it stands: infinity is "inf", and characters that would
 * steer the terminal are escaped, which does not change what the JSON says.
 */
export function printableJson(value: unknown, indent = 2): string {
  const text = JSON.stringify(
    value,
    (_key, each: unknown) => (each === Infinity ? 'inf' : each),
    indent,
  );
  // JSON's own line ends and spaces are no part of any name.
  return text.replace(steering, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** Characters that no shell reads as more than themselves. */
const plain = /^[\p{L}\p{M}\p{N}_@%+=:,./-]+$/u;

/**
 * `text` as one word of a shell, for calls that a person may copy: nothing in it is run or
 * replaced.
 * Characters that would steer a terminal are written out, in the form that bash and zsh read back.
 */
export function shellWord(text: string): string {
  if (plain.test(text)) return text;
  if (printable(text) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text.replace(/[\\']/g, '\\$&');
  // Its form for the larger ones has braces, which shells do not know.
  const shown = printable(escaped).replace(
    /\\u\{([0-9a-f]+)\}/g,
    (_, hex: string) => `\\U${hex.padStart(8, '0')}`,
  );
  return `$'${shown}'`;
}
