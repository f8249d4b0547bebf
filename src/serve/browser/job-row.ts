/// <reference lib="dom" />
// Runs in the browser.
import { html, useMemo, useState } from 'htm/preact';
import { printable } from '../../printable.js';
import type { Job, JobPace } from '../queue/job.js';
import { server } from './client.js';
import { useNear } from './near.js';
import { type Doing, Notes } from './notes.js';
import { duration, nameOf, size } from './words.js';

type RowProps = {
  job: Job;
  pace: JobPace | undefined;
  /** The time that it will take once it runs, in words; `null` where unknown. */
  takes: string | null;
  /** Functions of an earlier drawing may be used: they do the same. */
  doing: Doing;
  onShift: (id: string, by: number) => void;
  onDrag: (id: string | null) => void;
  onDrop: (before: string) => void;
};

/** The requests that a job allows in each state, with the words on the button. */
const buttons: Readonly<Record<Job['state'], readonly (readonly [string, string])[]>> = {
  waiting: [
    ['pause', 'Pause'],
    ['cancel', 'Cancel'],
  ],
  running: [
    ['pause', 'Pause'],
    ['cancel', 'Cancel'],
  ],
  paused: [
    ['resume', 'Resume'],
    ['cancel', 'Cancel'],
  ],
  done: [['remove', 'Remove']],
  failed: [
    ['retry', 'Try again'],
    ['remove', 'Remove'],
  ],
  cancelled: [
    ['retry', 'Try again'],
    ['remove', 'Remove'],
  ],
};

function howFar(
  { state, frames, of }: Job,
  pace: JobPace | undefined,
  takes: string | null,
): string {
  const count = of === null ? `${frames} frames` : `${frames} of ${of} frames`;
  if (state === 'running') {
    if (pace === undefined) return 'beginning';
    const eta = pace.eta === null ? '' : `, ${duration(pace.eta)} left`;
    if (pace.stage !== 'enlarge') return pace.stage;
    // 0 while the machines of a queue have not begun with it.
    return pace.fps === 0 ? count : `${count}, ${pace.fps.toFixed(1)} per second${eta}`;
  }
  if (state === 'waiting' && takes !== null) return `waiting, takes about ${takes}`;
  if (state === 'paused') return `paused at ${count}`;
  return state;
}

/** The options and the expected output of a job, in a few words. */
function wishesOf({ options, models, bytes, size: pixels, state }: Job): string {
  const { scale, to, quality, audio, subs, use } = options;
  return [
    printable(use ?? ''),
    to ?? (scale === null ? '' : `${scale}x`),
    pixels ?? '',
    quality === null ? '' : `quality ${quality}`,
    options.model ?? models.join(' + '),
    options.codec ?? '',
    options.crf === null ? '' : `CRF ${options.crf}`,
    audio === null ? '' : `audio ${audio}`,
    subs === null ? '' : `subtitles ${subs}`,
    bytes === null ? '' : `${state === 'done' ? '' : 'about '}${size(bytes)}`,
  ]
    .filter((word) => word !== '')
    .join(', ');
}

/** One job of the queue. Its row is drawn again only where something in it has changed. */
export function JobRow(props: RowProps) {
  const { job, pace, takes } = props;
  const [isNear, place] = useNear();
  return useMemo(() => drawn(props, isNear, place), [job, pace, takes, isNear]);
}

/** A row of the queue; far from the window it shows only the clip's name. */
function drawn(
  { job, pace, takes, doing, onShift, onDrag, onDrop }: RowProps,
  isNear: boolean,
  place: { current: Element | null },
) {
  const { id, input, state } = job;
  const name = nameOf(input);
  const keys = (event: KeyboardEvent): void => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onShift(id, event.key === 'ArrowUp' ? -1 : 1);
  };
  return html`
    <li
      class=${`job ${state}${isNear ? '' : ' away'}`}
      ref=${place}
      tabindex="0"
      draggable="true"
      aria-label=${`${name}, ${state}`}
      onKeyDown=${keys}
      onDragStart=${() => onDrag(id)}
      onDragEnd=${() => onDrag(null)}
      onDragOver=${(event: Event) => event.preventDefault()}
      onDrop=${() => onDrop(id)}
    >
      <div class="line">
        <strong class="name" title=${printable(input)}>${name}</strong>
        ${isNear ? html`<span class="soft">${wishesOf(job)}</span>` : null}
      </div>
      ${isNear ? html`<${RowContent} job=${job} pace=${pace} takes=${takes} doing=${doing} onShift=${onShift} />` : null}
    </li>
  `;
}

/** A job's progress, buttons, error and details. */
function RowContent({ job, pace, takes, doing, onShift }: Omit<RowProps, 'onDrag' | 'onDrop'>) {
  const { state } = job;
  const name = nameOf(job.input);
  return html`
    ${
      state === 'running' || state === 'paused'
        ? html`<progress
            max=${job.of ?? 1}
            value=${job.of === null ? undefined : job.frames}
            aria-label=${`progress of ${name}`}
          ></progress>`
        : null
    }
    <div class="line">
      <span class="far">${howFar(job, pace, takes)}</span>
      <${JobButtons} job=${job} doing=${doing} onShift=${onShift} />
    </div>
    ${job.error === null ? null : html`<p class="note">${printable(job.error)}</p>`}
    <${JobDetails} job=${job} doing=${doing} />
  `;
}

/** Buttons to move a job in the queue and for the requests that its state allows. */
function JobButtons({ job, doing, onShift }: Pick<RowProps, 'job' | 'doing' | 'onShift'>) {
  const { id, state } = job;
  const name = nameOf(job.input);
  return html`
    <span class="bar">
      ${
        state === 'waiting' || state === 'paused'
          ? [[-1, '↑', 'Earlier'] as const, [1, '↓', 'Later'] as const].map(
              ([by, sign, words]) =>
                html`<button
                  key=${words}
                  title=${words}
                  aria-label=${`${words}: ${name}`}
                  onClick=${() => onShift(id, by)}
                >
                  ${sign}
                </button>`,
            )
          : null
      }
      ${buttons[state].map(
        ([request, words]) =>
          html`<button
            key=${request}
            aria-label=${`${words}: ${name}`}
            onClick=${() => void doing(server.ask(id, request))}
          >
            ${words}
          </button>`,
      )}
      ${job.hasReport ? html`<a href=${`/reports/${id}`} target="_blank" rel="noopener">Before and after</a>` : null}
    </span>
  `;
}

/** A job's paths and notes, and its log once they are opened. */
function JobDetails({ job, doing }: Pick<RowProps, 'job' | 'doing'>) {
  const { id, input, output, notes } = job;
  const [log, setLog] = useState<string | null>(null);
  const showLog = (event: Event): void => {
    if ((event.target as HTMLDetailsElement).open) void doing(server.log(id).then(setLog));
  };
  return html`
    <details onToggle=${showLog}>
      <summary>
        ${notes.length === 0 ? 'Details' : `Details and ${notes.length} ${notes.length === 1 ? 'note' : 'notes'}`}
      </summary>
      <p class="where">
        ${printable(input)}${output === null ? '' : html`<br />${printable(output)}`}
      </p>
      <${Notes} notes=${notes} />
      ${log === null ? null : html`<pre class="log" tabindex="0">${log || 'The log is empty.'}</pre>`}
    </details>
  `;
}
