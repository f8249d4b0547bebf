import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { stampOf } from '../../../../src/upscale/plan/identity.js';
import type { JobContext } from '../../../../src/upscale/segments/job-context.js';
import { ProgressCounter } from '../../../../src/upscale/segments/progress.js';
import { runSegments } from '../../../../src/upscale/segments/run-segments.js';
import type { SegmentRecord } from '../../../../src/upscale/segments/segment-record.js';
import type {
  openSegmentTools,
  SegmentTools,
} from '../../../../src/upscale/segments/segment-tools.js';
import type { WorkFolder } from '../../../../src/upscale/segments/work-folder.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/** Three segments of ten frames; on a device, the second fails with `error` after four of them. */
async function runOn(provider: 'auto' | 'webgpu', error: Error) {
  const input = path.join(temporaryFolder(), 'clip.mp4');
  writeFileSync(input, 'a clip');
  const progress = new ProgressCounter({ clip: input, output: 'out.mp4', of: 30 }, () => {});
  const settings = { frames: Infinity, provider: { name: provider, device: 0 } };
  const job = {
    plan: { input, source: { path: input }, settings },
    signal: new AbortController().signal,
    progress,
    stamp: await stampOf(input),
  } as unknown as JobContext;
  const segments = [0, 1, 2];
  const finished = new Map<number, SegmentRecord>();
  const folder = {
    plan: { segments },
    finished: () => Promise.resolve(null),
    files: (segment: unknown) => segment,
    finish: (segment: unknown, record: SegmentRecord) => {
      finished.set(segment as number, record);
      return Promise.resolve();
    },
  } as unknown as WorkFolder;
  const opened: string[] = [];
  let open = 0;
  const openFake = (async (
    context: JobContext,
    segment: unknown,
    ...[, skip]: [number, number]
  ) => {
    const { name } = context.plan.settings.provider;
    const runs = name === 'cpu' ? 'cpu' : 'webgpu:0';
    opened.push(`${runs} at segment ${String(segment)}, frame ${skip}`);
    open++;
    return Promise.resolve({
      job: context,
      upscaler: { provider: runs, timings: {} },
      reference: null,
      clock: { seconds: () => ({}) },
      [Symbol.asyncDispose]() {
        open--;
        return Promise.resolve();
      },
    } as unknown as SegmentTools);
  }) as typeof openSegmentTools;
  const make = (tools: SegmentTools, segment: unknown) => {
    const device = tools.upscaler.provider;
    for (let i = 0; i < 10; i++) {
      if (segment === 1 && device !== 'cpu' && i === 4) return Promise.reject(error);
      progress.add(null);
    }
    const record = { frames: 10, provider: device } as SegmentRecord;
    return Promise.resolve({ frames: 10, written: Promise.resolve(record) });
  };
  const result = await runSegments(job, folder, make as never, openFake).catch(
    (failure: unknown) => failure,
  );
  return { result, opened, stillOpen: open, finished, frames: progress.frames };
}

const lost = new VsrError('provider', 'The device webgpu:0 failed while running: device lost.');

test('a device that auto chose and that is lost leaves its segment to the CPU, which goes on', async () => {
  const { result, opened, stillOpen, finished, frames } = await runOn('auto', lost);
  assert.deepEqual(opened, ['webgpu:0 at segment 0, frame 0', 'cpu at segment 1, frame 10']);
  assert.equal(stillOpen, 0);
  assert.deepEqual(
    [...finished.values()].map((record) => record.provider),
    ['webgpu:0', 'cpu', 'cpu'],
  );
  assert.equal(frames, 30);
  const { notes } = result as { notes: { what: string; why: string }[] };
  assert.equal(notes.length, 1);
  assert.equal(notes[0]!.what, 'provider webgpu:0');
  assert.match(notes[0]!.why, /device lost\. The CPU made that segment again/);
});

test('a device that was asked for by name stops the job, and what is finished is kept', async () => {
  const { result, opened, stillOpen, finished } = await runOn('webgpu', lost);
  assert.equal(result, lost);
  assert.equal(opened.length, 1);
  assert.equal(stillOpen, 0);
  assert.deepEqual([...finished.keys()], [0]);
});

test('another failure is not the device’s, and nothing is tried again', async () => {
  const error = new VsrError('media', 'The clip is damaged.');
  const { result, opened } = await runOn('auto', error);
  assert.equal(result, error);
  assert.equal(opened.length, 1);
});
