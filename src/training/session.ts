import type { InferenceSession, Tensor } from 'onnxruntime-node';

type Runtime = typeof import('onnxruntime-node');

/** ONNX Runtime, loaded when it is first needed. */
export async function onnxRuntime(): Promise<Runtime> {
  return await import('onnxruntime-node');
}

/** A one-threaded session on the CPU: run() blocks its thread, and threads are what we have workers for. */
export async function openSession(model: Uint8Array): Promise<InferenceSession> {
  const { InferenceSession: Session } = await onnxRuntime();
  return await Session.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
}

/** A float tensor with memory of its own, and that memory. */
export async function floatTensor(
  dims: readonly number[],
): Promise<{ tensor: Tensor; data: Float32Array }> {
  const { Tensor: OrtTensor } = await onnxRuntime();
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  return { tensor: new OrtTensor('float32', data, dims), data };
}
