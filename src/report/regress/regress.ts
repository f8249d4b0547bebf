import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean } from '../../did-you-mean.js';
import { badValue, errorFacts, messageOf, VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import { isTaken } from '../../files/place-key.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { looksLikeClip } from '../../upscale/plan/inputs.js';
import { version } from '../../version.js';
import { regressClip, runJob, type JobRunner } from './regress-clip.js';
import { compareBaseline, renewed, type Check } from './regress-compare.js';
import {
  defaultTolerance,
  manifestName,
  readManifest,
  writeManifest,
  type Manifest,
  type ManifestClip,
} from './regress-manifest.js';

/** The result of a clip. */
export type ClipResult = {
  readonly clip: string;
  readonly checks: readonly Check[];
  /** Why it could not be measured; `null` if it was. */
  readonly error: string | null;
};

/** The result of a clip that could be measured. */
export type RegressSummary = {
  /** Whether every check holds. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
};

/** Clips of a folder that has no manifest yet, or that its manifest does not name. */
async function newClips(folder: string, known: readonly ManifestClip[]): Promise<ManifestClip[]> {
  const names = (await readdir(folder)).filter(looksLikeClip).sort();
  const taken = new Set(known.map(({ clip }) => clip));
  return names
    .filter((name) => !taken.has(name))
    .map((clip) => ({
      ...{ clip, scale: 2, model: 'espcn-32-x2', codec: 'ffv1' },
      tolerance: defaultTolerance,
      baseline: null,
    }));
}

async function manifestOf(file: string, update: boolean): Promise<Manifest> {
  const folder = path.dirname(file);
  const info = await stat(folder).catch(() => undefined);
  if (info?.isDirectory() !== true) {
    throw new VsrError('media', `Expected a folder of clips but ${folder} is none.`);
  }
  const exists = await isTaken(file);
  const manifest: Manifest =
    exists || !update ? await readManifest(file) : { version: 1, clips: [] };
  const clips = update
    ? [...manifest.clips, ...(await newClips(folder, manifest.clips))]
    : manifest.clips;
  if (clips.length === 0) {
    throw new VsrError(
      'media',
      `Expected clips in ${file} but it names none: nothing was checked.`,
    );
  }
  return { version: 1, clips };
}

/** How a regression run goes. */
export type RegressOptions = {
  /** Take what is measured as the new baseline. */
  readonly update?: boolean;
  /** Only these clips, by their name in the manifest. */
  readonly only?: readonly string[];
  /** Called with events on each clip: its progress and its result. */
  readonly tell?: Tell<RegressSummary>;
  /** Stops it; it then fails with code `interrupted`. */
  readonly signal?: AbortSignal;
  /** Stands in for the real job in tests. */
  readonly run?: JobRunner;
};

/**
 * Checks each clip of `folder`'s manifest against its baseline; with `update`, writes the baselines
 * again once all were measured (the checks then say what changes). Throws VsrError `media` for a
 * manifest that is missing, damaged or names nothing, `option` for an unknown name in `only`,
 * `interrupted` once `signal` fires; any other failure of a clip is a result.
 */
export async function* regress(
  ffmpeg: Ffmpeg,
  folder: string,
  options: RegressOptions = {},
): AsyncGenerator<ClipResult> {
  const file = path.join(folder, manifestName);
  const manifest = await manifestOf(file, options.update ?? false);
  const { only = [] } = options;
  for (const name of only) {
    if (manifest.clips.some(({ clip }) => clip === name)) continue;
    const names = manifest.clips.map(({ clip }) => clip);
    throw badValue(`one of ${names.join(', ')}`, '--only', name, didYouMean(name, names));
  }
  const wanted = manifest.clips.filter(({ clip }) => only.length === 0 || only.includes(clip));
  const tell: Tell<RegressSummary> = options.tell ?? (() => {});
  const clips = wanted.map(({ clip }) => clip);
  tell({ event: 'start', command: 'regress', vsr: version(), clips });
  const measured = new Map<string, ManifestClip>();
  let failed = false;
  for (const entry of wanted) {
    const { clip } = entry;
    try {
      const found = await regressClip(ffmpeg, folder, entry, options.run ?? runJob, {
        ...{ signal: options.signal, tell },
      });
      measured.set(entry.clip, { ...entry, baseline: renewed(entry, found) });
      if (entry.baseline === null && options.update !== true) {
        throw new VsrError('media', 'it has no baseline yet. Make it with --update');
      }
      const checks = compareBaseline(entry, entry.baseline ?? found, found);
      const summary = { ok: checks.every(({ ok }) => ok), checks };
      tell({ event: 'done', clip, status: 'done', output: null, summary });
      yield { clip, checks, error: null };
    } catch (error) {
      const facts = errorFacts(error);
      const status = facts.code === 'interrupted' ? 'interrupted' : 'failed';
      tell({ event: 'failed', clip, status, output: null, error: facts });
      if (error instanceof VsrError && error.code === 'interrupted') throw error;
      failed = true;
      yield { clip, checks: [], error: messageOf(error) };
    }
  }
  if (options.update === true && !failed) {
    const clips = manifest.clips.map((entry) => measured.get(entry.clip) ?? entry);
    await writeManifest(file, { version: 1, clips });
  }
}
