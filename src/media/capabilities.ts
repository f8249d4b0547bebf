import { VsrError } from '../errors.js';
import type { Ffmpeg } from './ffmpeg.js';
import { runProcess } from './process.js';

/** What an ffmpeg binary says it can do. Names are ffmpeg's own. */
export type Capabilities = {
  readonly encoders: ReadonlySet<string>;
  /** Names of decoders, e.g. `libdav1d`, `h264`. */
  readonly decoders: ReadonlySet<string>;
  /** Codecs that some decoder of it reads in software, e.g. `av1`, `h264`. */
  readonly decodableCodecs: ReadonlySet<string>;
  readonly muxers: ReadonlySet<string>;
  readonly demuxers: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
};

/** The names in a list such as `ffmpeg -encoders` prints: the second word of each line; comma lists are taken apart. */
export function parseNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    // Flags, a name, and something behind it; the legend has "=" in the name's place.
    const name = /^ [A-Z.| ]{1,7}\s+([^\s=]\S*)\s/.exec(line)?.[1];
    for (const part of name?.split(',') ?? []) names.add(part);
  }
  return names;
}

/** Decoders of a codec that only pass the work to hardware, so that having them is not enough. */
const hardwareOnly = /^(?:av1|.*_(?:cuvid|qsv|v4l2m2m|mediacodec|mmal|rkmpp|amf|vaapi|oh))$/;

/** Codecs with a software decoder, from `ffmpeg -codecs`. */
export function parseDecodable(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    const match = /^ D[E.]\S{4} ([^\s=]\S*)\s(.*)$/.exec(line);
    if (match === null) continue;
    const list = /\(decoders: ([^)]*?) ?\)/.exec(match[2]!)?.[1]?.split(' ');
    if (list?.every((name) => hardwareOnly.test(name))) continue;
    if (list === undefined && match[1] === 'av1') continue; // ffmpeg's own "av1" needs hardware.
    names.add(match[1]!);
  }
  return names;
}

async function list(ffmpeg: Ffmpeg, option: string): Promise<string> {
  const { code, stdout } = await runProcess(ffmpeg.ffmpeg, ['-hide_banner', `-${option}`]);
  if (code !== 0) throw new VsrError('media', `${ffmpeg.ffmpeg} does not answer -${option}.`);
  return stdout;
}

const known = new Map<string, Promise<Capabilities>>();

/** Asks the binary what it can do; once for each path. */
export function capabilitiesOf(ffmpeg: Ffmpeg): Promise<Capabilities> {
  let answer = known.get(ffmpeg.ffmpeg);
  if (answer === undefined) {
    answer = askAll(ffmpeg);
    known.set(ffmpeg.ffmpeg, answer);
    answer.catch(() => known.delete(ffmpeg.ffmpeg));
  }
  return answer;
}

async function askAll(ffmpeg: Ffmpeg): Promise<Capabilities> {
  const options = ['encoders', 'decoders', 'muxers', 'demuxers', 'filters'] as const;
  const [codecs, ...lists] = await Promise.all([
    list(ffmpeg, 'codecs'),
    ...options.map(async (option) => parseNames(await list(ffmpeg, option))),
  ]);
  const [encoders, decoders, muxers, demuxers, filters] = lists;
  return {
    encoders: encoders!,
    decoders: decoders!,
    decodableCodecs: parseDecodable(codecs),
    muxers: muxers!,
    demuxers: demuxers!,
    filters: filters!,
  };
}

const knownFormats = new Map<string, Promise<ReadonlySet<string>>>();

/** The pixel formats an encoder takes; empty where it does not say (it then takes any, or is not there). */
export function encoderPixelFormats(ffmpeg: Ffmpeg, encoder: string): Promise<ReadonlySet<string>> {
  const key = `${ffmpeg.ffmpeg}\n${encoder}`;
  let answer = knownFormats.get(key);
  if (answer === undefined) {
    answer = askFormats(ffmpeg, encoder);
    knownFormats.set(key, answer);
    answer.catch(() => knownFormats.delete(key));
  }
  return answer;
}

async function askFormats(ffmpeg: Ffmpeg, encoder: string): Promise<ReadonlySet<string>> {
  const { stdout } = await runProcess(ffmpeg.ffmpeg, ['-hide_banner', '-h', `encoder=${encoder}`]);
  const names = /Supported pixel formats: (.*)/.exec(stdout)?.[1]?.trim().split(/\s+/);
  return new Set(names ?? []);
}
