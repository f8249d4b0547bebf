import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

// Debian's chromium brings a Vulkan driver in software: slow, and enough to see that the values are right.
const folder = '/usr/lib/chromium';
const driver = path.join(folder, 'vk_swiftshader_icd.json');

/** Why tests of the webgpu provider are skipped here; `false` where they can run. */
export const noSoftwareVulkan = existsSync(driver)
  ? false
  : `no software Vulkan at ${driver} (Debian's chromium package)`;

/** What a program prints that can see the software Vulkan. */
export function runWithVulkan(program: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [program, ...args], {
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
