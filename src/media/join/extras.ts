import path from 'node:path';
import type { SourceCensus } from '../damage/source-census.js';
import type { Announcement, OutputPlan } from '../output/output-plan.js';
import { isTextLines } from '../tracks/text-lines.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Source } from '../source/source.js';
import { extractCaptions } from './captions.js';
import { extractCover, type CoverFile } from './cover-art.js';
import { linesFrom, type CutLines } from './lines-on-screen.js';
import { outputStreams, type Cut, type Extras } from './remux-command.js';

/** The output for which extra files (captions, covers, subtitle lines) are made. */
export type WantedExtras = {
  readonly source: Source;
  readonly plan: OutputPlan;
  readonly cut: Cut;
  readonly census: SourceCensus;
  /** The folder that the files are written to. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
};

/** The extra files that could be made. */
export type Found = Pick<Extras, 'captions' | 'covers' | 'lines'>;

/** Announces extra files that the plan promised and that could not be made. */
export function lateLosses(plan: OutputPlan, { captions, covers }: Found): Announcement[] {
  const found: Announcement[] = [];
  if (plan.captions !== null && captions === null) {
    found.push({
      ...{ kind: 'missing', what: 'closed captions inside the video' },
      why: 'this ffmpeg read no text out of them',
      advice: 'A newer one may (--ffmpeg).',
    });
  }
  const wanted = plan.streams.filter(({ action }) => action === 'attach').length;
  if (covers.length < wanted) {
    found.push({ kind: 'missing', what: 'cover art', why: 'it could not be read' });
  }
  return found;
}

/** Cuts captions where the output begins: one that is on screen there then begins there. */
async function cutCaptions(
  ffmpeg: Ffmpeg,
  file: string,
  { cut, folder, signal }: WantedExtras,
): Promise<string> {
  if (cut === null || cut.shift === 0) return file;
  const input = { path: file, streams: [{ index: 0, codec: 'subrip' }] };
  const output = path.join(folder, 'captions.mks');
  return (await linesFrom(ffmpeg, input, cut.shift, output, signal)) === null ? file : output;
}

/** Writes the text subtitle streams with a line on screen where the output begins, cut there. */
async function cutLines(
  ffmpeg: Ffmpeg,
  { source, plan, cut, census, folder, signal }: WantedExtras,
): Promise<CutLines | null> {
  if (cut === null || cut.shift === 0) return null;
  const isOnScreen = (index: number): boolean =>
    census.streams
      .get(index)
      ?.moments.some(({ from, to }) => from < cut.shift && to > cut.shift) === true;
  const streams = outputStreams(source, plan)
    .map(({ stream }) => stream)
    .filter((stream) => isTextLines(stream) && isOnScreen(stream.index));
  if (streams.length === 0) return null;
  const input = { path: source.path, streams };
  return linesFrom(ffmpeg, input, cut.shift, path.join(folder, 'lines.mks'), signal);
}

/** Makes the extra files that the plan asks for. */
export async function findExtras(ffmpeg: Ffmpeg, wanted: WantedExtras): Promise<Found> {
  const { source, plan, folder, signal } = wanted;
  const captions = path.join(folder, 'captions.srt');
  const hasCaptions =
    plan.captions !== null && (await extractCaptions(ffmpeg, source, captions, signal));
  const covers: CoverFile[] = [];
  for (const { index, action } of plan.streams) {
    const stream = source.streams.find((each) => each.index === index);
    if (action !== 'attach' || stream === undefined) continue;
    const cover = await extractCover(ffmpeg, source, stream, folder, signal);
    if (cover !== null) covers.push(cover);
  }
  return {
    captions: hasCaptions ? await cutCaptions(ffmpeg, captions, wanted) : null,
    covers,
    lines: await cutLines(ffmpeg, wanted),
  };
}
