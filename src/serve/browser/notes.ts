/// <reference lib="dom" />
// Runs in the browser.
import { html } from 'htm/preact';
import { printable } from '../../printable.js';
import type { Job } from '../queue/job.js';

/** Awaits `work`, then shows `done`, or what it makes of the result, or the error's message. */
export type Doing = <Result>(
  work: Promise<Result>,
  done?: string | ((result: Result) => string),
) => Promise<void>;

/** The notes about a clip; losses are highlighted. */
export function Notes({ notes }: { notes: Job['notes'] }) {
  return html`<ul class="notes">
    ${notes.map(
      ({ what, why, isLoss }, i) =>
        html`<li key=${i} class=${isLoss ? 'note' : ''}>
          ${isLoss ? 'lost: ' : ''}${printable(`${what}: ${why}`)}
        </li>`,
    )}
  </ul>`;
}
