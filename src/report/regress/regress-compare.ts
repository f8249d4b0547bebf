import type { Baseline, Tolerance } from './regress-manifest.js';

/** One thing that was checked. */
export type Check = {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  /** The frame that shows it; `null` for the whole clip. */
  readonly frame: number | null;
  readonly ok: boolean;
};

function decibels(value: number | null): string {
  if (value === null) return 'none';
  return value === Infinity ? 'inf' : value.toFixed(3);
}

/** Whether two figures agree within `tolerance`; `Infinity` and `null` only with themselves. */
function near(a: number | null, b: number | null, tolerance: number): boolean {
  if (a === b) return true;
  return a !== null && b !== null && Math.abs(a - b) <= tolerance;
}

function figure(
  name: string,
  expected: number | null,
  found: number | null,
  tolerance: number,
  frame: number | null = null,
): Check {
  const off = expected !== null && found !== null ? found - expected : NaN;
  const by = Number.isFinite(off) ? ` (${off >= 0 ? '+' : ''}${off.toFixed(3)})` : '';
  return {
    name,
    expected: `${decibels(expected)} +-${tolerance}`,
    found: decibels(found) + by,
    frame,
    ok: near(expected, found, tolerance),
  };
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  const most = Math.max(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return i;
  return -1;
}

/** Everything that a clip came to against its baseline, in the order in which one wants to know. */
export function compareBaseline(
  expected: Baseline,
  found: Baseline,
  tolerance: Tolerance,
): Check[] {
  const same = (name: string, a: string, b: string): Check => ({
    ...{ name, expected: a, found: b, frame: null },
    ok: a === b,
  });
  const span = ({ first, last, sha256 }: Baseline['times']) =>
    `${first.toFixed(3)}..${last.toFixed(3)} s, sha256 ${sha256.slice(0, 12)}`;
  const checks = [
    same('frames', String(expected.frames), String(found.frames)),
    same('timestamps', span(expected.times), span(found.times)),
    same('streams', expected.streams.join('; '), found.streams.join('; ')),
  ];
  for (const part of ['truth', 'toSource'] as const) {
    const [a, b] = [expected[part], found[part]];
    const where = part === 'truth' ? '' : ' to source';
    checks.push(
      figure(`PSNR Y${where}`, a.psnrY, b.psnrY, tolerance.psnr),
      figure(`PSNR U${where}`, a.psnrU, b.psnrU, tolerance.psnr),
      figure(`PSNR V${where}`, a.psnrV, b.psnrV, tolerance.psnr),
      figure(`worst PSNR Y${where}`, a.worstY, b.worstY, tolerance.worst, b.worstFrame),
    );
  }
  checks.push(figure('SSIM', expected.truth.ssim, found.truth.ssim, tolerance.ssim));
  if (expected.flicker !== undefined) {
    const [a, b] = [expected.flicker, found.flicker];
    checks.push(
      figure('flicker', a.truth, b?.truth ?? null, tolerance.flicker),
      figure('flicker to bicubic', a.toBicubic, b?.toBicubic ?? null, tolerance.flicker),
    );
  }
  if (expected.exact !== null && expected.exact.machine === found.exact?.machine) {
    const at = firstDifference(expected.exact.frames, found.exact.frames);
    checks.push({
      name: 'exact frames',
      expected: at < 0 ? 'all equal' : (expected.exact.frames[at] ?? 'no such frame'),
      found: at < 0 ? 'all equal' : (found.exact.frames[at] ?? 'no such frame'),
      frame: at < 0 ? null : at,
      ok: at < 0,
    });
  }
  return checks;
}
