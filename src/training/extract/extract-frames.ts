import { framesPerSecond } from '../../planes/ratio.js';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import type { TellProgress } from '../../events.js';
import { paceOf } from '../../pace.js';
import { Field } from '../../files/json-field.js';
import { openPlace, type Place } from '../../files/place.js';
import { isTaken } from '../../files/place-key.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { rgbFrames } from '../../media/frames/rgb-frames.js';
import { probe } from '../../media/source/probe.js';
import { defaultStallMs } from '../../media/program/process.js';
import { type FrameChoice, FrameChooser, type RgbFrame } from './frame-choice.js';

/** How a clip is extracted. */
export type ExtractOptions = {
  readonly choose: FrameChoice;
  /** What the pictures' names begin with; default the clip's name without its ending. */
  readonly name?: string;
  /** Replace pictures of such names that no extraction wrote. */
  readonly overwrite?: boolean;
  /** Frames kept at most; no limit if absent. */
  readonly most?: number;
  /** Told how many of the clip's frames have been looked at. */
  readonly tell?: TellProgress;
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds without a byte from ffmpeg after which it counts as hanging; default
   * `defaultStallMs`.
   */
  readonly stallTimeoutMs?: number | undefined;
};

/** What became of a clip. */
export type ExtractResult = {
  /** Frames there are now, those of earlier runs included. */
  readonly written: number;
  /** Left out because they showed what the frame before them showed. */
  readonly duplicates: number;
  /** An earlier run had finished this clip with the same options. */
  readonly already: boolean;
};

/** What is kept beside the frames: how far an unfinished run came. */
type State = {
  readonly options: string;
  readonly files: readonly string[];
  readonly duplicates: number;
  readonly finished: boolean;
};

async function readState(file: string): Promise<State | undefined> {
  try {
    const state = new Field(JSON.parse(await readFile(file, 'utf8')), file);
    return {
      options: state.at('options').string(),
      files: state.at('files').list((name) => name.string()),
      duplicates: state.at('duplicates').count(),
      finished: state.at('finished').oneOf(true, false),
    };
  } catch {
    return undefined; // There is none yet, or it is not whole: start from the beginning.
  }
}

async function writePng(draft: string, place: Place, frame: RgbFrame): Promise<void> {
  const { default: sharp } = await import('sharp');
  const { data, width, height } = frame;
  try {
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 6 })
      .toFile(draft);
    await place.put(draft);
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw new VsrError('disk', `Could not write ${place.file}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/**
 * Writes chosen frames of a clip as PNG into `folder` (made if needed), named
 * `<clip>-<frame number>.png`. Of each group the sharpest is kept, and none that shows what the
 * one before showed. Run again, a finished clip is passed over and an unfinished one completed
 * without writing any frame twice.
 */
export async function extractFrames(
  clip: string,
  folder: string,
  options: ExtractOptions,
): Promise<ExtractResult> {
  const { choose, most = Infinity, signal, stallTimeoutMs = defaultStallMs } = options;
  const ffmpeg = await locateFfmpeg();
  const source = await probe(ffmpeg, clip, { signal, stallTimeoutMs });
  const { video } = source;
  await mkdir(folder, { recursive: true });
  const base = options.name ?? path.parse(clip).name;
  const stateFile = path.join(folder, `.${base}.extract.json`);
  const wish = {
    inputs: [clip],
    overwrite: options.overwrite ?? false,
    otherName: 'of the folder with -o',
  };
  const wanted = JSON.stringify({ choose, most, size: source.sizeBytes });
  const before = await readState(stateFile);
  const earlier = before?.options === wanted ? before : undefined;
  if (earlier?.finished === true) {
    const { files, duplicates } = earlier;
    return { written: files.length, duplicates, already: true };
  }
  const there = new Set(earlier?.files);
  /** Frames of a run with other options are ours as well. */
  const ours = new Set(before?.files);
  await using drafts = await temporaryFolder('extract', folder);
  const files: string[] = [];

  const rate = framesPerSecond(video.frameRate);
  const chooser = new FrameChooser(choose, rate);
  let seen = 0;
  const save = async (finished: boolean): Promise<void> => {
    const file = { what: 'list of frames', file: stateFile };
    // It names itself: a hidden file of this name is nobody else's.
    const statePlace = await openPlace({ ...file, ...wish, overwrite: true });
    const state: State = {
      options: wanted,
      files: finished ? files : [...new Set([...there, ...files])],
      duplicates: chooser.duplicates,
      finished,
    };
    return statePlace.write(JSON.stringify(state));
  };
  const keep = async (chosen: ReturnType<FrameChooser['end']>) => {
    if (chosen === undefined || files.length >= most) return;
    const name = `${base}-${String(chosen.index).padStart(6, '0')}.png`;
    const file = path.join(folder, name);
    const isDone = there.has(name) && (await isTaken(file));
    const isOurs = () => Promise.resolve(ours.has(name));
    const place = isDone ? null : await openPlace({ what: 'frame', file, isOurs, ...wish });
    files.push(name);
    // Claimed before it is there: what a killed run wrote is known to be ours.
    await save(false);
    if (place !== null) await writePng(path.join(drafts.path, name), place, chosen.frame);
  };
  const { width, height } = video;
  const seenSoFar = paceOf(
    { clip, output: folder, stage: 'extract', of: video.frameCount },
    options.tell ?? (() => {}),
  );
  for await (const data of rgbFrames(ffmpeg, source, { signal, stallTimeoutMs })) {
    await keep(chooser.look(seen, { data, width, height }));
    seen++;
    seenSoFar(seen);
    if (files.length >= most) break;
  }
  if (signal?.aborted !== true) await keep(chooser.end());
  if (signal?.aborted === true) {
    throw new VsrError(
      'interrupted',
      `Stopped within ${clip}; the same command goes on from there.`,
    );
  }
  await save(true);
  return { written: files.length, duplicates: chooser.duplicates, already: false };
}
