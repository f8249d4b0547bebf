import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const query = ['-i', '0', '--query-gpu=memory.used', '--format=csv,noheader,nounits'];

/**
 * Runs `work` and returns its result with the most memory that was in use on the first NVIDIA card
 * meanwhile, in MB, looked at ten times a second; `null` where nvidia-smi is not there.
 */
export async function withGpuMemory<T>(work: () => Promise<T>): Promise<[T, number | null]> {
  const there = await promisify(execFile)('nvidia-smi', query).then(
    () => true,
    () => false,
  );
  if (!there) return [await work(), null];
  const watch = spawn('nvidia-smi', [...query, '-lms', '100']);
  let most = 0;
  watch.stdout.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) most = Math.max(most, Number(line) || 0);
  });
  try {
    return [await work(), most];
  } finally {
    watch.kill();
  }
}
