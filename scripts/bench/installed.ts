import { mkdir } from 'node:fs/promises';
import { messageOf } from '../../src/errors.js';
import { timed } from './timed-process.js';

/**
 * Installs npm packages that are no dependencies of vsr into `folder` without running any of their
 * scripts; returns `folder`. Rejects with npm's reason in one line.
 */
export async function installed(folder: string, packages: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    await timed('npm', ['install', '--no-save', ...quiet, '--prefix', folder, ...packages]);
  } catch (error) {
    // npm prints its error code, then the reason in words, and at the end only the name of a log.
    const said = messageOf(error).match(/(?<=^npm error )(?!code |errno |syscall ).+$/m)?.[0];
    throw new Error(
      `npm could not install ${packages.join(' ')} (${said ?? 'it does not say why'})`,
      {
        cause: error,
      },
    );
  }
  return folder;
}
