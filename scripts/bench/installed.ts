import { mkdir } from 'node:fs/promises';
import { messageOf } from '../../src/errors.js';
import { timed } from './timed-process.js';

/**
 * Installs packages of npm, which are no dependencies, into `folder`, and returns that. None of
 * their code is run. Fails with one line that says why not.
 */
export async function installed(folder: string, packages: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    await timed('npm', ['install', '--no-save', ...quiet, '--prefix', folder, ...packages]);
  } catch (error) {
    // After a line with npm's code for it comes the sentence; the last line only names a log.
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
