import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf } from '../../errors.js';
import { onnxRuntime, printsNothing } from '../../model/runtime/onnx-runtime.js';
import { type ProviderCandidate, providerFailure } from '../../model/runtime/providers.js';
import { executionProvider } from '../../model/runtime/session.js';

/** The processor, on which gradients are computed unless another provider is named. */
export const cpu: ProviderCandidate = { name: 'cpu', device: 0 };

/**
 * Opens a session with one thread: `run()` blocks the thread that calls it, and work in parallel is
 * done by worker threads. Throws VsrError `provider` where `provider` does not start.
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

/** An int64 tensor with memory of its own, and that memory. */
export async function intTensor(
  dims: readonly number[],
): Promise<{ tensor: Tensor; data: BigInt64Array }> {
  const { Tensor: OrtTensor } = await onnxRuntime();
  const data = new BigInt64Array(dims.reduce((product, dim) => product * dim, 1));
  return { tensor: new OrtTensor('int64', data, dims), data };
}
