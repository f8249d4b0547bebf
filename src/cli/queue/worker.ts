import { Command, Option } from 'commander';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { candidatesFor } from '../../model/runtime/providers.js';
import { fingerprintOf } from '../../queue/fingerprint.js';
import { connectQueue } from '../../queue/redis/connection.js';
import { Roots } from '../../queue/roots.js';
import { QueueWorker } from '../../queue/worker/worker.js';
import { drainKinds, type DrainKind, type WorkerEvent } from '../../queue/worker/worker-request.js';
import type { ProviderName } from '../../upscale/plan/options.js';
import { wholeNumber } from '../display/numbers.js';
import { say } from '../display/say.js';
import { patientInterruption } from '../process/interruption.js';
import { withProvider } from '../process/program-options.js';
import { addressOf, collected, withQueueOptions, type QueueFlags } from './queue-flags.js';

/** How long, in milliseconds, a worker's process waits after its work for what is left open. */
const leftoversMs = 1_000;

type Flags = QueueFlags & {
  root?: string[];
  workers?: number;
  provider: ProviderName;
  device?: number;
  drain: DrainKind;
  allowFfmpegArgs?: true;
  share: boolean;
  ffmpeg?: string;
  ffprobe?: string;
  quiet?: true;
};

const examples = `
Examples:
  vsr worker --queue redis://nas:6379 --root media=/mnt/media
  VSR_QUEUE_PASSWORD=... vsr worker --queue rediss://vsr@nas:6380 --root media=/mnt/media
  vsr worker --queue redis://nas:6379 --root media=/mnt/media --drain giveback
  vsr worker --queue redis://nas:6379           for clips that were submitted with --share

It works until SIGTERM or Ctrl-C, and then ends as --drain says; a second signal ends it at once, and
other workers make its job again. See docs/many-machines.md.`;

/** The command `vsr worker`. */
export function workerCommand(): Command {
  const command = new Command('worker').description(
    'Enlarges clips that vsr upscale --queue submits, together with any number of other workers.',
  );
  withQueueOptions(command)
    .option(
      '--root <name=folder>',
      'a folder that the machines share, and its name on all of them',
      collected,
    )
    .option('--workers <n>', 'inference threads (default: one per core)', wholeNumber(1));
  return withProvider(command)
    .addOption(
      new Option('--drain <how>', 'at SIGTERM: finish the current job, or give it back at once')
        .choices(drainKinds)
        .default('finish'),
    )
    .option('--no-share', 'take no clips that their submitters serve over HTTP (--share)')
    .option('--allow-ffmpeg-args', 'take clips that were submitted with --ffmpeg-args')
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use')
    .option('-q, --quiet', 'only errors')
    .addHelpText('after', examples)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const signal = patientInterruption();
  const address = addressOf(flags);
  const roots = await Roots.of(flags.root ?? []);
  const ffmpeg = await locateFfmpeg({ ffmpeg: flags.ffmpeg, ffprobe: flags.ffprobe });
  const device = flags.device ?? 0;
  const wished = { name: flags.provider, device };
  const fingerprint = await fingerprintOf(ffmpeg, wished);
  // Named explicitly: if it is lost, no other provider makes the rest of a segment.
  const provider = { name: candidatesFor(wished)[0]!.name, device };
  await using connection = await connectQueue(address);
  const worker = new QueueWorker({
    ...{ connection, fingerprint, signal, drain: flags.drain },
    workshop: {
      ...{ ffmpeg, roots, takesShared: flags.share },
      own: {
        provider,
        workers: flags.workers,
        ffmpeg: ffmpeg.ffmpeg,
        ffprobe: ffmpeg.ffprobe,
        allowFfmpegArgs: flags.allowFfmpegArgs ?? false,
      },
    },
    tell: (event) => {
      const line = lineOf(event);
      if (flags.quiet !== true || event.type === 'failed') say(line);
    },
  });
  if (flags.quiet !== true) {
    const { vsr, ffmpeg: build, processor, cores, provider: runs } = fingerprint;
    say(
      `Fingerprint ${fingerprint.id}: vsr ${vsr}, ffmpeg ${build}, ${processor}, ${cores} cores, ${runs}.`,
    );
  }
  try {
    await worker.run();
  } finally {
    // BullMQ leaves a timer when it has lost its server, which would keep the process alive.
    setTimeout(() => process.exit(), leftoversMs).unref();
  }
}

function lineOf(event: WorkerEvent): string {
  const time = new Date().toISOString().slice(11, 19);
  switch (event.type) {
    case 'ready':
      return `${time} ready as ${event.name}`;
    case 'begun':
      return `${time} ${event.what}`;
    case 'done':
      return `${time} ${event.what}: done in ${event.seconds.toFixed(1)} s`;
    case 'failed': {
      const { kind, cause } = event.verdict;
      return `${time} ${event.what}: failed${kind === 'again' ? ', to be tried again' : ''}: ${cause}`;
    }
    case 'given back':
      return `${time} ${event.what}: given back: ${event.why}`;
    case 'trouble':
      return `${time} the queue is out of reach (${event.message}); waiting for it`;
  }
}
