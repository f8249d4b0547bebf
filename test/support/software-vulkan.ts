import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

// Debian's chromium brings a software Vulkan driver: slow, but good enough to check values with.
const folder = '/usr/lib/chromium';
const driver = path.join(folder, 'vk_swiftshader_icd.json');

/** Why tests of the webgpu provider are skipped here; `false` where they can run. */
export const noSoftwareVulkan = existsSync(driver)
  ? false
  : `no software Vulkan at ${driver} (Debian's chromium package)`;

function run(icd: string, words: readonly string[]): string {
  return execFileSync(process.execPath, words, {
    env: {
      ...process.env,
      LD_LIBRARY_PATH: folder,
      VK_ICD_FILENAMES: icd,
      VK_DRIVER_FILES: icd,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
    .toString()
    .trim();
}

/** What a program prints when the software Vulkan is the only driver that it finds. */
export function runWithVulkan(program: string, ...args: readonly string[]): string {
  return run(driver, [program, ...args]);
}

/** The same with no Vulkan driver to find; throws with the program's stderr where it fails. */
export function runWithoutVulkan(program: string, ...args: readonly string[]): string {
  return run(path.join(folder, 'no-such-driver.json'), [program, ...args]);
}
