import { messageOf, VsrError } from '../../errors.js';

/** Options whose name here is not the library's in other letters. */
const flags: Readonly<Record<string, string>> = { pixelFormat: '--pix-fmt', output: '-o' };

/** How the command line calls an option of the library: `--stall-timeout` for `stallTimeout`. */
function flagOf(name: string): string {
  return flags[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The message of an error, with options named as the command line names them. */
export function sentenceOf(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof VsrError) || error.bad === undefined) return message;
  const { name } = error.bad;
  if (!/^[a-z]+$/i.test(name)) return message;
  return message.replace(` for ${name} but received `, ` for ${flagOf(name)} but received `);
}
