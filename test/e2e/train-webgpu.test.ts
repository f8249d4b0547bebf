import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { noSoftwareVulkan, runWithoutVulkan, runWithVulkan } from '../support/software-vulkan.js';

test('the webgpu provider gives the gradient of the CPU', { skip: noSoftwareVulkan }, () => {
  const program = fileURLToPath(new URL('../support/webgpu-gradient.js', import.meta.url));
  const [cpu, webgpu] = ['cpu', 'webgpu'].map(
    (provider) => JSON.parse(runWithVulkan(program, provider)) as number[],
  ) as [number[], number[]];
  // Else it is the CPU that was asked twice.
  assert.throws(() => runWithoutVulkan(program, 'webgpu'), /does not start/);
  assert.equal(webgpu.length, cpu.length);
  const largest = Math.max(...cpu.map(Math.abs));
  assert.ok(largest > 1e-3, 'there is a gradient');
  const furthest = Math.max(...cpu.map((value, i) => Math.abs(value - webgpu[i]!)));
  assert.ok(furthest < 1e-5 * largest, `${furthest} apart where the largest is ${largest}`);
});
