import os from 'node:os';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { buildInferenceGraph } from '../../src/model/load/inference-graph.js';
import { precisionNames } from '../../src/model/runtime/precision.js';
import { providerNames } from '../../src/model/runtime/providers.js';
import { openSession } from '../../src/model/runtime/session.js';
import { FramePool } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { planStrips } from '../../src/enlarge/reuse/strips.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { windowFor } from '../../src/enlarge/network/window.js';

/**
 * A program for one device: `device-session.js <bare|upscaler> <provider> <precision> <width>
 * <height> [model]` enlarges synthetic frames and prints frames per second.
 */
const [, , what, providerWord, precisionWord, widthWord, heightWord, model] = process.argv;
const name = providerNames.find((known) => known === providerWord)!;
const precision = precisionNames.find((known) => known === precisionWord)!;
const layout = frameLayout(pixelFormats.get('yuv420p')!, Number(widthWord), Number(heightWord));
const chain = await chooseChain(2, model ?? 'default', { kind: 'clean' });
const pool = new FramePool(layout);
/** Threads beside the device's: one for each core, four at most. */
const workers = Math.min(4, os.availableParallelism());
const inputs = Array.from({ length: workers + 4 }, (_, n) => {
  const frame = pool.take(n, n);
  frame.data.forEach((_, i) => (frame.data[i] = ((i + n) * 2654435761) >>> 24));
  return frame;
});

/** Frames per second over four seconds, at least three frames; two frames before do not count. */
async function framesPerSecond(
  work: (n: number) => Promise<void>,
  finish = (): Promise<unknown> => Promise.resolve(),
): Promise<number> {
  for (let n = 0; n < 2; n++) await work(n);
  await finish();
  const begun = performance.now();
  let frames = 0;
  while (frames < 3 || (performance.now() - begun < 4000 && frames < 2000)) await work(frames++);
  await finish();
  return (frames * 1000) / (performance.now() - begun);
}

async function bareSession(): Promise<number> {
  const graph = buildInferenceGraph(
    chain.passes,
    8,
    precision === 'fp16' ? 'half' : name === 'cpu' ? 'cpu' : 'any',
  );
  const { ort, session, provider } = await openSession(graph.bytes, [{ name, device: 0 }]);
  const { width, height } = layout;
  const strips = planStrips(width, height, graph, provider.name === 'cpu').map((rect) => {
    const { x0, y0, x1, y1 } = windowFor(graph, rect, width, height).taken;
    const count = (x1 - x0) * (y1 - y0);
    return new ort.Tensor(
      'uint8',
      Uint8Array.from({ length: count }, (_, i) => (i * 2654435761) >>> 24),
      [1, 1, y1 - y0, x1 - x0],
    );
  });
  const fps = await framesPerSecond(async () => {
    for (const x of strips) await session.run({ x });
  });
  await session.release();
  return fps;
}

async function upscaler(): Promise<number> {
  const options = { chain, layout, provider: { name }, precision, workers } as const;
  const plain = { siting: 'left', range: 'tv', scores: false, reuse: false } as const;
  await using open = await openUpscaler({ ...options, ...plain });
  const pending: Promise<void>[] = [];
  const enlarge = async (n: number): Promise<void> => {
    const frame = { ...inputs[n % inputs.length]!, index: n, pts: n };
    pending.push(open.upscale(frame).then((done) => open.release(done.frame)));
    if (pending.length > workers + 1) await pending.shift();
  };
  return await framesPerSecond(enlarge, () => Promise.all(pending.splice(0)));
}

process.stdout.write(String(await (what === 'bare' ? bareSession() : upscaler())));
