import { colourBox, colourFlags } from '../formats/colour-flags.js';
import { buildArguments } from '../program/command.js';
import { containerOfMuxer } from '../formats/containers.js';
import { hasCameraTags } from '../output/lost-tags.js';
import { dvdSubtitleTag, muxerLeave } from '../output/muxer-trial.js';
import type { CoverFile } from './cover-art.js';
import { alphaTag, intermediateMuxer } from '../encode/encode-command.js';
import type { OutputPlan } from '../output/output-plan.js';
import { keptMarks } from '../output/side-data-losses.js';
import { rawInputOptions } from '../source/raw-input.js';
import { laterTimecode } from './timecode.js';
import type { Source, StreamInfo } from '../source/source.js';
import type { CutLines } from './lines-on-screen.js';

/** One stream of the output that comes from the source. */
export type OutputStream = {
  /** The stream in the source. */
  readonly stream: StreamInfo;
  /** The encoder of a converted stream; `null` where packets are copied. */
  readonly encoder: string | null;
};

/** What the output gets beside the streams of the source. */
export type Extras = {
  /** A SubRip file of the captions inside the video; `null` for none. */
  readonly captions: string | null;
  /** Subtitle streams that replace those of the source; `null` for none. */
  readonly lines: CutLines | null;
  /** Pictures to attach. */
  readonly covers: readonly CoverFile[];
  /** Seconds for which the last frame is shown; `null` where unknown. */
  readonly lastFrame: number | null;
  /** Whether this ffmpeg can set the duration of copied packets. */
  readonly setsDurations: boolean;
};

/** The part of the source that is in the output, in seconds; `null` for all of it. */
export type Cut = {
  /** Subtracted from all times of the source. */
  readonly shift: number;
  /** When the video ends, in the output. */
  readonly end: number;
} | null;

/** The streams of the output that come from the source, in their order. */
export function outputStreams(source: Source, plan: OutputPlan): OutputStream[] {
  return plan.streams.flatMap(({ index, action, codec }) => {
    const stream = source.streams.find((each) => each.index === index);
    if (stream === undefined || action === 'drop' || action === 'attach') return [];
    return [{ stream, encoder: action === 'convert' ? codec! : null }];
  });
}

/** The input that a stream's packets come from. */
type StreamInput = {
  /** ffmpeg's specifier of the stream: `1:2`. */
  readonly stream: string;
  /** The encoder that gives them the source's codec again; `null` where they still have it. */
  readonly encoder: string | null;
};

function inputOf({ stream }: OutputStream, source: Source, extras: Extras): StreamInput {
  const { index, codec } = stream;
  if (index === source.video.index) return { stream: '0:v:0', encoder: null };
  const place = extras.lines?.streams.indexOf(index) ?? -1;
  if (place < 0) return { stream: `1:${index}`, encoder: null };
  const input = extras.captions === null ? 2 : 3;
  return { stream: `${input}:${place}`, encoder: codec === 'mov_text' ? codec : null };
}

/** How a stream gets into the output. */
type StreamWay = {
  readonly plan: OutputPlan;
  readonly from: StreamInput;
  /** Whether the muxer has refused the source's codec tags. */
  readonly retag: boolean;
};

/** Arguments for the `place`th stream of the output. */
function streamWords(
  { stream, encoder }: OutputStream,
  place: number,
  { plan, from, retag }: StreamWay,
): string[] {
  const dispositions = stream.dispositions.length === 0 ? '0' : stream.dispositions.join('+');
  return [
    ...['-map', from.stream],
    ...[`-c:${place}`, encoder ?? from.encoder ?? 'copy', `-disposition:${place}`, dispositions],
    ...[`-map_metadata:s:${place}`, `1:s:${stream.index}`],
    // Readers of QuickTime that do not know the box of a track's title show its handler instead.
    ...(stream.title !== null && containerOfMuxer(plan.container).ticks === 'own'
      ? [`-metadata:s:${place}`, `handler_name=${stream.title}`]
      : []),
    // ffmpeg of 2018 refuses its own tag for DVD subtitles in MP4.
    ...(retag && stream.codec === 'dvd_subtitle' ? [`-tag:${place}`, dvdSubtitleTag] : []),
  ];
}

