import type { InferenceSession } from 'onnxruntime-node';
import type { InferenceGraph } from '../../model/load/inference-graph.js';
import { checkLevel, guardName, sourceGuardName } from '../../model/graph/output-guard.js';

/** The guards among a run's outputs; `null` lets the runtime give them memory. */
export function guardFetches({ guarded }: InferenceGraph): Record<string, null> {
  if (guarded.length === 0) return {};
  const names = [sourceGuardName, ...guarded.map((_, pass) => guardName(pass))];
  return Object.fromEntries(names.map((name) => [name, null]));
}

/**
 * Throws VsrError `model` where the output of a pass cannot be a picture of the source. The run
 * read `taken` values, and its last pass gave `given`. Earlier passes give fewer, so that their
 * level is underestimated: the check is only more lenient for them.
 */
export function checkGuards(
  { guarded }: InferenceGraph,
  results: InferenceSession.OnnxValueMapType,
  taken: number,
  given: number,
): void {
  if (guarded.length === 0) return;
  const energyOf = (name: string): number => (results[name]!.data as Float32Array)[0]!;
  const source = Math.sqrt(energyOf(sourceGuardName) / taken);
  guarded.forEach((model, pass) => {
    checkLevel(Math.sqrt(energyOf(guardName(pass)) / given), source, model);
  });
}
