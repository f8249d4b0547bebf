import type { Control } from '../../queue/control/steer.js';
import type { ClipEntry } from '../../queue/redis/book.js';
import { waitForClip } from '../../queue/submit/wait-for-clip.js';
import { exitCodeOf } from '../../errors.js';
import { say } from '../display/say.js';

/** Milliseconds from one line of progress to the next. */
const lineMs = 5_000;

/** How watching a clip ended; `left` where the user stopped it before the clip's end. */
export type ClipEnd = {
  readonly clip: string;
  readonly output: string;
  readonly state: 'done' | 'failed' | 'cancelled' | 'lost' | 'left';
  readonly cause: string | null;
};

/** Watches clips to their ends, and says how far they are. */
export async function watchClips(
  { connection, book }: Control,
  clips: readonly ClipEntry[],
  signal: AbortSignal,
): Promise<ClipEnd[]> {
  return Promise.all(
    clips.map(async ({ id, fingerprint, output, frames, before }): Promise<ClipEnd> => {
      let saidAt = performance.now() - lineMs;
      const place = { clip: id, output };
      try {
        const end = await waitForClip({
          ...{ connection, book, signal, clip: { id, fingerprint }, joins: false },
          onProgress: (progress) => {
            if (performance.now() - saidAt < lineMs) return;
            saidAt = performance.now();
            const all = frames === null ? '' : `/${frames}`;
            say(`${output}: ${before + progress.frames}${all} frames`);
          },
        });
        const cause = 'cause' in end ? end.cause : null;
        const why = cause === null ? '' : `: ${cause}`;
        const words = end.state === 'lost' ? 'it is no longer in the queue' : end.state;
        say(`${output}: ${words}${why}`);
        return { ...place, state: end.state, cause };
      } catch (error) {
        if (exitCodeOf(error) !== 130) throw error;
        say(`${output}: left in the queue. Come back with: vsr queue watch ${id}`);
        return { ...place, state: 'left', cause: null };
      }
    }),
  );
}