/**
 * Arguments that state the frame rate of the video. In Matroska it serves to give the last frame
 * its duration, because ffmpeg derives durations from the rate. Without these arguments ffmpeg
 * would guess the rate from the first frames.
 */
function rateWords(
  plan: OutputPlan,
  { lastFrame, setsDurations }: Pick<Extras, 'lastFrame' | 'setsDurations'>,
  place: number,
): string[] {
  const { ticks } = containerOfMuxer(plan.container);
  if (ticks === 'own') return [];
  const { frameRate } = plan;
  const rate = (text: string): string[] => [`-r:${place}`, text];
  const usual = frameRate === null ? [] : rate(`${frameRate.num}/${frameRate.den}`);
  if (lastFrame === null || ticks !== 'millisecond') return usual;
  const ms = Math.max(1, Math.round(lastFrame * 1000));
  // Since version 5 ffmpeg uses the rate of what it copies. Version 5.1 counts packets in the
  // muxer's ticks within the filter, but calls the tick that of the input, or of -r: so the muxer's
  // is named. The filter is told to keep both times, otherwise B-frames get wrong ones.
  if (setsDurations) {
    const setts = `setts=pts=PTS:dts=DTS:duration=${ms}/1000/TB`;
    return [`-time_base:${place}`, '1/1000', `-bsf:${place}`, setts];
  }
  const isUsual = frameRate !== null && Math.abs(lastFrame - frameRate.den / frameRate.num) < 0.002;
  return isUsual ? usual : rate(`1000/${ms}`);
}

/** Arguments that set the timecode of the first frame that is kept, wherever the source has one. */
function timecodeWords(source: Source, plan: OutputPlan, cut: Cut): string[] {
  const { video } = source;
  if (cut === null || cut.shift === 0 || video.frameRate === null) return [];
  const { num, den } = video.frameRate;
  const frames = Math.round(((cut.shift - (video.startTime ?? source.startTime)) * num) / den);
  const later = (timecode: string | undefined): string | null =>
    timecode === undefined ? null : laterTimecode(timecode, frames, video.frameRate!);
  const words = outputStreams(source, plan).flatMap(({ stream }, place) => {
    const moved = later(stream.tags['timecode']);
    return moved === null ? [] : [`-metadata:s:${place}`, `timecode=${moved}`];
  });
  const whole = later(source.tags['timecode']);
  return whole === null ? words : [...words, '-metadata', `timecode=${whole}`];
}

/**
 * The tag by which Matroska states how stereo views are packed. One that came with the source is
 * replaced, because it need not be true of the output.
 */
function stereoWords(source: Source, plan: OutputPlan, place: number): string[] {
  const container = containerOfMuxer(plan.container);
  const { stereoMode } = keptMarks(source.video, { container, codec: plan.codec });
  const isTagged = 'stereo_mode' in source.video.tags;
  if (stereoMode === null && !isTagged) return [];
  return [`-metadata:s:${place}`, `stereo_mode=${stereoMode ?? ''}`];
}

/** Arguments for the captions, which are the last mapped stream. */
function captionWords(plan: OutputPlan, place: number): string[] {
  return [
    ...['-map', '2:0', `-c:${place}`, plan.captions!],
    ...[`-metadata:s:${place}`, 'title=CC'],
  ];
}

function coverWords(covers: readonly CoverFile[], first: number): string[] {
  return covers.flatMap(({ path, mimeType, name }, i) => [
    ...['-attach', `file:${path}`, `-metadata:s:${first + i}`, `mimetype=${mimeType}`],
    ...[`-metadata:s:${first + i}`, `filename=${name}`],
  ]);
}

