/// <reference lib="dom" />
// Runs in the browser.
import { html } from 'htm/preact';
import type { JobOptions } from '../queue/job.js';
import type { Choices } from './client.js';

/** What the form holds: texts, as forms do. */
export type Wishes = { scale: string; model: string; codec: string; crf: string; folder: string };

const scales = ['2', '3', '4', '8', '720p', '1080p', '4k'];
export const noWishes: Wishes = { scale: '2', model: '', codec: '', crf: '', folder: '' };

/** The options of a job in what the form holds. */
export function optionsOf({ scale, model, codec, crf, folder }: Wishes): JobOptions {
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

type FormProps = {
  choices: Choices;
  wishes: Wishes;
  onChange: (wishes: Wishes) => void;
};

/** What can be chosen; nothing has to be. */
export function WishesForm({ choices, wishes, onChange }: FormProps) {
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
