import { VsrError } from '../../errors.js';
import type { LoadedModel } from './load-model.js';

/** The version of ONNX's operators that all passes use; throws VsrError `model` if they differ. */
export function commonOpset(passes: readonly LoadedModel[]): number {
  const opset = Math.max(...passes.map(opsetOf));
  if (passes.every((pass) => opsetOf(pass) === opset)) return opset;
  const versions = passes.map((pass) => `${pass.name} (${opsetOf(pass)})`).join(', ');
  throw new VsrError('model', `Models of different operator sets cannot be joined: ${versions}.`);
}

/** The version of ONNX's own operators that a pass uses. */
export function opsetOf(pass: LoadedModel): number {
  const main = (pass.model.opsetImport ?? []).find(({ domain }) => (domain ?? '') === '');
  return Number(main?.version ?? 1);
}

/** The operator sets of all domains that the passes use, each in its highest version. */
export function mergedOpsets(
  passes: readonly LoadedModel[],
): { domain: string; version: number }[] {
  const versions = new Map<string, number>();
  for (const { domain, version } of passes.flatMap((pass) => pass.model.opsetImport ?? [])) {
    versions.set(domain ?? '', Math.max(versions.get(domain ?? '') ?? 0, Number(version ?? 1)));
  }
  return [...versions].map(([domain, version]) => ({ domain, version }));
}
