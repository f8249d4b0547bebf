import { createRequire } from 'node:module';
import path from 'node:path';
import type ffmpegCommand from 'fluent-ffmpeg';

/** One input of a command line. */
export type CommandInput = {
  /** A file; taken as a name only, whatever characters are in it. `pipe:0` is stdin. */
  readonly path: string;
  /**
   * Demuxer to force; `lavfi` and the like are then reachable, so never take it from a file's
   * content.
   */
  readonly format?: string | undefined;
  /** Further options before `-i`, each word an element. */
  readonly options?: readonly string[] | undefined;
};

/** One output of a command line. */
export type CommandOutput = {
  /** A file, `pipe:1`, or `-` for a muxer that writes nothing (`null`). */
  readonly path: string;
  /** Muxer to force. */
  readonly format?: string | undefined;
  /** Options before the name, each word an element. */
  readonly options?: readonly string[] | undefined;
};

export type CommandPlan = {
  readonly inputs: readonly CommandInput[];
  readonly outputs: readonly CommandOutput[];
  /** Global options, e.g. `-loglevel`, each word an element. */
  readonly options?: readonly string[] | undefined;
};

/**
 * Demuxers a stranger's file may reach. Left out are those that open further files or addresses by
 * what they read (hls, dash, concat, sdp, image2, imf ...) and those that make pictures of plain
 * text (tty).
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
  // Sound and text that ride along beside a video in files of their own.
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
 * Input options that keep a stranger's file to itself: only it is opened, and only as a container.
 */
export const safeInputOptions: readonly string[] = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  safeDemuxers.join(','),
];

/** `name` as a file name to ffmpeg and never as a protocol, an option or a pattern. */
export function fileUrl(name: string): string {
  return name === '-' || /^pipe:\d$/.test(name) ? name : `file:${path.resolve(name)}`;
}

const require = createRequire(import.meta.url);

/**
 * Loads what builds command lines, once. By `require`: the `import()` of this CommonJS package gave
 * an empty object now and then (Node 20.20.2).
 */
function commandBuilder(): typeof ffmpegCommand {
  return require('fluent-ffmpeg') as typeof ffmpegCommand;
}

/** Loads what builds command lines, for when there is time to wait anyway. */
export function prepareCommands(): void {
  commandBuilder();
}

/**
 * The words of an ffmpeg command line, without the program's name, as fluent-ffmpeg builds them.
 * Only its builder is used: running is `startProcess`'s. It splits a lone word at its space, so
 * options always go to it as several words.
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
