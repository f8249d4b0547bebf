import { VsrError } from '../errors.js';
import { Field } from '../files/json-field.js';
import { flickerColumns, psnrColumns } from './frame-row.js';
import type {
  ColumnSummary,
  FlickerColumnSummary,
  FlickerSummary,
  FrameFigure,
  PsnrSummary,
} from './log-summary.js';
import { scanIn } from './scan-check.js';
import { settingsIn } from './settings-check.js';
import {
  sidecarVersion,
  type Sidecar,
  type SidecarAnnouncement,
  type SidecarDamage,
  type SidecarPicture,
  type StageSeconds,
} from './sidecar-schema.js';

const figure = (field: Field): FrameFigure => ({
  frame: field.at('frame').count(),
  psnr: field.at('psnr').decibels(),
});

const column = (field: Field): ColumnSummary => ({
  frames: field.at('frames').count(),
  equal: field.at('equal').count(),
  mean: field.at('mean').decibels(),
  ofMeanMse: field.at('ofMeanMse').decibels(),
  worst: figure(field.at('worst')),
  best: figure(field.at('best')),
});

function psnrSummary(field: Field): PsnrSummary {
  const columns = psnrColumns.map((name) => [name, field.at(name).orNull(column)] as const);
  return {
    frames: field.at('frames').count(),
    ...(Object.fromEntries(columns) as Omit<PsnrSummary, 'frames'>),
  };
}

const flickerColumn = (field: Field): FlickerColumnSummary => ({
  frames: field.at('frames').count(),
  mean: field.at('mean').number(),
  worst: field.at('worst').list((each) => ({
    frame: each.at('frame').count(),
    flicker: each.at('flicker').number(),
  })),
});

function flickerSummary(field: Field): FlickerSummary {
  const columns = flickerColumns.map((name) => [name, field.at(name).orNull(flickerColumn)]);
  return Object.fromEntries(columns) as FlickerSummary;
}

const stageSeconds = (field: Field): StageSeconds => ({
  decode: field.at('decode').number(),
  wait: field.at('wait').number(),
  encode: field.at('encode').number(),
  log: field.at('log').number(),
  inference: field.at('inference').number(),
  chroma: field.at('chroma').number(),
  scores: field.at('scores').number(),
});

function announcement(field: Field): SidecarAnnouncement {
  const advice = field.at('advice').maybe((f) => f.string());
  const streamIndex = field.at('streamIndex').maybe((f) => f.count());
  return {
    kind: field.at('kind').oneOf('missing', 'converted', 'padded', 'note'),
    what: field.at('what').string(),
    why: field.at('why').string(),
    ...(advice === undefined ? {} : { advice }),
    ...(streamIndex === undefined ? {} : { streamIndex }),
  };
}

function damage(field: Field): SidecarDamage {
  const number = (each: Field) => each.number();
  return {
    stream: field.at('stream').orNull((each) => each.count()),
    what: field.at('what').string(),
    from: field.at('from').orNull(number),
    to: field.at('to').orNull(number),
  };
}

function picture(field: Field): SidecarPicture {
  return {
    format: field.at('format').string(),
    bitDepth: field.at('bitDepth').count() === 16 ? 16 : 8,
    colour: field.at('colour').oneOf('grey', 'rgb', 'cmyk'),
    alpha: field.at('alpha').boolean(),
    profile: field.at('profile').boolean(),
    dpi: field.at('dpi').orNull((f) => f.number()),
  };
}

const text = (field: Field): string => field.string();

/** The hash of some of a file's bytes, which earlier versions did not write. */
function samplesIn(field: Field): { readonly samplesSha256?: string } {
  const samplesSha256 = field.at('samplesSha256').maybe(text);
  return samplesSha256 === undefined ? {} : { samplesSha256 };
}

