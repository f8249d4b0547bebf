import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { openUpscaler } from '../enlarge/upscaler.js';
import { VsrError } from '../errors.js';
import { prefixBeside } from '../files/beside-name.js';
import type { Announcement } from '../media/output/stream-plan.js';
import { readStill, writeStill } from '../media/still/still.js';
import { openFrameLog } from '../metrics/frame-log.js';
import { rowOf } from '../metrics/frame-scores.js';
import { writeSidecar, sidecarVersion, type Sidecar } from '../metrics/sidecar.js';
import { version } from '../version.js';
import { finishedBefore } from './finished-before.js';
import type { FileRequest, FileResult } from './file-request.js';
import { askedIn } from './plan/settings.js';
import { planStill, type StillPlan } from './plan/still-plan.js';

/** The whole way of one picture. Rejects with VsrError; the output's name holds a whole file or what it held. */
export async function upscaleStill(request: FileRequest): Promise<FileResult> {
  const plan = await planStill(request.input, request.settings);
  request.claim(plan.paths.output);
  const earlier = await finishedBefore(plan);
  request.onPlan(plan, earlier !== null);
  if (earlier !== null) return { status: 'skipped', summary: earlier };
  if (plan.settings.dryRun) return { status: 'planned' };
  return { status: 'done', summary: await makeStill(plan, request.signal) };
}

/** What the output lacks because its source is damaged. */
function damageNotes(damage: string | null): Announcement[] {
  if (damage === null) return [];
  return [{ kind: 'missing', what: 'part of the picture', why: `the source ${damage}` }];
}

/** Enlarges one picture. It appears under its name when it is whole. */
async function makeStill(plan: StillPlan, signal: AbortSignal): Promise<Sidecar> {
  const { still, paths, settings, chain, size } = plan;
  const startedAt = performance.now();
  if (signal.aborted) throw new VsrError('interrupted', `Interrupted before ${plan.input}.`);
  const { frame, damage } = await readStill(still, settings.allowDamaged);
  await using upscaler = await openUpscaler({
    chain,
    layout: still.layout,
    siting: 'center',
    range: 'pc',
    provider: settings.provider,
    workers: 1,
    precision: settings.precision,
    scores: true,
    reuse: false,
    signal,
  });
  const larger = await upscaler.upscale(frame);
  const row = rowOf(0, 0, { num: 1, den: 1 }, larger.scores, still.layout.format.bitDepth);
  await mkdir(path.dirname(paths.output), { recursive: true });
  const folder = await mkdtemp(prefixBeside(paths.output, '.vsr-work-'));
  try {
    const draft = path.join(folder, `picture${path.extname(paths.output)}`);
    await writeStill(still, larger.frame, upscaler.layout, draft, paths.output);
    const log = await openFrameLog(path.join(folder, 'log.jsonl'));
    await log.write(row);
    const psnr = await log.finish();
    if (paths.log !== null) {
      await using wanted = await openFrameLog(paths.log);
      await wanted.write(row);
      await wanted.finish();
    }
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const sidecar: Sidecar = {
      schemaVersion: sidecarVersion,
      vsr: version(),
      job: plan.job,
      source: {
        path: plan.input,
        ...plan.identity,
        width: still.layout.width,
        height: still.layout.height,
        pixelFormat: still.layout.format.name,
        firstFrameTime: 0,
        damagedFrames: damage === null ? [] : [0],
        ...(damage === null
          ? {}
          : { damage: [{ stream: null, what: `it ${damage}`, from: null, to: null }] }),
        streams: [],
      },
      reference: null,
      output: {
        path: paths.output,
        ...size,
        frames: 1,
        sizeBytes: (await stat(draft)).size,
      },
      model: { passes: chain.passes.map(({ name, sha256, scale }) => ({ name, sha256, scale })) },
      provider: upscaler.provider,
      precision: upscaler.precision,
      settings: { ...plan.deciding, asked: askedIn(settings) },
      elapsedSeconds,
      fps: 1 / elapsedSeconds,
      reusedShare: 0,
      psnr,
      missing: [...plan.announcements, ...damageNotes(damage)],
      log: paths.log === null ? null : path.resolve(paths.log),
      colourPath: upscaler.colourPath,
      created: new Date().toISOString(),
    };
    await rename(draft, paths.output);
    await writeSidecar(paths.sidecar, sidecar);
    return sidecar;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
