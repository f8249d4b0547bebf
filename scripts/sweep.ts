// Enlarges every clip of ../shared/data with the real program and prints how each ended: `npm run
// sweep`. Names as further arguments choose clips. --frames limits the frames of clips of 720p and
// more (`all`: no clip is limited), --real takes the default model instead of a trivial one,
// --ffmpeg and --ffprobe choose the build under test, --judge the ffprobe that reads both files,
// --keep a folder in which the outputs are kept.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { locateFfmpeg } from '../src/media/program/ffmpeg.js';
import { packageRoot } from '../src/package-root.js';
import { checkNames } from './sweep/check-output.js';
import { framesOf, sweptFiles } from './sweep/swept-files.js';
import { writeNearestModel } from './sweep/nearest-model.js';
import { sweepClip, type SweepResult } from './sweep/sweep-clip.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: 'string' },
    real: { type: 'boolean', default: false },
    scale: { type: 'string', default: '2' },
    ffmpeg: { type: 'string' },
    ffprobe: { type: 'string' },
    judge: { type: 'string' },
    keep: { type: 'string' },
  },
});

function line(result: SweepResult): string {
  const marks = checkNames.map((name) =>
    result.checks === null ? '-' : result.checks[name] === '' ? '+' : 'X',
  );
  const what = result.truncated ? `${result.verdict} (truncated)` : result.verdict;
  return [
    result.name.slice(0, 44).padEnd(45),
    what.padEnd(16),
    String(result.code).padStart(3),
    String(result.frames).padStart(6),
    marks.map((mark) => mark.padStart(8)).join(''),
    `${result.seconds.toFixed(1)} s`.padStart(9),
    ` ${result.said.split('\n').slice(0, 2).join(' | ')}`,
  ].join('');
}

async function main(): Promise<void> {
  const data = path.join(packageRoot(), '..', 'shared', 'data');
  if (!existsSync(data)) {
    process.stdout.write(`No clips to sweep: ${data} is not there.\n`);
    return;
  }
  const files = await sweptFiles(data);
  const chosen = files.filter(
    (file) => positionals.length === 0 || positionals.some((word) => file.includes(word)),
  );
  const folder = values.keep ?? (await mkdtemp(path.join(os.tmpdir(), 'vsr-sweep-')));
  const model = path.join(os.tmpdir(), `vsr-nearest-${process.pid}.onnx`);
  await writeNearestModel(model);
  const judge = values.judge ?? (await locateFfmpeg()).ffprobe;
  const results: SweepResult[] = [];
  process.stdout.write(
    `${''.padEnd(61)}exit frames${checkNames.map((name) => name.padStart(8)).join('')}\n`,
  );
  for (const file of chosen) {
    const large = values.frames === undefined ? undefined : Number(values.frames);
    const frames = values.frames === 'all' ? Infinity : await framesOf(judge, file, large);
    const result = await sweepClip(file, {
      ffprobe: judge,
      folder,
      frames,
      scale: Number(values.scale),
      options: [
        ...(values.real ? [] : ['--model', model]),
        ...['--scale', values.scale],
        ...(values.ffmpeg === undefined ? [] : ['--ffmpeg', values.ffmpeg]),
        ...(values.ffprobe === undefined ? [] : ['--ffprobe', values.ffprobe]),
      ],
    });
    results.push(result);
    process.stdout.write(`${line(result)}\n`);
    if (values.keep === undefined) {
      for (const name of await readdir(folder))
        await rm(path.join(folder, name), { recursive: true });
    }
  }
  const count = (verdict: SweepResult['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length;
  process.stdout.write(
    `${results.length} files: ${count('ok')} enlarged and right in every check, ${count('refused')} refused with a clear error, ${count('wrong')} wrong.\n`,
  );
  if (count('wrong') > 0) process.exitCode = 1;
  await rm(model);
  if (values.keep === undefined) await rm(folder, { recursive: true });
}

await main();
