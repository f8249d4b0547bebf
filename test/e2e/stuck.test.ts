import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../../src/package-root.js';
import { writeLoopModel } from '../support/strange-models.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startVsr } from '../support/run-vsr.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);

before(async () => {
  await copyFile(path.join(packageRoot(), 'samples', 'scene.mp4'), at('clip.mp4'));
  // A trial on a small picture takes a second; one call of the runtime for a frame of the clip
  // takes many.
  await writeLoopModel(at('long-x2.onnx'), 100_000);
  await writeLoopModel(at('endless-x2.onnx'), Infinity);
});

const skip = process.platform === 'linux' ? false : 'finds busy threads as Linux lists them';

/**
 * Whether a process, or one that it has started, has computed for `ticks` hundredths of a second.
 */
function hasComputed(pid: number, ticks: number): boolean {
  try {
    const facts = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(facts[11]) + Number(facts[12]) >= ticks;
  } catch {
    return false;
  }
}

/** Processes that `pid` has started. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

const gone = (pid: number): boolean => {
  try {
    return /^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
};

type Call = { readonly words: readonly string[]; readonly stuck: (pid: number) => boolean };

const calls: Readonly<Record<string, () => Call>> = {
  'upscale, in a run of the network': () => ({
    words: ['upscale', at('clip.mp4'), '-m', at('long-x2.onnx'), '-o', at('out', 'a.mp4')],
    stuck: (pid) => hasComputed(pid, 250),
  }),
  'evaluate, in a run of the network': () => ({
    words: ['evaluate', at('clip.mp4'), '-m', at('long-x2.onnx'), '--frames', '1'],
    stuck: (pid) => hasComputed(pid, 250),
  }),
  'upscale, in the trial of a model': () => ({
    words: ['upscale', at('clip.mp4'), '-m', at('endless-x2.onnx'), '-o', at('out', 'b.mp4')],
    stuck: (pid) => childrenOf(pid).some((child) => hasComputed(child, 150)),
  }),
};

for (const [name, call] of Object.entries(calls)) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (signal !== 'SIGINT' && !name.startsWith('upscale, in a run')) continue;
    test(
      `${signal} ends ${name}, with 130, without a word of the system's and with all it started`,
      { skip },
      async (t) => {
        const { words, stuck } = call();
        const { child: vsr, pid, done } = startVsr(words);
        while (vsr.exitCode === null && !stuck(pid)) await delay(20);
        assert.equal(vsr.exitCode, null, 'it ended before it was stuck');
        const children = childrenOf(pid);
        const begun = performance.now();
        vsr.kill(signal);
        // A process that waits for a stuck thread never ends: the test's own limit of time says so.
        const { code, stderr: said } = await done;
        assert.equal(code, 130, said);
        t.diagnostic(`ended after ${Math.round(performance.now() - begun)} ms`);
        assert.doesNotMatch(said, /abort|core dumped|terminate|Error:/i);
        // Nothing but the end by force is left to say how to go on.
        if (name.startsWith('upscale, in a run')) assert.match(said, /Run the same command again/);
        while (!children.every(gone)) await delay(20);
        assert.deepEqual(
          (await readdir(os.tmpdir())).filter((left) => left.startsWith('vsr-end-')),
          [],
        );
      },
    );
  }
}
