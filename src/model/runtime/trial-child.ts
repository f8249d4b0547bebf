import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.js';
import { startThread } from '../../start-thread.js';
import { onnxRuntime, printsNothing } from './onnx-runtime.js';
import type { TrialReply, TrialResult, TrialTask } from './trial-process.js';

/** `count` samples of middle grey in the given type; 0x3800 is 0.5 in half precision. */
function grey(type: TrialTask['type'], count: number): Uint8Array | Float32Array | Uint16Array {
  if (type === 'uint8') return new Uint8Array(count).fill(128);
  return type === 'float32'
    ? new Float32Array(count).fill(0.5)
    : new Uint16Array(count).fill(0x3800);
}

async function run(task: TrialTask, open: () => void): Promise<TrialResult> {
  const ort = await onnxRuntime();
  const session = await ort.InferenceSession.create(task.bytes, {
    logSeverityLevel: printsNothing,
  });
  open();
  const count = task.dims.reduce((product, dim) => product * dim, 1);
  const tensor = new ort.Tensor(task.type, grey(task.type, count), task.dims);
  const results = await session.run({ [task.input]: tensor }, [task.output]);
  const { dims, data } = results[task.output]!;
  const energy =
    data instanceof Float32Array ? data.reduce((sum, value) => sum + value * value, 0) : null;
  return { dims, energy };
}

// The process waits for a task, and ends when its parent does. The model runs in a thread, since
// that may get stuck in the runtime.
if (isMainThread) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.once('message', (task: TrialTask) => {
    const thread = startThread(new URL(import.meta.url), { workerData: task });
    const send = (reply: TrialReply): void => void process.send?.(reply);
    thread.on('message', send);
    thread.on('error', (error) => send({ failure: messageOf(error) }));
  });
} else {
  const send = (reply: TrialReply): void => parentPort?.postMessage(reply);
  run(workerData as TrialTask, () => send('open')).then(send, (error: unknown) =>
    send({ failure: messageOf(error) }),
  );
}
