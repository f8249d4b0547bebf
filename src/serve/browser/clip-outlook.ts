/// <reference lib="dom" />
// Runs in the browser.
import { html, useEffect, useRef, useState } from 'htm/preact';
import type { Job, JobOptions } from '../queue/job.js';
import { server } from './client.js';
import { type Doing, Notes } from './notes.js';
import { nameOf, size } from './words.js';

/** A button that asks for the plan for a clip and shows it. */
export function PlanOf({ input, options }: { input: string; options: JobOptions }) {
  const [plan, setPlan] = useState<Partial<Job> | 'asking' | null>(null);
  const [wrong, setWrong] = useState('');
  const wanted = JSON.stringify(options);
  const asking = useRef(new AbortController());
  useEffect(() => {
    setPlan(null);
    // A plan for other options, or for a clip that is no longer selected, need not be made.
    return () => asking.current.abort();
  }, [wanted]);
  const ask = (): void => {
    setPlan('asking');
    setWrong('');
    const { signal } = (asking.current = new AbortController());
    server.plan(input, options, signal).then(setPlan, (error: unknown) => {
      if (signal.aborted) return;
      setPlan(null);
      setWrong(error instanceof Error ? error.message : String(error));
    });
  };
  return html`
    <div class="plan" aria-live="polite">
      <button onClick=${ask} disabled=${plan === 'asking'}>
        ${plan === 'asking' ? 'Planning …' : `Show the plan for ${nameOf(input)}`}
      </button>
      ${wrong === '' ? null : html`<p class="note">${wrong}</p>`}
      ${plan === null || plan === 'asking' ? null : html`<${PlanFacts} plan=${plan} />`}
    </div>
  `;
}

/** A button that makes a preview page of a clip, and then a link to it. */
export function PreviewOf({
  input,
  options,
  doing,
}: {
  input: string;
  options: JobOptions;
  doing: Doing;
}) {
  const [made, setMade] = useState<{ readonly page: string } | 'making' | null>(null);
  const wanted = JSON.stringify(options);
  useEffect(() => setMade(null), [wanted]);
  const make = (): void => {
    setMade('making');
    const page = server.preview(input, options).then(
      ({ id }) => setMade({ page: `/previews/${id}` }),
      (error: unknown) => {
        setMade(null);
        throw error;
      },
    );
    void doing(page, 'The preview is ready.');
  };
  if (made !== null && made !== 'making') {
    return html`<p>
      <a href=${made.page} target="_blank" rel="noopener">Open the preview of ${nameOf(input)}</a>
    </p>`;
  }
  return html`<button class="preview" onClick=${make} disabled=${made === 'making'}>
    ${made === 'making' ? 'Enlarging a few frames …' : 'Make a preview'}
  </button>`;
}

function PlanFacts({ plan }: { plan: Partial<Job> }) {
  const { error, output, of, bytes, models, notes } = plan;
  if (error != null) return html`<p class="note">${error}</p>`;
  return html`
    <dl>
      <dt>output</dt>
      <dd>${output ?? 'unknown'}</dd>
      <dt>frames</dt>
      <dd>${of ?? 'unknown'}</dd>
      <dt>size</dt>
      <dd>${bytes == null ? 'unknown' : `about ${size(bytes)}`}</dd>
      <dt>network</dt>
      <dd>${models?.join(' + ')}</dd>
    </dl>
    <${Notes} notes=${notes ?? []} />
  `;
}
