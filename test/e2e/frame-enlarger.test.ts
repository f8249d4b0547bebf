import assert from 'node:assert/strict';
import test from 'node:test';
import { type EnlargerSpec, openFrameEnlarger } from '../../src/enlarge/frame-enlarger.js';
import type { FrameTrace } from '../../src/enlarge/frame-trace.js';
import { again, withoutNetwork } from '../../src/enlarge/pool-threads.js';
import { planStrips } from '../../src/enlarge/reuse/strips.js';
import { sumsLength } from '../../src/enlarge/scores/score-frame.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { buildInferenceGraph } from '../../src/model/load/inference-graph.js';
import { planeOf } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { picture } from '../support/picture.js';
import { writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** What threads enlarge a frame of 702x305 with, and a maker of such frames. */
async function threadWork() {
  const file = await writeRandomModel(folder, 'espcn-16', 2);
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 702, 305);
  const larger = frameLayout(layout.format, 1404, 610);
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
  const newTrace = (): FrameTrace => ({
    index: 0,
    input: picture(layout, 5).data,
    output: new Uint8Array(shared(larger.byteLength)),
    ...{ reference: null, follows: false },
    ...{ bicubic: new Uint8Array(0), still: new Uint8Array(0) },
    ...{ around: [], steadied: null, ready: new Int32Array(shared(4)) },
    state: new Int32Array(shared(4)),
    runs: new Int32Array(shared(8)),
    sums: new Float64Array(sumsLength(305)),
  });
  const graph = buildInferenceGraph(chain.passes, 8, 'cpu');
  const spec: EnlargerSpec = {
    ...{
      graph,
      cpuGraph: graph,
      own: 'fp32',
      half: null,
      layout,
      larger,
      siting: 'left',
      scores: false,
      reuse: true,
      chroma: 'bicubic',
      steady: false,
      mask: null,
      ...{ triesFirst: false, runsElsewhere: null },
    },
    colour: { range: 'tv', kr: 0.2126, kb: 0.0722 },
    candidates: [{ name: 'cpu', device: 0 }],
    stop: new Int32Array(shared(4)),
  };
  return { spec, newTrace, strips: planStrips(702, 305, graph) };
}

test('a thread that helps makes the luma of its runs, to the bit', async () => {
  const { spec, newTrace, strips } = await threadWork();
  const enlarger = await openFrameEnlarger(spec);
  const [alone, helped] = [newTrace(), newTrace()];
  await enlarger.enlarge(alone, null);
  helped.runs[0] = 1; // The first run is another thread's.
  await enlarger.help(helped);
  const { larger } = spec;
  const [expected, actual] = [alone, helped].map(({ output }) => planeOf(output, larger, 0).data);
  assert.equal(actual![0], 0);
  assert.deepEqual([...helped.runs].slice(1), [strips.length - 1]);
  const below = 2 * strips[0]!.y1 * larger.width;
  assert.deepEqual(actual!.subarray(below), expected!.subarray(below));
});

test('where the network runs elsewhere, a thread makes the rest, and waits for that', async () => {
  const { spec, newTrace, strips } = await threadWork();
  const whole = await openFrameEnlarger(spec);
  const rest = await openFrameEnlarger(
    withoutNetwork(spec, { provider: { name: 'cpu', device: 0 }, precision: 'fp32' }),
  );
  const [alone, shared] = [newTrace(), newTrace()];
  await whole.enlarge(alone, null);
  await whole.help(shared);
  const luma = planeOf(shared.output, spec.larger, 0).data;
  assert.deepEqual(luma, planeOf(alone.output, spec.larger, 0).data);
  assert.notDeepEqual(shared.output, alone.output);
  await rest.enlarge(shared, null);
  assert.deepEqual(shared.output, alone.output);
  // With a part still to come it does not end before it is stopped.
  const unfinished = newTrace();
  unfinished.runs.fill(strips.length - 1, 1);
  spec.stop[0] = 1;
  await assert.rejects(rest.enlarge(unfinished, null), { code: 'interrupted' });
});

test('a second session on a device computes as the first does, and is tried at once', async () => {
  const { spec } = await threadWork();
  const provider = { name: 'cuda', device: 1 } as const;
  const half = { bytes: new Uint8Array(3), demanded: false };
  const like = (precision: 'fp32' | 'fp16') => again({ ...spec, half }, { provider, precision });
  assert.deepEqual(like('fp16').half, { ...half, demanded: true });
  assert.equal(like('fp32').half, null);
  assert.deepEqual([like('fp32').candidates, like('fp32').triesFirst], [[provider], true]);
});
