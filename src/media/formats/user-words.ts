import { VsrError } from '../../errors.js';
import { encoderOptions } from '../program/capabilities.js';
import type { Ffmpeg } from '../program/ffmpeg.js';

/** Options common to all of ffmpeg's encoders that only change how bits are spent. */
const sharedOptions: ReadonlySet<string> = new Set(
  (
    'b maxrate minrate bufsize g keyint_min bf refs q qscale qmin qmax qdiff qcomp qblur global_quality ' +
    'profile level threads thread_type slices flags flags2 trellis me_range subq sc_threshold b_strategy ' +
    'b_qfactor b_qoffset i_qfactor i_qoffset compression_level cmp subcmp mbcmp mbd dia_size nr mblmin mblmax ' +
    'rc_init_occupancy'
  ).split(' '),
);

/** Options of encoders that make them write files. */
const writing: ReadonlySet<string> = new Set(['passlogfile', 'stats', 'vstats', 'dump']);

/** What options do that do not belong to the encoder, for messages. */
const purposes: readonly (readonly [RegExp, string])[] = [
  [/^(?:c|codec|[vasd]codec)$/, 'chooses a codec (--codec does)'],
  [/^(?:map|map_.*|vn|an|sn|dn|program|disposition|attach)$/, 'chooses streams'],
  [/^(?:s|aspect|pix_fmt|vf|af|filter.*|lavfi|sws_.*|swr_.*)$/, 'changes the picture or its size'],
  [/^(?:f|i|y|n|movflags|bsf|tag|vtag|metadata|dump_attachment)$/, 'changes files or their format'],
  [
    /^(?:r|t|to|ss|sseof|itsoffset|frames|vframes|vsync|fps_mode|.*time.*|copyts)$/,
    'changes times',
  ],
  [/^color|^chroma_sample/, 'changes what the colours mean'],
];

/** An option's name without its dash and its stream specifier. */
const nameOf = (word: string): string => word.replace(/^-+/, '').split(':')[0]!;

const isOption = (word: string): boolean => /^-[A-Za-z]/.test(word);

function refusal(encoder: string, word: string, why: string): VsrError {
  return new VsrError(
    'option',
    `Expected options of the encoder ${encoder} in --ffmpeg-args but received ${JSON.stringify(word)}: ${why}. ffmpeg -h encoder=${encoder} lists them.`,
  );
}

/**
 * Throws VsrError `option` unless `words` are options of `encoder`, each followed by its value. An
 * option that would change codec, streams, size, filters, format, inputs or outputs is named in the
 * message.
 */
export async function checkUserWords(
  ffmpeg: Ffmpeg,
  encoder: string,
  words: readonly string[],
): Promise<void> {
  if (words.length === 0) return;
  const own = await encoderOptions(ffmpeg, encoder);
  for (let i = 0; i < words.length; i += 2) {
    const word = words[i]!;
    if (!isOption(word)) throw refusal(encoder, word, 'it would be the name of another output');
    const name = nameOf(word);
    if (writing.has(name)) throw refusal(encoder, word, 'it names a file to write');
    if (!own.has(name) && !sharedOptions.has(name)) {
      const purpose = purposes.find(([names]) => names.test(name))?.[1];
      throw refusal(encoder, word, purpose === undefined ? 'it is none of them' : `it ${purpose}`);
    }
    if (words[i + 1] === undefined) throw refusal(encoder, word, 'its value is missing');
  }
}

/**
 * Appends the user's arguments to those of vsr. Of several lists of encoder parameters
 * (`-x264-params`) ffmpeg would use only the last one, so the user's is joined to vsr's.
 */
export function joinWords(ours: readonly string[], theirs: readonly string[]): string[] {
  const joined = [...ours];
  for (let i = 0; i < theirs.length; i += 2) {
    const [word, value] = [theirs[i]!, theirs[i + 1] ?? ''];
    const place = /-params$/.test(word) ? joined.indexOf(word) : -1;
    if (place >= 0) joined[place + 1] = `${joined[place + 1]}:${value}`;
    else joined.push(word, value);
  }
  return joined;
}
