import assert from 'node:assert/strict';
import test from 'node:test';
import type { FrameTrace } from '../../../src/enlarge/frame-trace.js';
import { awaitRuns, doRuns } from '../../../src/enlarge/frame-trace.js';

const shared = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
const traceOf = (): FrameTrace => ({
  index: 0,
  input: new Uint8Array(0),
  output: new Uint8Array(0),
  ...{ reference: null, follows: false, bicubic: new Uint8Array(0), still: new Uint8Array(0) },
  ...{ around: [], steadied: null, ready: shared(1) },
  state: shared(1),
  runs: shared(2),
  sums: new Float64Array(0),
});
const rects = Array.from({ length: 7 }, (_, i) => ({ x0: 0, y0: i, x1: 9, y1: i + 1 }));

test('every run of a frame is done once, whoever does it', async () => {
  const trace = traceOf();
  const done: [string, number][] = [];
  const worker = (name: string): Promise<void> =>
    doRuns(trace, rects, shared(1), async (rect) => {
      done.push([name, rect.y0]);
      await Promise.resolve();
    });
  await Promise.all([worker('a'), worker('b'), worker('c')]);
  assert.deepEqual(
    done.map(([, y]) => y),
    [0, 1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(new Set(done.map(([name]) => name)), new Set(['a', 'b', 'c']));
  awaitRuns(trace, rects.length, shared(1));
});

test('waiting for the runs of another ends when that fails, and when all are to stop', async () => {
  const trace = traceOf();
  const failing = doRuns(trace, rects, shared(1), () => Promise.reject(new Error('no memory')));
  await assert.rejects(failing, /no memory/);
  trace.state[0] = 2;
  assert.throws(() => awaitRuns(trace, rects.length, shared(1)), { code: 'model' });
  trace.state[0] = 0;
  const stop = shared(1).fill(1);
  assert.throws(() => awaitRuns(trace, rects.length, stop), { code: 'interrupted' });
  await assert.rejects(
    doRuns(trace, rects, stop, () => Promise.resolve()),
    { code: 'interrupted' },
  );
});
