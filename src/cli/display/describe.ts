import type { LostEvent, NoteEvent, PlanEvent } from '../../events.js';
import type { UpscalePlan } from '../../upscale/plan-events.js';
import { estimateLine } from './estimate-lines.js';

/** Lines that say, before the start, what will be done and how long it takes. */
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
  const { estimate } = facts;
  if (estimate !== null && (dryRun || estimate.seconds !== null)) {
    lines.push(`  ${estimateLine(estimate)}`);
  }
  if (dryRun) {
    for (const { index, kind, from, action, keptAs } of facts.streams ?? []) {
      const fate = keptAs === undefined ? action : `kept as ${keptAs}`;
      lines.push(`  stream ${index}: ${kind} ${from}, ${fate}`);
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
