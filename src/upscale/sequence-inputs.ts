import path from 'node:path';
import { VsrError } from '../errors.js';
import type { SidecarAnnouncement } from '../metrics/sidecar.js';
import type { FileRequest } from './file-request.js';
import { isPicturePattern, looksLikeStill, type Input } from './plan/inputs.js';
import type { Settings } from './plan/settings.js';
import { gather } from '../media/sequence/gather.js';
import { nameOfNumber, patternOf } from '../media/sequence/numbered-names.js';
import { likelySequences } from '../media/sequence/picture-sequence.js';
import { isFolder } from '../files/what-is-there.js';
import { shellWord } from '../printable.js';

/**
 * Throws VsrError `option` for a picture sequence that has no rate, for a rate where there is none,
 * and for sequences where they cannot be taken: `isHere` is false for the machines of a queue.
 */
export function checkSequences(
  found: readonly Input[],
  { fps, output }: Pick<Settings, 'fps' | 'output'>,
  isHere: boolean,
): void {
  const sequence = found.find((input) => input.sequence !== undefined);
  if (sequence !== undefined && fps === null) {
    throw new VsrError(
      'option',
      `Expected --fps with the picture sequence ${sequence.path}, since pictures do not say how long they are shown. Try --fps 25.`,
    );
  }
  const pictures = sequence?.path ?? (output !== null && isPicturePattern(output) ? output : null);
  if (pictures !== null && !isHere) {
    throw new VsrError(
      'option',
      `Expected clips for the machines of a queue, but ${pictures} is a picture sequence. Enlarge it on one machine, without --queue.`,
    );
  }
  const other = found.find((input) => input.sequence === undefined);
  if (fps === null || other === undefined) return;
  const advice = looksLikeStill(other.path) ? ' Quote a glob, so that the shell leaves it.' : '';
  throw new VsrError(
    'option',
    `Expected picture sequences with --fps, such as frames/f_%04d.png, a quoted glob or a folder of numbered pictures, but received ${other.path}.${advice}`,
  );
}

/** Notes on folders of numbered pictures that are enlarged one by one. */
export function sequenceOffers(
  found: readonly Input[],
): { readonly about: string; readonly note: SidecarAnnouncement }[] {
  const folders = new Map<string, string[]>();
  for (const { path: file, sequence, foundBy } of found) {
    if (sequence !== undefined || foundBy === null || !looksLikeStill(file)) continue;
    const folder = path.dirname(file);
    folders.set(folder, [...(folders.get(folder) ?? []), path.basename(file)]);
  }
  return [...folders].flatMap(([folder, names]) =>
    likelySequences(names).map((run) => {
      const [first, last] = [run.numbers[0]!, run.numbers.at(-1)!].map((n) => nameOfNumber(run, n));
      const pattern = path.join(folder, patternOf(run));
      const why = `${first} to ${last} are enlarged one by one`;
      const advice = `As the frames of one clip: vsr upscale ${shellWord(pattern)} --fps 25`;
      const what = `${run.numbers.length} numbered pictures`;
      return { about: folder, note: { kind: 'note', what, why, advice } };
    }),
  );
}

/** What is needed to gather the pictures of an input. */
type GatherableRequest = Pick<FileRequest, 'ffmpeg' | 'input' | 'settings' | 'signal'>;

/** The nearest existing folder to the output's place: it has space for large files. */
async function folderNear({ input, settings: { output } }: GatherableRequest): Promise<string> {
  // The output's own folder of pictures must hold nothing else.
  const place = output !== null && isPicturePattern(output) ? path.dirname(output) : output;
  let folder = place === null ? path.dirname(input.path) : path.resolve(place);
  if (place !== output) folder = path.dirname(folder);
  while (!(await isFolder(folder)) && folder !== path.dirname(folder)) {
    folder = path.dirname(folder);
  }
  return folder;
}

/**
 * Handles an input that may be a picture sequence: its pictures are first gathered into a clip,
 * which `work` then takes. Rethrows errors of both with the name that the user gave.
 */
export async function withGathered<Request extends GatherableRequest, Result>(
  request: Request,
  work: (request: Request) => Promise<Result>,
): Promise<Result> {
  const { ffmpeg, input, settings, signal } = request;
  const { sequence } = input;
  if (sequence === undefined || settings.fps === null) return work(request);
  const { stallTimeoutMs } = settings;
  const near = await folderNear(request);
  const wish = { sequence, rate: settings.fps, near, signal, stallTimeoutMs };
  await using clip = await gather(ffmpeg, wish);
  try {
    return await work({ ...request, input: { ...input, gathered: clip } });
  } catch (error) {
    if (error instanceof VsrError) error.message = error.message.replaceAll(clip.file, input.path);
    throw error;
  }
}
