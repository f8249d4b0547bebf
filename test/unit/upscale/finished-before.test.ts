import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { writeSidecar, type Sidecar } from '../../../src/metrics/sidecar.js';
import type { ClipSettings } from '../../../src/metrics/sidecar-settings.js';
import { lookAtEarlier } from '../../../src/upscale/earlier-output.js';
import { jobHashes } from '../../../src/upscale/plan/job-hash.js';
import type { JobPlan } from '../../../src/upscale/plan/job-plan.js';
import { outputPaths } from '../../../src/upscale/plan/names.js';
import type { UpscaleOptions } from '../../../src/upscale/plan/options.js';
import { askedIn, checkOptions } from '../../../src/upscale/plan/settings.js';
import { version } from '../../../src/version.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
let outputs = 0;
const identity = { sizeBytes: 9, endsSha256: '0f' };

const source = path.join(folder, 'a.mov');

async function finishedBefore(plan: JobPlan): Promise<Sidecar | null> {
  return (await lookAtEarlier(plan, [])).finished;
}

/** As much of a plan as the question needs. */
function planOf(output: string, options: UpscaleOptions = {}): JobPlan {
  const settings = checkOptions(options);
  const deciding = {
    ...{ scale: settings.scale, precision: settings.precision, to: settings.to },
    ...{ chroma: settings.chroma },
    ...{ encoder: 'libx264', encoderArgs: ['-crf', String(settings.crf ?? 17)] },
    ...{ pixelFormat: 'yuv420p', container: 'mp4', start: settings.start, end: settings.end },
    ...{
      frames: null,
      deinterlace: 'off',
      fieldOrder: 'auto',
      sourceKind: 'auto',
      telecine: 'off',
      repeats: 'keep',
      runs: null,
      crop: null,
      fields: null,
      raw: null,
    },
    // Nothing is averaged: no network for compressed sources runs.
    ...{ steady: 'off' },
  };
  const paths = outputPaths(output, settings.log);
  const chain = { scale: 2, names: ['espcn-16-x2'], sha256s: ['11'], passes: [] };
  const hashes = jobHashes(deciding, { identity, models: chain.sha256s, log: paths.log !== null });
  return {
    kind: 'clip',
    input: source,
    source: { path: source },
    announcements: [],
    paths,
    settings,
    deciding,
    identity,
    chain,
    ...hashes,
  } as unknown as JobPlan;
}

function settingsOf({ deciding, settings }: JobPlan): ClipSettings {
  return { ...deciding, asked: askedIn(settings) };
}

/** An output and its sidecar, as the job of `plan` leaves them. */
async function finished(plan: JobPlan, changes: Partial<Sidecar> = {}): Promise<void> {
  const { output, sidecar, log } = plan.paths;
  await writeFile(source, 'nine byte');
  await writeFile(output, 'clip');
  if (log !== null) await writeFile(log, 'log');
  await writeSidecar(sidecar, {
    schemaVersion: 1,
    vsr: version(),
    job: plan.job,
    source: {
      ...{ path: source, ...identity, width: 2, height: 2, pixelFormat: 'yuv420p' },
      ...{ firstFrameTime: 0, damagedFrames: [], streams: [] },
    },
    reference: null,
    output: { path: output, width: 4, height: 4, frames: 1, sizeBytes: 4 },
    model: { passes: [{ name: 'espcn-16-x2', sha256: '11', scale: 2 }] },
    ...{
      provider: 'cpu',
      precision: 'fp32',
      settings: settingsOf(plan),
      elapsedSeconds: 1,
      fps: 1,
    },
    ...{ reusedShare: 0, psnr: null, missing: [], colourPath: 'yuv', created: later },
    log: log === null ? null : path.basename(log),
    ...changes,
  });
}

/**
 * Sidecars without times of the source count it as unchanged if it was last written before this.
 */
const later = new Date(Date.now() + 3600_000).toISOString();

const next = (): string => path.join(folder, `${outputs++}.mp4`);

