import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError, messageOf } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { writeWhole } from '../../files/write-whole.js';
import { shellWord } from '../../printable.js';

/** The file that holds a folder's baselines. */
export const manifestName = 'regress.json';

/** The figures of a clip that is reduced, enlarged by a network, and compared with itself. */
export type Truth = {
  readonly psnrY: number;
  readonly psnrU: number | null;
  readonly psnrV: number | null;
  readonly worstFrame: number;
  readonly worstY: number;
  readonly ssim: number | null;
};

/** A network that `vsr upscale` runs in place of the default model, and its figures. */
export type NetworkBaseline = {
  /** As `names` of a chain, joined. */
  readonly name: string;
  readonly truth: Truth;
  readonly flicker: number | null;
};

/**
 * The figures that are expected of a clip, or were measured. PSNR is in decibels; "inf" in the file
 * where planes are equal.
 */
export type Baseline = {
  readonly frames: number;
  /** First and last timestamp in seconds, and a hash over all of them. */
  readonly times: { readonly first: number; readonly last: number; readonly sha256: string };
  /**
   * Each stream of the output with its codec, language and, for the picture, size, format and
   * colour.
   */
  readonly streams: readonly string[];
  /** The clip reduced, enlarged by the model, against itself. */
  readonly truth: Truth;
  /**
   * Mean flicker in grey levels of 255, `null` where nothing stands still: that of the clip which
   * `truth` measures, against the clip itself, and that of the finished output against plain
   * bicubic. Manifests of the first versions lack it.
   */
  readonly flicker?: { readonly truth: number | null; readonly toBicubic: number | null };
  /**
   * The 8-bit copies that `vsr upscale` runs where no model is named: that of the default, and for
   * a compressed clip last that of the network for compressed ones. Empty where the entry names
   * another model; manifests of the first versions lack it.
   */
  readonly networks?: readonly NetworkBaseline[];
  /** The finished output, decoded and reduced to the source's size, against the source. */
  readonly toSource: {
    readonly psnrY: number;
    readonly psnrU: number | null;
    readonly psnrV: number | null;
    readonly worstFrame: number;
    readonly worstY: number;
  };
  /**
   * Hashes of the output's frames, and the kind of machine that gives them: others may round
   * differently.
   */
  readonly exact: { readonly machine: string; readonly frames: readonly string[] } | null;
};

/** How far figures may lie from the baseline, either way. */
export type Tolerance = {
  /** Decibels, for means. */
  readonly psnr: number;
  /** Decibels, for the worst frame. */
  readonly worst: number;
  readonly ssim: number;
  /** Grey levels of 255; 0.02 where a manifest of the first versions lacks it. */
  readonly flicker: number;
};

/** Tight enough for one changed weight to show, wide enough for another processor's rounding. */
export const defaultTolerance: Tolerance = {
  ...{ psnr: 0.02, worst: 0.05, ssim: 0.0005, flicker: 0.02 },
};

/** A clip of a manifest. */
export type ManifestClip = {
  /** Relative to the manifest. */
  readonly clip: string;
  readonly scale: number;
  /** As for `vsr upscale --model`. */
  readonly model: string;
  /** The encoder that makes the output; ffv1 loses nothing, so that only vsr is measured. */
  readonly codec: string;
  readonly tolerance: Tolerance;
  /** `null` for a clip that was never measured. */
  readonly baseline: Baseline | null;
};

/** A folder's manifest. */
export type Manifest = { readonly version: 1; readonly clips: readonly ManifestClip[] };

function times(field: Field): Baseline['times'] {
  return {
    first: field.at('first').number(),
    last: field.at('last').number(),
    sha256: field.at('sha256').string(),
  };
}

function toSource(field: Field): Baseline['toSource'] {
  const orNull = (name: string) => field.at(name).orNull((f) => f.decibels());
  return {
    psnrY: field.at('psnrY').decibels(),
    psnrU: orNull('psnrU'),
    psnrV: orNull('psnrV'),
    worstFrame: field.at('worstFrame').count(),
    worstY: field.at('worstY').decibels(),
  };
}

function truthOf(field: Field): Truth {
  return { ...toSource(field), ssim: field.at('ssim').orNull((f) => f.number()) };
}

function baseline(field: Field): Baseline {
  const levels = (f: Field) => f.orNull((n) => n.number());
  const flicker = field.at('flicker').maybe((both) => ({
    truth: levels(both.at('truth')),
    toBicubic: levels(both.at('toBicubic')),
  }));
  const networks = field.at('networks').maybe((all) =>
    all.list((network) => ({
      name: network.at('name').string(),
      truth: truthOf(network.at('truth')),
      flicker: levels(network.at('flicker')),
    })),
  );
  return {
    frames: field.at('frames').count(),
    times: times(field.at('times')),
    streams: field.at('streams').list((f) => f.string()),
    truth: truthOf(field.at('truth')),
    ...(flicker === undefined ? {} : { flicker }),
    ...(networks === undefined ? {} : { networks }),
    toSource: toSource(field.at('toSource')),
    exact: field.at('exact').orNull((exact) => ({
      machine: exact.at('machine').string(),
      frames: exact.at('frames').string().split(' '),
    })),
  };
}

function clip(field: Field): ManifestClip {
  const tolerance = field.at('tolerance');
  return {
    clip: field.at('clip').string(),
    scale: field.at('scale').number(),
    model: field.at('model').string(),
    codec: field.at('codec').string(),
    tolerance: {
      psnr: tolerance.at('psnr').number(),
      worst: tolerance.at('worst').number(),
      ssim: tolerance.at('ssim').number(),
      flicker: tolerance.at('flicker').maybe((f) => f.number()) ?? defaultTolerance.flicker,
    },
    baseline: field.at('baseline').orNull(baseline),
  };
}

/**
 * Reads a manifest. Throws VsrError `media` if it is missing or damaged; the message says what is
 * wrong, and where.
 */
export async function readManifest(file: string): Promise<Manifest> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing
      ? `Expected a baseline ${file} but there is none. Make it with: vsr regress ${shellWord(path.dirname(file))} --update`
      : `The baseline ${file} cannot be read: ${messageOf(error)}.`;
    throw new VsrError('media', message, { cause: error });
  }
  const top = new Field(value, `the baseline ${file}`);
  if (top.at('version').count() !== 1) {
    throw new VsrError('media', `Expected a baseline of version 1 in ${file}. Which vsr wrote it?`);
  }
  return { version: 1, clips: top.at('clips').list(clip) };
}

/** Rounds figures for people, more finely than any tolerance; for `JSON.stringify`. */
function forPeople(key: string, value: unknown): unknown {
  if (value === Infinity) return 'inf';
  if (key === 'exact' && value !== null) {
    const exact = value as NonNullable<Baseline['exact']>;
    return { machine: exact.machine, frames: exact.frames.join(' ') };
  }
  return typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value;
}

/** Writes a manifest whole or not at all. */
export async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  try {
    await writeWhole(file, `${JSON.stringify(manifest, forPeople, 2)}\n`);
  } catch (error) {
    throw new VsrError('disk', `The baseline ${file} cannot be written: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
