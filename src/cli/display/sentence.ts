import type { ErrorFacts } from '../../errors.js';

/** Options whose name on the command line is not the library's with dashes. */
const flags: Readonly<Record<string, string>> = { pixelFormat: '--pix-fmt', output: '-o' };

/** How the command line calls an option of the library: `--stall-timeout` for `stallTimeout`. */
function flagOf(name: string): string {
  return flags[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The message of an error, with options named as the command line names them. */
export function sentenceOf({ message, option }: ErrorFacts): string {
  if (option === undefined || !/^[a-z]+$/i.test(option)) return message;
  return message.replace(` for ${option} but received `, ` for ${flagOf(option)} but received `);
}
