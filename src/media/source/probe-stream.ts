import type { Ratio } from '../../planes/ratio.js';
import type { ChromaSiting } from '../../planes/siting.js';
import type { SideData, Sphere } from '../marks/side-data.js';
import type { Chapter, Colour, HdrMetadata, StreamInfo } from './source.js';

/** An object of ffprobe's JSON, in which any member may be missing or of another type. */
export type Json = { readonly [key: string]: unknown };

/** Member `key` as an object; an empty one where it is no object. */
export function objectAt(json: Json, key: string): Json {
  const value = json[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

/** Member `key` as a list of objects; empty where it is no list. */
export function listAt(json: Json, key: string): readonly Json[] {
  const value = json[key];
  return Array.isArray(value)
    ? value.filter((item): item is Json => typeof item === 'object' && item !== null)
    : [];
}

/** Member `key` as text; `null` where it is missing or means that the value is unknown. */
export function textAt(json: Json, key: string): string | null {
  const value = json[key];
  if (typeof value !== 'string') return null;
  return value === '' || value === 'unknown' || value === 'unspecified' || value === 'N/A'
    ? null
    : value;
}

/** Member `key` as a finite number, which ffprobe may write as text; `null` where it is none. */
export function numberAt(json: Json, key: string): number | null {
  const value = json[key];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/**
 * Member `key` as a fraction above zero, such as `30000/1001` or `4:3`; `null` where it is none.
 */
export function ratioAt(json: Json, key: string): Ratio | null {
  const match = /^(\d+)[/:](\d+)$/.exec(textAt(json, key) ?? '');
  const ratio = match === null ? null : { num: Number(match[1]), den: Number(match[2]) };
  return ratio === null || ratio.num === 0 || ratio.den === 0 ? null : ratio;
}

/** The members of an object, such as its tags, that are texts. */
export function textsOf(json: Json): Record<string, string> {
  const texts = Object.entries(json).filter((entry) => typeof entry[1] === 'string');
  return Object.fromEntries(texts) as Record<string, string>;
}

/** Seconds of Matroska's form `00:01:02.345000000`; `null` for another text. */
export function clockSeconds(text: string | undefined): number | null {
  const match = /^(\d+):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(text ?? '');
  return match === null ? null : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

const kinds: readonly StreamInfo['kind'][] = ['video', 'audio', 'subtitle', 'data', 'attachment'];

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

/** The facts of a stream of any kind. `json` is a member of ffprobe's `streams`. */
export function parseStream(json: Json): StreamInfo {
  const tags = textsOf(objectAt(json, 'tags'));
  const language = tags['language'] ?? tags['LANGUAGE'];
  const dispositions = Object.entries(objectAt(json, 'disposition'));
  const bitRate = numberAt(json, 'bit_rate') ?? numberAt(tags, 'BPS') ?? numberAt(tags, 'BPS-eng');
  return {
    index: numberAt(json, 'index') ?? 0,
    id: numberAt(json, 'id'),
    kind: kinds.find((kind) => kind === json['codec_type']) ?? 'unknown',
    codec: textAt(json, 'codec_name') ?? 'unknown',
    codecTag: textAt(json, 'codec_tag_string') ?? '',
    language: language === undefined || language === 'und' ? null : language,
    title: tags['title'] ?? null,
    dispositions: dispositions.filter(([, value]) => value === 1).map(([name]) => name),
    tags,
    timeBase: ratioAt(json, 'time_base'),
    startTime: numberAt(json, 'start_time'),
    duration: positive(
      numberAt(json, 'duration') ?? clockSeconds(tags['DURATION'] ?? tags['DURATION-eng']),
    ),
    bitRate: positive(bitRate),
    packetCount: positive(numberAt(json, 'nb_frames')),
    sampleRate: positive(numberAt(json, 'sample_rate')),
    channels: positive(numberAt(json, 'channels')),
    sampleFormat: textAt(json, 'sample_fmt'),
    sampleBits: positive(numberAt(json, 'bits_per_raw_sample')),
    profile: textAt(json, 'profile'),
  };
}

/** The chapters in ffprobe's `chapters`. */
export function parseChapters(list: readonly Json[]): Chapter[] {
  return list.map((json) => ({
    start: numberAt(json, 'start_time') ?? 0,
    end: numberAt(json, 'end_time') ?? 0,
    title: textAt(objectAt(json, 'tags'), 'title'),
  }));
}

const sitings: readonly ChromaSiting[] = [
  ...(['left', 'center', 'topleft', 'top', 'bottomleft', 'bottom'] as const),
];

/**
 * The colour of a stream. What its first frame states counts before what the container states.
 * `sourceFormat` is ffmpeg's pix_fmt: a `yuvj` name means full range.
 */
export function parseColour(stream: Json, frame: Json | undefined, sourceFormat: string): Colour {
  const either = (key: string): string | null => textAt(frame ?? {}, key) ?? textAt(stream, key);
  const range = sourceFormat.startsWith('yuvj') ? 'pc' : either('color_range');
  const siting = either('chroma_location');
  return {
    range: range === 'tv' || range === 'pc' ? range : null,
    matrix: either('color_space'),
    primaries: either('color_primaries'),
    transfer: either('color_transfer'),
    siting: sitings.find((name) => name === siting) ?? null,
  };
}

/** Interlacing by the flags of the frames that were read; without frames, by the stream's. */
export function parseInterlacing(
  stream: Json,
  frames: readonly Json[],
): 'no' | 'top-first' | 'bottom-first' {
  const fields = frames.filter((frame) => frame['interlaced_frame'] === 1);
  if (fields.length * 2 > frames.length) {
    const top = fields.filter((frame) => frame['top_field_first'] === 1).length;
    return top * 2 >= fields.length ? 'top-first' : 'bottom-first';
  }
  const order = textAt(stream, 'field_order');
  if (frames.length > 0 || order === null || order === 'progressive') return 'no';
  // "tb" means coded top first and displayed bottom first: the display order counts.
  return order.endsWith('t') ? 'top-first' : 'bottom-first';
}

function scaled(data: Json, key: string, unit: number): number | null {
  const match = /^(-?\d+)\/(\d+)$/.exec(textAt(data, key) ?? '');
  const value = match === null ? NaN : (Number(match[1]) / Number(match[2])) * unit;
  return Number.isFinite(value) ? Math.round(value) : null;
}

/**
 * The value of x265's option `master-display`: chromaticities in units of 1/50000, luminance in
 * units of 1/10000 candela per square metre; `null` where a value is missing.
 */
function masteringDisplay(data: Json): string | null {
  const pair = (name: string): string =>
    `(${scaled(data, `${name}_x`, 50000)},${scaled(data, `${name}_y`, 50000)})`;
  const luminance = `(${scaled(data, 'max_luminance', 10000)},${scaled(data, 'min_luminance', 10000)})`;
  const text = `G${pair('green')}B${pair('blue')}R${pair('red')}WP${pair('white_point')}L${luminance}`;
  return text.includes('null') ? null : text;
}

/** HDR metadata of the stream or of its first frames. */
export function parseHdr(stream: Json, frames: readonly Json[]): HdrMetadata {
  const all = [stream, ...frames].flatMap((json) => listAt(json, 'side_data_list'));
  const typed = (start: string): Json | undefined =>
    all.find((data) => textAt(data, 'side_data_type')?.startsWith(start));
  const display = typed('Mastering display metadata');
  const light = typed('Content light level metadata');
  const dolby = typed('DOVI configuration record');
  return {
    masteringDisplay: display === undefined ? null : masteringDisplay(display),
    contentLight:
      light === undefined
        ? null
        : `${numberAt(light, 'max_content') ?? 0},${numberAt(light, 'max_average') ?? 0}`,
    hdr10Plus: typed('HDR Dynamic Metadata SMPTE2094-40') !== undefined,
    dolbyVisionProfile: dolby === undefined ? null : numberAt(dolby, 'dv_profile'),
  };
}

/** Whether there are CEA-608/708 captions inside the video. */
export function hasCaptions(stream: Json, frames: readonly Json[]): boolean {
  const onFrame = (frame: Json): boolean =>
    listAt(frame, 'side_data_list').some(
      (data) => textAt(data, 'side_data_type')?.includes('Closed Captions') === true,
    );
  return stream['closed_captions'] === 1 || frames.some(onFrame);
}

/**
 * How stereo views are packed, by Matroska's names of stereo modes, which ffprobe prints as a tag
 * of frames.
 */
const stereoForms: readonly (readonly [RegExp, string])[] = [
  [/^(?:left_right|right_left)$/, 'side by side'],
  [/^(?:top_bottom|bottom_top)$/, 'top and bottom'],
  [/^checkerboard/, 'checkerboard'],
  [/^row_interleaved/, 'interleaved lines'],
  [/^col_interleaved/, 'interleaved columns'],
  [/^block/, 'frame alternate'],
];

/** How stereo views are packed: by a stream's side data, otherwise by the frames' tags. */
function stereoViews(data: Json, frames: readonly Json[]): Pick<SideData, 'form' | 'inverted'> {
  const form = textAt(data, 'type');
  if (form !== null) return { form, inverted: data['inverted'] === 1 };
  const tags = frames.map((frame) => textAt(objectAt(frame, 'tags'), 'stereo_mode'));
  const mode = tags.find((tag) => tag !== null) ?? '';
  const named = stereoForms.find(([names]) => names.test(mode))?.[1] ?? null;
  return { form: named, inverted: /^right_left|^bottom_top|_rl$/.test(mode) };
}

/** The sphere that a stream's side data describes; ffprobe truncates degrees to whole ones. */
function sphereOf(data: Json, stream: Json): Sphere | null {
  const projection = textAt(data, 'projection');
  if (projection === null) return null;
  const number = (key: string): number => numberAt(data, key) ?? 0;
  const [left, top, right, bottom] = ['left', 'top', 'right', 'bottom'].map((side) =>
    number(`bound_${side}`),
  ) as [...[number, number, number, number]];
  const wide = left + (numberAt(stream, 'width') ?? 1) + right;
  const high = top + (numberAt(stream, 'height') ?? 1) + bottom;
  return {
    projection,
    pose: [number('yaw'), number('pitch'), number('roll')],
    padding: number('padding'),
    outside: [left / wide, top / high, right / wide, bottom / high],
  };
}

/** The side data of a stream and its first frames, each kind once. */
export function parseSideData(stream: Json, frames: readonly Json[]): SideData[] {
  const found = new Map<string, SideData>();
  for (const data of [stream, ...frames].flatMap((json) => listAt(json, 'side_data_list'))) {
    const type = textAt(data, 'side_data_type');
    if (type === null || found.has(type)) continue;
    const views =
      type === 'Stereo 3D' ? stereoViews(data, frames) : { form: null, inverted: false };
    const sphere = type === 'Spherical Mapping' ? sphereOf(data, stream) : null;
    found.set(type, { type, ...views, ...(sphere === null ? {} : { sphere }) });
  }
  // Anaglyph modes (coloured glasses) are only a tag of Matroska, and not among the side data.
  const mode = textAt(objectAt(stream, 'tags'), 'stereo_mode');
  if (mode?.startsWith('anaglyph') === true && !found.has('Stereo 3D')) {
    found.set('Stereo 3D', { type: 'Stereo 3D', form: mode, inverted: false });
  }
  return [...found.values()];
}
