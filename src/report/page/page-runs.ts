import type { SidecarRuns } from '../../metrics/sidecar-settings.js';
import { framesPerSecond } from '../../planes/ratio.js';

type Run = SidecarRuns['runs'][number];

/** How many parts are drawn at most: of a clip with more, the longest. */
const mostParts = 400;

/** What a part was detected as, in words. */
function runWords({ kind, order, cadence }: Run): string {
  const more = [cadence, order === null ? null : `${order} field first`];
  return [kind, ...more.filter((word) => word !== null)].join(', ');
}

function timeWords(frame: number, { frameRate }: SidecarRuns): string {
  const seconds = frame / framesPerSecond(frameRate);
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds % 60).toFixed(1).padStart(4, '0')}`;
}

/** A strip that shows what each part of a clip was detected as; empty where it had no parts. */
export function runsStrip(plan: SidecarRuns | null | undefined): string {
  if (plan === null || plan === undefined || plan.frames === 0) return '';
  const ends = plan.runs.map((_, i) => plan.runs[i + 1]?.first ?? plan.frames);
  const lengths = plan.runs.map(({ first }, i) => ends[i]! - first);
  const byLength = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]!);
  const drawn = new Set(byLength.slice(0, mostParts));
  const parts = plan.runs.flatMap((run, i) => {
    if (!drawn.has(i)) return [];
    const words = `${timeWords(run.first, plan)} to ${timeWords(ends[i]!, plan)}: ${runWords(run)}`;
    const place = `x="${(1000 * run.first) / plan.frames}" width="${(1000 * lengths[i]!) / plan.frames}"`;
    return [
      `<rect class="run ${run.kind}" ${place} y="0" height="24"><title>${words}</title></rect>`,
    ];
  });
  const kinds = [...new Set(plan.runs.map(({ kind }) => kind))];
  const shares = kinds.map((kind) => {
    const frames = lengths.filter((_, i) => plan.runs[i]!.kind === kind);
    const sum = frames.reduce((all, each) => all + each, 0);
    return `<span class="key"><span class="swatch ${kind}"></span>${kind}: ${sum} of ${plan.frames} frames</span>`;
  });
  return `<figure class="runs"><svg viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label="What each part of the source was detected as">${parts.join('')}</svg><figcaption>${shares.join(' ')}</figcaption></figure>`;
}
