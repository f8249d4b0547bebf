import { VsrError } from '../../errors.js';
import { askBinary } from './binary-answers.js';
import type { Ffmpeg } from './ffmpeg.js';

/** A list that an ffmpeg gives of what it can do. Names are ffmpeg's own. */
export type CapabilityList =
  | 'encoders'
  /** Names of decoders, such as `libdav1d` or `h264`. */
  | 'decoders'
  /** Codecs for which it has a software decoder, such as `av1` or `h264`. */
  | 'decodableCodecs'
  | 'muxers'
  | 'filters';

/**
 * The names in a list such as `ffmpeg -encoders` prints: the second word of each line, or several
 * names where it is a list with commas.
 */
export function parseNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    // Flags, a name, and something after it; the legend has "=" in the name's place.
    const name = /^ [A-Z.| ]{1,7}\s+([^\s=]\S*)\s/.exec(line)?.[1];
    for (const part of name?.split(',') ?? []) names.add(part);
  }
  return names;
}

/** Decoders that only pass the work to hardware, which may not be there. */
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

const known = new Map<string, Promise<ReadonlySet<string>>>();

/** The answer to a question about `ffmpeg`, which is asked only once per path in this process. */
function once(
  ffmpeg: Ffmpeg,
  question: string,
  ask: () => Promise<ReadonlySet<string>>,
): Promise<ReadonlySet<string>> {
  const key = `${ffmpeg.ffmpeg}\n${question}`;
  let answer = known.get(key);
  if (answer === undefined) {
    answer = ask();
    known.set(key, answer);
    answer.catch(() => known.delete(key));
  }
  return answer;
}

/**
 * One list of what this ffmpeg can do, as it states itself. Throws `VsrError('media')` if it gives
 * none.
 */
export function capabilities(ffmpeg: Ffmpeg, list: CapabilityList): Promise<ReadonlySet<string>> {
  return once(ffmpeg, list, async () => {
    const option = list === 'decodableCodecs' ? 'codecs' : list;
    const { code, stdout } = await askBinary(ffmpeg.ffmpeg, ['-hide_banner', `-${option}`]);
    if (code !== 0) throw new VsrError('media', `${ffmpeg.ffmpeg} does not answer -${option}.`);
    return list === 'decodableCodecs' ? parseDecodable(stdout) : parseNames(stdout);
  });
}

/**
 * The pixel formats that an encoder takes; empty where it does not state them: it then takes any,
 * or does not exist.
 */
export function encoderPixelFormats(ffmpeg: Ffmpeg, encoder: string): Promise<ReadonlySet<string>> {
  return once(ffmpeg, `encoder=${encoder}`, async () => {
    const words = ['-hide_banner', '-h', `encoder=${encoder}`];
    const { stdout } = await askBinary(ffmpeg.ffmpeg, words);
    const names = /Supported pixel formats: (.*)/.exec(stdout)?.[1]?.trim().split(/\s+/);
    return new Set(names ?? []);
  });
}

/** Whether ffmpeg can set the duration of copied packets: its bitstream filter can since 5.1. */
export async function setsDurations(ffmpeg: Ffmpeg): Promise<boolean> {
  const words = ['-hide_banner', '-h', 'bsf=setts'];
  const { stdout } = await askBinary(ffmpeg.ffmpeg, words);
  return /^ +-duration\b/m.test(stdout);
}

/** Names of the options that belong to an encoder; empty where it does not state them. */
export function encoderOptions(ffmpeg: Ffmpeg, encoder: string): Promise<ReadonlySet<string>> {
  return once(ffmpeg, `options of ${encoder}`, async () => {
    const words = ['-hide_banner', '-h', `encoder=${encoder}`];
    const { stdout } = await askBinary(ffmpeg.ffmpeg, words);
    return new Set([...stdout.matchAll(/^ {2}-(\S+)\s+</gm)].map((match) => match[1]!));
  });
}
