import { switchOffTelemetry } from '../../telemetry.js';

/** The module of ONNX Runtime. */
export type Runtime = typeof import('onnxruntime-node');

/**
 * How much of what happens to a session the runtime prints by itself: nothing, since what went
 * wrong is in the error that it throws.
 */
export const printsNothing = 4;

let isLoaded = false;

/**
 * ONNX Runtime, loaded when it is first needed. The only place that loads it: it must not collect.
 * Nor does it print to the terminal, unless the first call in a process asks for its `errors`:
 * those of a provider's libraries are in no error that it throws.
 */
export async function onnxRuntime(prints: 'nothing' | 'errors' = 'nothing'): Promise<Runtime> {
  switchOffTelemetry();
  const runtime = await import('onnxruntime-node');
  if (!isLoaded) runtime.env.logLevel = prints === 'errors' ? 'error' : 'fatal';
  isLoaded = true;
  return runtime;
}