test('the same job is finished, another one is not', async () => {
  const output = next();
  await finished(planOf(output));
  assert.notEqual(await finishedBefore(planOf(output)), null);
  await assert.rejects(finishedBefore(planOf(output, { crf: 30 })), /another job made it/);
  assert.equal(await finishedBefore(planOf(output, { crf: 30, overwrite: true })), null);
});

test('whether a truncated source is allowed is no part of a job, though vsr 0.1.0 hashed it', async () => {
  const plan = planOf(next());
  assert.equal(planOf(plan.paths.output, { allowTruncated: true }).job, plan.job);
  assert.equal(plan.earlierJobs.length, 3);
  for (const job of plan.earlierJobs) {
    await finished(plan, { job });
    assert.notEqual(await finishedBefore(plan), null);
  }
});

test('what another version finished counts where it was asked for the same', async () => {
  const other = { vsr: '0.0.9', job: 'of another kind' };
  const retrained = { passes: [{ name: 'espcn-8-x2', sha256: '22', scale: 2 }] };
  const output = next();
  const plan = planOf(output);
  await finished(plan, { ...other, model: retrained });
  assert.equal((await finishedBefore(plan))?.vsr, '0.0.9');
  for (const options of [
    { crf: 30 },
    { start: 1 },
    { scale: 4 },
    { log: false },
    { reference: 'a' },
  ] as const) {
    const asked = planOf(output, options);
    await assert.rejects(finishedBefore(asked), /another job made it/, JSON.stringify(options));
  }
  const masked = { ...plan, deciding: { ...plan.deciding, mask: 'ff' } };
  await assert.rejects(finishedBefore(masked), /another job made it/, 'a mask');
  // A model that is named is the one that is meant.
  await assert.rejects(finishedBefore(planOf(output, { model: 'espcn-16-x2' })), /another job/);
  const named = planOf(output, { model: 'espcn-16-x2' });
  await finished(named, other);
  assert.notEqual(await finishedBefore(named), null);
  // Whether still areas are averaged is vsr's choice, unless it was said.
  const steadied = { settings: { ...settingsOf(plan), steady: 'auto' } } as const;
  await finished(plan, { ...other, ...steadied });
  assert.notEqual(await finishedBefore(plan), null);
  await assert.rejects(finishedBefore(planOf(output, { steady: 'off' })), /another job made it/);
});

test('of a version that did not say what was named, the encoder’s words must be the same', async () => {
  const output = next();
  const plan = planOf(output, { crf: 30 });
  const settings = { ...settingsOf(plan), asked: null };
  await finished(plan, { vsr: '0.0.9', job: 'x', settings });
  assert.notEqual(await finishedBefore(plan), null);
  await assert.rejects(finishedBefore(planOf(output)), /another job made it/);
});

test('an output or a source that has changed since is made again, whatever version made it', async () => {
  const output = next();
  const plan = planOf(output);
  const again = async (now: JobPlan): Promise<string> => {
    const { finished: found, plan: said } = await lookAtEarlier(now, []);
    assert.equal(found, null);
    return said.announcements.find(({ what }) => what === 'done again')?.why ?? '';
  };
  for (const changes of [{}, { vsr: '0.0.9', job: 'x' }]) {
    await finished(plan, changes);
    await writeFile(output, 'longer than the clip was');
    assert.match(await again(plan), /the output was changed since .* is kept as .*\.before/);
    await finished(plan, changes);
    await writeFile(source, 'longer than the source was');
    const changed = { ...plan, job: 'y', earlierJobs: [], identity: { ...identity, sizeBytes: 8 } };
    assert.match(await again(changed), /^the source has changed since/);
  }
  // The reference is hashed into the job alone.
  const compared = planOf(output, { reference: 'a' });
  await finished(compared, { reference: compared.settings.reference });
  const edited = { ...compared, job: 'z', earlierJobs: [] };
  assert.match(await again(edited), /^the reference has changed since/);
});

test('an output that vsr did not make is not replaced unasked', async () => {
  const output = next();
  await writeFile(output, 'mine');
  await assert.rejects(finishedBefore(planOf(output)), /no finished job of vsr made it/);
});
