import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { reportPathOf } from '../../../src/library/report-path.js';

test('a page goes beside the only output, or into the folder that all of them are in', () => {
  assert.equal(reportPathOf(['out/a.x2.mkv']), 'out/a.x2.mkv.report.html');
  assert.equal(reportPathOf(['out/a.x2.mkv.vsr.json']), 'out/a.x2.mkv.report.html');
  assert.equal(reportPathOf(['a.mkv', 'b.mkv']), 'vsr-report.html');
  assert.equal(reportPathOf(['out/a.mkv', 'out/b.mkv']), path.join('out', 'vsr-report.html'));
  assert.equal(reportPathOf(['out/a/1.mkv', 'out/b/1.mkv']), path.join('out', 'vsr-report.html'));
  assert.equal(reportPathOf(['out/a/1.mkv', 'out/2.mkv']), path.join('out', 'vsr-report.html'));
  assert.equal(reportPathOf(['out/1.mkv', 'out-2/1.mkv']), 'vsr-report.html');
  assert.equal(reportPathOf(['/tapes/a/1.mkv', '/tapes/b/1.mkv']), '/tapes/vsr-report.html');
});
