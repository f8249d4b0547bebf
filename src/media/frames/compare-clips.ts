import path from 'node:path';
import { VsrError } from '../../errors.js';
import type { Place } from '../../files/place.js';
import { colourFlags } from '../formats/colour-flags.js';
import { buildArguments } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import type { Source } from '../source/source.js';
import { temporaryFolder } from '../../files/temporary-folder.js';

type Size = { readonly width: number; readonly height: number };

/**
 * Whether `a` is smaller both ways than `b`: it is then enlarged by plain bicubic to compare them.
 */
export function isSmaller(a: Size, b: Size): boolean {
  return a.width < b.width && a.height < b.height;
}

/** How the pictures of two clips are shown in one. */
export const compareModes = ['split', 'side', 'difference'] as const;
export type CompareMode = (typeof compareModes)[number];

/**
 * ffmpeg's filters that show the first and the second input in one picture. `amplify` is the factor
 * of `difference`.
 */
function filterOf(mode: CompareMode, a: Source, b: Source, amplify: number): string {
  const { width, height, format } = isSmaller(a.video, b.video) ? b.video : a.video;
  // Plain bicubic (a = -0.5), for a clip that is smaller than the other.
  const scaled = (source: Source, index: number): string =>
    source.video.width === width && source.video.height === height
      ? `[${index}:v]null[s${index}];`
      : `[${index}:v]scale=${width}:${height}:flags=bicubic+accurate_rnd+full_chroma_int:param0=0:param1=0.5,setsar=1[s${index}];`;
  return scaled(a, 0) + scaled(b, 1) + joined(mode, width, format.bitDepth, amplify);
}

function joined(mode: CompareMode, width: number, bitDepth: number, amplify: number): string {
  if (mode === 'side') return '[s0][s1]hstack[v]';
  if (mode === 'split') {
    // Even, because 4:2:0 cannot be cut at odd columns.
    const half = Math.max(2, 2 * Math.floor(width / 4));
    const rest = width - half;
    return (
      `[s0]crop=${half}:ih:0:0:exact=1[l];[s1]crop=${rest}:ih:${half}:0:exact=1[r];` +
      `[l][r]hstack,drawbox=x=${half - 1}:y=0:w=2:h=ih:color=white:t=fill[v]`
    );
  }
  const middle = 2 ** (bitDepth - 1);
  return `[s0][s1]blend=all_expr=${middle}+${amplify}*(A-B)[v]`;
}

/**
 * Writes a clip that compares clip a with clip b. `split` shows the left half of a and the right
 * half of b, `side` both whole, `difference` grey plus `amplify` times the difference a - b. Sound
 * comes from b. A smaller clip is enlarged by plain bicubic. The caller must have checked that the
 * two can be compared. Throws VsrError `media` where ffmpeg fails.
 */
export async function compareClips(
  ffmpeg: Ffmpeg,
  [a, b]: readonly [a: Source, b: Source],
  place: Place,
  { mode, amplify }: { readonly mode: CompareMode; readonly amplify: number },
): Promise<void> {
  const output = place.file;
  // Beside the output, so that the finished file only needs to be renamed.
  await using folder = await temporaryFolder('compare', path.dirname(path.resolve(output)));
  const temporary = path.join(folder.path, `whole${path.extname(output)}`);
  const args = buildArguments({
    options: ['-loglevel', 'error'],
    inputs: [{ path: a.path }, { path: b.path }],
    outputs: [
      {
        path: temporary,
        options: [
          ...['-filter_complex', filterOf(mode, a, b, amplify), '-map', '[v]', '-map', '1:a?'],
          ...['-c:v', 'libx264', '-crf', '16', '-preset', 'medium', '-c:a', 'copy'],
          ...['-pix_fmt', a.video.format.name, ...everyFrame(ffmpeg)],
          ...colourFlags(a.video.colour),
        ],
      },
    ],
  });
  const child = startProcess(ffmpeg.ffmpeg, args);
  child.stdout.resume();
  const { code, stderrTail } = await child.done;
  if (code === 0) {
    await place.put(temporary);
    return;
  }
  const why = stderrTail.at(-1) ?? `exit code ${code}`;
  throw new VsrError('media', `ffmpeg could not write ${output}: ${why}`);
}
