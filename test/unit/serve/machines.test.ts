import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClipView, Overview } from '../../../src/queue/control/overview.js';
import { laneWords, workerWords } from '../../../src/serve/browser/machines-words.js';
import { awaySentence } from '../../../src/serve/machines/machines.js';
import { viewOf } from '../../../src/serve/machines/machines-view.js';

const clip = (id: string, state: ClipView['state']): ClipView => ({
  ...{ id, state, fingerprint: 'f', input: `m:${id}.mkv`, output: `m:${id}.x2.mkv` },
  ...{ ref: { secret: 'of this clip' }, runs: [], priority: 'batch', submitted: 1, frames: 10 },
  ...{ before: 0, samples: 100, cause: null, done: 3, openSeconds: null },
});

const worker = {
  ...{ id: 'w', name: 'nas:1', fingerprint: 'f', roots: ['m', '@share'], since: '', doing: null },
  ...{ segmentsDone: 1, failures: 0, clockMs: 3, silentMs: 17 },
};

const overview: Overview = {
  queue: 'redis://nas:6379',
  lanes: [
    {
      fingerprint: { id: 'f', ffmpeg: '5.1', provider: 'cpu', cores: 2 } as never,
      ...{ workers: 1, paused: false, waiting: 0, active: 0, failed: 0 },
      ...{ openClips: 1, openSeconds: 61 },
    },
  ],
  clips: [clip('a', 'done'), clip('b', 'open'), clip('mine', 'open'), clip('c', 'failed')],
  workers: [worker],
};

test('others’ clips are shown, open ones first, then what ended last; never our own', () => {
  const view = viewOf(overview, new Set(['m:mine.x2.mkv']));
  assert.deepEqual(
    view.clips.map(({ id }) => id),
    ['b', 'c', 'a'],
  );
  // Nothing that the page need not know, and nothing that changes with each look.
  const text = JSON.stringify(view);
  assert.doesNotMatch(text, /secret|silentMs|clockMs/);
  const many = Array.from({ length: 130 }, (_, i) => clip(`n${i}`, 'open'));
  const long = viewOf({ ...overview, clips: [...many, clip('z', 'open')] }, new Set());
  assert.deepEqual([long.clips.length, long.more], [100, 31]);
});

test('machines and workers are told in words', () => {
  const { lanes, workers } = viewOf(overview, new Set());
  const [lane] = lanes;
  assert.equal(
    laneWords(lane!),
    'ffmpeg 5.1, cpu, 2 cores: 1 worker, 1 open clip, 1:01 of one worker’s time.',
  );
  const idle = { ...lane!, workers: 0, openClips: 0, openSeconds: null, paused: true };
  assert.match(laneWords(idle), /: no workers, no open clips, paused\.$/);
  assert.equal(workerWords(workers[0]!), 'waits; 1 segment done; has m');
  assert.match(workerWords({ ...workers[0]!, roots: ['@share'] }), /; no shared folder$/);
});

test('a queue that is away is said in one sentence, with advice only where it helps', () => {
  const shown = 'redis://nas:6379';
  assert.equal(
    awaySentence(shown, new Error('connect ECONNREFUSED')),
    'The queue redis://nas:6379 cannot be reached (connect ECONNREFUSED): jobs wait, and go on once it is back.',
  );
  assert.match(
    awaySentence(shown, new Error('WRONGPASS x.')),
    /\(WRONGPASS x\).* Name the password/,
  );
});
