import type { Announcement } from '../../media/output/output-plan.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { goThrough } from '../../media/scan/go-through.js';
import type { LookRequest } from '../../media/scan/look.js';
import type { Scan } from '../../media/scan/scan.js';
import type { FootageRuns, RunPlan } from '../../media/source/footage-runs.js';
import type { Crop, FieldFrames, Source } from '../../media/source/source.js';
import { chooseCrop, cropNotes } from './crop-choice.js';
import { chooseFields, fieldNotes } from './field-choice.js';
import type { FootageSettings } from './footage-settings.js';
import { chooseNoise, noiseNotes } from './noise-choice.js';
import { checkContainer, needsRuns, planOfRuns, runNotes, whyNoRuns } from './run-choice.js';
import { keptRuns } from './scan-cache.js';
import { sourceNotes } from './source-kinds.js';

/** What is done with a clip's frames while they are decoded, and the notes on it. */
export type Treatment = {
  /**
   * How all frames are made from fields; `null` where they are not, or where each part of the clip
   * has its own way.
   */
  readonly fields: FieldFrames | null;
  readonly crop: Crop | null;
  /** Noise that is removed: its standard deviation in grey levels; `null` for none. */
  readonly denoise: number | null;
  /** What is done with each part; `null` where all are treated alike. */
  readonly runs: RunPlan | null;
  readonly notes: readonly Announcement[];
};

/** Whether at least half of the frames are made of fields by a deinterlacer. */
export function isDeinterlaced({ fields, runs }: Pick<Treatment, 'fields' | 'runs'>): boolean {
  if (fields !== null) return true;
  if (runs === null || runs.videoRate === null) return false;
  const video = runs.runs.reduce((sum, { kind, first }, i) => {
    const end = runs.runs[i + 1]?.first ?? runs.frames;
    return sum + (kind === 'video' ? end - first : 0);
  }, 0);
  return 2 * video >= runs.frames;
}

/** What a treatment is chosen by. */
export type TreatmentRequest = LookRequest & {
  readonly ffmpeg: Ffmpeg;
  readonly source: Source;
  /** The scan of a few places of the clip. */
  readonly scan: Scan;
  readonly settings: FootageSettings;
  /** The output's name; only its ending counts. */
  readonly output: string;
  /** Tells the file from others; changes when the file is written to. */
  readonly identity: Readonly<Record<string, unknown>>;
};

/**
 * Chooses how a clip's frames are treated; examines all of its frames where that is needed. Throws
 * VsrError `option` for what the clip or the output's container does not allow.
 */
export async function chooseTreatment(request: TreatmentRequest): Promise<Treatment> {
  const { ffmpeg, source, scan, settings, output, identity } = request;
  const crop = chooseCrop(source, scan, settings);
  const notes = sourceNotes(settings);
  let found: FootageRuns | null = null;
  if (needsRuns(scan, settings)) {
    const why = whyNoRuns(source);
    if (why === null) {
      found = await keptRuns(ffmpeg, identity, () => goThrough(ffmpeg, source, request));
    } else {
      notes.push({ kind: 'note', what: 'all parts of the clip are treated alike', why });
    }
  }
  const runs = found === null ? null : planOfRuns(source, found, settings);
  if (runs !== null) checkContainer(runs, output);
  const fields = runs === null ? chooseFields(source, scan, settings) : null;
  notes.push(...runNotes(runs, found, settings));
  if (runs === null) notes.push(...fieldNotes(fields, scan, settings));
  const denoise = chooseNoise(source, scan, settings);
  notes.push(...cropNotes(crop, scan, settings), ...noiseNotes(denoise, source, scan, settings));
  return { fields, crop, runs, denoise, notes };
}
