import { readFileSync } from 'node:fs';

/** Whether Linux's list of a processor's features has the sums of four 8-bit products (VNNI). */
export function listsVnni(cpuinfo: string): boolean {
  return /^flags\s*:.*\b(?:avx512_vnni|avx_vnni)\b/m.test(cpuinfo);
}

let known: boolean | undefined;

/**
 * Whether 8-bit networks are known to be faster here than their float originals: on x86 with VNNI
 * (docs/adr/0014-precision.md). Where the system does not say, they are not.
 */
export function isFastInEightBits(): boolean {
  if (known !== undefined) return known;
  try {
    known = process.arch === 'x64' && listsVnni(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    known = false; // Not Linux.
  }
  return known;
}
