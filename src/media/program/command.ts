import { createRequire } from 'node:module';
import path from 'node:path';
import type ffmpegCommand from 'fluent-ffmpeg';

/** One input of a command line. */
export type CommandInput = {
  /** A file, whatever characters are in its name; `pipe:0` is stdin. */
  readonly path: string;
  /**
   * Demuxer to use. It must not come from a file's content, because `lavfi` and others can open
   * further files.
   */
  readonly format?: string | undefined;
  /** Further options before `-i`, one element per word. */
  readonly options?: readonly string[] | undefined;
};

/** One output of a command line. */
export type CommandOutput = {
  /** A file, `pipe:1`, or `-` for a muxer that writes nothing (`null`). */
  readonly path: string;
  /** Muxer to use. Default: by the file's ending. */
  readonly format?: string | undefined;
  /** Options before the name, one element per word. */
  readonly options?: readonly string[] | undefined;
};

/** An ffmpeg command line. */
export type CommandPlan = {
  readonly inputs: readonly CommandInput[];
  readonly outputs: readonly CommandOutput[];
  /** Global options such as `-loglevel`, one element per word. */
  readonly options?: readonly string[] | undefined;
};

/**
 * The demuxers that may read a stranger's file. Not among them are those that open further files or
 * addresses named in a file (hls, dash, concat, sdp, image2, imf ...), and those that turn plain
 * text into pictures (tty).
 */
export const safeDemuxers: readonly string[] = [
  ...['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm', 'avi', 'flv', 'live_flv'],
  ...['mpegts', 'mpegtsraw', 'mpeg', 'mpegvideo', 'vob', 'm4v', 'h261', 'h263', 'h264', 'hevc'],
  ...['vvc', 'evc', 'av1', 'obu', 'ivf', 'vc1', 'vc1test', 'dirac', 'cavsvideo', 'avs2', 'avs3'],
  ...['asf', 'asf_o', 'rm', 'ivr', 'ogg', 'mxf', 'gxf', 'lxf', 'nut', 'dv', 'wtv', 'swf', 'amv'],
  ...['yuv4mpegpipe', 'rawvideo', 'gif', 'apng', 'mjpeg', 'mjpeg_2000', 'smjpeg', 'ingenient'],
  ...['dnxhd', 'r3d', 'nsv', 'nuv', 'pmp', 'ffm', 'mlv', 'cine', 'webp_anim', 'avif', 'dxa'],
  ...[
    'film_cpk',
    'roq',
    'bink',
    'smk',
    'flic',
    '4xm',
    'idcin',
    'ea',
    'mvi',
    'wsvqa',
    'vmd',
    'psxstr',
  ],
  // Files of sound, subtitles and metadata.
  ...[
    'wav',
    'w64',
    'aiff',
    'mp3',
    'aac',
    'ac3',
    'eac3',
    'flac',
    'srt',
    'webvtt',
    'ass',
    'ffmetadata',
  ],
];

/**
 * Input options by which ffmpeg opens only the file itself, no addresses or further files, and only
 * with safe demuxers.
 */
export const safeInputOptions: readonly string[] = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  safeDemuxers.join(','),
];

/** `name` in a form that ffmpeg takes for a file name, never for a protocol, option or pattern. */
export function fileUrl(name: string): string {
  return name === '-' || /^pipe:\d$/.test(name) ? name : `file:${path.resolve(name)}`;
}

const require = createRequire(import.meta.url);

/**
 * Loads the package that builds command lines. It is loaded by `require`, because the `import()` of
 * this CommonJS package sometimes gave an empty object (Node 20.20.2).
 */
function commandBuilder(): typeof ffmpegCommand {
  return require('fluent-ffmpeg') as typeof ffmpegCommand;
}

/** Loads that package early, for callers that are waiting anyway. */
export function prepareCommands(): void {
  commandBuilder();
}

/**
 * The arguments of an ffmpeg command line, built by fluent-ffmpeg. `startProcess` runs it, not
 * fluent-ffmpeg. fluent-ffmpeg splits a single word at spaces, so options are always given to it as
 * several words. Throws RangeError for a single word.
 */
export function buildArguments(plan: CommandPlan): string[] {
  const command = commandBuilder()();
  for (const input of plan.inputs) {
    command.input(fileUrl(input.path));
    const forced = input.format === undefined ? [] : ['-f', input.format];
    const safety = input.format === 'lavfi' ? [] : safeInputOptions;
    addWords(
      (...words) => command.inputOptions(...words),
      [...safety, ...forced, ...(input.options ?? [])],
    );
  }
  for (const output of plan.outputs) {
    command.output(fileUrl(output.path));
    const forced = output.format === undefined ? [] : ['-f', output.format];
    addWords((...words) => command.outputOptions(...words), [...(output.options ?? []), ...forced]);
  }
  const built = (command as unknown as { _getArguments(): string[] })._getArguments();
  return ['-nostdin', '-hide_banner', '-y', ...(plan.options ?? []), ...built];
}

function addWords(add: (...words: string[]) => unknown, words: readonly string[]): void {
  if (words.length === 1) throw new RangeError(`An option needs its value: ${words[0]}`);
  if (words.length > 0) add(...words);
}
