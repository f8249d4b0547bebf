import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, VsrError } from '../../errors.js';
import { overviewOf } from '../../queue/control/overview.js';
import { cancelClip } from '../../queue/control/steer.js';
import type { QueueAddress } from '../../queue/redis/address.js';
import { QueueBook } from '../../queue/redis/book.js';
import { accessAdvice, connectQueue, type QueueConnection } from '../../queue/redis/connection.js';
import type { Roots } from '../../queue/roots.js';
import type { Queue } from '../queue/queue.js';
import { emptyView, type MachinesView, viewOf } from './machines-view.js';

/** Least milliseconds between two readings of the queue. */
const lookMs = 2_000;

/** A reading is followed by a pause of at least this many times its length. */
const restFactor = 10;

/** Milliseconds between attempts to connect for the first time. */
const retryMs = 3_000;

/** Milliseconds after which taking a clip back is given up. */
const takeBackMs = 60_000;

/** The sentence that says why a queue cannot be reached; `shown` is its address. */
export function awaySentence(shown: string, error: unknown): string {
  const said = messageOf(error).replace(/\.$/, '');
  const advice = accessAdvice(said);
  const sentence = `The queue ${shown} cannot be reached (${said}): jobs wait, and go on once it is back.`;
  return advice === null ? sentence : `${sentence} ${advice}`;
}

/**
 * The machines that work for a queue in Redis, as the page shows them. While Redis cannot be
 * reached, this connects again and again.
 */
export class Machines implements AsyncDisposable {
  readonly #address: QueueAddress;
  readonly #roots: Roots;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(view: MachinesView) => void>();
  /** By the output of each own job, its name as the machines share it, or `null`. */
  readonly #names = new Map<string, string | null>();
  #connection: QueueConnection | null = null;
  #connecting: Promise<void> = Promise.resolve();
  #isLooking = false;
  #own: Pick<Queue, 'jobs' | 'hold'> | null = null;
  #view: MachinesView;
  #isAway = false;

  private constructor(address: QueueAddress, roots: Roots) {
    this.#address = address;
    this.#roots = roots;
    this.#view = emptyView(address.shown);
  }

  /** Resolves after the first attempt to connect; where that failed, `view.problem` says why. */
  static async open(address: QueueAddress, roots: Roots): Promise<Machines> {
    const machines = new Machines(address, roots);
    if (!(await machines.#connect())) machines.#connecting = machines.#keepTrying();
    return machines;
  }

  get view(): MachinesView {
    return this.#view;
  }

  /** Sets this page's queue: its clips are not shown, and it is held while Redis is away. */
  follow(queue: Pick<Queue, 'jobs' | 'hold'>): void {
    this.#own = queue;
    queue.hold(this.#isAway);
  }

  /** Calls `listener` whenever the view changes, until the returned function is called. */
  listen(listener: (view: MachinesView) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#isLooking) void this.#look();
    return () => void this.#listeners.delete(listener);
  }

  /** Throws VsrError `option` for a clip in no folder that the machines share. */
  async checkClip(clip: string): Promise<void> {
    await this.#roots.toShared(clip, 'clip');
  }

  /** Throws VsrError `option` for a folder that the machines do not share. */
  async checkFolder(folder: string): Promise<void> {
    await this.#roots.toShared(path.join(folder, '*'), 'files');
  }

  /**
   * Removes the clip of the name `clip` from the queue; finished segments are kept. Throws VsrError
   * `queue` where Redis does not answer, and `busy` where a worker does not release the clip: then
   * it stays in the queue.
   */
  async takeBack(clip: string): Promise<void> {
    const connection = this.#connection;
    const stays = `the clip stays there. Take it out once it is back: vsr queue cancel ${clip}.`;
    if (connection === null || this.#isAway) {
      throw new VsrError('queue', `The queue ${this.#address.shown} cannot be reached: ${stays}`);
    }
    const book = new QueueBook(connection.redis);
    const work = (async () => {
      const entry = await book.clip(clip);
      if (entry?.state === 'open') await cancelClip({ connection, book }, entry);
    })();
    work.catch(() => {});
    const late = sleep(takeBackMs, undefined, { signal: this.#closing.signal, ref: false });
    const outcome = await Promise.race([work, late.then(() => 'late' as const)]);
    if (outcome === 'late') {
      throw new VsrError('queue', `The queue ${this.#address.shown} does not answer: ${stays}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#closing.abort();
    await this.#connecting;
    await this.#connection?.[Symbol.asyncDispose]();
  }

  /** Connects for the first time; returns whether it worked. Later it reconnects by itself. */
  async #connect(): Promise<boolean> {
    let said: unknown = new Error('the connection was closed');
    try {
      const connection = await connectQueue(this.#address, (error) => {
        said = error;
        if (connection.redis.status !== 'ready') this.#noteAway(said);
      });
      this.#connection = connection;
      connection.redis.on('close', () => this.#noteAway(said));
      connection.redis.on('ready', () => this.#noteBack());
      this.#noteBack();
      return true;
    } catch (error) {
      const cause = error instanceof VsrError ? (error.cause ?? error) : error;
      this.#noteAway(cause);
      return false;
    }
  }

  #noteAway(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#isAway = true;
    this.#own?.hold(true);
    this.#tell({ ...this.#view, problem: awaySentence(this.#address.shown, error) });
  }

  #noteBack(): void {
    this.#isAway = false;
    this.#own?.hold(false);
    this.#tell({ ...this.#view, problem: null });
  }

  async #keepTrying(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await sleep(retryMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted || (await this.#connect())) return;
    }
  }

  /** Reads the queue again and again, as long as there is a listener. */
  async #look(): Promise<void> {
    const { signal } = this.#closing;
    this.#isLooking = true;
    while (this.#listeners.size > 0 && !signal.aborted) {
      const begun = performance.now();
      if (this.#connection !== null && !this.#isAway) {
        await this.#lookOnce(this.#connection).catch((error: unknown) => {
          if (signal.aborted || this.#isAway) return;
          // The connection works, but the reading failed: too few rights in Redis, for example.
          this.#tell({ ...emptyView(this.#address.shown), problem: messageOf(error) });
        });
      }
      const took = performance.now() - begun;
      const restMs = Math.max(lookMs, took * restFactor);
      await sleep(restMs, undefined, { signal, ref: false }).catch(() => {});
    }
    this.#isLooking = false;
  }

  async #lookOnce(connection: QueueConnection): Promise<void> {
    const overview = await overviewOf(connection, new QueueBook(connection.redis));
    const own = await this.#ownOutputs();
    if (!this.#isAway) this.#tell(viewOf(overview, own));
  }

  /** Shared names of the outputs of own jobs, also of those that were removed meanwhile. */
  async #ownOutputs(): Promise<Set<string>> {
    for (const { output } of this.#own?.jobs ?? []) {
      if (output === null || this.#names.has(output)) continue;
      const shared = await this.#roots.toShared(output, 'output').catch(() => null);
      this.#names.set(output, shared === null ? null : `${shared.root}:${shared.path}`);
    }
    return new Set([...this.#names.values()].filter((name) => name !== null));
  }

  #tell(view: MachinesView): void {
    if (JSON.stringify(view) === JSON.stringify(this.#view)) return;
    this.#view = view;
    for (const listener of this.#listeners) listener(view);
  }
}