function sourceIn(source: Field): Sidecar['source'] {
  const modifiedMs = source.at('modifiedMs').maybe((f) => f.number());
  const damages = source.at('damage').maybe((each) => each.list(damage));
  const still = source.at('picture').maybe(picture);
  return {
    path: source.at('path').string(),
    sizeBytes: source.at('sizeBytes').count(),
    endsSha256: source.at('endsSha256').string(),
    ...(modifiedMs === undefined ? {} : { modifiedMs }),
    ...samplesIn(source),
    width: source.at('width').count(),
    height: source.at('height').count(),
    pixelFormat: source.at('pixelFormat').string(),
    firstFrameTime: source.at('firstFrameTime').number(),
    damagedFrames: source.at('damagedFrames').list((frame) => frame.count()),
    ...(damages === undefined ? {} : { damage: damages }),
    streams: source.at('streams').list((stream) => ({
      index: stream.at('index').count(),
      kind: stream.at('kind').string(),
      codec: stream.at('codec').string(),
      language: stream.at('language').orNull(text),
      title: stream.at('title').orNull(text),
    })),
    ...(still === undefined ? {} : { picture: still }),
  };
}

const outputIn = (output: Field): Sidecar['output'] => ({
  path: output.at('path').string(),
  width: output.at('width').count(),
  height: output.at('height').count(),
  frames: output.at('frames').count(),
  sizeBytes: output.at('sizeBytes').count(),
  ...samplesIn(output),
});

const modelIn = (model: Field): Sidecar['model'] => ({
  passes: model.at('passes').list((pass) => ({
    name: pass.at('name').string(),
    sha256: pass.at('sha256').string(),
    scale: pass.at('scale').number(),
  })),
});

const logFileIn = (file: Field): NonNullable<Sidecar['logFile']> => ({
  sizeBytes: file.at('sizeBytes').count(),
  sha256: file.at('sha256').string(),
});

/**
 * Checks that `value`, which was read from `file`, is a sidecar. Throws a `VsrError` of code
 * `media` that names what is wrong with it.
 */
export function checkSidecar(value: unknown, file: string): Sidecar {
  const top = new Field(value, `the sidecar ${file}`);
  const schemaVersion = top.at('schemaVersion').count();
  if (schemaVersion !== sidecarVersion) {
    throw new VsrError(
      'media',
      `Expected a sidecar of version ${sidecarVersion} but ${file} has version ${schemaVersion}. ` +
        'Which vsr wrote it?',
    );
  }
  const scan = top.at('scan').maybe(scanIn);
  const mask = top.at('mask').maybe(text);
  const stages = top.at('stages').maybe(stageSeconds);
  const flicker = top.at('flicker').maybe((field) => field.orNull(flickerSummary));
  const logFile = top.at('logFile').maybe((field) => field.orNull(logFileIn));
  return {
    schemaVersion,
    vsr: top.at('vsr').string(),
    job: top.at('job').string(),
    source: sourceIn(top.at('source')),
    ...(scan === undefined ? {} : { scan }),
    reference: top.at('reference').orNull(text),
    ...(mask === undefined ? {} : { mask }),
    output: outputIn(top.at('output')),
    model: modelIn(top.at('model')),
    provider: top.at('provider').string(),
    precision: top.at('precision').maybe((f) => f.orNull(text)) ?? null,
    settings: settingsIn(top.at('settings')),
    elapsedSeconds: top.at('elapsedSeconds').number(),
    ...(stages === undefined ? {} : { stages }),
    fps: top.at('fps').number(),
    reusedShare: top.at('reusedShare').number(),
    psnr: top.at('psnr').orNull(psnrSummary),
    ...(flicker === undefined ? {} : { flicker }),
    missing: top.at('missing').list(announcement),
    log: top.at('log').orNull(text),
    ...(logFile === undefined ? {} : { logFile }),
    colourPath: top.at('colourPath').oneOf('yuv', 'rgb'),
    created: top.at('created').string(),
  };
}
