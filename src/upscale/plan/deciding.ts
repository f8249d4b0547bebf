import type { OutputPlan } from '../../media/output/output-plan.js';
import type { Source } from '../../media/source/source.js';
import type { ClipSettings } from '../../metrics/sidecar-settings.js';
import type { Chain } from '../../model/catalogue/chain.js';
import type { Treatment } from '../footage/treatment.js';
import { isSteadied } from './model-choice.js';
import type { Settings } from './settings.js';

/** What of the settings decides the result, besides source and models: kept in the sidecar. */
export type Deciding = Omit<ClipSettings, 'asked'>;

/** The choice of tracks, where there was one: jobs without one keep the hash they had. */
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
}: {
  readonly settings: Settings;
  readonly source: Source;
  readonly chain: Chain;
  readonly outputPlan: OutputPlan;
  readonly treatment: Treatment;
  /** What a network's dial is turned to; `null` where there is none. */
  readonly strength: number | null;
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
    // What it comes to, so that `auto` where nothing is averaged is the job that `off` is.
    steady: isSteadied(chain, settings) ? 'auto' : 'off',
    // Jobs without it keep the hash they had.
    ...(denoise === null ? {} : { denoise }),
    ...tracksAsked(settings),
    ...(settings.sizeLimit === null ? {} : { sizeLimit: settings.sizeLimit }),
    precision: settings.precision,
    chroma: settings.chroma,
    ...(strength === null ? {} : { strength }),
    raw: source.raw,
  };
}
