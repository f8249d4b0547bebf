import type { Field } from '../files/json-field.js';
import { runsIn } from './scan-check.js';
import type { AskedSettings, ClipSettings, Configured, StillSettings } from './sidecar-settings.js';

const text = (field: Field): string => field.string();

/**
 * Reads the settings in a sidecar. Those that an earlier version did not write get the value that
 * stands for its behaviour. Throws VsrError `media` that names what is wrong.
 */
export function settingsIn(field: Field): ClipSettings | StillSettings {
  const strength = field.at('strength').maybe((f) => f.number());
  const mask = field.at('mask').maybe(text);
  const still: StillSettings = {
    scale: field.at('scale').number(),
    precision: field.at('precision').maybe((f) => f.orNull(text)) ?? null,
    chroma: field.at('chroma').maybe(text) ?? 'bicubic',
    ...(strength === undefined ? {} : { strength }),
    ...(mask === undefined ? {} : { mask }),
    asked: field.at('asked').maybe((f) => f.orNull(askedSettings)) ?? null,
  };
  if (field.at('encoder').maybe(text) === undefined) return still;
  const [audio, subs] = [field.at('audio').maybe(text), field.at('subs').maybe(text)];
  const sizeLimit = field.at('sizeLimit').maybe((f) => f.number());
  const denoise = field.at('denoise').maybe((f) => f.number());
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
    ...(denoise === undefined ? {} : { denoise }),
    steady: field.at('steady').maybe(text) ?? 'off',
    raw: field.at('raw').maybe((f) => f.orNull(rawVideo)) ?? null,
  };
}

/** Earlier versions wrote only true or false. */
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
  const encoder = field.at('encoder').maybe(text);
  return {
    model: field.at('model').orNull(text),
    quality: field.at('quality').maybe((f) => f.orNull(text)) ?? null,
    strength: field.at('strength').maybe((f) => f.orNull((n) => n.number())) ?? null,
    codec: field.at('codec').string(),
    ...(encoder === undefined ? {} : { encoder }),
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
