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
import { runsIn, scanIn } from './scan-check.js';
import {
  sidecarVersion,
  type Sidecar,
  type SidecarAnnouncement,
  type SidecarDamage,
  type SidecarPicture,
  type StageSeconds,
} from './sidecar-schema.js';
import type { AskedSettings, Configured, ClipSettings, StillSettings } from './sidecar-settings.js';

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

/** What an earlier vsr did not write is taken as left out. */
function settingsIn(field: Field): ClipSettings | StillSettings {
  const strength = field.at('strength').maybe((f) => f.number());
  const still: StillSettings = {
    scale: field.at('scale').number(),
    precision: field.at('precision').maybe((f) => f.orNull(text)) ?? null,
    chroma: field.at('chroma').maybe(text) ?? 'bicubic',
    ...(strength === undefined ? {} : { strength }),
    asked: field.at('asked').maybe((f) => f.orNull(askedSettings)) ?? null,
  };
  if (field.at('encoder').maybe(text) === undefined) return still;
  const [audio, subs] = [field.at('audio').maybe(text), field.at('subs').maybe(text)];
  const sizeLimit = field.at('sizeLimit').maybe((f) => f.number());
  const number = (name: string) => field.at(name).maybe((f) => f.orNull((n) => n.number())) ?? null;
  return {
    ...still,
    to: field.at('to').maybe((f) => f.orNull(text)) ?? null,
    encoder: field.at('encoder').string(),
    encoderArgs: field.at('encoderArgs').list(text),
    pixelFormat: field.at('pixelFormat').string(),
    container: field.at('container').string(),
    ...(audio === undefined ? {} : { audio }),
    ...(subs === undefined ? {} : { subs }),
    ...(sizeLimit === undefined ? {} : { sizeLimit }),
    start: number('start'),
    end: number('end'),
    frames: number('frames'),
    sourceKind: field.at('sourceKind').maybe(text) ?? 'auto',
    deinterlace: field.at('deinterlace').maybe(deinterlaceIn) ?? 'off',
    fieldOrder: field.at('fieldOrder').maybe(text) ?? 'auto',
    telecine: field.at('telecine').maybe(text) ?? 'off',
    repeats: field.at('repeats').maybe(text) ?? 'keep',
    crop: field.at('crop').maybe((f) => f.orNull(cropIn)) ?? null,
    fields: field.at('fields').maybe((f) => f.orNull(fieldsIn)) ?? null,
    runs: field.at('runs').maybe((f) => f.orNull(runsIn)) ?? null,
    steady: field.at('steady').maybe(text) ?? 'off',
    raw: field.at('raw').maybe((f) => f.orNull(rawVideo)) ?? null,
  };
}

/** Earlier versions of vsr only wrote whether. */
function deinterlaceIn(field: Field): string {
  return field.either((f) => (f.boolean() ? 'auto' : 'off'), text);
}

const sizeIn = (field: Field) => ({
  width: field.at('width').count(),
  height: field.at('height').count(),
});

const cropIn = (field: Field): NonNullable<ClipSettings['crop']> => ({
  ...sizeIn(field),
  x: field.at('x').count(),
  y: field.at('y').count(),
  of: sizeIn(field.at('of')),
});

const fieldsIn = (field: Field): NonNullable<ClipSettings['fields']> => ({
  order: field.at('order').oneOf('top', 'bottom'),
  rate: field.at('rate').oneOf('frame', 'field'),
});

function askedSettings(field: Field): AskedSettings {
  const configured = field.at('configured').maybe(configuredIn);
  return {
    model: field.at('model').orNull(text),
    quality: field.at('quality').maybe((f) => f.orNull(text)) ?? null,
    strength: field.at('strength').maybe((f) => f.orNull((n) => n.number())) ?? null,
    codec: field.at('codec').string(),
    crf: field.at('crf').orNull((crf) => crf.number()),
    preset: field.at('preset').orNull(text),
    pixelFormat: field.at('pixelFormat').orNull(text),
    ffmpegArgs: field.at('ffmpegArgs').list(text),
    ...(configured === undefined ? {} : { configured }),
  };
}

const configuredIn = (field: Field): Configured => ({
  file: field.at('file').string(),
  preset: field.at('preset').orNull(text),
  set: Object.fromEntries(
    Object.keys(field.at('set').object()).map((word) => [word, field.at('set').at(word).string()]),
  ),
});

const rawVideo = (field: Field): NonNullable<ClipSettings['raw']> => ({
  format: field.at('format').string(),
  width: field.at('width').count(),
  height: field.at('height').count(),
  rate: { num: field.at('rate').at('num').count(), den: field.at('rate').at('den').count() },
});

const text = (field: Field): string => field.string();

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

/**
 * `value`, read from `file`, as a sidecar; a `VsrError` of code `media` names what is wrong with
 * it.
 */
export function checkSidecar(value: unknown, file: string): Sidecar {
  const top = new Field(value, `the sidecar ${file}`);
  const version = top.at('schemaVersion').count();
  if (version !== sidecarVersion) {
    throw new VsrError(
      'media',
      `Expected a sidecar of version ${sidecarVersion} but ${file} has version ${version}. ` +
        'Which vsr wrote it?',
    );
  }
  const damages = top
    .at('source')
    .at('damage')
    .maybe((each) => each.list(damage));
  const flicker = top.at('flicker').maybe((field) => field.orNull(flickerSummary));
  const stages = top.at('stages').maybe(stageSeconds);
  const scan = top.at('scan').maybe(scanIn);
  const source = top.at('source');
  const still = source.at('picture').maybe(picture);
  const modifiedMs = source.at('modifiedMs').maybe((f) => f.number());
  const samples = (field: Field) => {
    const samplesSha256 = field.at('samplesSha256').maybe(text);
    return samplesSha256 === undefined ? {} : { samplesSha256 };
  };
  const output = top.at('output');
  const logFile = top.at('logFile').maybe((field) =>
    field.orNull((file) => ({
      sizeBytes: file.at('sizeBytes').count(),
      sha256: file.at('sha256').string(),
    })),
  );
  return {
    schemaVersion: sidecarVersion,
    vsr: top.at('vsr').string(),
    job: top.at('job').string(),
    source: {
      path: source.at('path').string(),
      sizeBytes: source.at('sizeBytes').count(),
      endsSha256: source.at('endsSha256').string(),
      ...(modifiedMs === undefined ? {} : { modifiedMs }),
      ...samples(source),
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
    },
    ...(scan === undefined ? {} : { scan }),
    reference: top.at('reference').orNull(text),
    output: {
      path: output.at('path').string(),
      width: output.at('width').count(),
      height: output.at('height').count(),
      frames: output.at('frames').count(),
      sizeBytes: output.at('sizeBytes').count(),
      ...samples(output),
    },
    model: {
      passes: top
        .at('model')
        .at('passes')
        .list((pass) => ({
          name: pass.at('name').string(),
          sha256: pass.at('sha256').string(),
          scale: pass.at('scale').number(),
        })),
    },
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
