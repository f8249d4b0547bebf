/// <reference lib="dom" />
// Runs in the browser.
import { html, useMemo, useRef } from 'htm/preact';
import type { Job } from '../queue/job.js';
import { type PageState, server } from './client.js';
import type { Doing } from './notes.js';
import { JobRow } from './job-row.js';
import { duration, secondsFor, timeForAll } from './words.js';

/** Functions that move jobs. They stay the same, so that rows need not be drawn again for them. */
function useMoves(jobs: readonly Job[], doing: Doing) {
  const now = useRef({ jobs, doing });
  now.current = { jobs, doing };
  return useMemo(() => {
    let dragged: string | null = null;
    const move = (id: string, before: string | null): void =>
      void now.current.doing(server.move(id, before), 'Moved.');
    return {
      /** Moves a job by `by` places: down, or up where that is negative. */
      shift: (id: string, by: number): void => {
        const all = now.current.jobs;
        const place = all.findIndex((job) => job.id === id);
        const before = all[by > 0 ? place + by + 1 : Math.max(0, place + by)];
        if (before?.id !== id) move(id, before?.id ?? null);
      },
      drag: (id: string | null): void => {
        dragged = id;
      },
      drop: (before: string): void => {
        if (dragged !== null && dragged !== before) move(dragged, before);
        dragged = null;
      },
    };
  }, []);
}

/** The queue with all its jobs. */
export function QueuePanel({ state, doing }: { state: PageState; doing: Doing }) {
  const { jobs, paused, paces } = state;
  const counts = new Map<string, number>();
  for (const { state: each } of jobs) counts.set(each, (counts.get(each) ?? 0) + 1);
  const { seconds, unknown, rate } = timeForAll(jobs, paces);
  const left =
    seconds === null
      ? ''
      : ` About ${duration(seconds)} left${unknown === 0 ? '' : `, without ${unknown} of unknown length`}.`;
  const takes = (job: Job): string | null => {
    const alone = job.state === 'waiting' ? secondsFor(job, rate) : null;
    return alone === null ? null : duration(alone);
  };
  const tally = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  const over = jobs.filter((job) => job.state === 'done' || job.state === 'cancelled');
  const { shift, drag, drop } = useMoves(jobs, doing);
  return html`
    <section aria-labelledby="queue-title" class="panel">
      <h2 id="queue-title">Queue</h2>
      <div class="bar">
        <button aria-pressed=${paused} onClick=${() => void doing(server.pause(!paused))}>
          ${paused ? 'Resume all' : 'Pause all'}
        </button>
        <button
          disabled=${over.length === 0}
          onClick=${() => void doing(Promise.all(over.map(({ id }) => server.ask(id, 'remove'))))}
        >
          Remove done and cancelled
        </button>
        <span class="soft">${jobs.length === 0 ? '' : `${tally}.${left}`}</span>
      </div>
      ${
        jobs.length === 0
          ? html`<p class="hint">The queue is empty. Select clips and add them.</p>`
          : html`<p class="hint">
              Reorder jobs by dragging, with the arrow buttons, or with Alt and the arrow keys.
            </p>`
      }
      <ol class="jobs">
        ${jobs.map(
          (job) =>
            html`<${JobRow}
              key=${job.id}
              job=${job}
              pace=${paces[job.id]}
              takes=${takes(job)}
              doing=${doing}
              onShift=${shift}
              onDrag=${drag}
              onDrop=${drop}
            />`,
        )}
      </ol>
    </section>
  `;
}
