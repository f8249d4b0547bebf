import path from 'node:path';
import type { Announcement } from '../../media/output/output-plan.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import { showBytes } from '../../upscale/plan/disk-space.js';
import type { Outcome } from '../../upscale/upscale.js';
import type { StillPlan } from '../../upscale/upscale-still.js';
import { showTime } from './numbers.js';
import { formatTable } from './table.js';

type Plan = JobPlan | StillPlan;

/** Lines that say, before the start, what will be done and what the output will lack. */
export function describePlan(plan: Plan, dryRun: boolean): string[] {
  const { size, chain, paths } = plan;
  const from = plan.kind === 'clip' ? plan.source.video : plan.still.layout;
  const head =
    `${path.basename(plan.input)} (${from.width}x${from.height}) -> ${paths.output} (${size.width}x${size.height}), ` +
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

/** The figure that one line has room for. */
function psnrOf(outcome: Outcome): string {
  if (outcome.status !== 'done' && outcome.status !== 'skipped') return '';
  const { psnr } = outcome.summary;
  const column = psnr?.psnrY ?? psnr?.psnrToSourceY ?? null;
  if (column === null) return '';
  const what = psnr?.psnrY === null ? 'source' : 'reference';
  return column.mean === Infinity ? `equal to ${what}` : `${column.mean.toFixed(2)} dB to ${what}`;
}

/** How one input ended, in one line. */
export function outcomeLine(outcome: Outcome): string {
  const name = path.basename(outcome.input);
  if (outcome.status === 'failed') return `${name}: failed: ${outcome.error.message}`;
  if (outcome.status === 'planned') return `${name}: would be written to ${outcome.output}`;
  const { output, elapsedSeconds, fps, provider, precision } = outcome.summary;
  if (outcome.status === 'skipped')
    return `${name}: skipped, ${outcome.output} is finished (${output.frames} frames)`;
  const psnr = psnrOf(outcome);
  return (
    `${name}: done, ${output.frames} ${output.frames === 1 ? 'frame' : 'frames'} in ${showTime(elapsedSeconds)} (${fps.toFixed(1)} fps, ${precision === null ? provider : `${provider} ${precision}`})` +
    `${psnr === '' ? '' : `, ${psnr}`}: ${outcome.output}`
  );
}

/** What became of each of a batch. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const name = path.basename(outcome.input);
    if (outcome.status === 'failed') return [name, 'failed', '', '', '', outcome.error.message];
    if (outcome.status === 'planned') return [name, 'planned', '', '', '', outcome.output];
    const { output, fps } = outcome.summary;
    return [
      name,
      outcome.status,
      String(output.frames),
      fps.toFixed(1),
      psnrOf(outcome),
      outcome.output,
    ];
  });
  return formatTable(
    ['clip', 'result', 'frames', 'fps', 'PSNR', 'output or reason'],
    rows,
    new Set([2, 3]),
  );
}
