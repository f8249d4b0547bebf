import { sidecarPathOf } from '../../metrics/sidecar.js';
import { besideName, LONGEST_NAME, nameBytes } from '../../files/beside-name.js';
import { badValue, VsrError } from '../../errors.js';
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

/** The places of a job's files, checked that they may be written to. */
export type OutputPlaces = {
  readonly output: Place;
  readonly log: Place | null;
  readonly sidecar: Place;
};

/**
 * What a template of names can hold: `ext` is the output's ending with its dot, `scale` also what
 * `to` says, `folder` the name of the folder that the source lies in.
 */
export const nameFields = ['stem', 'ext', 'scale', 'width', 'height', 'model', 'folder'] as const;

/** What the fields of a template hold for one output; what is not known yet is empty. */
export type NameValues = Readonly<Record<(typeof nameFields)[number], string>>;

/** Template of names without `--name`. */
const usualName = '{stem}.x{scale}{ext}';

/** Throws VsrError `option` for a template that gives no names. */
export function checkTemplate(template: string | undefined): void {
  if (template === undefined) return;
  const known = nameFields.map((field) => `{${field}}`).join(', ');
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)].find(
    ([, field]) => !(nameFields as readonly string[]).includes(field!),
  );
  if (unknown !== undefined) throw badValue(`fields of ${known}`, 'name', unknown[0]);
  const rest = template.replaceAll(/\{[^{}]*\}/g, '');
  if (/[{}]/.test(rest) || template.trim() === '') {
    throw badValue(`a file name with fields of ${known}`, 'name', template);
  }
  if (/[/\\]/.test(rest)) {
    throw badValue('a file name without folders', 'name', template, 'Name the folder with -o.');
  }
}

/** The fields that tell the size of an output and the models that made it. */
export const namedBySize = (
  { width, height }: { readonly width: number; readonly height: number },
  scale: string,
  models: readonly string[],
): Pick<NameValues, 'width' | 'height' | 'scale' | 'model'> => ({
  ...{ width: String(width), height: String(height), scale },
  model: models.join('+'),
});

/** Whether a template tells two sources of one folder apart. */
export const tellsSourcesApart = (template: string): boolean => template.includes('{stem}');

/** The name of an output by its template, by the usual one where there is none. */
export function outputName(template: string | null, values: NameValues): string {
  return (template ?? usualName).replaceAll(/\{(\w+)\}/g, (_, field: keyof NameValues) =>
    values[field].replaceAll(/[/\\]/g, '-'),
  );
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
 * Throws VsrError `option` where the name of an output, log or sidecar is longer than file systems
 * allow.
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
