import { enlargedSize } from '../../planes/enlarged.js';
import path from 'node:path';
import { badValue } from '../../errors.js';
import { compressionOfStill } from '../../media/compression/compression.js';
import type { Announcement } from '../../media/output/stream-plan.js';
import { canWriteStill, probeStill, type Still } from '../../media/still/still.js';
import type { StillSettings } from '../../metrics/sidecar-settings.js';
import { chooseChain, type Chain } from '../../model/catalogue/chain.js';
import { chooseMask, type Mask, maskedStill, maskNotes } from '../mask/mask-choice.js';
import { identifySource, type SourceIdentity } from './identity.js';
import type { Input } from './inputs.js';
import { jobHashes } from './job-hash.js';
import { chooseModels, choiceNotes } from './model-choice.js';
import { checkNames, namedBySize, outputPaths, type OutputPaths } from './names.js';
import { checkOutputPlace, outputFor } from './output-place.js';
import type { Settings } from './settings.js';
import type { Size } from './target-size.js';

/** Everything that is decided about a picture before it is decoded. */
export type StillPlan = {
  readonly kind: 'still';
  readonly input: string;
  readonly paths: OutputPaths;
  readonly still: Still;
  readonly identity: SourceIdentity;
  readonly chain: Chain;
  /** Where the network acts; `null` for everywhere. */
  readonly mask: Mask | null;
  readonly size: Size;
  readonly announcements: readonly Announcement[];
  readonly estimatedBytes: number;
  readonly settings: Settings;
  /** The settings that decide the result, besides the picture and the models. */
  readonly deciding: Omit<StillSettings, 'asked'>;
  readonly job: string;
  /** The hashes that earlier versions of vsr gave the same job. */
  readonly earlierJobs: readonly string[];
};

/** Names of the given options that mean something only for clips. */
export function clipOnlyOptions(settings: Settings): string[] {
  const clipOnly: Readonly<Record<string, boolean>> = {
    to: settings.to !== null,
    start: settings.start !== null,
    end: settings.end !== null,
    reference: settings.reference !== null,
    source: settings.footage.source !== 'auto',
    deinterlace: settings.footage.deinterlace !== 'off',
    telecine: settings.footage.telecine !== 'off',
    repeats: settings.footage.repeats !== 'keep',
    crop: settings.footage.crop !== 'off',
    denoise: settings.footage.denoise !== 'off',
    codec: settings.codec !== 'auto',
    bitrate: settings.bitrate !== null,
    'size-limit': settings.sizeLimit !== null,
  };
  return Object.entries(clipOnly).flatMap(([name, isSet]) => (isSet ? [name] : []));
}

/**
 * Names of the given options that say how a clip is coded, or what of it is kept. Unlike
 * `clipOnlyOptions` they ask nothing of a picture, so they are harmless in a batch that holds both.
 */
export function idleForStills(settings: Settings): string[] {
  const idle: Readonly<Record<string, boolean>> = {
    frames: settings.frames !== Infinity,
    crf: settings.crf !== null,
    preset: settings.preset !== null,
    'pix-fmt': settings.pixelFormat !== null,
    encoder: settings.encoder !== 'software',
    'ffmpeg-args': settings.ffmpegArgs.length > 0,
    audio: settings.audio !== 'all',
    subs: settings.subs !== 'all',
  };
  return Object.entries(idle).flatMap(([name, isSet]) => (isSet ? [name] : []));
}

/** Throws VsrError `option` for a setting of `clipOnlyOptions`, rather than ignoring it. */
function checkForStill(settings: Settings, file: string): void {
  const [name] = clipOnlyOptions(settings);
  if (name !== undefined) throw badValue('a clip', `--${name}`, file);
}

/** Probes a picture and decides everything about its enlargement; writes nothing. */
export async function planStill(input: Input, settings: Settings): Promise<StillPlan> {
  checkForStill(settings, input.path);
  const still = await probeStill(input.path);
  // A single picture has no other frames to average over.
  const alone: Settings = { ...settings, steady: 'off' };
  const { chain, strength, notes } = await chooseModels(
    alone,
    async (kind) => ({
      chain: await chooseChain(settings.scale, settings.model ?? 'default', {
        ...{ kind, quality: settings.quality },
      }),
    }),
    () => compressionOfStill(input.path),
  );
  const mask = await chooseMask(settings.mask, maskedStill(still));
  // Formats that are read but not written become PNG.
  const extension = canWriteStill(input.path) ? path.extname(input.path) : '.png';
  const size = enlargedSize(still.layout, chain.scale);
  const output = await outputFor(input, settings, {
    ext: extension,
    ...namedBySize(size, String(chain.scale), chain.names),
  });
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
  const paths = outputPaths(output, settings.log ?? false);
  checkNames(paths);
  const identity = await identifySource(input.path);
  const { precision, chroma } = settings;
  const deciding = {
    ...{ scale: chain.scale, precision, chroma },
    ...(strength === null ? {} : { strength }),
    ...(mask === null ? {} : { mask: mask.sha256 }),
  };
  return {
    kind: 'still',
    input: input.path,
    paths,
    still,
    identity,
    chain,
    mask,
    size,
    announcements: [
      ...faultNotes(still, settings),
      ...choiceNotes(chain, alone),
      ...maskNotes(mask, chain.scale),
      ...still.losses,
      ...containerLosses(still, output),
      ...notes,
    ],
    estimatedBytes: size.width * size.height * 3,
    settings,
    deciding,
    ...jobHashes(deciding, { identity, models: chain.sha256s, format: path.extname(output) }),
  };
}

/** Damage that the beginning and the end of the file show. */
function faultNotes({ fault }: Still, { allowDamaged }: Settings): Announcement[] {
  if (fault === null) return [];
  const note = { kind: 'note', what: 'source', why: `the file ${fault}` } as const;
  const advice = 'Such a picture is refused unless there is --allow-damaged.';
  return [allowDamaged ? note : { ...note, advice }];
}

/** What the format of the output cannot hold. */
function containerLosses(still: Still, output: string): Announcement[] {
  const { exif, density } = still.metadata;
  const losses: Announcement[] = [];
  if (/\.tiff?$/i.test(output) && exif !== null) {
    const advice = 'PNG, JPEG and WebP would keep it.';
    losses.push({ kind: 'missing', what: 'EXIF data', why: 'it is not written to TIFF', advice });
  }
  if (/\.webp$/i.test(output) && density !== null && exif === null) {
    const why = `WebP has no place for ${density} pixels an inch`;
    losses.push({ kind: 'missing', what: 'the resolution of prints', why });
  }
  return losses;
}
