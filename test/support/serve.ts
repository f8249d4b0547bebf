import { after } from 'node:test';
import { startVsr, type Surroundings, type Vsr } from './run-vsr.js';

const started = new Set<Vsr>();
after(() => started.forEach(({ child }) => child.kill('SIGKILL')));

/** Starts `vsr serve` on a free port, until the tests end; returns it with its address. */
export async function serveFolder(
  folder: string,
  queue: string,
  words: readonly string[] = [],
  around: Surroundings = {},
): Promise<{ readonly vsr: Vsr; readonly address: string }> {
  const place = ['--port', '0', '--queue-folder', queue];
  const vsr = startVsr(['serve', folder, ...place, ...words], around);
  started.add(vsr);
  const [, address] = await vsr.until(/^vsr serves (\S+)$/m);
  return { vsr, address: address! };
}
