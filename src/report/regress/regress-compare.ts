import type { Baseline, ManifestClip, Tolerance, Truth } from './regress-manifest.js';

/** One thing that was checked. */
export type Check = {
  readonly name: string;
  /** The network whose figure it is; `null` where it is not about one. */
  readonly by: string | null;
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

/** A figure of a network, and how far it may lie from the baseline. */
type Figure = {
  readonly name: string;
  readonly by: string;
  readonly tolerance: number;
  readonly frame?: number;
};

function figure(
  { name, by, tolerance, frame }: Figure,
  expected: number | null,
  found: number | null,
): Check {
  const off = expected !== null && found !== null ? found - expected : NaN;
  const change = Number.isFinite(off) ? ` (${off >= 0 ? '+' : ''}${off.toFixed(3)})` : '';
  return {
    ...{ name, by },
    expected: `${decibels(expected)} +-${tolerance}`,
    found: decibels(found) + change,
    frame: frame ?? null,
    ok: near(expected, found, tolerance),
  };
}

/** Checks of a network's decibels; `where` says what they were measured against. */
function decibelChecks(
  where: string,
  by: string,
  [a, b]: readonly [Baseline['toSource'], Baseline['toSource']],
  { psnr, worst }: Tolerance,
): Check[] {
  const mean = (plane: string) => ({ name: `PSNR ${plane}${where}`, by, tolerance: psnr });
  const lowest = { name: `worst PSNR Y${where}`, by, tolerance: worst, frame: b.worstFrame };
  return [
    figure(mean('Y'), a.psnrY, b.psnrY),
    figure(mean('U'), a.psnrU, b.psnrU),
    figure(mean('V'), a.psnrV, b.psnrV),
    figure(lowest, a.worstY, b.worstY),
  ];
}

/** Checks of the 8-bit copies that `vsr upscale` runs in place of the model, one after another. */
function networkChecks(expected: Baseline, found: Baseline, tolerance: Tolerance): Check[] {
  if (expected.networks === undefined) return [];
  const names = ({ networks = [] }: Baseline) => networks.map(({ name }) => name).join(', ');
  const [a, b] = [names(expected), names(found)];
  const same = { name: 'what vsr upscale runs', by: null, frame: null, ok: a === b };
  const checks: Check[] = [{ ...same, expected: a || 'the model', found: b || 'the model' }];
  for (const network of expected.networks) {
    const now = found.networks?.find(({ name }) => name === network.name);
    if (now === undefined) continue;
    const by = network.name;
    const truths: readonly [Truth, Truth] = [network.truth, now.truth];
    checks.push(
      ...decibelChecks('', by, truths, tolerance),
      figure({ name: 'SSIM', by, tolerance: tolerance.ssim }, truths[0].ssim, truths[1].ssim),
      figure({ name: 'flicker', by, tolerance: tolerance.flicker }, network.flicker, now.flicker),
    );
  }
  return checks;
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  const most = Math.max(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return i;
  return -1;
}

/** Checks of a clip's figures against its baseline, the most important first. */
export function compareBaseline(
  { model: by, tolerance }: Pick<ManifestClip, 'model' | 'tolerance'>,
  expected: Baseline,
  found: Baseline,
): Check[] {
  const same = (name: string, a: string, b: string): Check => ({
    ...{ name, by: null, expected: a, found: b, frame: null },
    ok: a === b,
  });
  const span = ({ first, last, sha256 }: Baseline['times']) =>
    `${first.toFixed(3)}..${last.toFixed(3)} s, sha256 ${sha256.slice(0, 12)}`;
  const checks = [
    same('frames', String(expected.frames), String(found.frames)),
    same('timestamps', span(expected.times), span(found.times)),
    same('streams', expected.streams.join('; '), found.streams.join('; ')),
    ...decibelChecks('', by, [expected.truth, found.truth], tolerance),
    ...decibelChecks(' to source', by, [expected.toSource, found.toSource], tolerance),
    figure({ name: 'SSIM', by, tolerance: tolerance.ssim }, expected.truth.ssim, found.truth.ssim),
  ];
  if (expected.flicker !== undefined) {
    const [a, b] = [expected.flicker, found.flicker];
    const flicker = (name: string) => ({ name, by, tolerance: tolerance.flicker });
    checks.push(
      figure(flicker('flicker'), a.truth, b?.truth ?? null),
      figure(flicker('flicker to bicubic'), a.toBicubic, b?.toBicubic ?? null),
    );
  }
  checks.push(...networkChecks(expected, found, tolerance));
  if (expected.exact !== null && expected.exact.machine === found.exact?.machine) {
    const at = firstDifference(expected.exact.frames, found.exact.frames);
    checks.push({
      name: 'exact frames',
      by,
      expected: at < 0 ? 'all equal' : (expected.exact.frames[at] ?? 'no such frame'),
      found: at < 0 ? 'all equal' : (found.exact.frames[at] ?? 'no such frame'),
      frame: at < 0 ? null : at,
      ok: at < 0,
    });
  }
  return checks;
}

/**
 * The new baseline of `entry` for what was measured. Where another kind of machine made the old one
 * and everything that can be compared here still agrees with it, the old one is kept, with that
 * machine's hashes of frames; only the figures of the 8-bit copies are new.
 */
export function renewed(entry: ManifestClip, found: Baseline): Baseline {
  const before = entry.baseline;
  if (before?.exact == null || before.exact.machine === found.exact?.machine) return found;
  const networks = found.networks ?? [];
  const isAsBefore = compareBaseline(entry, { ...before, networks }, found).every(({ ok }) => ok);
  return isAsBefore ? { ...found, ...before, networks } : found;
}
