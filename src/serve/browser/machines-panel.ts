/// <reference lib="dom" />
// Runs in the browser.
import { html, useMemo } from 'htm/preact';
import { printable } from '../../printable.js';
import type { MachinesView, OthersClip } from '../machines/machines-view.js';
import { laneWords, workerWords } from './machines-words.js';
import { duration } from './words.js';

/** The queue in Redis: its machines and workers, and the clips that others submitted. */
export function MachinesPanel({ view }: { view: MachinesView }) {
  return useMemo(() => drawn(view), [view]);
}

function drawn({ queue, problem, workers, lanes, clips, more }: MachinesView) {
  const heading = html`
    <h2 id="machines-title">Machines</h2>
    <p class="where">${printable(queue)}</p>
    <p class=${problem === null ? 'hint' : 'note'} role="status">${printable(problem ?? '')}</p>
  `;
  if (problem !== null) {
    return html`<section class="machines" aria-labelledby="machines-title">${heading}</section>`;
  }
  return html`
    <section class="machines" aria-labelledby="machines-title">
      ${heading}
      ${lanes.map(
        (lane) =>
          html`<p key=${lane.id} class=${lane.workers === 0 ? 'note' : 'hint'}>
            ${printable(laneWords(lane))}
          </p>`,
      )}
      <h3 id="workers-title">Workers</h3>
      ${
        workers.length === 0
          ? html`<p class="hint">
              There are no workers. Start one with vsr worker --queue ${printable(queue)} --root
              name=folder
            </p>`
          : html`<ul class="list" aria-labelledby="workers-title">
              ${workers.map(
                (worker) =>
                  html`<li key=${worker.id} class="line">
                    <strong class="name">${printable(worker.name)}</strong>
                    <span class="soft">${printable(workerWords(worker))}</span>
                  </li>`,
              )}
            </ul>`
      }
      <h3 id="others-title">Clips of others</h3>
      ${
        clips.length === 0
          ? html`<p class="hint">There are no clips of others in this queue.</p>`
          : html`<ul class="list" aria-labelledby="others-title">
              ${clips.map((clip) => html`<${OthersRow} key=${clip.id} clip=${clip} />`)}
            </ul>`
      }
      ${more === 0 ? null : html`<p class="hint">and ${more} more</p>`}
    </section>
  `;
}

/** A clip that others submitted: its progress, and why it failed. */
function OthersRow({ clip }: { clip: OthersClip }) {
  const { input, state, done, frames, priority, cause, openSeconds } = clip;
  const count = frames === null ? `${done} frames` : `${done} of ${frames} frames`;
  const time = openSeconds === null ? '' : `, ${duration(openSeconds)} of one worker’s time`;
  const words = state === 'open' ? `${count}${time}` : state;
  return html`
    <li>
      <div class="line">
        <span class="name">${printable(input)}</span>
        <span class="soft">${priority === 'interactive' ? 'interactive, ' : ''}${words}</span>
      </div>
      ${
        state === 'open'
          ? html`<progress
              max=${frames ?? 1}
              value=${frames === null ? undefined : done}
              aria-label=${`progress of ${printable(input)}`}
            ></progress>`
          : null
      }
      ${cause === null ? null : html`<p class="note">${printable(cause)}</p>`}
    </li>
  `;
}
