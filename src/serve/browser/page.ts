/// <reference lib="dom" />
// Runs in the browser.
import { html, render, useEffect, useMemo, useState } from 'htm/preact';
import { type Choices, emptyState, follow, server } from './client.js';
import { FilesPanel } from './files-panel.js';
import type { Doing } from './notes.js';
import { MachinesPanel } from './machines-panel.js';
import { QueuePanel } from './queue-panel.js';

/** The whole page: clips on one side, the queue on the other. */
function App() {
  const [state, setState] = useState(emptyState);
  const [choices, setChoices] = useState<Choices | null>(null);
  const [said, setSaid] = useState('');
  /** Shows what was done, or the error, in the status line, which screen readers read out. */
  const doing: Doing = async (work, done = '') => {
    try {
      const result = await work;
      setSaid(typeof done === 'string' ? done : done(result));
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => {
    follow(setState);
    void doing(server.choices().then(setChoices));
  }, []);
  // Kept, so that a change of the queue does not draw the list of files again.
  const files = useMemo(
    () => (choices === null ? null : html`<${FilesPanel} choices=${choices} doing=${doing} />`),
    [choices],
  );
  return html`
    <header class="top">
      <h1>vsr</h1>
      <p class="said" role="status">
        ${state.connected ? said : 'No connection to vsr. Finished segments are kept. Connecting again …'}
      </p>
    </header>
    <main>
      ${files}
      <div class="panel">
        <${QueuePanel} state=${state} doing=${doing} />
        ${state.machines === null ? null : html`<${MachinesPanel} view=${state.machines} />`}
      </div>
    </main>
  `;
}

render(html`<${App} />`, document.getElementById('page')!);
