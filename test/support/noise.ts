import type { OutputPlan } from '../../src/media/output/output-plan.js';

/** Noise for a frame of a plan, the same each time, in samples of the layout's depth. */
export function noise(plan: OutputPlan, frame: number): Uint8Array<ArrayBuffer> {
  const { byteLength, sampleBytes, format } = plan.frameLayout;
  const data = new Uint8Array(byteLength);
  let state = 12345 + frame * 7919;
  const next = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  if (sampleBytes === 1) data.forEach((_, i) => (data[i] = next()));
  else {
    const samples = new Uint16Array(data.buffer);
    samples.forEach((_, i) => (samples[i] = next() & ((1 << format.bitDepth) - 1)));
  }
  return data;
}
