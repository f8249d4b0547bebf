import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf } from '../../errors.js';
import { onnxRuntime, printsNothing } from '../../model/runtime/onnx-runtime.js';
import { type ProviderCandidate, providerFailure } from '../../model/runtime/providers.js';
import { executionProvider } from '../../model/runtime/session.js';

/** The processor: what gradients are computed on unless told otherwise. */
export const cpu: ProviderCandidate = { name: 'cpu', device: 0 };

/**
 * A one-threaded session: run() blocks its thread, and threads are what we have workers for.
 * A provider that does not start is a VsrError 'provider'.
 */
export async function openSession(
  model: Uint8Array,
  provider: ProviderCandidate = cpu,
): Promise<InferenceSession> {
  const { InferenceSession: Session } = await onnxRuntime();
  try {
    return await Session.create(model, {
      executionProviders: [executionProvider(provider)],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: printsNothing,
    });
  } catch (error) {
    if (provider.name === 'cpu') throw error;
    throw providerFailure([provider], messageOf(error));
  }
}

/** A float tensor with memory of its own, and that memory. */
export async function floatTensor(
  dims: readonly number[],
): Promise<{ tensor: Tensor; data: Float32Array }> {
  const { Tensor: OrtTensor } = await onnxRuntime();
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  return { tensor: new OrtTensor('float32', data, dims), data };
}
