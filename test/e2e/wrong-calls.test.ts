import assert from 'node:assert/strict';
import test from 'node:test';
import { runVsr } from '../support/run-vsr.js';

/** Wrong calls, and the one sentence that is said of each. */
const calls: readonly [call: string, sentence: string][] = [
  ['clip.mp4', 'There is no command clip.mp4. Did you mean: vsr upscale clip.mp4'],
  ['--scale 2 a.mkv', 'There is no option --scale. Did you mean: vsr upscale --scale 2 a.mkv'],
  ['upscal a.mp4', 'There is no command upscal. Did you mean upscale?'],
  ['upscale a.mp4 -s 1', 'Expected a whole number of at least 2 for --scale but received "1".'],
  ['upscale a.mp4 --crf x', 'Expected a number for --crf but received "x".'],
  ['upscale a.mp4 --crf', 'Expected a value for --crf but received none.'],
  ['upscale a.mp4 --frmes 3', 'There is no option --frmes. Did you mean --frames?'],
  ['upscale', 'Expected inputs after the command but received nothing.'],
  ['train --out a.onnx', 'Expected --data to be given, but it is missing.'],
  [
    'train --data . --out a.onnx --keep some',
    'Expected one of best, last for --keep but received "some".',
  ],
  ['models a', 'Expected at most 0 arguments for models but received 1.'],
  ['setup cud', 'There is no command cud. Did you mean cuda?'],
  ['setup', 'Expected a command but received none; those above are there.'],
];

for (const [call, sentence] of calls) {
  test(`vsr ${call}: one sentence in the wording of all, exit code 2`, async () => {
    const { code, stderr, stdout } = await runVsr(...call.split(' '));
    assert.equal(stderr.split('\n').at(-2), `vsr: ${sentence}`);
    assert.equal(code, 2);
    assert.equal(stdout, '');
  });
}
