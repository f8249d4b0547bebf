import type { ProgressEvent, Stage, TellProgress } from './events.js';

/** What is counted. */
export type Counted = {
  readonly clip: string;
  readonly output: string | null;
  readonly stage: Stage;
  /** Frames there are thought to be; `null` where unknown. */
  readonly of: number | null;
};

/** Milliseconds between events. */
const everyMs = 200;

/**
 * Gives a function to call with the number of frames done (those of `before` included). It reports,
 * now and then and at the end, how far the work is, how fast it goes, and how long the rest will
 * take.
 */
export function paceOf(counted: Counted, tell: TellProgress, before = 0): (frames: number) => void {
  const startedAt = performance.now();
  let toldAt = -Infinity;
  return (frames) => {
    const now = performance.now();
    if (now - toldAt < everyMs && frames !== counted.of) return;
    toldAt = now;
    const fps = (frames - before) / Math.max((now - startedAt) / 1000, 1e-3);
    const { of } = counted;
    const eta = of === null || fps === 0 ? null : Math.max(0, of - frames) / fps;
    const progress: ProgressEvent = {
      ...{ event: 'progress', ...counted },
      ...{ frames, fps, eta, psnr: null },
    };
    tell(progress);
  };
}
