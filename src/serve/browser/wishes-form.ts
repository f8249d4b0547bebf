/// <reference lib="dom" />
// Runs in the browser.
import { html } from 'htm/preact';
import { printable } from '../../printable.js';
import type { Choices } from './client.js';
import { type Offers, TrackChoice } from './track-choice.js';
import { byQuality, setBy, shownSets, type Wishes } from './wishes.js';

const scales = ['2', '3', '4', '8', '720p', '1080p', '4k'];

/** Fields of the form that hold one text. */
type TextField = Exclude<keyof Wishes, 'audio' | 'subs'>;

type FormProps = {
  choices: Choices;
  wishes: Wishes;
  tracks: Offers;
  onChange: (wishes: Wishes) => void;
};

/** The form with the options for new jobs; all are optional. */
export function WishesForm({ choices, wishes, tracks, onChange }: FormProps) {
  const sets = setBy(choices.config, wishes.use);
  const set = (name: TextField) => (event: Event) =>
    onChange({ ...wishes, [name]: (event.target as HTMLInputElement).value });
  /** The words for no choice: the value that the configuration sets, otherwise `plain`. */
  const unchosen = (words: readonly string[], plain: string): string => {
    const word = words.find((each) => Object.hasOwn(sets, each));
    return word === undefined ? plain : printable(`as configured: ${sets[word]}`);
  };
  const select = (name: TextField, label: string, values: readonly string[], none: string) => html`
    <label>
      <span>${label}</span>
      <select value=${wishes[name]} onChange=${set(name)}>
        <option value="">${none}</option>
        ${values.map((value) => html`<option key=${value} value=${value}>${value}</option>`)}
      </select>
    </label>
  `;
  const networks = [...choices.qualities.map((name) => byQuality + name), ...choices.models];
  const codecs = choices.codecs.filter((name) => name !== 'auto');
  return html`
    <div class="wishes">
      <${PresetChoice} config=${choices.config} use=${wishes.use} onChoose=${set('use')} />
      ${select('scale', 'Scale or size', scales, unchosen(['scale', 'to'], '2, by default'))}
      ${select('model', 'Quality or network', networks, unchosen(['model', 'quality'], 'chosen for each clip'))}
      ${select('codec', 'Codec', codecs, unchosen(['codec', 'encoder'], 'as in the clip'))}
      <label
        ><span>CRF</span
        ><input
          type="number"
          min="0"
          max="63"
          placeholder=${unchosen(['crf', 'bitrate', 'size-limit'], 'visually lossless')}
          value=${wishes.crf}
          onInput=${set('crf')}
      /></label>
      <${TracksForm} wishes=${wishes} tracks=${tracks} sets=${sets} onChange=${onChange} />
      <label class="wide"
        ><span>Output folder</span
        ><input
          type="text"
          placeholder=${unchosen(['output'], 'beside the clip')}
          value=${wishes.folder}
          onInput=${set('folder')}
      /></label>
    </div>
  `;
}

type PresetProps = {
  config: Choices['config'];
  use: string;
  onChoose: (event: Event) => void;
};

/** Lets the user choose a preset of the configuration file, and shows what it sets. */
function PresetChoice({ config, use, onChoose }: PresetProps) {
  const { file, presets, sets, wrong } = config;
  if (wrong !== null) return html`<p class="note wide">${printable(wrong)}</p>`;
  const chosen = presets.find(({ name }) => name === use);
  const rest = chosen === undefined ? sets : chosen.rest;
  const hasRest = Object.keys(rest).length > 0;
  if (presets.length === 0 && !hasRest) return null;
  const said = [
    chosen === undefined ? '' : `${use} sets ${shownSets(chosen.sets)}.`,
    hasRest ? `${printable(file)} sets ${shownSets(rest)}.` : '',
  ];
  return html`
    <div class="wide">
      ${
        presets.length === 0
          ? null
          : html`<label>
              <span>Preset</span>
              <select value=${use} onChange=${onChoose} aria-describedby="preset-sets">
                <option value="">none</option>
                ${presets.map(
                  ({ name }) => html`<option key=${name} value=${name}>${printable(name)}</option>`,
                )}
              </select>
            </label>`
      }
      <p class="hint" id="preset-sets" aria-live="polite">
        ${printable(said.filter((each) => each !== '').join(' '))}
        ${chosen === undefined ? '' : ' Choices below override it.'}
      </p>
      ${chosen?.wrong == null ? null : html`<p class="note">${printable(chosen.wrong)}</p>`}
    </div>
  `;
}

type TracksProps = Pick<FormProps, 'wishes' | 'tracks' | 'onChange'> & {
  sets: Readonly<Record<string, string>>;
};

/** Lets the user choose which audio and subtitles of the selected clips to keep. */
function TracksForm({ wishes, tracks, sets, onChange }: TracksProps) {
  const { offers, wrong } = tracks;
  const looked = offers?.looked ?? 0;
  const choice = (name: 'audio' | 'subs', title: string) =>
    html`<${TrackChoice}
      title=${title}
      wish=${wishes[name]}
      offers=${offers?.[name] ?? null}
      looked=${looked}
      set=${sets[name]}
      onChange=${(wish: Wishes['audio']) => onChange({ ...wishes, [name]: wish })}
    />`;
  const isPart = offers !== null && looked < offers.of;
  const said = wrong || offers?.wrong || '';
  return html`
    ${choice('audio', 'Audio')} ${choice('subs', 'Subtitles')}
    ${
      isPart && looked > 0
        ? html`<p class="hint wide">
            These are the tracks of ${looked} of ${offers.of} clips. A clip with none of the ticked
            tracks fails.
          </p>`
        : null
    }
    ${said === '' ? null : html`<p class="note wide">${printable(said)}</p>`}
  `;
}
