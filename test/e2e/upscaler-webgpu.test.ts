import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { noSoftwareVulkan, runWithVulkan } from '../support/software-vulkan.js';

test('the webgpu provider gives the values of the CPU', { skip: noSoftwareVulkan }, () => {
  const program = fileURLToPath(new URL('../support/webgpu-run.js', import.meta.url));
  const [cpu, webgpu] = [runWithVulkan(program, 'cpu'), runWithVulkan(program, 'webgpu')];
  assert.match(cpu, /^cpu [0-9a-f]{32}$/);
  assert.equal(webgpu, cpu.replace('cpu', 'webgpu:0'));
});
