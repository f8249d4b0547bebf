import assert from 'node:assert/strict';
import test from 'node:test';
import { runsStrip } from '../../../../src/report/page/page-runs.js';
import type { SidecarRuns } from '../../../../src/metrics/sidecar-settings.js';

const plan: SidecarRuns = {
  runs: [
    { first: 0, kind: 'film', order: 'top', cadence: '3:2', place: 0 },
    { first: 300, kind: 'video', order: 'bottom', cadence: null, place: 0 },
  ],
  ...{ combed: [], repeated: [], frames: 400, frameRate: { num: 25, den: 1 } },
  ...{ weavesFilm: true, videoRate: 'field', dropsRepeats: false },
};

test('a strip shows each part as long as it is, and says what it was taken for', () => {
  const strip = runsStrip(plan);
  const rects = [...strip.matchAll(/<rect class="run (\w+)" x="([\d.]+)" width="([\d.]+)"/g)];
  assert.deepEqual(
    rects.map(([, kind, x, width]) => [kind, Number(x), Number(width)]),
    [
      ['film', 0, 750],
      ['video', 750, 250],
    ],
  );
  assert.match(strip, /<title>0:12\.0 to 0:16\.0: video, bottom field first<\/title>/);
  assert.match(strip, /film: 300 of 400 frames.*video: 100 of 400 frames/);
});

test('a clip without parts has no strip, and one of very many shows the longest', () => {
  assert.equal(runsStrip(null), '');
  const runs = Array.from({ length: 2000 }, (_, i) => ({
    ...plan.runs[0]!,
    first: 30 * i + (i % 7),
  }));
  const count = runsStrip({ ...plan, runs, frames: 70_000 }).match(/<rect/g)!.length;
  assert.equal(count, 400);
});
