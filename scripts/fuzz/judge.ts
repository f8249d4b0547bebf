import { looksCutOff } from '../../src/media/damage/cut-off.js';
import { sourceCensus } from '../../src/media/damage/source-census.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { runProcess } from '../../src/media/program/process.js';
import { probe } from '../../src/media/source/probe.js';
import type { Source } from '../../src/media/source/source.js';
import type { Sidecar } from '../../src/metrics/sidecar.js';

/** By kind of stream: packets that the first stream of that kind holds. */
type Held = ReadonlyMap<string, number>;

async function heldBy(source: Source): Promise<Held> {
  const all = new Set(source.streams.map(({ index }) => index));
  const { streams } = await sourceCensus(await locateFfmpeg(), source, all, { decodeSound: false });
  const held = new Map<string, number>();
  for (const { index, kind } of source.streams) {
    const tally = streams.get(index);
    if (tally !== undefined && !held.has(kind)) held.set(kind, tally.packets - tally.hidden);
  }
  return held;
}

const known = new Map<string, Promise<Held>>();

/** What the whole clip at `file` holds, read once for all of its damaged copies. */
function heldByWhole(file: string): Promise<Held> {
  let held = known.get(file);
  if (held === undefined) {
    held = locateFfmpeg().then(async (ffmpeg) => heldBy(await probe(ffmpeg, file)));
    known.set(file, held);
  }
  return held;
}

/** Whether the output's summary says that its source was damaged. */
function isMarked({ source, missing }: Sidecar): boolean {
  if (source.damage !== undefined) return true;
  return missing.some(
    ({ kind, what }) => kind === 'missing' && what.includes('before the first key frame'),
  );
}

/**
 * What shows that the clip at `file` is damaged, in words: ffmpeg's messages, or fewer bytes or
 * packets than the container states; `null` if nothing does.
 */
async function whatTells(file: string): Promise<string | null> {
  const ffmpeg = await locateFfmpeg();
  const args = ['-nostdin', '-v', 'error', '-i', file, '-map', '0', '-f', 'null', '-'];
  const { stderrTail } = await runProcess(ffmpeg.ffmpeg, args);
  if (stderrTail.length > 0) return `ffmpeg says "${stderrTail[0]}"`;
  const source = await probe(ffmpeg, file);
  if (await looksCutOff(source)) return 'it is shorter than its container says';
  const held = await heldBy(source);
  const short = source.streams.find(
    ({ kind, packetCount }) => packetCount !== null && (held.get(kind) ?? 0) < packetCount,
  );
  return short === undefined ? null : `its container counts ${short.packetCount} packets`;
}

/**
 * Judges the output of a job that ended well: returns whether it holds less than the `whole` clip,
 * though nothing shows that the `damaged` copy is damaged. Throws where something does show it and
 * the output's summary does not say so.
 */
export async function isSilentlyLess(
  whole: string,
  damaged: string,
  output: string,
  sidecar: Sidecar,
): Promise<boolean> {
  if (isMarked(sidecar)) return false;
  const wanted = await heldByWhole(whole);
  const there = await heldBy(await probe(await locateFfmpeg(), output));
  const less = [...wanted].filter(([kind, packets]) => (there.get(kind) ?? 0) < packets);
  if (less.length === 0) return false;
  const words = less.map(([kind, packets]) => `${there.get(kind) ?? 0} of ${packets} ${kind}`);
  const told = await whatTells(damaged);
  if (told !== null) throw new Error(`done with less (${words.join(', ')}), though ${told}`);
  return true;
}
