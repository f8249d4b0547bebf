/// <reference lib="dom" />
// Runs in the browser.
import { html, useEffect, useState } from 'htm/preact';
import { printable } from '../../printable.js';
import type { Listing } from '../folders.js';
import type { AddAnswer } from '../web/server.js';
import { type Choices, server } from './client.js';
import { PlanOf, PreviewOf } from './clip-outlook.js';
import type { Doing } from './notes.js';
import { useOffers } from './track-choice.js';
import { asOffered, noWishes, optionsOf, whyNot } from './wishes.js';
import { WishesForm } from './wishes-form.js';
import { addedWords, nameOf, size } from './words.js';

/** Folders and clips, and the options for the selected clips. */
export function FilesPanel({ choices, doing }: { choices: Choices; doing: Doing }) {
  const [listing, setListing] = useState<Listing | null>(null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [wishes, setWishes] = useState(noWishes);
  const [refused, setRefused] = useState<AddAnswer['refused']>([]);
  const open = (folder: string): void => {
    setMarked(new Set());
    void doing(server.folder(folder).then(setListing));
  };
  useEffect(() => {
    if (choices.roots[0] !== undefined) open(choices.roots[0]);
  }, [choices]);
  const files = listing?.files ?? [];
  const inputs = files.map(({ path }) => path).filter((path) => marked.has(path));
  const tracks = useOffers(inputs);
  useEffect(() => {
    const { offers } = tracks;
    if (offers === null) return;
    setWishes((now) => ({
      ...now,
      audio: asOffered(now.audio, offers.audio),
      subs: asOffered(now.subs, offers.subs),
    }));
  }, [tracks.offers]);
  const why = marked.size === 0 ? '' : whyNot(wishes, tracks.offers);
  const add = (): void => {
    const asked = server.add(inputs, optionsOf(wishes));
    asked.then(
      (answer) => setRefused(answer.refused),
      () => setRefused([]),
    );
    void doing(asked, addedWords);
    setMarked(new Set());
  };
  const only = marked.size === 1 ? [...marked][0]! : null;
  return html`
    <section aria-labelledby="files-title" class="panel">
      <h2 id="files-title">Clips</h2>
      <p class="where">${printable(listing?.folder ?? '')}</p>
      <${FolderList} roots=${choices.roots} listing=${listing} onOpen=${open} />
      <${FileList} files=${files} marked=${marked} onMark=${setMarked} />
      <${WishesForm} choices=${choices} wishes=${wishes} tracks=${tracks} onChange=${setWishes} />
      <p class="hint" aria-live="polite">${why}</p>
      <ul class="notes refused" aria-live="polite" aria-label="Clips that were not added">
        ${refused.map(
          ({ clip, why: reason }) =>
            html`<li key=${clip} class="note">
              ${nameOf(clip)} was not added. ${printable(reason)}
            </li>`,
        )}
      </ul>
      <div class="bar">
        <button class="main" disabled=${marked.size === 0 || why !== ''} onClick=${add}>
          ${marked.size === 0 ? 'Add to the queue' : `Add ${marked.size} to the queue`}
        </button>
        <button disabled=${listing === null} onClick=${() => open(listing!.folder)}>
          Reload the folder
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

type FolderListProps = {
  roots: readonly string[];
  listing: Listing | null;
  onOpen: (folder: string) => void;
};

/** The folders to go to: the roots where there are several, the one above, and those inside. */
function FolderList({ roots, listing, onOpen }: FolderListProps) {
  const button = (path: string, words: string) =>
    html`<button class="folder" onClick=${() => onOpen(path)}>${printable(words)}</button>`;
  return html`
    <ul class="list" aria-label="Folders">
      ${
        roots.length > 1
          ? roots.map((root) => html`<li key=${root}>${button(root, root)}</li>`)
          : null
      }
      ${
        listing?.above == null
          ? null
          : html`<li>${button(listing.above, '.. (the folder above)')}</li>`
      }
      ${listing?.folders.map(
        ({ name, path }) => html`<li key=${path}>${button(path, `${name}/`)}</li>`,
      )}
    </ul>
  `;
}

type FileListProps = {
  files: Listing['files'];
  marked: ReadonlySet<string>;
  onMark: (marked: ReadonlySet<string>) => void;
};

/** The clips and pictures of a folder, each with a checkbox, and one checkbox for all. */
function FileList({ files, marked, onMark }: FileListProps) {
  const all = files.length > 0 && files.every(({ path }) => marked.has(path));
  const mark = (path: string): void => {
    const next = new Set(marked);
    if (!next.delete(path)) next.add(path);
    onMark(next);
  };
  return html`
    ${
      files.length === 0
        ? html`<p class="hint">This folder holds no clips or pictures.</p>`
        : html`<label class="row all">
            <input
              type="checkbox"
              checked=${all}
              onChange=${() => onMark(new Set(all ? [] : files.map(({ path }) => path)))}
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
              <span class="name">${printable(name)}</span><span class="soft">${size(bytes)}</span>
            </label>
          </li>`,
      )}
    </ul>
  `;
}
