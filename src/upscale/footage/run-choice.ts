import { VsrError } from '../../errors.js';
import { containerOfPath } from '../../media/formats/containers.js';
import type { Announcement } from '../../media/output/output-plan.js';
import type { Scan } from '../../media/scan/scan.js';
import {
  lengthOf,
  picturesOf,
  type FootageRuns,
  type RunPlan,
} from '../../media/source/footage-runs.js';
import type { Source } from '../../media/source/source.js';
import type { FootageKind } from '../../planes/frame.js';
import type { Ratio } from '../../planes/ratio.js';
import { isAutomatic, rateOfMode } from './footage-modes.js';
import type { FootageSettings } from './footage-settings.js';

/** Whether the settings need all frames of a clip to be examined, not only a few places. */
export function needsRuns(scan: Scan, settings: FootageSettings): boolean {
  const { deinterlace, fieldOrder, telecine, repeats } = settings;
  if (telecine === 'auto' || repeats === 'drop') return true;
  if (!isAutomatic(deinterlace)) return false;
  const isTurning = scan.kind === 'interlaced' && scan.order === null && fieldOrder === 'auto';
  return scan.kind === 'mixed' || isTurning;
}

/** Why the parts of this clip cannot be treated separately; `null` where they can. */
export function whyNoRuns({ video }: Source): string | null {
  if (video.matrix !== null) return 'it is shown rotated or mirrored, and its fields with it';
  return video.height % 2 === 0 ? null : 'it has an odd number of lines';
}

/** The rate of the frames: some files state that of their fields. */
function frameRateOf({ video }: Source, usualTicks: number | null): Ratio | null {
  const { frameRate, timeBase } = video;
  if (usualTicks === null || usualTicks < 1) return frameRate;
  const own = { num: timeBase.den, den: timeBase.num * usualTicks };
  if (frameRate === null) return own;
  const ticks = (frameRate.den * timeBase.den) / (frameRate.num * timeBase.num);
  return Math.abs(ticks - usualTicks) <= Math.max(1, 0.01 * ticks) ? frameRate : own;
}

/**
 * What is done with the runs (parts of one kind) of a clip; `null` where nothing is done, or where
 * the whole clip is one kind of video and is treated as such anyway.
 */
export function planOfRuns(
  source: Source,
  found: FootageRuns,
  settings: FootageSettings,
): RunPlan | null {
  const { deinterlace, fieldOrder, telecine, repeats } = settings;
  const { usualTicks, ...all } = found;
  const named = fieldOrder === 'auto' ? null : fieldOrder;
  const runs = all.runs.map((run) =>
    run.kind === 'video' && named !== null ? { ...run, order: named } : run,
  );
  const has = (kind: FootageKind): boolean => runs.some((run) => run.kind === kind);
  const plan: RunPlan = {
    ...{ ...all, runs },
    weavesFilm: telecine === 'auto' && has('film'),
    videoRate: has('video') ? rateOfMode(deinterlace) : null,
    dropsRepeats: repeats === 'drop' && all.repeated.length > 0,
    frameRate: frameRateOf(source, usualTicks),
  };
  if (plan.weavesFilm || plan.dropsRepeats) return plan;
  // `frame` and `field` mean the whole clip, including what was not detected as video.
  return plan.videoRate !== null && (runs.length > 1 || isAutomatic(deinterlace)) ? plan : null;
}

/** Whether the pictures of a plan come at one rate throughout. */
function isSteady({ runs, weavesFilm, videoRate, dropsRepeats }: RunPlan): boolean {
  if (dropsRepeats) return false;
  const rates = runs.map(({ kind, cadence }) => {
    if (weavesFilm && cadence === '3:2') return 'four fifths';
    return kind === 'video' && videoRate === 'field' ? 'double' : 'own';
  });
  return new Set(rates).size === 1;
}

/**
 * Throws VsrError `option` where the container of `output` needs a constant rate and the pictures
 * do not have one.
 */
export function checkContainer(plan: RunPlan, output: string): void {
  const container = containerOfPath(output);
  if (isSteady(plan) || container?.ticks !== 'frame') return;
  throw new VsrError(
    'option',
    `Expected an output with a variable frame rate, since parts of this clip get another rate than others, but ${container.title} has a constant one. Name one ending in .mkv or .mp4 (-o).`,
  );
}

/** What happens to the parts of one kind, in words. */
function fate(plan: RunPlan, kind: FootageKind, pictures: number): string {
  if (kind === 'film' && plan.weavesFilm) return `becomes its ${pictures} pictures`;
  if (kind === 'video' && plan.videoRate !== null) {
    return plan.videoRate === 'field' ? 'becomes a frame of every field' : 'becomes whole frames';
  }
  return 'stays as it is';
}

/** Notes on the parts of a clip: what each was detected as, and what is done with it. */
export function runNotes(
  plan: RunPlan | null,
  found: FootageRuns | null,
  settings: FootageSettings,
): Announcement[] {
  const notes: Announcement[] = [];
  const note = (what: string, why: string): void => {
    notes.push({ kind: 'note', what, why });
  };
  if (plan === null) {
    if (found === null) return [];
    if (settings.telecine === 'auto') {
      note('no film is put together', 'none was found whose pictures lie in several frames');
    }
    if (settings.repeats === 'drop') note('no frame is left out', 'none repeats regularly');
    return notes;
  }
  const sums = new Map<FootageKind, { frames: number; pictures: number }>();
  plan.runs.forEach((run, i) => {
    const frames = lengthOf(plan, i);
    const sum = sums.get(run.kind) ?? { frames: 0, pictures: 0 };
    sum.frames += frames;
    sum.pictures += picturesOf(plan, run, frames);
    sums.set(run.kind, sum);
  });
  const parts = [...sums].map(
    ([kind, { frames, pictures }]) =>
      `${kind} (${frames} of ${plan.frames} frames) ${fate(plan, kind, pictures)}`,
  );
  note('frames are treated by what their part of the clip is', parts.join('; '));
  if (plan.dropsRepeats) {
    note(
      `${plan.repeated.length} frames are left out`,
      'each repeats the one before, which then stands for as long as both',
    );
  }
  return notes;
}
