import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../src/errors.js';
import { readFrameLog } from '../../src/metrics/frame-log.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { readCheckpoint } from '../../src/training/saved/checkpoint.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { enlarge, ffmpegRun } from '../../test/support/enlarge.js';
import { damaged, randomOf } from './damage.js';
import { isSilentlyLess } from './judge.js';
import type { Kind, SeedFile } from './seed-files.js';

/**
 * How reading one damaged file ended. `whole`: a whole result, or one marked as damaged; `less`: a
 * result that holds less, though nothing in the file showed that it is damaged; `refused`: a clear
 * error; `bad`: anything else, which must never happen.
 */
export type Ending = 'whole' | 'less' | 'refused' | 'bad';

export type Verdict = {
  readonly how: string;
  readonly end: Ending;
  readonly why: string;
};

type Place = { readonly folder: string; readonly model: string; readonly seed: number };

/**
 * Reads the damaged `file`, made from the file `whole`. Returns whether the result holds less than
 * that of the whole file, though nothing shows the damage. Rejects with the error of the reading.
 */
type Reader = (file: string, place: Place, whole: string) => Promise<boolean>;

/**
 * Enlarges a damaged clip or picture. An output must decode without any message, have a summary,
 * and hold all that the whole clip's holds unless the summary says otherwise; a failed job must
 * leave none.
 */
async function enlargeChecked(
  file: string,
  { folder, model, seed }: Place,
  whole: string,
): Promise<boolean> {
  const still = /\.(png|jpg|webp|tif)$/.test(file);
  const output = path.join(folder, still ? `out${path.extname(file)}` : 'out.mkv');
  const outcome = await enlarge(file, {
    ...{ model, output, allowTruncated: seed % 2 === 0, stallTimeout: 30 },
    ...(still ? {} : { codec: 'ffv1' as const }),
    // The odd clips are larger and longer than those made here.
    ...(path.basename(file).startsWith('odd-') ? { frames: 6 } : {}),
  });
  const left = await readdir(folder, { recursive: true });
  const half = left.filter((name) => /\.part\b|extras-/.test(name));
  if (half.length > 0) throw new Error(`left behind: ${half.join(', ')}`);
  if (outcome.status === 'failed') {
    if (existsSync(output)) throw new Error('a failed job left a file under the output’s name');
    throw outcome.error;
  }
  if (!existsSync(`${output}.vsr.json`)) throw new Error('an output without a sidecar');
  if (existsSync(`${output}.vsr-work`)) throw new Error('a work folder beside a finished output');
  const said = await ffmpegRun('-i', output, '-map', '0:v:0', '-f', 'null', '-').catch(String);
  if (said.trim() !== '') throw new Error(`the output does not decode: ${said}`);
  // Of odd clips only the first frames are enlarged, and a picture has only one.
  if (still || path.basename(file).startsWith('odd-')) return false;
  return isSilentlyLess(whole, file, output, await readSidecar(`${output}.vsr.json`));
}

/**
 * Resumes a job after one file of its work folder was damaged; the result must be that of an
 * undisturbed job.
 */
async function resumeChecked(source: string, place: Place): Promise<void> {
  const { folder, model, seed } = place;
  const output = path.join(folder, 'out.mkv');
  const options = { model, output, codec: 'ffv1' as const, segmentSeconds: 0.1 };
  const log = `${output}.psnr.csv`;
  await mkdir(log);
  await enlarge(source, options);
  await rmdir(log);
  const work = `${output}.vsr-work`;
  const names = (await readdir(work)).filter((name) => /^(seg|plan|seal)/.test(name)).sort();
  if (names.length < 5) throw new Error(`too little to damage: ${names.join(', ')}`);
  const victim = path.join(work, names[Math.floor(randomOf(seed)() * names.length)]!);
  await writeFile(victim, damaged(await readFile(victim), seed).bytes);
  await enlargeOnto(source, { ...options, restart: false }, output, path.basename(victim));
}

async function enlargeOnto(
  source: string,
  options: Parameters<typeof enlarge>[1],
  output: string,
  victim: string,
): Promise<void> {
  const outcome = await enlarge(source, options);
  if (outcome.status === 'failed') {
    if (existsSync(output)) throw new Error(`${victim}: a failed job left an output`);
    throw outcome.error;
  }
  const md5 = await ffmpegRun('-i', output, '-map', '0:v:0', '-f', 'md5', '-');
  const whole = `${output}.whole.mkv`;
  const clean = await enlarge(source, { ...options, output: whole });
  if (clean.status === 'failed') throw clean.error;
  if ((await ffmpegRun('-i', whole, '-map', '0:v:0', '-f', 'md5', '-')) !== md5) {
    throw new Error(`${victim}: the result of a damaged work folder differs`);
  }
}

/** Loads a network and, if it loads, enlarges one frame with it. */
async function runModel(file: string): Promise<void> {
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 32, 16);
  await using upscaler = await openUpscaler({
    ...{ chain, layout, siting: 'left', range: 'tv', provider: { name: 'cpu' }, workers: 1 },
    ...{ precision: 'auto', scores: false, reuse: false },
  });
  const data = new Uint8Array(new SharedArrayBuffer(layout.byteLength)).fill(100);
  await upscaler.upscale({ index: 0, pts: 0, data });
}

async function readAll(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const row of rows) void row;
}

/** A reader of a kind of file that is either read wholly or refused. */
const plainly =
  (read: (file: string) => Promise<unknown>): Reader =>
  async (file) => {
    await read(file);
    return false;
  };

const readers: Readonly<Record<Exclude<Kind, 'work'>, Reader>> = {
  clip: enlargeChecked,
  still: enlargeChecked,
  model: plainly(runModel),
  checkpoint: plainly(readCheckpoint),
  log: plainly((file) => readAll(readFrameLog(file))),
  sidecar: plainly(readSidecar),
};

/** Damages a copy of `seedFile` in an empty folder, reads it, and returns how that ended. */
export async function tryFile(seedFile: SeedFile, place: Place): Promise<Verdict> {
  await rm(place.folder, { recursive: true, force: true });
  await mkdir(place.folder, { recursive: true });
  let how = 'a file of the work folder';
  let less = false;
  try {
    if (seedFile.kind === 'work') {
      await resumeChecked(seedFile.path, place);
    } else {
      const file = path.join(place.folder, path.basename(seedFile.path));
      const victim = damaged(await readFile(seedFile.path), place.seed);
      how = victim.how;
      await writeFile(file, victim.bytes);
      less = await readers[seedFile.kind](file, place, seedFile.path);
    }
    return { how, end: less ? 'less' : 'whole', why: '' };
  } catch (error) {
    if (error instanceof VsrError && error.message.length > 10) {
      return { how, end: 'refused', why: error.message };
    }
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { how, end: 'bad', why };
  }
}
