import { buildArguments } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { storedInput } from '../source/raw-input.js';
import type { FieldFrames, Source, VideoStream } from '../source/source.js';
import { denoiser } from './denoiser.js';
import { stackOf, type Stack } from './stacked-pictures.js';
import { seconds } from './timestamps.js';

/** What of a source to decode, as far as ffmpeg is told. */
export type DecodeCommand = {
  /** Name of the showinfo filter. */
  readonly instance: string;
  /** Timestamp of a key frame to start at, in ticks; `undefined` for the beginning. */
  readonly seekTo?: number | undefined;
  /** Frames after which ffmpeg may stop. */
  readonly frames?: number | undefined;
  /** Only the first frame at or after each of these times, in seconds on the source's clock. */
  readonly only?: readonly number[] | undefined;
};

/**
 * swscale's most exact ways. They matter for RGB, repacked formats and pictures of another size
 * than the first; samples of a format that travels as it is are not touched by the filter at all.
 */
const scaleFlags = 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';

/**
 * Pictures up to this many samples are decoded on one thread: fast enough, and messages then belong
 * to the frame next in line.
 */
const oneThreadSamples = 1920 * 1088;

/**
 * Containers that find a key frame by their index, and count the same timestamps after a seek as
 * before.
 */
const seekableContainers = /(?:^|,)(?:mov|matroska|avi|nut)(?:,|$)/;

/**
 * Whether decoding can start in the middle of this source. Elsewhere a seek is not tried and
 * decoding starts at the beginning.
 */
export function canSeek(source: Source): boolean {
  return seekableContainers.test(source.container);
}

/** RGB of fewer than 8 bits a colour. */
const shallowRgb = /^(?:rgb|bgr)(?:4|8|4_byte|444|555|565)(?:[lb]e)?$/;

/** What swscale makes 255 of at most, by bits a colour; the others come out whole. */
const widest: readonly (readonly [RegExp, string])[] = [
  [/444/, '255/240'],
  [/^(?:rgb|bgr)8$/, '255/252'],
];

/**
 * Filters that spread few bits a colour over all of 8: swscale itself would leave white at 248, 240
 * or 252.
 */
function widened(sourceFormat: string): string[] {
  if (!shallowRgb.test(sourceFormat)) return [];
  const factor = widest.find(([names]) => names.test(sourceFormat))?.[1];
  const wider = `clip(val*${factor},0,255)`;
  const lookUp = `lutrgb=r='${wider}':g='${wider}':b='${wider}'`;
  return ['format=rgb24', ...(factor === undefined ? [] : [lookUp])];
}

/** The filter that lets pass the first frame at or after each of `times`; empty for all. */
function picked(times: readonly number[] | undefined): string {
  if (times === undefined) return '';
  const isFirst = (time: string): string =>
    `gte(t,${time})*(isnan(prev_selected_t)+lt(prev_selected_t,${time}))`;
  return `select='${times.map((time) => isFirst(time.toFixed(6))).join('+')}',`;
}

/** The filters that bring decoded frames into the travelling format; showinfo sees them first. */
export function decodeFilters(source: Source, command: DecodeCommand): string {
  const { video } = source;
  const turn = video.turn?.filters ?? [];
  const seen = `${picked(command.only)}showinfo@${command.instance}=checksum=0`;
  const filters: string[] = [];
  if (video.crop !== null) {
    const { width, height, x, y, of } = video.crop;
    // Frames of another size than the first are brought to it before.
    filters.push(`scale=${of.width}:${of.height}:flags=${scaleFlags}:sws_dither=none`);
    filters.push(`crop=${width}:${height}:${x}:${y}`);
  }
  filters.push(...turn, ...widened(video.sourceFormat));
  const into = (name: string): string => [...filters, ...travelFilters(video, name)].join(',');
  const { fields, runs } = video;
  if (runs !== null) return `${seen},${stackFilters(stackOf(runs), into)}`;
  const whole = fields === null ? [] : [deinterlacer(fields)];
  return [seen, ...whole, into('frame')].join(',');
}

