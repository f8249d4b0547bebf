import type { InferenceSession } from 'onnxruntime-node';
import { messageOf } from '../../errors.js';
import { onnxRuntime, printsNothing, type Runtime } from './onnx-runtime.js';
import { type ProviderCandidate, providerFailure } from './providers.js';

/** An open session and the provider that it runs on. */
export type OpenSession = {
  readonly ort: Runtime;
  readonly session: InferenceSession;
  readonly provider: ProviderCandidate;
};

/**
 * Opens a session on the first candidate that starts, with a single thread: vsr runs several worker
 * threads, each with its own session. `bytes` is the model's file, or a function that gives the one
 * for a candidate. Throws VsrError `provider` where none starts, even if the reason is the model.
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
        // The runtime would keep a pattern for every input shape: with rectangles of ever changing
        // sizes, memory would grow without bound.
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

/** A provider in the form of the runtime's session options. */
export function executionProvider(
  provider: ProviderCandidate,
): InferenceSession.ExecutionProviderConfig {
  const { name, device } = provider;
  // These take no device number (onnxruntime-node 1.30).
  if (name === 'cpu' || name === 'coreml' || name === 'webgpu') return name;
  return { name, deviceId: device };
}
