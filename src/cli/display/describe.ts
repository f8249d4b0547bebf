import type { LostEvent, NoteEvent, PlanEvent } from '../../events.js';
import { showBytes } from '../../upscale/plan/disk-space.js';
import type { UpscalePlan } from '../../upscale/plan-events.js';

/** Lines that say, before the start, what will be done. */
export function describePlan(
  { facts, output }: PlanEvent<UpscalePlan>,
  name: string,
  dryRun: boolean,
): string[] {
  const { sourceWidth, sourceHeight, width, height, models, encoder } = facts;
  const head =
    `${name} (${sourceWidth}x${sourceHeight}) -> ${output} (${width}x${height}), ` +
    models.join(' + ');
  const lines = [encoder === undefined ? head : `${head}, ${encoder}`];
  if (dryRun) {
    lines.push(`  about ${showBytes(facts.estimatedBytes)} needed`);
    for (const { index, kind, from, action } of facts.streams ?? []) {
      lines.push(`  stream ${index}: ${kind} ${from}, ${action}`);
    }
  }
  lines.push(...(facts.found ?? []).map((line) => `  ${line}`));
  return lines;
}

/** The line that says what the output will lack, or what is worth knowing. */
export function describeNote(note: NoteEvent | LostEvent): string {
  const kind = note.event === 'lost' ? 'missing' : note.kind;
  const { what, why, advice } = note;
  const end = /[.!?]$/.test(why) ? '' : '.';
  return `  ${kind}: ${what}: ${why}${end}${advice === undefined ? '' : ` ${advice}`}`;
}
