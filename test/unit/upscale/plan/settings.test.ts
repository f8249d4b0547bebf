import assert from 'node:assert/strict';
import test from 'node:test';
import { exitCodeOf } from '../../../../src/errors.js';
import type { UpscaleOptions } from '../../../../src/upscale/plan/options.js';
import { checkOptions } from '../../../../src/upscale/plan/settings.js';

const bad: [UpscaleOptions, RegExp][] = [
  [{ scale: 1.3 }, /a whole or half number of at least 1 for scale but received 1.3/],
  [{ scale: 0.5 }, /at least 1 for scale but received 0.5/],
  [{ scale: 2.25 }, /a whole or half number of at least 1 for scale but received 2.25/],
  [{ workers: 0 }, /at least 1 for workers/],
  [{ start: -1 }, /0 or more/],
  [{ start: 5, end: 5 }, /after start \(5 s\)/],
  [{ scale: 2, to: '720p' }, /not both/],
  [{ log: 'log.txt' }, /\.csv or \.jsonl/],
  [{ crf: 99 }, /0 to 51 with libx264/],
  [{ codec: 'ffv1', crf: 0 }, /has no --crf/],
  [{ codec: 'mpeg7' }, /one of auto, h264/],
  [{ codec: 'libx264rgb' }, /for codec but received "libx264rgb"\. It takes RGB/],
  [{ codec: 'mpeg4', crf: 40 }, /Expected 1 to 31 with mpeg4 for crf/],
  [{ codec: 'hevc_nvenc', encoder: 'nvenc' }, /by its own name or a kind of it, not both/],
];

test('what is wrong is named, and is a wrong call', () => {
  for (const [options, message] of bad) {
    assert.throws(
      () => checkOptions(options),
      (error) => exitCodeOf(error) === 2 && message.test((error as Error).message),
      JSON.stringify(options),
    );
  }
});

test('what is right passes', () => {
  checkOptions({});
  checkOptions({ codec: 'libaom-av1', crf: 63 });
  checkOptions({ codec: 'hevc', encoder: 'vaapi' });
  checkOptions({ scale: 4, workers: 2, start: 0, end: 1.5, log: 'a.jsonl', crf: 0, codec: 'av1' });
});
