/**
 * Switches off ONNX Runtime's telemetry: from 1.30 on it stores a device number and a queue of
 * events in the home folder and sends them away. It reads this variable once, when it starts.
 * Threads have copies of the environment that the runtime does not see, so the thread that starts
 * them must set it.
 */
export function switchOffTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}
