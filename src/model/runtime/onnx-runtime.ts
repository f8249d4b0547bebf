import { switchOffTelemetry } from '../../telemetry.js';

/** The module of ONNX Runtime. */
export type Runtime = typeof import('onnxruntime-node');

/**
 * ONNX Runtime, loaded when it is first needed. The only place that loads it: it must not collect.
 */
export async function onnxRuntime(): Promise<Runtime> {
  switchOffTelemetry();
  return await import('onnxruntime-node');
}
