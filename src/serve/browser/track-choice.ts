/// <reference lib="dom" />
// Runs in the browser.
import { html, useEffect, useState } from 'htm/preact';
import { printable } from '../../printable.js';
import type { TrackOffer, TrackOffers } from '../track-offers.js';
import { server } from './client.js';
import { offerWords, type TrackWish } from './wishes.js';

/** Milliseconds without another selection after which the server is asked for the tracks. */
const settleMs = 200;

/** The tracks of the selected clips, `null` until they are known; and the error, or `''`. */
export type Offers = { readonly offers: TrackOffers | null; readonly wrong: string };

/** Asks the server for the tracks of the clips `inputs` whenever these change. */
export function useOffers(inputs: readonly string[]): Offers {
  const [known, setKnown] = useState<Offers & { readonly key: string }>({
    ...{ offers: null, wrong: '', key: '' },
  });
  const key = inputs.join('\n');
  useEffect(() => {
    if (key === '') return undefined;
    const gone = new AbortController();
    const asking = setTimeout(() => {
      server.tracks(inputs, gone.signal).then(
        (offers) => setKnown({ offers, wrong: '', key }),
        (error: unknown) => {
          if (gone.signal.aborted) return;
          const wrong = error instanceof Error ? error.message : String(error);
          setKnown({ offers: null, wrong, key });
        },
      );
    }, settleMs);
    return () => {
      clearTimeout(asking);
      gone.abort();
    };
  }, [key]);
  return known.key === key ? known : { offers: null, wrong: '' };
}

type ChoiceProps = {
  /** `Audio` or `Subtitles`. */
  title: string;
  wish: TrackWish;
  /** `null` until the tracks of the selected clips are known. */
  offers: readonly TrackOffer[] | null;
  /** How many clips were read. */
  looked: number;
  /** The tracks that the configuration keeps by default; absent where it sets none. */
  set: string | undefined;
  onChange: (wish: TrackWish) => void;
};

/** Lets the user choose which tracks of a kind to keep: all, none, or those that are ticked. */
export function TrackChoice({ title, wish, offers, looked, set, onChange }: ChoiceProps) {
  const { mode, words } = wish;
  const choose = (event: Event): void =>
    onChange({ ...wish, mode: (event.target as HTMLSelectElement).value as TrackWish['mode'] });
  const tick = (word: string): void =>
    onChange({
      ...wish,
      words: words.includes(word) ? words.filter((each) => each !== word) : [...words, word],
    });
  return html`
    <fieldset class="tracks">
      <legend>${title}</legend>
      <select aria-label=${`${title} to keep`} value=${mode} onChange=${choose}>
        <option value="">${set === undefined ? 'all' : `as configured: ${set}`}</option>
        ${set === undefined ? null : html`<option value="all">all</option>`}
        <option value="none">none</option>
        <option value="some">only …</option>
      </select>
      ${
        mode === 'some' && offers !== null
          ? html`<ul class="list">
              ${offers.map(
                (offer) =>
                  html`<li key=${offer.word}>
                    <label class="row">
                      <input
                        type="checkbox"
                        checked=${words.includes(offer.word)}
                        onChange=${() => tick(offer.word)}
                      />
                      <span class="name">${printable(offerWords(offer, looked))}</span>
                    </label>
                  </li>`,
              )}
            </ul>`
          : html`<p class="hint">${offers === null ? '' : heldWords(offers, looked)}</p>`
      }
    </fieldset>
  `;
}

/** The tracks of the selected clips in one line. */
function heldWords(offers: readonly TrackOffer[], looked: number): string {
  if (looked === 0) return '';
  if (offers.length === 0) return looked === 1 ? 'The clip has none.' : 'The clips have none.';
  return printable(offers.map((offer) => offerWords(offer, looked)).join('; '));
}
