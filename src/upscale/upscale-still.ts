import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { prefixBeside } from '../files/beside-name.js';
import { badValue, VsrError } from '../errors.js';
import type { Announcement } from '../media/output/stream-plan.js';
import {
  canWriteStill,
  probeStill,
  readStill,
  writeStill,
  type Still,
} from '../media/still/still.js';
import { writeSidecar, sidecarVersion, type Sidecar } from '../metrics/sidecar.js';
import { openFrameLog } from '../metrics/frame-log.js';
import { rowOf } from '../metrics/frame-scores.js';
import { chooseChain, type Chain } from '../model/catalogue/chain.js';
import { version } from '../version.js';
import { hashOf, identifySource, type SourceIdentity } from './plan/identity.js';
import type { Input } from './plan/inputs.js';
import { chainFor } from './plan/model-choice.js';
import { checkOutputPlace, outputFor } from './plan/output-place.js';
import { checkNames, outputPaths, type OutputPaths } from './plan/names.js';
import type { UpscaleOptions } from './plan/options.js';
import type { Size } from './plan/target-size.js';
import { openUpscaler } from '../enlarge/upscaler.js';

/** Everything that is decided about a picture before it is decoded. */
export type StillPlan = {
  readonly kind: 'still';
  readonly input: string;
  readonly paths: OutputPaths;
  readonly still: Still;
  readonly identity: SourceIdentity;
  readonly chain: Chain;
  readonly size: Size;
  readonly announcements: readonly Announcement[];
  readonly estimatedBytes: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly job: string;
  readonly options: UpscaleOptions;
};

/** Options that mean nothing for a picture; naming them is a mistake better said than swallowed. */
const clipOnly = ['to', 'start', 'end', 'frames', 'reference', 'deinterlace', 'codec'] as const;

/** Looks at a picture and decides everything about its enlargement; writes nothing. */
export async function planStill(input: Input, options: UpscaleOptions): Promise<StillPlan> {
  for (const name of clipOnly) {
    const value = options[name];
    if (value !== undefined && value !== 'auto') throw badValue('a clip', `--${name}`, input.path);
  }
  const still = await probeStill(input.path);
  const chain = await chainFor(
    await chooseChain(options.scale ?? 2, options.model ?? 'default', { codec: false }),
    options,
  );
  const extension = path.extname(input.path);
  const output = await outputFor(input, options, String(chain.scale), extension);
  if (!canWriteStill(output)) {
    throw badValue('a name ending in .png, .jpg, .webp or .tif', '-o', output);
  }
  if (still.alpha && /\.jpe?g$/i.test(output)) {
    throw badValue(
      'a name ending in .png, .webp or .tif, since the picture has opacity,',
      '-o',
      output,
    );
  }
  await checkOutputPlace(output, input.path);
  // A log of one row is made only where it is asked for by name.
  const paths = outputPaths(output, options.log ?? false);
  checkNames(paths);
  const identity = await identifySource(input.path);
  const { width, height } = still.layout;
  const size = { width: width * chain.scale, height: height * chain.scale };
  const settings = {
    scale: chain.scale,
    precision: options.precision ?? 'auto',
    allowTruncated: options.allowTruncated ?? false,
  };
  return {
    kind: 'still',
    input: input.path,
    paths,
    still,
    identity,
    chain,
    size,
    announcements: [...still.losses, ...containerLosses(still, output)],
    estimatedBytes: size.width * size.height * 3,
    settings,
    job: hashOf({ identity, models: chain.sha256s, settings, format: path.extname(output) }),
    options,
  };
}

/** What the format of the output cannot hold. */
function containerLosses(still: Still, output: string): Announcement[] {
  if (!/\.tiff?$/i.test(output) || !still.metadata.exif) return [];
  const advice = 'PNG, JPEG and WebP would keep it.';
  return [{ kind: 'missing', what: 'EXIF data', why: 'it is not written to TIFF', advice }];
}

/** Enlarges one picture. It appears under its name when it is whole. */
export async function upscaleStill(plan: StillPlan, signal: AbortSignal): Promise<Sidecar> {
  const { still, paths, options, chain, size } = plan;
  const startedAt = performance.now();
  if (signal.aborted) throw new VsrError('interrupted', `Interrupted before ${plan.input}.`);
  const frame = await readStill(still, options.allowTruncated ?? false);
  await using upscaler = await openUpscaler({
    chain,
    layout: still.layout,
    siting: 'center',
    range: 'pc',
    provider: { name: options.provider ?? 'auto', device: options.device ?? 0 },
    workers: 1,
    precision: options.precision ?? 'auto',
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
        damagedFrames: [],
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
      settings: plan.settings,
      elapsedSeconds,
      fps: 1 / elapsedSeconds,
      reusedShare: 0,
      psnr,
      missing: plan.announcements,
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
