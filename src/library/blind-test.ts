import type { Tell } from '../events.js';
import { locateFfmpeg } from '../media/program/ffmpeg.js';
import { type BlindTest, makeBlindTest } from '../report/blind/blind.js';
import type { Programs } from './programs.js';

/** Options of a blind test. */
export type BlindTestOptions = Programs & {
  /** The original, of the same size as the files that are compared. */
  readonly reference: string;
  /** The page, ending in .html. Default `<reference>.blind.html`. */
  readonly output?: string;
  /** Replace a file of that name that is no page of vsr. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** Called with events on the page: its beginning, and what it asks. */
  readonly tell?: Tell<BlindTest>;
};

/**
 * Makes one self-contained page that shows two or three pictures or clips in pairs beside their
 * original, the names hidden until the end, asks which is closer, and counts the answers. Resolves
 * to the page's path and what it asks.
 *
 * Throws VsrError: `option` for a wrong call, `media` for files that do not go together, `disk` for
 * a page that cannot be written.
 */
export async function blindTest(
  methods: readonly [string, string, third?: string],
  options: BlindTestOptions,
): Promise<BlindTest & { readonly page: string }> {
  const { reference, output, overwrite = false, tell } = options;
  const page = output ?? `${reference}.blind.html`;
  const signal = options.signal ?? new AbortController().signal;
  const asked = await makeBlindTest(() => locateFfmpeg(options), {
    methods: methods.filter((file) => file !== undefined),
    ...{ reference, output: page, overwrite, signal },
    ...(tell === undefined ? {} : { tell }),
  });
  return { page, ...asked };
}
