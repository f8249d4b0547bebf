import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { goThrough } from '../../src/media/scan/go-through.js';
import { lookAt } from '../../src/media/scan/look.js';
import { probe } from '../../src/media/source/probe.js';
import type { FootageRun } from '../../src/media/source/footage-runs.js';
import { caseOutput, footageCases, soft, type Truth } from './cases.js';
import { flagAsFilm } from './soft-film.js';
import { truthArguments, type FootageTruth } from './truths.js';

const stall = { stallTimeoutMs: 600_000 };
const softName = 'soft';

/** Names of all cases. */
export const caseNames: readonly string[] = [...footageCases.map(({ name }) => name), softName];

/** What was said of one made clip. */
export type Verdict = {
  readonly name: string;
  readonly truth: Truth;
  /** In words: kind, order and cadence. */
  readonly said: string;
  readonly is: 'right' | 'unsure' | 'wrong';
  readonly runs: readonly FootageRun[];
};

/**
 * Makes clips of a content, in `folder`, in the ways that `names` lists, and tells what the quick
 * look and the scan of all frames take each for.
 */
export async function judgeCases(
  ffmpeg: Ffmpeg,
  truth: FootageTruth,
  folder: string,
  names: readonly string[] = caseNames,
): Promise<Verdict[]> {
  const run = async (...words: string[]): Promise<void> => {
    await promisify(execFile)(ffmpeg.ffmpeg, ['-v', 'fatal', '-nostdin', '-y', ...words]);
  };
  const at = (name: string): string => path.join(folder, `${truth.name}-${name}`);
  const chosen = footageCases.filter(({ name }) => names.includes(name));
  const frames = at('truth.nut');
  await run(...truthArguments(truth, frames));
  const outputs = chosen.flatMap((each) => caseOutput(each, at(`${each.name}.mpg`)));
  await run('-threads', '1', '-i', frames, ...outputs);
  const clips = chosen.map(({ name, truth: own }) => ({ name, truth: own }));
  if (names.includes(softName)) {
    await run(
      ...['-i', frames, '-an', '-vf', 'settb=1001/24000,setpts=N', '-r', '24000/1001'],
      ...['-frames:v', '96', '-c:v', 'mpeg2video', '-q:v', '4', '-g', '12', '-bf', '2'],
      at('film.m2v'),
    );
    const stream = await readFile(at('film.m2v'));
    flagAsFilm(stream);
    await writeFile(at('film.m2v'), stream);
    const copied = ['-c', 'copy', '-f', 'vob', at(`${softName}.mpg`)];
    await run('-f', 'mpegvideo', '-i', at('film.m2v'), ...copied);
    clips.push({ name: softName, truth: soft });
  }
  const verdicts: Verdict[] = [];
  for (const { name, truth: own } of clips) {
    const source = await probe(ffmpeg, at(`${name}.mpg`));
    const { kind, order, cadence } = await lookAt(ffmpeg, source, stall);
    const { runs } = await goThrough(ffmpeg, source, stall);
    const isRight = own.kinds.includes(kind) && (own.order === null || own.order === order);
    const isOpen = kind === 'unsure' || kind === 'still';
    const said = [kind, order, cadence].filter((word) => word !== null).join(' ');
    const is = isRight ? 'right' : isOpen ? 'unsure' : 'wrong';
    verdicts.push({ name, truth: own, said, is, runs });
  }
  return verdicts;
}

/** The table of docs/old-footage.md: how many clips of each kind are told right. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const groups = [...new Set(verdicts.map(({ truth }) => truth.group))];
  const rows = groups.map((group) => {
    const own = verdicts.filter(({ truth }) => truth.group === group);
    const count = (is: Verdict['is']): number => own.filter((each) => each.is === is).length;
    const wrong = new Set(own.filter(({ is }) => is === 'wrong').map(({ said }) => said));
    const called = wrong.size === 0 ? '' : `, called ${[...wrong].join(', ')}`;
    const cells = [group, own.length, count('right'), count('unsure')];
    return `| ${cells.join(' | ')} | ${count('wrong')}${called} |`;
  });
  const head = '| what it is | clips | right | not sure | wrong |\n| --- | --- | --- | --- | --- |';
  return [head, ...rows].join('\n');
}
