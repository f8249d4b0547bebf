import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { type Job, readJob } from './job.js';

/**
 * The default folder of the queue, in the user's folder for programs' state: `XDG_STATE_HOME`, or
 * `~/.local/state` (XDG Base Directory Specification).
 */
export function defaultQueueFolder(): string {
  const home = process.env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local', 'state');
  return path.join(home, 'vsr', 'queue');
}

/** What the queue knows besides its jobs. */
export type QueueHead = {
  /** Identifiers of jobs, first to last. */
  readonly order: readonly string[];
  /** Whether the queue is paused: no job is begun. */
  readonly paused: boolean;
};

/** The form of a job's id; any other text must not become part of a path. */
const idForm = /^[0-9a-f]{16}$/;

/**
 * Keeps a queue in files of one folder: `queue.json`, a file for each job in `jobs`, its log in
 * `logs`, its report in `reports`. Each JSON file is first written under another name and then
 * renamed, so that a crash leaves either the old or the new file.
 */
export class QueueStore {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Throws VsrError `disk` where the folder cannot be made. */
  static async open(folder: string): Promise<QueueStore> {
    try {
      for (const part of ['jobs', 'logs', 'reports']) {
        await mkdir(path.join(folder, part), { recursive: true, mode: 0o700 });
      }
    } catch (cause) {
      throw new VsrError(
        'disk',
        `The queue's folder ${folder} cannot be made: ${messageOf(cause)}.`,
        {
          cause,
        },
      );
    }
    return new QueueStore(folder);
  }

  logOf(id: string): string {
    return path.join(this.folder, 'logs', `${id}.log`);
  }

  reportOf(id: string): string {
    return path.join(this.folder, 'reports', `${id}.html`);
  }

  /**
   * The jobs in their order; those that the head does not name come last, oldest first. Throws
   * VsrError `media` for a file that is not one of this queue.
   */
  async load(): Promise<{ jobs: Job[]; paused: boolean }> {
    const names = await readdir(path.join(this.folder, 'jobs'));
    const jobs: Job[] = [];
    for (const name of names.filter((each) => each.endsWith('.json'))) {
      const job = readJob(await this.#read(path.join('jobs', name)));
      if (!idForm.test(job.id) || name !== `${job.id}.json`) {
        throw new VsrError(
          'media',
          `${path.join(this.folder, 'jobs', name)} is no job of this queue.`,
        );
      }
      jobs.push(job);
    }
    const head = await this.#head();
    const place = new Map(head.order.map((id, i) => [id, i]));
    const placeOf = ({ id }: Job): number => place.get(id) ?? Infinity;
    jobs.sort((a, b) => placeOf(a) - placeOf(b) || (a.added < b.added ? -1 : 1));
    return { jobs, paused: head.paused };
  }

  async #head(): Promise<QueueHead> {
    const file = await this.#read('queue.json').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    });
    if (file === null) return { order: [], paused: false };
    return {
      order: file.at('order').list((item) => item.string()),
      paused: file.at('paused').boolean(),
    };
  }

  async #read(name: string): Promise<Field> {
    const file = path.join(this.folder, name);
    const text = await readFile(file, 'utf8');
    try {
      return new Field(JSON.parse(text), file);
    } catch (cause) {
      throw new VsrError('media', `Expected JSON in ${file}: ${messageOf(cause)}.`, { cause });
    }
  }

  async writeHead(head: QueueHead): Promise<void> {
    await this.#write('queue.json', head);
  }

  async writeJob(job: Job): Promise<void> {
    await this.#write(path.join('jobs', `${job.id}.json`), job);
  }

  async #write(name: string, value: object): Promise<void> {
    const file = path.join(this.folder, name);
    const draft = `${file}.part`;
    {
      await using handle = await open(draft, 'w', 0o600);
      await handle.writeFile(`${JSON.stringify(value, null, 1)}\n`);
      await handle.sync();
    }
    await rename(draft, file);
  }

  /** Removes the files of a job, its log and its report, but never its output. */
  async remove(id: string): Promise<void> {
    const files = [path.join(this.folder, 'jobs', `${id}.json`), this.logOf(id), this.reportOf(id)];
    await Promise.all(files.map((file) => rm(file, { force: true })));
  }
}
