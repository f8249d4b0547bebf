import { VsrError } from '../../errors.js';
import type { SubmitFlags } from './options/queue.js';
import type { UpscaleFlags } from './upscale-flags.js';

/**
 * Throws VsrError `option` for what only makes sense with a queue, or never with one.
 */
export function checkSubmitFlags(
  inputs: readonly string[],
  flags: Pick<UpscaleFlags, keyof SubmitFlags | 'exec' | 'output'>,
): void {
  const { queue, root, priority, detach, exec, share, shareCert, shareKey } = flags;
  if (detach === true && exec !== undefined) {
    throw new VsrError('option', 'Expected no --exec with --detach: nobody waits for the clips.');
  }
  const ofShare = { '--share-cert': shareCert, '--share-key': shareKey };
  const ofQueue = {
    '--queue-password-file': flags.queuePasswordFile,
    '--queue-ca': flags.queueCa,
  };
  const idle = firstGiven({ '--root': root, '--priority': priority, '--detach': detach });
  if (queue === undefined) {
    const first = idle ?? firstGiven({ '--share': share, ...ofShare, ...ofQueue });
    if (first === null) return;
    throw new VsrError('option', `Expected --queue with ${first}, which is an option for a queue.`);
  }
  if (inputs.includes('-') || flags.output === '-') {
    throw new VsrError('option', 'Expected files with --queue, but received - for a pipe.');
  }
  if (share === undefined) {
    const first = firstGiven(ofShare);
    if (first === null) return;
    throw new VsrError('option', `Expected --share with ${first}, which is about what it serves.`);
  }
  const excluded = firstGiven({ '--root': root, '--detach': detach });
  if (excluded === '--root') {
    throw new VsrError('option', 'Expected --root or --share, not both: files go one way.');
  }
  if (excluded !== null) {
    throw new VsrError(
      'option',
      'Expected no --detach with --share: this process serves the clips until they are done.',
    );
  }
}

/** The first of some options that was given. */
function firstGiven(options: Readonly<Record<string, unknown>>): string | null {
  return Object.entries(options).find(([, value]) => value !== undefined)?.[0] ?? null;
}