/** Options of the muxer that keep times and tags unchanged. */
function muxerWords(source: Source, plan: OutputPlan): string[] {
  switch (containerOfMuxer(plan.container).ticks) {
    case 'own':
      return [
        ...['-video_track_timescale', String(plan.timeBase.den), '-avoid_negative_ts', 'disabled'],
        ...['-movflags', '+faststart', ...colourBox(plan.colour)],
        ...(hasCameraTags(source) ? ['-movflags', '+use_metadata_tags'] : []),
      ];
    case 'mpeg':
      return ['-mpegts_copyts', '1', '-muxdelay', '0', '-muxpreload', '0'];
    default:
      return ['-avoid_negative_ts', 'disabled'];
  }
}

/** Joins all `-movflags` into one, because ffmpeg uses only the last one. */
function joinMovflags(words: readonly string[]): string[] {
  const flags = words.filter((_, i) => words[i - 1] === '-movflags').join('');
  const others = words.filter((word, i) => word !== '-movflags' && words[i - 1] !== '-movflags');
  return flags === '' ? others : [...others, '-movflags', flags];
}

/** Everything that an output is put together from. */
export type RemuxParts = {
  readonly source: Source;
  readonly plan: OutputPlan;
  /** The file to write. */
  readonly output: string;
  readonly extras: Extras;
  readonly cut: Cut;
  /** Replaces codec tags of the source that ffmpeg has refused. */
  readonly retag: boolean;
};

/**
 * The arguments of the ffmpeg command that puts an output together: the enlarged video from stdin,
 * everything else from the source, captions and cut subtitles from files of their own.
 */
export function remuxArguments({ source, plan, output, extras, cut, retag }: RemuxParts): string[] {
  const streams = outputStreams(source, plan);
  const isMatroska = intermediateMuxer(plan) === 'matroska';
  const shift = cut === null || cut.shift === 0 ? [] : ['-itsoffset', (-cut.shift).toFixed(6)];
  /** Place of the enlarged video, which need not be the first stream. */
  const own = streams.findIndex(({ stream }) => stream.index === source.video.index);
  const mapped = streams.length + (extras.captions === null ? 0 : 1);
  return buildArguments({
    options: ['-loglevel', 'level+info', '-nostats', '-copyts'],
    inputs: [
      {
        path: 'pipe:0',
        format: isMatroska ? 'matroska' : 'mov',
        options: isMatroska ? shift : [],
      },
      source.raw === null
        ? { path: source.path, options: shift }
        : { path: source.path, format: 'rawvideo', options: rawInputOptions(source.raw) },
      ...(extras.captions === null ? [] : [{ path: extras.captions, options: shift }]),
      ...(extras.lines === null ? [] : [{ path: extras.lines.path, options: shift }]),
    ],
    outputs: [
      {
        path: output,
        format: plan.container,
        options: [
          ...streams.flatMap((each, place) =>
            streamWords(each, place, { plan, retag, from: inputOf(each, source, extras) }),
          ),
          ...(extras.captions === null ? [] : captionWords(plan, streams.length)),
          ...coverWords(extras.covers, mapped),
          ...['-map_metadata', '1', '-map_chapters', '1', '-max_muxing_queue_size', '4096'],
          ...colourFlags(plan.colour).map((word) =>
            word.startsWith('-') ? `${word}:${own}` : word,
          ),
          ...alphaTag(plan, own),
          ...stereoWords(source, plan, own),
          // Frames that were turned while they were decoded must not be turned again by players.
          ...(source.video.turn === null ? [] : [`-metadata:s:${own}`, 'rotate=']),
          ...rateWords(plan, extras, own),
          ...timecodeWords(source, plan, cut),
          ...muxerLeave,
          ...joinMovflags(muxerWords(source, plan)),
          // Packets from before the cut, which have negative times now, are left out.
          ...(cut === null || cut.shift === 0 ? [] : ['-copypriorss', '0']),
          ...(cut === null ? [] : ['-t', cut.end.toFixed(6)]),
        ],
      },
    ],
  });
}
