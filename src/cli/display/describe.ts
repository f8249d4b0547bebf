import type { Announcement } from '../../media/output/output-plan.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import { showBytes } from '../../upscale/plan/disk-space.js';
import type { Outcome } from '../../upscale/upscale.js';
import type { StillPlan } from '../../upscale/plan/still-plan.js';

type Plan = JobPlan | StillPlan;

/** Lines that say, before the start, what will be done and what the output will lack. */
export function describePlan(plan: Plan, name: string, dryRun: boolean): string[] {
  const { size, chain, paths } = plan;
  const from = plan.kind === 'clip' ? plan.source.video : plan.still.layout;
  const head =
    `${name} (${from.width}x${from.height}) -> ${paths.output} (${size.width}x${size.height}), ` +
    `${chain.names.join(' + ')}`;
  const lines = [plan.kind === 'clip' ? `${head}, ${plan.outputPlan.encoder}` : head];
  if (dryRun) {
    lines.push(`  about ${showBytes(plan.estimatedBytes)} needed`);
    if (plan.kind === 'clip') {
      for (const stream of plan.outputPlan.streams) {
        const info = plan.source.streams[stream.index];
        lines.push(
          `  stream ${stream.index}: ${info?.kind ?? ''} ${info?.codec ?? ''}, ${stream.action}`,
        );
      }
    }
  }
  lines.push(...plan.announcements.map(announcementLine));
  return lines;
}

function announcementLine({ kind, what, why, advice }: Announcement): string {
  const end = /[.!?]$/.test(why) ? '' : '.';
  return `  ${kind}: ${what}: ${why}${end}${advice === undefined ? '' : ` ${advice}`}`;
}

/** Lines about what turned out only at the end: what a summary says that its plan did not. */
export function lateLines(outcome: Outcome, plan: Plan | undefined): string[] {
  if (outcome.status !== 'done' || plan === undefined) return [];
  return outcome.summary.missing.slice(plan.announcements.length).map(announcementLine);
}

/** The plan as `--dry-run --json` gives it. */
export function planJson(plan: Plan): unknown {
  return {
    input: plan.input,
    output: plan.paths.output,
    width: plan.size.width,
    height: plan.size.height,
    models: plan.chain.names,
    estimatedBytes: plan.estimatedBytes,
    ...(plan.kind === 'clip'
      ? {
          encoder: plan.outputPlan.encoder,
          container: plan.outputPlan.container,
          streams: plan.outputPlan.streams,
        }
      : {}),
    announcements: plan.announcements,
  };
}
