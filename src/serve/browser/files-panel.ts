/// <reference lib="dom" />
// Runs in the browser.
import { html, useEffect, useState } from 'htm/preact';
import type { Listing } from '../folders.js';
import type { Job, JobOptions } from '../queue/job.js';
import { type Choices, server } from './client.js';
import { nameOf, size } from './words.js';

/** Runs what was asked for and shows how it went. */
export type Doing = (work: Promise<unknown>, done?: string) => Promise<void>;

/** What the form holds: texts, as forms do. */
type Wishes = { scale: string; model: string; codec: string; crf: string; folder: string };

const scales = ['2', '3', '4', '8', '720p', '1080p', '4k'];
const noWishes: Wishes = { scale: '2', model: '', codec: '', crf: '', folder: '' };

function optionsOf({ scale, model, codec, crf, folder }: Wishes): JobOptions {
  const isSize = !/^[\d.]+$/.test(scale);
  return {
    scale: isSize ? null : Number(scale),
    to: isSize ? scale : null,
    model: model || null,
    codec: codec || null,
    crf: crf === '' ? null : Number(crf),
    preset: null,
    folder: folder || null,
  };
}

/** Folders and clips, with what can be chosen for those that are marked. */
export function FilesPanel({ choices, doing }: { choices: Choices; doing: Doing }) {
  const [listing, setListing] = useState<Listing | null>(null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [wishes, setWishes] = useState(noWishes);
  const open = (folder: string): void => {
    setMarked(new Set());
    void doing(server.folder(folder).then(setListing));
  };
  useEffect(() => {
    if (choices.roots[0] !== undefined) open(choices.roots[0]);
  }, [choices]);
  const mark = (path: string): void => {
    const next = new Set(marked);
    if (!next.delete(path)) next.add(path);
    setMarked(next);
  };
  const files = listing?.files ?? [];
  const all = files.length > 0 && files.every(({ path }) => marked.has(path));
  const add = (): void => {
    const inputs = files.map(({ path }) => path).filter((path) => marked.has(path));
    const words = inputs.length === 1 ? '1 clip was added.' : `${inputs.length} clips were added.`;
    void doing(server.add(inputs, optionsOf(wishes)), words);
    setMarked(new Set());
  };
  const only = marked.size === 1 ? [...marked][0]! : null;
  return html`
    <section aria-labelledby="files-title" class="panel">
      <h2 id="files-title">Clips</h2>
      <p class="where">${listing?.folder ?? ''}</p>
      <ul class="list" aria-label="Folders">
        ${
          choices.roots.length > 1
            ? choices.roots.map(
                (root) =>
                  html`<li key=${root}>
                    <button class="folder" onClick=${() => open(root)}>${root}</button>
                  </li>`,
              )
            : null
        }
        ${
          listing?.above == null
            ? null
            : html`<li>
                <button class="folder" onClick=${() => open(listing.above!)}>
                  .. (the folder above)
                </button>
              </li>`
        }
        ${listing?.folders.map(
          ({ name, path }) =>
            html`<li key=${path}>
              <button class="folder" onClick=${() => open(path)}>${name}/</button>
            </li>`,
        )}
      </ul>
      ${
        files.length === 0
          ? html`<p class="hint">No clips or pictures lie in this folder.</p>`
          : html`<label class="row all">
              <input
                type="checkbox"
                checked=${all}
                onChange=${() => setMarked(new Set(all ? [] : files.map(({ path }) => path)))}
              />
              <span>all ${files.length}</span>
            </label>`
      }
      <ul class="list files" aria-label="Clips and pictures">
        ${files.map(
          ({ name, path, bytes }) =>
            html`<li key=${path}>
              <label class="row">
                <input type="checkbox" checked=${marked.has(path)} onChange=${() => mark(path)} />
                <span class="name">${name}</span><span class="soft">${size(bytes)}</span>
              </label>
            </li>`,
        )}
      </ul>
      <${WishesForm} choices=${choices} wishes=${wishes} onChange=${setWishes} />
      <div class="bar">
        <button class="main" disabled=${marked.size === 0} onClick=${add}>
          ${marked.size === 0 ? 'Add to the queue' : `Add ${marked.size} to the queue`}
        </button>
        <button disabled=${listing === null} onClick=${() => open(listing!.folder)}>
          Read the folder again
        </button>
      </div>
      ${
        only === null
          ? null
          : html`<${PlanOf} key=${only} input=${only} options=${optionsOf(wishes)} />
              <${PreviewOf}
                key=${`preview ${only}`}
                input=${only}
                options=${optionsOf(wishes)}
                doing=${doing}
              />`
      }
    </section>
  `;
}

type FormProps = {
  choices: Choices;
  wishes: Wishes;
  onChange: (wishes: Wishes) => void;
};

/** What can be chosen; nothing has to be. */
function WishesForm({ choices, wishes, onChange }: FormProps) {
  const set = (name: keyof Wishes) => (event: Event) =>
    onChange({ ...wishes, [name]: (event.target as HTMLInputElement).value });
  const select = (
    name: keyof Wishes,
    label: string,
    values: readonly string[],
    none: string | null,
  ) => html`
    <label>
      <span>${label}</span>
      <select value=${wishes[name]} onChange=${set(name)}>
        ${none === null ? null : html`<option value="">${none}</option>`}
        ${values.map((value) => html`<option key=${value} value=${value}>${value}</option>`)}
      </select>
    </label>
  `;
  return html`
    <div class="wishes">
      ${select('scale', 'Times as large, or size', scales, null)}
      ${select('model', 'Network', choices.models, 'chosen for each clip')}
      ${select(
        'codec',
        'Codec',
        choices.codecs.filter((name) => name !== 'auto'),
        'as in the clip',
      )}
      <label
        ><span>CRF</span
        ><input
          type="number"
          min="0"
          max="63"
          placeholder="visually lossless"
          value=${wishes.crf}
          onInput=${set('crf')}
      /></label>
      <label class="wide"
        ><span>Folder of the output</span
        ><input
          type="text"
          placeholder="beside the clip"
          value=${wishes.folder}
          onInput=${set('folder')}
      /></label>
    </div>
  `;
}

/** What would become of a clip, when asked. */
function PlanOf({ input, options }: { input: string; options: JobOptions }) {
  const [plan, setPlan] = useState<Partial<Job> | 'asking' | null>(null);
  const [wrong, setWrong] = useState('');
  const wanted = JSON.stringify(options);
  useEffect(() => setPlan(null), [wanted]);
  const ask = (): void => {
    setPlan('asking');
    setWrong('');
    server.plan(input, options).then(setPlan, (error: unknown) => {
      setPlan(null);
      setWrong(error instanceof Error ? error.message : String(error));
    });
  };
  return html`
    <div class="plan" aria-live="polite">
      <button onClick=${ask} disabled=${plan === 'asking'}>
        ${plan === 'asking' ? 'Looking …' : `What will become of ${nameOf(input)}?`}
      </button>
      ${wrong === '' ? null : html`<p class="note">${wrong}</p>`}
      ${plan === null || plan === 'asking' ? null : html`<${PlanFacts} plan=${plan} />`}
    </div>
  `;
}

/** A page that shows how a clip would look, when asked. */
function PreviewOf({
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
      <a href=${made.page} target="_blank" rel="noopener"
        >Look at the preview of ${nameOf(input)}</a
      >
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

/** What was said about a clip; what its output lacks stands out. */
export function Notes({ notes }: { notes: Job['notes'] }) {
  return html`<ul class="notes">
    ${notes.map(
      ({ what, why, isLoss }, i) =>
        html`<li key=${i} class=${isLoss ? 'note' : ''}>
          ${isLoss ? 'lost: ' : ''}${what}: ${why}
        </li>`,
    )}
  </ul>`;
}
