import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import { fileUrl, safeInputOptions } from '../../media/program/command.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { frameStream } from '../../media/decode/frame-stream.js';
import { probe } from '../../media/source/probe.js';
import { defaultStallMs, startProcess } from '../../media/program/process.js';
import { watchWaiting } from '../../media/program/stall-watch.js';
import { type FrameChoice, FrameChooser, type RgbFrame } from './frame-choice.js';

/** How a clip is extracted. */
export type ExtractOptions = {
  readonly choose: FrameChoice;
  /** Frames kept at most; no limit if absent. */
  readonly most?: number;
  /** Told of each frame written, and how many frames were looked at. */
  readonly onFrame?: (written: number, seen: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte from ffmpeg after which it counts as hanging; default `defaultStallMs`. */
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
    return JSON.parse(await readFile(file, 'utf8')) as State;
  } catch {
    return undefined; // None yet, or cut off by a crash: begin anew.
  }
}

async function writePng(file: string, { data, width, height }: RgbFrame): Promise<void> {
  const { default: sharp } = await import('sharp');
  const partial = `${file}.partial`;
  try {
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 6 })
      .toFile(partial);
    await rename(partial, file);
  } catch (error) {
    throw new VsrError('disk', `Could not write ${file}: ${messageOf(error)}.`, { cause: error });
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
  const base = path.parse(clip).name;
  const stateFile = path.join(folder, `.${base}.extract.json`);
  const wanted = JSON.stringify({ choose, most, size: source.sizeBytes });
  const before = await readState(stateFile);
  const earlier = before?.options === wanted ? before : undefined;
  if (earlier?.finished === true) {
    const { files, duplicates } = earlier;
    return { written: files.length, duplicates, already: true };
  }
  const there = new Set(earlier?.files);
  const files: string[] = [];

  const exact = 'accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';
  const child = startProcess(
    ffmpeg.ffmpeg,
    [
      ...['-v', 'error', '-nostdin', '-noautorotate', ...safeInputOptions],
      ...['-i', fileUrl(source.path), '-map', `0:${video.index}`],
      ...['-vf', `scale=${video.width}:${video.height}:flags=${exact},format=rgb24`],
      ...['-vsync', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
    ],
    { signal },
  );
  const rate = video.frameRate === null ? 25 : video.frameRate.num / video.frameRate.den;
  const chooser = new FrameChooser(choose, rate);
  let seen = 0;
  const save = (finished: boolean) => {
    const state: State = {
      options: wanted,
      files: finished ? files : [...new Set([...there, ...files])],
      duplicates: chooser.duplicates,
      finished,
    };
    return writeFile(stateFile, JSON.stringify(state));
  };
  const keep = async (chosen: ReturnType<FrameChooser['end']>) => {
    if (chosen === undefined || files.length >= most) return;
    const name = `${base}-${String(chosen.index).padStart(6, '0')}.png`;
    if (!there.has(name)) await writePng(path.join(folder, name), chosen.frame);
    files.push(name);
    await save(false);
    options.onFrame?.(files.length, seen);
  };
  const { width, height } = video;
  const size = width * height * 3;
  const pictures = frameStream(child.stdout, size, () => new Uint8Array(size));
  let stalled = false;
  const settle = watchWaiting(pictures, stallTimeoutMs, () => {
    stalled = true;
    child.kill().catch(() => {});
  });
  try {
    for await (const data of pictures) {
      await keep(chooser.look(seen, { data, width, height }));
      seen++;
      if (files.length >= most) break;
    }
    await keep(chooser.end());
  } catch (error) {
    // A process that is ended breaks its pipe; why it was is said below.
    if (!stalled && signal?.aborted !== true) throw error;
  } finally {
    settle();
    // All is read, or nothing more is wanted: it has nothing left to do but go.
    await child.kill();
  }
  if (signal?.aborted === true) {
    throw new VsrError(
      'interrupted',
      `Stopped within ${clip}; the same command goes on from there.`,
    );
  }
  if (stalled) {
    const waited = Math.round(stallTimeoutMs / 1000);
    throw new VsrError(
      'media',
      `ffmpeg gave nothing for ${waited} s while decoding ${clip} at frame ${seen}; the same command goes on from there.`,
    );
  }
  const end = await child.done;
  if (seen === 0) {
    const reason = end.stderrTail.at(-1) ?? 'no frame was decoded';
    throw new VsrError('media', `No frame of ${clip} could be decoded: ${reason}.`);
  }
  await save(true);
  return { written: files.length, duplicates: chooser.duplicates, already: false };
}
