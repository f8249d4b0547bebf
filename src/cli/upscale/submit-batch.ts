import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { fingerprintOf } from '../../queue/fingerprint.js';
import { QueueBook } from '../../queue/redis/book.js';
import { connectQueue } from '../../queue/redis/connection.js';
import { openShare } from '../queue/open-share.js';
import { Roots } from '../../queue/roots.js';
import { onQueue } from '../../queue/submit/upscale-on-queue.js';
import type { UpscaleOptions } from '../../upscale/plan/options.js';
import type { BatchInterruption } from '../process/interruption.js';
import { addressOf } from '../queue/queue-flags.js';
import type { SubmitFlags } from './options/queue.js';
import { runBatch, type BatchResult, type Talk } from './run-batch.js';

/** How many clips are in the queue at once, unless --jobs says less. */
const mostClips = 1_000_000;

/** Lets the workers of a queue enlarge a batch, with the progress and summary of one machine's. */
export async function submitBatch(
  inputs: readonly string[],
  options: UpscaleOptions,
  flags: SubmitFlags,
  { talk, interruption }: { readonly talk: Talk; readonly interruption: BatchInterruption },
): Promise<BatchResult> {
  const address = addressOf(flags);
  const roots = await Roots.of(flags.root ?? []);
  const { ffmpeg, ffprobe, provider, device } = options;
  const fingerprint = await fingerprintOf(await locateFfmpeg({ ffmpeg, ffprobe }), {
    name: provider ?? 'auto',
    device: device ?? 0,
  });
  await using connection = await connectQueue(address);
  const book = new QueueBook(connection.redis);
  await using server = await openShare(flags, address);
  const desk = {
    connection,
    book,
    fingerprint,
    roots,
    server,
    priority: flags.priority ?? 'batch',
  };
  // Clips only wait here for their workers, so all of them can be under way at once.
  const all = { ...options, jobs: options.jobs ?? mostClips };
  return await runBatch(inputs, all, talk, interruption, (say) => {
    if (server !== null && options.dryRun !== true) {
      say(
        `Serving at ${server.url} until all is done; Ctrl-C takes the clips out of the queue, what is done is kept, and the same command goes on.`,
      );
    }
    return onQueue(desk, { detach: flags.detach ?? false, say });
  });
}
