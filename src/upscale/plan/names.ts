import { sidecarPathOf } from '../../metrics/sidecar.js';
import path from 'node:path';
import { besideName, LONGEST_NAME, nameBytes } from '../../files/beside-name.js';
import { VsrError } from '../../errors.js';
import type { Place } from '../../files/place.js';

/** Every file that belongs to one output, by name; none need exist. */
export type OutputPaths = {
  readonly output: string;
  /** The per-frame log; `null` when none is wanted. */
  readonly log: string | null;
  readonly sidecar: string;
  /** Holds the plan, the lock and the finished segments while the job is not done. */
  readonly workFolder: string;
};

/** The names that a job's files get, as far as they may be written to. */
export type OutputPlaces = {
  readonly output: Place;
  readonly log: Place | null;
  readonly sidecar: Place;
};

/** `<folder>/<name>.x<scale><extension>`; the extension comes with its dot. */
export function outputName(folder: string, name: string, scale: string, extension: string): string {
  return path.join(folder, `${name}.x${scale}${extension}`);
}

/**
 * Names of everything beside `output`. `log` is a path, `false` for none, or `null` for the usual
 * name.
 */
export function outputPaths(output: string, log: string | false | null): OutputPaths {
  return {
    output,
    log: log === false ? null : (log ?? `${output}.psnr.csv`),
    sidecar: sidecarPathOf(output),
    workFolder: besideName(output, '.vsr-work'),
  };
}

/**
 * Throws VsrError `option` where a file that stays is to have a name longer than file systems take.
 */
export function checkNames({ output, log, sidecar }: OutputPaths): void {
  for (const [what, file] of Object.entries({ output, log, sidecar })) {
    if (file === null || nameBytes(file) <= LONGEST_NAME) continue;
    const title = what === 'log' ? 'per-frame log' : what;
    const other = what === 'log' ? ', or another one for the log with --log' : '';
    throw new VsrError(
      'option',
      `The ${title} ${file} would have a name of ${nameBytes(file)} bytes, more than the ${LONGEST_NAME} that file systems take. Choose a shorter output name with -o${other}.`,
    );
  }
}
