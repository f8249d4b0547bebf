import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

// Debian's chromium brings a Vulkan driver in software: slow, and enough to see that the values are right.
const folder = '/usr/lib/chromium';
const driver = path.join(folder, 'vk_swiftshader_icd.json');
const skip = existsSync(driver)
  ? false
  : `no software Vulkan at ${driver} (Debian's chromium package)`;

function run(provider: string): string {
  const program = fileURLToPath(new URL('../support/webgpu-run.js', import.meta.url));
  return execFileSync(process.execPath, [program, provider], {
    env: {
      ...process.env,
      LD_LIBRARY_PATH: folder,
      VK_ICD_FILENAMES: driver,
      VK_DRIVER_FILES: driver,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();
}

test('the webgpu provider gives the values of the CPU', { skip }, () => {
  const [cpu, webgpu] = [run('cpu'), run('webgpu')];
  assert.match(cpu, /^cpu [0-9a-f]{32}$/);
  assert.equal(webgpu, cpu.replace('cpu', 'webgpu:0'));
});
