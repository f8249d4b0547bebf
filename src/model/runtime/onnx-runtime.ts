import { switchOffTelemetry } from '../../telemetry.js';

/** The module of ONNX Runtime. */
export type Runtime = typeof import('onnxruntime-node');

/**
 * `logSeverityLevel` of sessions: fatal only, so that the runtime prints nothing by itself. The
 * reason of a failure is in the error that it throws.
 */
export const printsNothing = 4;

let isLoaded = false;

/**
 * ONNX Runtime, loaded when it is first needed. No other code may load it: its telemetry must be
 * switched off before. It prints nothing to the terminal either, unless the first call in a process
 * asks for `errors`: those of a provider's libraries are in no error that the runtime throws.
 */
export async function onnxRuntime(prints: 'nothing' | 'errors' = 'nothing'): Promise<Runtime> {
  switchOffTelemetry();
  const runtime = await import('onnxruntime-node');
  if (!isLoaded) runtime.env.logLevel = prints === 'errors' ? 'error' : 'fatal';
  isLoaded = true;
  return runtime;
}
