import type { ErrorFacts } from '../errors.js';
import type { LostEvent, NoteEvent } from '../events.js';
import type { UpscalePlan } from './plan-events.js';
import type { UpscaleOptions } from './plan/options.js';
import { upscale } from './upscale.js';

/** What `upscale` would do with one input. */
export type PlannedClip = {
  /** Absolute path of the input. */
  readonly clip: string;
  /** Where the output would be written; `null` where that is unknown. */
  readonly output: string | null;
  /** Frames that would come out; `null` where unknown. */
  readonly frames: number | null;
  /** Whether an earlier job has made exactly this output, which would be left as it is. */
  readonly finished: boolean;
  /** What was decided; `null` where the input cannot be enlarged. */
  readonly facts: UpscalePlan | null;
  /** What would be lost, or kept in another form, and what else is worth knowing. */
  readonly notes: readonly (NoteEvent | LostEvent)[];
  /** Why it cannot be enlarged; `null` where it can. */
  readonly error: ErrorFacts | null;
};

/**
 * Decides everything about an enlargement, estimates what it needs, and makes nothing. Gives one
 * entry for each input, in order; the entry of an input that cannot be enlarged says why.
 *
 * Throws VsrError, as `upscale` does, for a wrong call and for inputs that name nothing.
 */
export async function plan(
  inputs: string | readonly string[],
  options: Omit<UpscaleOptions, 'dryRun' | 'pause'> = {},
): Promise<readonly PlannedClip[]> {
  const planned = new Map<string, PlannedClip>();
  const nothing = { output: null, frames: null, finished: false, facts: null, error: null };
  const add = (clip: string, more: Partial<PlannedClip>): void => {
    const before = planned.get(clip) ?? { clip, ...nothing, notes: [] };
    planned.set(clip, { ...before, ...more });
  };
  for await (const event of upscale(inputs, { ...options, dryRun: true })) {
    if (event.event === 'start') for (const clip of event.clips) add(clip, {});
    else if (event.event === 'plan') {
      const { clip, output, frames, finished, facts } = event;
      add(clip, { output, frames, finished, facts });
    } else if (event.event === 'note' || event.event === 'lost') {
      add(event.clip, { notes: [...(planned.get(event.clip)?.notes ?? []), event] });
    } else if (event.event === 'failed' && event.clip !== null) {
      add(event.clip, { output: event.output, error: event.error });
    }
  }
  return [...planned.values()];
}
