import { syncFile, type Place } from '../../files/place.js';
import { sidecarText, type Sidecar } from '../../metrics/sidecar.js';
import type { OutputPlaces } from '../plan/names.js';
import type { LockedWorkFolder } from '../segments/work-folder.js';

/** Files that are whole and have only to get their names. */
export type FinishedFiles = {
  readonly clip: string;
  /** `null` where no log is wanted. */
  readonly log: string | null;
  readonly sidecar: Sidecar;
};

/**
 * Gives log and clip their names. Nothing is computed after this, and the folder is sealed first:
 * for a job that dies here, only the sidecar remains to be written.
 */
export async function giveNames(
  folder: LockedWorkFolder,
  { clip, log, sidecar }: FinishedFiles,
  places: OutputPlaces,
): Promise<void> {
  await syncFile(clip);
  await folder.seal(sidecar);
  if (log !== null) await places.log?.put(log);
  await places.output.put(clip);
}

/** Writes the sidecar that vouches for clip and log, and removes the work folder. */
export async function vouch(
  folder: LockedWorkFolder,
  sidecar: Sidecar,
  place: Place,
): Promise<void> {
  await place.write(sidecarText(sidecar));
  await folder.remove();
}
