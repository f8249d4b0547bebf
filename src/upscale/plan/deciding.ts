import type { OutputPlan } from '../../media/output/output-plan.js';
import type { Source } from '../../media/source/source.js';
import type { ClipSettings } from '../../metrics/sidecar-settings.js';
import type { Chain } from '../../model/catalogue/chain.js';
import type { Treatment } from '../footage/treatment.js';
import type { Mask } from '../mask/mask-choice.js';
import { isSteadied } from './model-choice.js';
import type { Settings } from './settings.js';

/** The settings that decide the result, besides source and models: kept in the sidecar. */
export type Deciding = Omit<ClipSettings, 'asked'>;

/** The choice of tracks, where one was made: without one, a job keeps its earlier hash. */
const tracksAsked = ({ audio, subs }: Settings): Pick<ClipSettings, 'audio' | 'subs'> => ({
  ...(audio === 'all' ? {} : { audio }),
  ...(subs === 'all' ? {} : { subs }),
});

/** What decides the result of a job. */
export function decidingOf({
  settings,
  source,
  chain,
  outputPlan,
  treatment,
  strength,
  mask,
}: {
  readonly settings: Settings;
  readonly source: Source;
  readonly chain: Chain;
  readonly outputPlan: OutputPlan;
  readonly treatment: Treatment;
  /** The value of the network's dial; `null` where it has none. */
  readonly strength: number | null;
  readonly mask: Mask | null;
}): Deciding {
  const { fields, crop, runs, denoise } = treatment;
  return {
    scale: chain.scale,
    to: settings.to,
    encoder: outputPlan.encoder,
    encoderArgs: outputPlan.encoderArgs,
    pixelFormat: outputPlan.pixelFormat,
    container: outputPlan.container,
    start: settings.start,
    end: settings.end,
    frames: settings.frames === Infinity ? null : settings.frames,
    sourceKind: settings.footage.source,
    deinterlace: settings.footage.deinterlace,
    fieldOrder: settings.footage.fieldOrder,
    telecine: settings.footage.telecine,
    repeats: settings.footage.repeats,
    crop,
    fields,
    runs,
    // Whether anything is averaged, not the option: where nothing is, `auto` and `off` are the same
    // job.
    steady: isSteadied(chain, settings) ? 'auto' : 'off',
    // Left out where nothing is removed, so that such jobs keep their earlier hash.
    ...(denoise === null ? {} : { denoise }),
    ...tracksAsked(settings),
    ...(settings.sizeLimit === null ? {} : { sizeLimit: settings.sizeLimit }),
    precision: settings.precision,
    chroma: settings.chroma,
    ...(strength === null ? {} : { strength }),
    ...(mask === null ? {} : { mask: mask.sha256 }),
    raw: source.raw,
  };
}
