import type { InferenceSession } from 'onnxruntime-node';
import { messageOf } from '../../errors.js';
import { onnxRuntime, printsNothing, type Runtime } from './onnx-runtime.js';
import { type ProviderCandidate, providerFailure } from './providers.js';

/** An open session and where it runs. */
export type OpenSession = {
  readonly ort: Runtime;
  readonly session: InferenceSession;
  readonly provider: ProviderCandidate;
};

/**
 * Opens a session on the first candidate that starts. One thread: parallelism is several worker
 * threads, each with its session. `bytes` is the model's file: one for all candidates, or what each
 * is given. Fails with VsrError 'provider' where none starts, 'model' never.
 */
export async function openSession(
  bytes: Uint8Array | ((provider: ProviderCandidate) => Uint8Array),
  candidates: readonly ProviderCandidate[],
): Promise<OpenSession> {
  const ort = await onnxRuntime();
  let reason = '';
  for (const provider of candidates) {
    const model = typeof bytes === 'function' ? bytes(provider) : bytes;
    try {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [executionProvider(provider)],
        graphOptimizationLevel: 'all',
        executionMode: 'sequential',
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        // Patterns are kept for every shape that comes: with changing rectangles that would never
        // end.
        enableMemPattern: false,
        logSeverityLevel: printsNothing,
      });
      return { ort, session, provider };
    } catch (error) {
      reason = messageOf(error);
    }
  }
  throw providerFailure(candidates, reason);
}

/** A provider in the runtime's words. */
export function executionProvider(
  provider: ProviderCandidate,
): InferenceSession.ExecutionProviderConfig {
  const { name, device } = provider;
  // These take no device number (onnxruntime-node 1.30).
  if (name === 'cpu' || name === 'coreml' || name === 'webgpu') return name;
  return { name, deviceId: device };
}
