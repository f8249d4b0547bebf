import { containerOfMuxer } from '../formats/containers.js';
import { colourBox, colourFlags } from '../formats/colour-flags.js';
import type { OutputPlan } from '../output/output-plan.js';
import { isUploaded } from '../formats/carriers.js';
import { buildArguments } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';

/** The muxer of a segment's file, which must keep times and frame order exactly. */
export function intermediateMuxer(plan: OutputPlan): 'mp4' | 'mov' | 'matroska' {
  // VP9's alpha is stored beside its packets, which only Matroska can do, and ffmpeg of 2018 cannot
  // describe every VP9 stream in MP4. Matroska counts milliseconds, but so does the output then.
  const isWebCodec = ['vp8', 'vp9', 'av1'].includes(plan.codec);
  if (isWebCodec && containerOfMuxer(plan.container).ticks === 'millisecond') return 'matroska';
  return inMp4.has(plan.codec) ? 'mp4' : 'mov';
}

/** Codecs that ffmpeg can write to MP4; QuickTime takes all others. */
const inMp4: ReadonlySet<string> = new Set(['h264', 'hevc', 'vp9', 'av1', 'mpeg4']);

/**
 * The tag without which players ignore the alpha of VP8 and VP9. `place` is the track's number in
 * its file, from 0. Empty for other outputs.
 */
export function alphaTag(plan: OutputPlan, place: number): string[] {
  const isWebCodec = plan.codec === 'vp8' || plan.codec === 'vp9';
  return isWebCodec && plan.keepsAlpha ? [`-metadata:s:${place}`, 'alpha_mode=1'] : [];
}

/** What any command that encodes as `plan` says needs to open the encoder and to give it frames. */
export function encoderAccess(plan: OutputPlan): {
  /** Arguments that must come before all inputs. */
  readonly device: readonly string[];
  /** The last filter of the video; `null` for none. */
  readonly filter: string | null;
  /** Arguments of the output. */
  readonly format: readonly string[];
} {
  const carrier = plan.carrier ?? plan.pixelFormat;
  if (!isUploaded(plan.encoder)) return { device: [], filter: null, format: ['-pix_fmt', carrier] };
  return {
    device: ['-init_hw_device', 'vaapi=gpu', '-filter_hw_device', 'gpu'],
    ...{ filter: `format=${carrier},hwupload`, format: [] },
  };
}

/** Arguments of the filters that turn frames from the pipe into what the encoder takes. */
function filters(plan: OutputPlan, piped: string): string[] {
  const list: string[] = [];
  if (piped !== plan.pixelFormat || plan.reduces) {
    const range = plan.colour.range === 'pc' ? 'pc' : 'tv';
    // 4:4:0 came through the pipe as 4:4:4 with repeated rows, which are left out again here.
    const doubled = plan.frameLayout.format.name === plan.pixelFormat && !plan.reduces;
    const flags = doubled ? 'neighbor' : 'lanczos+accurate_rnd+full_chroma_int';
    const size = `${plan.codedWidth}:${plan.codedHeight}`;
    list.push(`scale=${size}:in_range=${range}:out_range=${range}:flags=${flags}`);
  }
  const aspect = plan.sampleAspect;
  if (aspect !== null) list.push(`setsar=sar=${aspect.num}/${aspect.den}:max=65535`);
  const { filter } = encoderAccess(plan);
  if (filter !== null) list.push(filter);
  return list.length === 0 ? [] : ['-vf', list.join(',')];
}

/**
 * The command line that encodes frames to `path`. They come through a pipe as IVF, in the pixel
 * format `piped`.
 */
export function encodeArguments(
  ffmpeg: Ffmpeg,
  plan: OutputPlan,
  { path, piped, threads }: { path: string; piped: string; threads: number | undefined },
): string[] {
  const muxer = intermediateMuxer(plan);
  const { num, den } = plan.timeBase;
  const colour = colourFlags(plan.colour);
  const access = encoderAccess(plan);
  return buildArguments({
    // Without -copyts ffmpeg would make times relative to the first frame.
    options: ['-loglevel', 'level+warning', '-copyts', ...access.device],
    inputs: [
      {
        path: 'pipe:0',
        format: 'ivf',
        // The header says everything, so ffmpeg need not read frames before it starts.
        options: ['-probesize', '32', '-analyzeduration', '0', ...colour, '-c:v', 'rawvideo'],
      },
    ],
    outputs: [
      {
        path,
        format: muxer,
        options: [
          ...['-map', '0:v:0', ...everyFrame(ffmpeg), '-enc_time_base', `${num}/${den}`],
          ...filters(plan, piped),
          ...[...access.format, ...colour, ...plan.encoderArgs],
          ...(threads === undefined ? [] : ['-threads', String(threads)]),
          ...(muxer === 'matroska'
            ? ['-avoid_negative_ts', 'disabled', ...alphaTag(plan, 0)]
            : ['-video_track_timescale', String(den), ...colourBox(plan.colour)]),
        ],
      },
    ],
  });
}
