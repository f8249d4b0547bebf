import { open, readFile, rename } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { whyNotRead } from '../../files/why-not-read.js';
import type { OptimiserState } from '../optimiser/optimiser.js';
import { stateNames } from '../optimiser/update-graph.js';

/** All that a run needs to go on as if it had never stopped. */
export type Checkpoint = {
  /** The plan's facts that must be the same for the run to go on; see `planFacts`. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Steps done. */
  readonly step: number;
  /** Picture items taken before the current window, and the step at which it began. */
  readonly windowStart: number;
  readonly windowStep: number;
  /** Highest validation PSNR so far, in dB, and the step it was found at. */
  readonly bestPsnr: number;
  readonly bestStep: number;
  readonly state: OptimiserState;
  /** The discriminator's, which has an optimiser of its own. */
  readonly judge?: OptimiserState;
  /** The weights that gave `bestPsnr`. */
  readonly best: Float32Array;
};

/**
 * The first bytes of a checkpoint. After them come the length of a JSON header (uint32), the
 * header, and all lists of numbers (float32), little endian.
 */
export const checkpointMagic = 'VSRCKPT1';

/** Writes a checkpoint beside the old one and puts it in its place once it is whole on the disk. */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const { state, judge, best, ...facts } = checkpoint;
  const sizes = {
    ...{ parameters: best.length, pairs: state.pairs?.length ?? 0 },
    judge: judge?.weights.length ?? 0,
  };
  const header = Buffer.from(JSON.stringify({ ...facts, ...sizes }), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const lists = [...stateNames.map((name) => state[name]), best];
  if (state.pairs !== undefined) lists.push(state.pairs);
  if (judge !== undefined) lists.push(...stateNames.map((name) => judge[name]));
  const bytes = lists.map((list) => Buffer.from(list.buffer, list.byteOffset, list.byteLength));
  const partial = `${file}.partial`;
  const handle = await open(partial, 'w');
  try {
    await handle.writeFile(Buffer.concat([Buffer.from(checkpointMagic), length, header, ...bytes]));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
}

/** Reads a checkpoint. Throws VsrError `model` for a file that is missing or damaged. */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new VsrError(
      'model',
      `There is no checkpoint to resume from in ${file}: ${whyNotRead(error)}. Leave --resume out to start again.`,
      { cause: error },
    );
  }
  const damaged = new VsrError(
    'model',
    `The checkpoint ${file} is damaged; start without --resume.`,
  );
  if (bytes.length < 12 || bytes.toString('latin1', 0, 8) !== checkpointMagic) throw damaged;
  const start = 12 + bytes.readUInt32LE(8);
  if (start > bytes.length) throw damaged;
  // Files of versions that could not expand a network have no `pairs`; those without a
  // discriminator no `judge`.
  let header: Omit<Checkpoint, 'state' | 'best' | 'judge'> & {
    parameters: number;
    pairs?: number;
    judge?: number;
  };
  try {
    header = JSON.parse(bytes.toString('utf8', 12, start)) as typeof header;
  } catch {
    throw damaged;
  }
  const { parameters, pairs = 0, judge: judging = 0, ...facts } = header;
  const trained = pairs === 0 ? parameters : pairs;
  const length = 3 * parameters + 2 * trained + pairs + stateNames.length * judging;
  if (bytes.length !== start + 4 * length) throw damaged;
  let from = start;
  const list = (length: number) => {
    // A copy, because the numbers lie at any address in the file.
    return new Float32Array(new Uint8Array(bytes.subarray(from, (from += 4 * length))).buffer);
  };
  const state: OptimiserState = {
    weights: list(parameters),
    first: list(trained),
    second: list(trained),
    average: list(parameters),
  };
  const best = list(parameters);
  if (pairs > 0) state.pairs = list(pairs);
  // JSON has no infinity, and before the first validation there is no best.
  const bestPsnr = (facts.bestPsnr as number | null) ?? -Infinity;
  if (judging === 0) return { ...facts, bestPsnr, state, best };
  const judge: OptimiserState = {
    weights: list(judging),
    first: list(judging),
    second: list(judging),
    average: list(judging),
  };
  return { ...facts, bestPsnr, state, judge, best };
}
