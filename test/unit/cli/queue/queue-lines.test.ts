import assert from 'node:assert/strict';
import test from 'node:test';
import { clipLines, statusLines, workerLines } from '../../../../src/cli/queue/queue-lines.js';
import type { ClipView, LaneView, Overview } from '../../../../src/queue/control/overview.js';
import { metricsOf } from '../../../../src/queue/control/metrics.js';
import type { SeenWorker } from '../../../../src/queue/redis/book.js';

const evil = 'a\x1b[2J\u202eb\r\n"c\\$(touch x)\u2066\x07';

const clip: ClipView = {
  ...{ id: evil, fingerprint: evil, input: evil, output: evil, ref: null, runs: [] },
  ...{ priority: 'batch', submitted: 0, frames: 3, before: 0, samples: 1, state: 'failed' },
  ...{ cause: evil, done: 1, openSeconds: null },
};
const lane: LaneView = {
  fingerprint: {
    ...{ id: evil, vsr: evil, ffmpeg: evil, processor: evil, cores: evil, provider: evil },
    models: evil,
  },
  ...{ workers: 1, paused: false, waiting: 0, active: 0, failed: 0, openClips: 0 },
  openSeconds: null,
};
const worker: SeenWorker = {
  ...{ id: evil, name: evil, fingerprint: evil, roots: [evil], segmentsDone: 1, failures: 0 },
  ...{ doing: evil, clockMs: 0, silentMs: 0, since: '' },
};
const all: Overview = { queue: 'redis://nas', lanes: [lane], clips: [clip], workers: [worker] };

test('whatever a stranger put into the queue, its lists steer no terminal and keep their lines', () => {
  for (const lines of [statusLines(all), clipLines([clip]), workerLines([worker])]) {
    const text = lines.join('\n');
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.match(text, /a\\x1b\[2J\\u202eb\\r\\n"c/);
  }
  const figures = metricsOf(all);
  assert.doesNotMatch(figures.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  // One line for each value: a name ends neither its label nor its line.
  for (const line of figures.trimEnd().split('\n')) {
    assert.match(line, /^(#|\w+\{\w+="([^"\\]|\\.)*"(,\w+="([^"\\]|\\.)*")*\} -?\d)/);
  }
});
