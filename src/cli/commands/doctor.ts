import { Command } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { messageOf } from '../../errors.js';
import { cacheFolder } from '../../media/program/binary-answers.js';
import { capabilities } from '../../media/program/capabilities.js';
import { environmentNames, locateFfmpeg } from '../../media/program/ffmpeg.js';
import { catalogue, modelsFolder } from '../../model/catalogue/catalogue.js';
import { tryProvider } from '../../model/runtime/provider-trial.js';
import { isOffered, providerNames } from '../../model/runtime/providers.js';
import { printable } from '../../printable.js';
import { version } from '../../version.js';
import { addFacts, isAnsweredInJson } from '../process/answer.js';
import { onScreen } from '../display/say.js';
import { withJson } from '../process/program-options.js';
import { addressOf, withQueueOptions, type QueueFlags } from '../queue/queue-flags.js';

const examples = `
Examples:
  vsr doctor                       what works on this machine
  vsr doctor --json                the same for programs
  vsr doctor --ffmpeg /opt/ffmpeg  with another ffmpeg
  vsr doctor --queue redis://nas   a queue of many machines, too

Exit code 1 if the main job, vsr upscale, cannot run here.`;

/** One finding. `vital` ones decide whether the main job can run. */
export type Finding = {
  readonly topic: string;
  readonly ok: boolean;
  readonly vital: boolean;
  readonly detail: string;
};

type Flags = QueueFlags & { ffmpeg?: string; ffprobe?: string };

/** The command `vsr doctor`. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('Says what was found on this machine, and what is missing.')
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use');
  const about = 'look at a queue of many machines, too: redis://host:port';
  return withJson(withQueueOptions(command, about))
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const findings = await examine(flags);
      const able = findings.every(({ vital, ok }) => ok || !vital);
      addFacts({ able, findings });
      const job = `vsr upscale${flags.queue === undefined ? '' : ' --queue'}`;
      const verdict = `${job} ${able ? 'can' : 'cannot'} run here.`;
      if (!isAnsweredInJson()) {
        process.stdout.write(`${findings.map(lineOf).join('\n')}\n\n${verdict}\n`);
      }
      if (!able) process.exitCode = 1;
    });
}

function lineOf({ topic, ok, vital, detail }: Finding): string {
  const mark = ok ? 'ok' : vital ? 'FAIL' : 'no';
  const line = `${mark.padEnd(5)} ${topic.padEnd(12)} ${printable(detail)}`;
  return onScreen(line, process.stdout, 19);
}

/** Looks at everything. Throws VsrError `option` for a queue's address that is not valid. */
async function examine(flags: Flags): Promise<Finding[]> {
  const found = [machine(), ...(await media(flags)), ...(await models()), ...(await providers())];
  return flags.queue === undefined ? found : [...found, ...(await queue(flags))];
}

async function queue(flags: Flags): Promise<Finding[]> {
  const { examineQueue } = await import('../../queue/control/examine-queue.js');
  const ffmpeg = await locateFfmpeg({ ffmpeg: flags.ffmpeg, ffprobe: flags.ffprobe }).catch(
    () => null,
  );
  return examineQueue(addressOf(flags), ffmpeg);
}

function machine(): Finding {
  const memory = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const detail =
    `vsr ${version()}, Node ${process.versions.node}, ${process.platform}-${process.arch}, ` +
    `${os.availableParallelism()} cores (${os.cpus()[0]?.model.trim() ?? 'unknown'}), ` +
    `${memory(os.totalmem())} memory, ${memory(os.freemem())} of it free`;
  return { topic: 'machine', ok: true, vital: false, detail };
}

const encoders = {
  'H.264': ['libx264'],
  HEVC: ['libx265'],
  VP9: ['libvpx-vp9'],
  AV1: ['libsvtav1', 'libaom-av1'],
  ProRes: ['prores_ks'],
  FFV1: ['ffv1'],
} as const;
const decoders = { AV1: 'av1', VVC: 'vvc', HEVC: 'hevc', VP9: 'vp9' } as const;

async function media(flags: Flags): Promise<Finding[]> {
  try {
    const ffmpeg = await locateFfmpeg({
      ...(flags.ffmpeg === undefined ? {} : { ffmpeg: flags.ffmpeg }),
      ...(flags.ffprobe === undefined ? {} : { ffprobe: flags.ffprobe }),
    });
    const known = await capabilities(ffmpeg, 'encoders');
    const decodable = await capabilities(ffmpeg, 'decodableCodecs');
    const missing = Object.entries(encoders).filter(
      ([, names]) => !names.some((name) => known.has(name)),
    );
    const unread = Object.entries(decoders).filter(([, name]) => !decodable.has(name));
    const names = (list: readonly (readonly [string, unknown])[]): string =>
      list.map(([name]) => name).join(', ');
    return [
      {
        topic: 'ffmpeg',
        ok: true,
        vital: true,
        detail: `${ffmpeg.ffmpeg} (${ffmpeg.version}, ${ffmpeg.from})`,
      },
      { topic: 'ffprobe', ok: true, vital: true, detail: ffmpeg.ffprobe },
      {
        topic: 'encoders',
        ok: missing.length === 0,
        vital: missing.length === Object.keys(encoders).length,
        detail:
          missing.length === 0 ? names(Object.entries(encoders)) : `without ${names(missing)}`,
      },
      {
        topic: 'decoders',
        ok: unread.length === 0,
        vital: false,
        detail:
          unread.length === 0
            ? 'all of the usual ones'
            : `cannot read ${names(unread)}: a newer ffmpeg on PATH, or named by ${environmentNames.ffmpeg[0]}, may`,
      },
    ];
  } catch (error) {
    return [{ topic: 'ffmpeg', ok: false, vital: true, detail: messageOf(error) }];
  }
}

async function models(): Promise<Finding[]> {
  try {
    const entries = await catalogue();
    const detail =
      entries.length === 0
        ? `none in ${modelsFolder()}`
        : entries.map(({ name }) => name).join(', ');
    return [{ topic: 'models', ok: entries.length > 0, vital: true, detail }];
  } catch (error) {
    return [{ topic: 'models', ok: false, vital: true, detail: messageOf(error) }];
  }
}

/** Starts each provider on a shipped model, since one that is listed need not work. */
async function providers(): Promise<Finding[]> {
  const model = (await catalogue().catch(() => []))[0];
  if (model === undefined) return [];
  return Promise.all(
    providerNames.filter(isOffered).map(async (name): Promise<Finding> => {
      const { start, printed } = await tryProvider({ name, model: model.file });
      const log = await keepPrinted(name, printed);
      const ok = 'device' in start;
      const detail = ok ? `starts (device ${start.device})` : start.failure;
      const stop = /[.!?]$/.test(detail) ? '' : '.';
      const more = log === null ? '' : `${stop} What its libraries printed is in ${log}`;
      return { topic: name, vital: name === 'cpu', ok, detail: `${detail}${more}` };
    }),
  );
}

/** Writes what a provider's libraries printed to the user's cache folder; returns the path. */
async function keepPrinted(name: string, printed: string): Promise<string | null> {
  const folder = cacheFolder();
  if (folder === null || printed.trim() === '') return null;
  const file = path.join(folder, `${name}.log`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, printed);
    return file;
  } catch {
    return null; // The findings are complete without it.
  }
}
