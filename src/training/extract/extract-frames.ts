import { framesPerSecond } from '../../planes/ratio.js';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import type { TellProgress } from '../../events.js';
import { paceOf } from '../../pace.js';
import { Field } from '../../files/json-field.js';
import { openPlace, type Place, type PlaceWish } from '../../files/place.js';
import { isTaken } from '../../files/place-key.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { rgbFrames } from '../../media/frames/bare-frames.js';
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
  /** How many frames are kept at most; no limit if absent. */
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
  /** How many frames of it there are now, with those of earlier runs. */
  readonly written: number;
  /** How many were left out because they show the same as the last kept frame. */
  readonly duplicates: number;
  /** Whether an earlier run had finished this clip with the same options. */
  readonly already: boolean;
};

/** The list that is kept beside the frames, from which an unfinished run goes on. */
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

/** What is known when the first frame of a clip is kept. */
type KeepRequest = {
  readonly folder: string;
  /** What the pictures' names begin with. */
  readonly base: string;
  /** Where the list of them is kept. */
  readonly stateFile: string;
  /** The options of this run, as the list states them. */
  readonly wanted: string;
  readonly chooser: FrameChooser;
  /** The folder in which a picture is whole before it gets its name. */
  readonly drafts: string;
  /** Frames that an unfinished run with the same options wrote. */
  readonly there: ReadonlySet<string>;
  /** Frames that any earlier run wrote: with other options, they are ours as well. */
  readonly ours: ReadonlySet<string>;
  readonly wish: Pick<PlaceWish, 'inputs' | 'overwrite' | 'otherName'>;
};

/** The frames of one clip that are kept, and the list of them. */
class KeptFrames {
  /** Names of the pictures, in the order of the clip. */
  readonly files: string[] = [];
  private readonly request: KeepRequest;

  constructor(request: KeepRequest) {
    this.request = request;
  }

  /** Writes a frame if one was chosen, unless an earlier run did. */
  async add(chosen: ReturnType<FrameChooser['end']>): Promise<void> {
    if (chosen === undefined) return;
    const { folder, base, there, ours, wish, drafts } = this.request;
    const name = `${base}-${String(chosen.index).padStart(6, '0')}.png`;
    const file = path.join(folder, name);
    const isDone = there.has(name) && (await isTaken(file));
    const isOurs = () => Promise.resolve(ours.has(name));
    const place = isDone ? null : await openPlace({ what: 'frame', file, isOurs, ...wish });
    this.files.push(name);
    // Listed before it is written, so that the next run knows the pictures of a killed run as its
    // own.
    await this.save(false);
    if (place !== null) await writePng(path.join(drafts, name), place, chosen.frame);
  }

  /** Writes the list of frames. */
  async save(finished: boolean): Promise<void> {
    const { stateFile, wanted, chooser, there, wish } = this.request;
    const file = { what: 'list of frames', file: stateFile };
    // Replaced without asking: only vsr gives hidden files such names.
    const statePlace = await openPlace({ ...file, ...wish, overwrite: true });
    const state: State = {
      options: wanted,
      files: finished ? this.files : [...new Set([...there, ...this.files])],
      duplicates: chooser.duplicates,
      finished,
    };
    return statePlace.write(JSON.stringify(state));
  }
}

/**
 * Writes chosen frames of a clip as PNG into `folder` (made if needed), named `<clip>-<frame
 * number>.png`. The sharpest frame of each group is kept, unless it shows the same as the last kept
 * one. When it is run again, a finished clip is passed over, and an unfinished one is completed
 * without writing any frame twice. Throws VsrError `media` for a clip that cannot be read, `disk`
 * where a picture cannot be written, `interrupted` once `signal` fires.
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
  const wanted = JSON.stringify({ choose, most, size: source.sizeBytes });
  const before = await readState(stateFile);
  const earlier = before?.options === wanted ? before : undefined;
  if (earlier?.finished === true) {
    const { files, duplicates } = earlier;
    return { written: files.length, duplicates, already: true };
  }
  await using drafts = await temporaryFolder('extract', folder);
  const chooser = new FrameChooser(choose, framesPerSecond(video.frameRate));
  const kept = new KeptFrames({
    ...{ folder, base, stateFile, wanted, chooser, drafts: drafts.path },
    there: new Set(earlier?.files),
    ours: new Set(before?.files),
    wish: {
      inputs: [clip],
      overwrite: options.overwrite ?? false,
      otherName: 'of the folder with -o',
    },
  });
  let seen = 0;
  const { width, height } = video;
  const seenSoFar = paceOf(
    { clip, output: folder, stage: 'extract', of: video.frameCount },
    options.tell ?? (() => {}),
  );
  for await (const data of rgbFrames(ffmpeg, source, { signal, stallTimeoutMs })) {
    await kept.add(chooser.look(seen, { data, width, height }));
    seen++;
    seenSoFar(seen);
    if (kept.files.length >= most) break;
  }
  if (signal?.aborted !== true && kept.files.length < most) await kept.add(chooser.end());
  if (signal?.aborted === true) {
    throw new VsrError(
      'interrupted',
      `Stopped within ${clip}; the same command goes on from there.`,
    );
  }
  await kept.save(true);
  return { written: kept.files.length, duplicates: chooser.duplicates, already: false };
}
