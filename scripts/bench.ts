import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { usualSizes, withBench, type BenchPart } from './bench/setting.js';

/*
 * `npm run bench [-- start end-to-end reuse peers gpu segments queue train --runs 3 --provider auto
 * --size 640x360 --frames 1500 --queue-workers 1000]`: compares the time that vsr takes with that
 * of its steps alone and of other programs. With no part named it measures start, end-to-end, reuse
 * and peers. Each figure is the median of `--runs` runs; ratios are of CPU seconds, which other
 * work on the machine disturbs least. Prints tables and writes build/bench.json.
 */

type Part = {
  /** Whether it is measured when no part is named. */
  readonly always: boolean;
  /** Whether `--size` chooses the sizes of its clips. */
  readonly takesSizes?: true;
  readonly load: () => Promise<BenchPart>;
};

/** The parts by the word that asks for them, in their order; loaded only when they run. */
const parts: Readonly<Record<string, Part>> = {
  start: { always: true, load: async () => (await import('./bench/start.js')).start },
  'end-to-end': {
    always: true,
    takesSizes: true,
    load: async () => (await import('./bench/end-to-end.js')).endToEnd,
  },
  reuse: { always: true, load: async () => (await import('./bench/reuse.js')).reuse },
  peers: { always: true, load: async () => (await import('./bench/peers.js')).peers },
  gpu: { always: false, takesSizes: true, load: async () => (await import('./bench/gpu.js')).gpu },
  segments: {
    always: false,
    load: async () => (await import('./bench/segments.js')).segments,
  },
  queue: { always: false, load: async () => (await import('./bench/queue.js')).queue },
  train: {
    always: false,
    load: async () => {
      const { benchTraining } = await import('./bench-train.js');
      const { trainMemory } = await import('./bench/train-memory.js');
      return async ({ root, say }) => ({
        steps: await benchTraining(say),
        memory: await trainMemory(root, say),
      });
    },
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    provider: { type: 'string', default: 'cpu' },
    // For end-to-end and gpu: these sizes instead of the usual ones.
    size: { type: 'string', multiple: true },
    // For queue. Its limits are for these defaults: with fewer it only shows that all works.
    frames: { type: 'string', default: '1500' },
    'queue-workers': { type: 'string', default: '1000' },
  },
});
const unknown = positionals.filter((word) => !(word in parts));
if (unknown.length > 0) {
  const words = Object.keys(parts).join(', ');
  console.error(`Expected some of ${words} but received ${unknown.join(' ')}.`);
  process.exit(2);
}
const count = (name: 'runs' | 'frames' | 'queue-workers'): number => {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 1) return number;
  console.error(`Expected a positive integer for --${name} but received ${values[name]}.`);
  process.exit(2);
};
const [runs, frames, workers] = [count('runs'), count('frames'), count('queue-workers')];
const sizes = (values.size ?? []).map((text) => {
  const [width, height] = (/^(\d+)x(\d+)$/.exec(text)?.slice(1) ?? []).map(Number);
  if (width !== undefined && height !== undefined && width >= 16 && height >= 16) {
    return { width, height };
  }
  console.error(`Expected --size as 640x360, 16 at least each way, but received ${text}.`);
  process.exit(2);
});
const wanted = Object.entries(parts).filter(([word, { always }]) =>
  positionals.length === 0 ? always : positionals.includes(word),
);
if (sizes.length > 0 && !wanted.some(([, { takesSizes }]) => takesSizes)) {
  const words = Object.keys(parts).filter((word) => parts[word]!.takesSizes);
  console.error(`--size is for ${words.join(' and ')}, none of which was named.`);
  process.exit(2);
}
const say = (line: string): void => console.log(line);
await withBench(
  {
    ...{ runs, provider: values.provider, sizes: sizes.length > 0 ? sizes : usualSizes },
    queue: { frames, workers },
  },
  say,
  async (bench) => {
    const load = os.loadavg()[0]!;
    const results: Record<string, unknown> = {
      date: new Date().toISOString(),
      machine: `${os.cpus()[0]?.model ?? 'unknown'}, ${bench.cores} cores`,
      node: process.version,
      ffmpeg: bench.ffmpeg.version,
      loadBefore: load,
      runs,
    };
    say(`${String(results['machine'])}, node ${process.version}, ffmpeg ${bench.ffmpeg.version}`);
    say(`median of ${runs}; load before: ${load.toFixed(1)}`);
    for (const [word, { load: loaded }] of wanted) {
      const part = await loaded();
      results[word] = await part(bench);
    }
    const file = path.join(bench.root, 'build/bench.json');
    await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
    say(`\nWritten: ${file}`);
  },
);
