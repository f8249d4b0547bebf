import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { onlyInLongForm } from '../support/long-form.js';
import { noSoftwareVulkan, runWithVulkan } from '../support/software-vulkan.js';

const program = fileURLToPath(new URL('../support/webgpu-run.js', import.meta.url));

test('the webgpu provider gives the values of the CPU', { skip: noSoftwareVulkan }, () => {
  const [cpu, webgpu] = [runWithVulkan(program, 'cpu'), runWithVulkan(program, 'webgpu')];
  assert.match(cpu, /^cpu fp32 [0-9a-f]{32}$/);
  assert.equal(webgpu, cpu.replace('cpu', 'webgpu:0'));
});

test('frames that are given at once come in their order', { skip: noSoftwareVulkan }, () => {
  const [cpu, webgpu] = ['cpu', 'webgpu'].map((name) => runWithVulkan(program, name, 'fp32', '3'));
  assert.equal(webgpu, cpu!.replace('cpu', 'webgpu:0'));
});

test(
  'what other threads make beside the device is what the CPU makes: still areas, mask, scores',
  { skip: noSoftwareVulkan },
  () => {
    const [cpu, webgpu] = ['cpu', 'webgpu'].map((name) =>
      runWithVulkan(program, name, 'fp32', '2', '120000', 'whole'),
    );
    assert.match(cpu!, /^cpu fp32 [0-9a-f]{32}$/);
    assert.equal(webgpu, cpu!.replace('cpu', 'webgpu:0'));
  },
);

test(
  'a device that does not answer in time is named, and nothing waits for it',
  { skip: noSoftwareVulkan },
  () => {
    const said = runWithVulkan(program, 'webgpu', 'fp32', '2', '1');
    assert.equal(said, 'provider: The device webgpu:0 has not answered for 0 s: its driver hangs.');
  },
);

test(
  'a device without half precision says so, and auto is then single',
  {
    skip: noSoftwareVulkan || onlyInLongForm,
  },
  (t) => {
    const half = runWithVulkan(program, 'webgpu', 'fp16');
    if (half.startsWith('webgpu:0 fp16 ')) {
      t.skip('this software Vulkan knows half precision');
      return;
    }
    assert.match(half, /^provider: Half precision does not run on webgpu \(device 0\): .*fp32\.$/);
    assert.equal(runWithVulkan(program, 'webgpu', 'auto'), runWithVulkan(program, 'webgpu'));
  },
);
