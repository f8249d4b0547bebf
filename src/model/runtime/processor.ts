import { readFileSync } from 'node:fs';

/** The feature flags of an x86 processor in the text of `/proc/cpuinfo`; none in other text. */
export function featuresIn(cpuinfo: string): ReadonlySet<string> {
  const line = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  return new Set(line.trim().split(/\s+/).filter(Boolean));
}

let known: ReadonlySet<string> | undefined;

/**
 * The features of this machine's processor, by Linux's names; empty on other systems.
 */
export function processorFeatures(): ReadonlySet<string> {
  if (known !== undefined) return known;
  try {
    known = featuresIn(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    known = new Set(); // Not Linux.
  }
  return known;
}

/**
 * Whether 8-bit networks are known to be faster than their float originals on a processor with
 * `features`: on x86 with VNNI, which adds four 8-bit products at once, or with AVX2 but without
 * AVX-512, which computes twice as many floats at once
 * (docs/adr/0018-nine-layers-in-eight-bits.md). Others were not measured.
 */
export function isFastInEightBits(features = processorFeatures()): boolean {
  const sumsProducts = features.has('avx512_vnni') || features.has('avx_vnni');
  return sumsProducts || (features.has('avx2') && !features.has('avx512f'));
}
