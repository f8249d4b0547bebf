import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { openJob, type FaultJob } from './job.js';
import { tried } from './tried.js';
import { isWhole, skip, startAndSignal, startUpscale } from './vsr-process.js';

let job: FaultJob;
before(async () => {
  if (skip === false) job = await openJob(5);
});

for (const [what, sign] of [
  ['decoder', ' pipe:1'],
  ['encoder', 'enc_time_base'],
] as const) {
  test(`a hanging ${what} is given up after --stall-timeout`, { skip }, async (t) => {
    const { args, output } = await job.fresh('stopped');
    const patient = [...args, '--stall-timeout', '2'];
    const vsr = await startAndSignal(patient, output, { sign, signal: 'SIGSTOP' });
    const { code, stderr } = await vsr.done;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /gave nothing for 2 s|has done nothing for 2 s/);
    await job.checkNothing(output);
    await job.goOn(args, output);
    tried(t, `hanging ${what}`);
  });
}

/** Scripts that stand for ffmpeg and ffprobe and hang when one of their words is `word`. */
async function hangingFfmpeg(folder: string, word: string): Promise<string[]> {
  const real = await locateFfmpeg();
  const names = ['ffmpeg', 'ffprobe'] as const;
  for (const name of names) {
    const lines = [
      '#!/bin/sh',
      `for word in "$@"; do if [ "$word" = ${word} ]; then sleep 1000; fi; done`,
      `exec ${real[name]} "$@"`,
    ];
    await writeFile(path.join(folder, name), `${lines.join('\n')}\n`);
    await chmod(path.join(folder, name), 0o755);
  }
  return names.flatMap((name) => [`--${name}`, path.join(folder, name)]);
}

const steps = [
  ['joining', '-map_chapters'],
  ['looking at the clip', '-show_format'],
  ['reading the result back', '-count_packets'],
] as const;

for (const [step, word] of isWhole ? steps : steps.slice(0, 1)) {
  test(
    `an ffmpeg that hangs while ${step} is given up, with all it started`,
    { skip },
    async (t) => {
      const { args, output, clip } = await job.fresh('wrapped');
      const programs = await hangingFfmpeg(path.dirname(clip), word);
      const { code, stderr } = await startUpscale([...args, ...programs, '--stall-timeout', '2'])
        .done;
      assert.equal(code, 1, stderr);
      assert.match(stderr, /hung: it has done nothing for 2 s/);
      await job.checkNothing(output);
      await job.goOn(args, output);
      tried(t, 'ffmpeg that hangs beside the frames');
    },
  );
}
