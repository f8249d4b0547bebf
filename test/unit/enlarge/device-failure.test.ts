import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceFailure, deviceHangs } from '../../../src/enlarge/device-failure.js';

const cuda = { name: 'cuda', device: 1 } as const;

test('a device’s failure names it, the reason, and memory where that ran out', () => {
  // As ONNX Runtime 1.30 and its providers say it.
  const cases: [string, RegExp][] = [
    [
      'CUDA failure 2: out of memory ; GPU=1 ; hostname=x',
      /cuda:1 ran out of memory while running/,
    ],
    ['Failed to allocate memory for requested buffer of size 8388608', /ran out of memory/],
    ['VK_ERROR_OUT_OF_DEVICE_MEMORY', /ran out of memory/],
    [
      'Non-zero status code\nreturned. Device lost.',
      /cuda:1 failed while running: .* Device lost\.$/,
    ],
  ];
  for (const [said, message] of cases) {
    const error = deviceFailure(cuda, new Error(said));
    assert.equal(error.code, 'provider');
    assert.match(error.message, message);
  }
});

test('a device that hangs is named with the time that it was given', () => {
  const { code, message } = deviceHangs(cuda, 120_000);
  assert.deepEqual(
    [code, message],
    ['provider', 'The device cuda:1 has not answered for 120 s: its driver hangs.'],
  );
});