/** Filters that bring pictures into the travelling format; `name` sets their labels apart. */
function travelFilters({ denoise, ...video }: VideoStream, name: string): string[] {
  const size = `scale=${video.width}:${video.height}:flags=${scaleFlags}:sws_dither=none`;
  const isRgb = video.conversion === 'rgb';
  // Both ranges alike, whatever they are, mean that none is converted.
  const same = 'in_range=tv:out_range=tv';
  const colour = isRgb ? 'out_color_matrix=bt709:out_range=tv' : same;
  const samples = `${size}:${colour},format=${video.request}`;
  const after = denoise === null ? [] : [denoiser(denoise)];
  if (!isRgb || !video.format.alpha || video.format.bitDepth > 8) return [samples, ...after];
  // swscale of ffmpeg 5.1 makes 129 of an opacity of 128, and one more of all beyond: it goes by
  // itself. What other formats than RGBA have of it is found only once they are RGBA.
  const [colours, opacity, plain, alpha] = ['c', 'o', 'p', 'a'].map((each) => `[${name}_${each}]`);
  return [
    `split${colours}${opacity};${opacity}format=rgba,extractplanes=a,${size}:${same}${alpha};` +
      `${colours}${samples}${plain};${plain}${alpha}alphamerge`,
    ...after,
  ];
}

/** The filter that makes whole frames of fields. */
function deinterlacer({ order, rate }: FieldFrames): string {
  // Flags need not be true: all frames are taken as planned.
  return `bwdif=mode=send_${rate}:parity=${order === 'top' ? 'tff' : 'bff'}:deint=all`;
}

/**
 * Filters that give each frame as a stack; `each` brings a picture into the travelling format, by
 * labels that begin with a name.
 * Pictures are counted in the place of times, since those of a frame belong together.
 */
function stackFilters({ orders, rate }: Stack, each: (name: string) => string): string {
  if (orders.length === 0) return each('frame');
  const counted = 'settb=1/1000,setpts=N';
  const inputs = ['frame', ...orders].map((name) => `[${name}]`).join('');
  const branches = orders.flatMap((order) => {
    const made = `[${order}]${deinterlacer({ order, rate })},${each(order)}`;
    if (rate === 'frame') return [`${made},${counted}[${order}0]`];
    return [
      `${made},split[${order}a][${order}b]`,
      `[${order}a]select='not(mod(n,2))',${counted}[${order}0]`,
      `[${order}b]select='mod(n,2)',${counted}[${order}1]`,
    ];
  });
  const outputs = orders.flatMap((order) =>
    rate === 'frame' ? [`[${order}0]`] : [`[${order}0]`, `[${order}1]`],
  );
  return [
    `split=${orders.length + 1}${inputs}`,
    `[frame]${each('frame')},${counted}[whole]`,
    ...branches,
    `[whole]${outputs.join('')}vstack=inputs=${outputs.length + 1}`,
  ].join(';');
}

/**
 * The words of the ffmpeg command that writes the frames of `source` to stdout, one after the
 * other.
 */
export function decodeArguments(ffmpeg: Ffmpeg, source: Source, command: DecodeCommand): string[] {
  const { video } = source;
  const seek =
    command.seekTo === undefined
      ? []
      : [
          ...['-seek_timestamp', '1', '-noaccurate_seek'],
          ...['-ss', seconds(command.seekTo, video.timeBase).toFixed(6)],
        ];
  const threads = video.width * video.height <= oneThreadSamples ? ['-threads', '1'] : [];
  return buildArguments({
    options: ['-loglevel', 'level+info', '-nostats', '-copyts'],
    inputs: [storedInput(source, [...threads, ...seek])],
    outputs: [
      {
        path: 'pipe:1',
        format: 'rawvideo',
        options: [
          ...['-map', `0:${video.index}`, '-an', '-sn', '-dn'],
          ...['-vf', decodeFilters(source, command)],
          ...everyFrame(ffmpeg),
          ...['-pix_fmt', video.request],
          ...(command.frames === undefined ? [] : ['-frames:v', String(command.frames)]),
        ],
      },
    ],
  });
}
