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

/** What the files beside the streams are made for. */
export type WantedExtras = {
  readonly source: Source;
  readonly plan: OutputPlan;
  readonly cut: Cut;
  readonly census: SourceCensus;
  /** Where the files are written. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
};

/** What was found beside the streams. */
export type Found = Pick<Extras, 'captions' | 'covers' | 'lines'>;

/** What the plan promised and the source did not give. */
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

/** Captions that are on screen where the output begins are there from its start. */
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

/** The subtitle streams of which a line is on screen where the output begins, anew. */
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

/** Captions, covers and cut lines as files, where the plan asks for them. */
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
