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

/**
 * Words that no shell reads as more than themselves. To zsh `=ls` is the place of a program, and
 * `%self` is the number of a process to fish.
 */
const plain = /^(?![=%])[\p{L}\p{M}\p{N}_@%+=:,./-]+$/u;

/** What `printf` would read as an option, an escape or a format, and what ends a quoted word. */
const notForPrintf = /^-|[\\'%\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The bytes of a text as `printf` reads them in every shell. */
const octal = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/**
 * `text` as one word of a shell, for calls that a person may copy: nothing in it is run or
 * replaced. It is written so that sh, bash, zsh and fish read the same: fish takes a backslash
 * between quotes for an escape. Characters that would steer a terminal are written out.
 */
export function shellWord(text: string): string {
  if (plain.test(text)) return text;
  if (printable(text) === text) return `'${text.replace(/[\\']/g, `'\\$&'`)}'`;
  // A shell removes line ends from the end of what a program prints.
  const [, words, ends] = /^([^]*?)(\n*)$/.exec(text)!;
  const printed = `"$(printf '${words!.replace(notForPrintf, octal)}')"`;
  return `${words === '' ? '' : printed}${ends === '' ? '' : `$'${ends!.replaceAll('\n', '\\n')}'`}`;
}
