import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { openJob, type FaultJob } from './job.js';
import { tried } from './tried.js';
import { isWhole, segmentsDone, skip, startUpscale, until } from './vsr-process.js';

let job: FaultJob;
before(async () => {
  if (skip === false) job = await openJob(6);
});

type Change = {
  readonly name: string;
  readonly make: (clip: string) => Promise<unknown>;
  readonly says: RegExp;
};

const changes: readonly Change[] = [
  { name: 'grows', make: (clip) => appendFile(clip, 'more'), says: /grew from \d+ to \d+ bytes/ },
  { name: 'shrinks', make: (clip) => truncate(clip, 3000), says: /shrank from/ },
  { name: 'is written to', make: (clip) => utimes(clip, 1, 1), says: /was written to/ },
  { name: 'vanishes', make: (clip) => rename(clip, `${clip}.away`), says: /vanished/ },
];

for (const { name, make, says } of isWhole ? changes : changes.slice(2)) {
  test(`a source that ${name} during the job fails it clearly`, { skip }, async (t) => {
    const { args, output, clip } = await job.fresh('source');
    const vsr = startUpscale(args);
    assert.ok(await until(vsr, () => segmentsDone(output).length > 0));
    await make(clip);
    const { code, stderr } = await vsr.done;
    assert.equal(code, 1, stderr);
    assert.match(stderr, says);
    await job.checkNothing(output);
    if (name === 'vanishes') {
      await rename(`${clip}.away`, clip);
      await job.goOn(args, output);
    }
    if (name === 'is written to') {
      const again = await startUpscale(args).done;
      assert.equal(again.code, 1);
      assert.match(again.stderr, /the source has changed since.*--restart/);
      await job.goOn([...args, '--restart'], output);
    }
    tried(t, `source that ${name}`);
  });
}

test('an output folder that is removed during the job fails it clearly', { skip }, async (t) => {
  const { args, clip } = await job.fresh('removed');
  const folder = path.join(path.dirname(clip), 'gone');
  const output = path.join(folder, 'out.mp4');
  await mkdir(folder);
  const words = args.map((word) => (word.endsWith('out.mp4') ? output : word));
  const vsr = startUpscale(words);
  assert.ok(await until(vsr, () => segmentsDone(output).length > 0));
  // Away in one step: what the job writes meanwhile would be in the way of removing it file by
  // file.
  await rename(folder, `${folder}.away`);
  await rm(`${folder}.away`, { recursive: true, force: true });
  const { code, stderr } = await vsr.done;
  assert.equal(code, 1, stderr);
  assert.match(stderr, /work folder .* was removed while the job ran/);
  await job.checkNothing(output);
  await job.goOn(words, output);
  tried(t, 'output folder removed');
});

/** A file system of `size`, or why there is none. */
function mountSmall(folder: string, size: string): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
    return null;
  } catch {
    return 'a small tmpfs cannot be mounted here';
  }
}

test('a full disk: a clear error, and with room the same command goes on', { skip }, async (t) => {
  const { args, clip } = await job.fresh('full');
  const disk = path.join(path.dirname(clip), 'disk');
  const output = path.join(disk, 'out.mp4');
  await mkdir(disk);
  const problem = mountSmall(disk, '8m');
  if (problem !== null) return t.skip(problem);
  try {
    const words = args.map((word) => (word.endsWith('out.mp4') ? output : word));
    // The room left grows from run to run, so that the disk is full at another step each time.
    let full = 0;
    for (const room of isWhole ? [100, 150, 200, 300, 400, 600, 800, 1200] : [150]) {
      await rm(path.join(disk, 'ballast'), { force: true });
      const used = Number(
        execFileSync('df', ['--output=avail', '-B1024', disk]).toString().trim().split('\n').at(-1),
      );
      await writeFile(path.join(disk, 'ballast'), Buffer.alloc(Math.max(0, used - room) * 1024));
      const { code, stderr } = await startUpscale(words).done;
      if (code === 0) break;
      full++;
      assert.equal(code, 1, stderr);
      assert.match(stderr, /disk is full|are free in|no space/i);
      assert.doesNotMatch(stderr, /bug in vsr/);
      await job.checkNothing(output);
    }
    assert.ok(full > 0, 'the disk was full at least once');
    await rm(path.join(disk, 'ballast'), { force: true });
    await job.goOn(words, output);
    tried(t, 'full disk', full);
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
});

test('an output that has its name but not yet its sidecar is known again', { skip }, async (t) => {
  const { args, output } = await job.fresh('sealed');
  const inTheWay = `${output}.vsr.json`;
  const vsr = startUpscale(args);
  assert.ok(await until(vsr, () => segmentsDone(output).length > 0));
  await mkdir(inTheWay);
  const { code, stderr } = await vsr.done;
  assert.equal(code, 1, stderr);
  assert.match(stderr, /vsr\.json appeared while the sidecar was being made, and was kept/);
  const { ino } = await stat(output);
  await rm(inTheWay, { recursive: true });
  await job.goOn(args, output);
  assert.equal((await stat(output)).ino, ino, 'it was not made again');
  tried(t, 'sidecar that cannot be written');
});
