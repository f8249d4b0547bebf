// The process in which `tryProvider` starts a provider.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../errors.js';
import { onnxRuntime } from './onnx-runtime.js';
import { checkVersion, isFetched, providerFileName, providerFolder } from './provider-files.js';
import type { ProviderStart, ProviderTask } from './provider-trial.js';
import { candidatesFor } from './providers.js';
import { openSession } from './session.js';

async function start({ name, model }: ProviderTask): Promise<ProviderStart> {
  try {
    const candidates = candidatesFor({ name });
    if (isFetched(name) && process.platform === 'linux') {
      checkVersion(name, path.join(providerFolder(), providerFileName(name)));
    }
    await onnxRuntime('errors');
    const { session, provider } = await openSession(await readFile(model), candidates);
    await session.release();
    return { device: provider.device };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

process.once('message', (task: ProviderTask) => {
  void start(task).then((reply) => {
    // Killed, not ended: the library of a device may hang while the process ends.
    process.send?.(reply, () => process.kill(process.pid, 'SIGKILL'));
  });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
