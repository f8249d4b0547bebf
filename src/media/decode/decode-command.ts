import { buildArguments } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { storedInput } from '../source/raw-input.js';
import type { FieldFrames, Source, VideoStream } from '../source/source.js';
import { rgbDepth } from '../source/travel-format.js';
import { denoiser } from './denoiser.js';
import { stackOf, type Stack } from './stacked-pictures.js';
import { seconds } from './timestamps.js';

/** The part of a source that ffmpeg is told to decode. */
export type DecodeCommand = {
  /** Name of the showinfo filter, by which its lines are told from others. */
  readonly instance: string;
  /** Timestamp of a key frame to start at, in ticks; `undefined` for the beginning. */
  readonly seekTo?: number | undefined;
  /** Number of frames after which ffmpeg may stop; `undefined` for all. */
  readonly frames?: number | undefined;
  /**
   * Decode only the first frame at or after each of these times, in seconds on the source's clock.
   */
  readonly only?: readonly number[] | undefined;
};

/**
 * swscale's most exact flags. They matter for RGB, repacked formats and frames of another size than
 * the first. The samples of frames that need no conversion are not touched by the filter at all.
 */
const scaleFlags = 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';

/**
 * The most luma samples of a frame that is decoded on one thread. For these that is fast enough,
 * and then each of the decoder's messages is about the next frame in its output.
 */
const oneThreadSamples = 1920 * 1088;

/**
 * Containers in which ffmpeg finds a key frame by an index, and gives the same timestamps after a
 * seek as without one.
 */
const seekableContainers = /(?:^|,)(?:mov|matroska|avi|nut)(?:,|$)/;

/**
 * Whether decoding can start in the middle of this source. In others no seek is tried, and decoding
 * starts at the beginning.
 */
export function canSeek(source: Source): boolean {
  return seekableContainers.test(source.container);
}

/** RGB formats with fewer than 8 bits per colour. */
const shallowRgb = /^(?:rgb|bgr)(?:4|8|4_byte|444|555|565)(?:[lb]e)?$/;

/**
 * Factors by which white becomes 255 again after swscale, which turns it into 240 or 252 for these
 * formats; for the others it comes out as 255.
 */
const widest: readonly (readonly [RegExp, string])[] = [
  [/444/, '255/240'],
  [/^(?:rgb|bgr)8$/, '255/252'],
];

/**
 * Filters that spread the colours of shallow RGB over all 8 bits. Without them swscale would leave
 * white at 240, 248 or 252.
 */
function widened(sourceFormat: string): string[] {
  if (!shallowRgb.test(sourceFormat)) return [];
  const factor = widest.find(([names]) => names.test(sourceFormat))?.[1];
  const wider = `clip(val*${factor},0,255)`;
  const lookUp = `lutrgb=r='${wider}':g='${wider}':b='${wider}'`;
  return ['format=rgb24', ...(factor === undefined ? [] : [lookUp])];
}

/**
 * Filters that turn RGB with an opacity of 8 bits into 16, of which each ffmpeg makes the same 10:
 * by itself swscale of 5.1 would get some wrong by one. That of 2018 only shifts 255 to 65280, so
 * the lower byte is made equal to the upper one.
 */
const widenedOpacity = [
  'format=rgba',
  'format=rgba64',
  `lutrgb=a='bitor(bitand(val,65280),floor(val/256))'`,
];

/**
 * The filter that passes only the first frame at or after each of `times`; empty for all frames.
 */
function picked(times: readonly number[] | undefined): string {
  if (times === undefined) return '';
  const isFirst = (time: string): string =>
    `gte(t,${time})*(isnan(prev_selected_t)+lt(prev_selected_t,${time}))`;
  return `select='${times.map((time) => isFirst(time.toFixed(6))).join('+')}',`;
}

/**
 * The filters that turn decoded frames into the format in which they travel. showinfo comes first,
 * so that it describes frames as decoded.
 */
export function decodeFilters(source: Source, command: DecodeCommand): string {
  const { video } = source;
  const turn = video.turn?.filters ?? [];
  const seen = `${picked(command.only)}showinfo@${command.instance}=checksum=0`;
  const filters: string[] = [];
  if (video.crop !== null) {
    const { width, height, x, y, of } = video.crop;
    // Frames of another size than the first are scaled to that size before they are cropped.
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

/**
 * Filters that turn pictures into the format in which they travel. The labels of filter links begin
 * with `name`.
 */
function travelFilters({ denoise, ...video }: VideoStream, name: string): string[] {
  const size = `scale=${video.width}:${video.height}:flags=${scaleFlags}:sws_dither=none`;
  const isRgb = video.conversion === 'rgb';
  // swscale does not convert the range where both are called the same, whatever they are.
  const same = 'in_range=tv:out_range=tv';
  const colour = isRgb ? 'out_color_matrix=bt709:out_range=tv' : same;
  const samples = `${size}:${colour},format=${video.request}`;
  const after = denoise === null ? [] : [denoiser(video, denoise, name)];
  if (!isRgb || !video.format.alpha) return [samples, ...after];
  if (video.format.bitDepth > 8) {
    const isWide = rgbDepth(video.sourceFormat) > 8;
    return [...(isWide ? [] : widenedOpacity), samples, ...after];
  }
  // swscale of ffmpeg 5.1 turns an opacity of 128 into 129, and adds one to all above it, so alpha
  // takes a way of its own. It is extracted from RGBA, to which other formats are converted before.
  const [colours, opacity, plain, alpha] = ['c', 'o', 'p', 'a'].map((each) => `[${name}_${each}]`);
  return [
    `split${colours}${opacity};${opacity}format=rgba,extractplanes=a,${size}:${same}${alpha};` +
      `${colours}${samples}${plain};${plain}${alpha}alphamerge`,
    ...after,
  ];
}

/** The filter that makes whole frames of fields. */
export function deinterlacer({ order, rate }: FieldFrames): string {
  // The frames' own flags may be wrong: all frames are treated as planned.
  return `bwdif=mode=send_${rate}:parity=${order === 'top' ? 'tff' : 'bff'}:deint=all`;
}

/**
 * Filters that turn each frame into a stack of pictures (see `Stack`). `each` gives the filters
 * that turn one picture into the format in which it travels. Times are replaced by numbers, so that
 * vstack joins the pictures that belong to one frame.
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
 * The arguments of the ffmpeg command that writes the frames of `source` to stdout, one after the
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
