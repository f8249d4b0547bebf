/// <reference lib="dom" />
// Runs in the browser.
import { html } from 'htm/preact';
import { printable } from '../../printable.js';
import type { Job } from '../queue/job.js';

/** Runs what was asked for and shows how it went. */
export type Doing = (work: Promise<unknown>, done?: string) => Promise<void>;

/** What was said about a clip; what its output lacks stands out. */
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
