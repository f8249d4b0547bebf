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

/** Milliseconds from one look at the queue to the next, at least. */
const lookMs = 2_000;

/** A look that takes long is followed by a rest of so many times its length. */
const restFactor = 10;

/** Milliseconds from one attempt at a first connection to the next. */
const retryMs = 3_000;

/** Milliseconds within which a clip has to be taken back. */
const takeBackMs = 60_000;

/** Why a queue does not answer, in a sentence. */
export function awaySentence(shown: string, error: unknown): string {
  const said = messageOf(error).replace(/\.$/, '');
  const advice = accessAdvice(said);
  const sentence = `The queue ${shown} cannot be reached (${said}): jobs wait, and go on once it is back.`;
  return advice === null ? sentence : `${sentence} ${advice}`;
}

/**
 * The machines that work off a queue in Redis, as far as a page shows and steers them. While Redis
 * is away, it is asked again until it is back.
 */
export class Machines implements AsyncDisposable {
  readonly #address: QueueAddress;
  readonly #roots: Roots;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(view: MachinesView) => void>();
  /** Names that machines share, by outputs of our own jobs. */
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

  /** Settles after the first attempt to connect; where it failed, `view.problem` says why. */
  static async open(address: QueueAddress, roots: Roots): Promise<Machines> {
    const machines = new Machines(address, roots);
    if (!(await machines.#connect())) machines.#connecting = machines.#keepTrying();
    return machines;
  }

  get view(): MachinesView {
    return this.#view;
  }

  /** From now on the clips of `queue` are our own, and it begins nothing while Redis is away. */
  follow(queue: Pick<Queue, 'jobs' | 'hold'>): void {
    this.#own = queue;
    queue.hold(this.#isAway);
  }

  /** Tells `listener` whenever the view has changed, until the function that is returned is called. */
  listen(listener: (view: MachinesView) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#isLooking) void this.#look();
    return () => void this.#listeners.delete(listener);
  }

  /** Throws VsrError `option` for a clip that the machines do not share. */
  async checkClip(clip: string): Promise<void> {
    await this.#roots.toShared(clip, 'clip');
  }

  /** Throws VsrError `option` for a folder whose files the machines do not share. */
  async checkFolder(folder: string): Promise<void> {
    await this.#roots.toShared(path.join(folder, '*'), 'files');
  }

  /**
   * Takes a clip out of the queue; what is done of it is kept. Throws VsrError `queue` where Redis
   * is away, and `busy` where a worker does not release it: the clip stays there.
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

  /** Connects for the first time; later outages end by themselves. Returns whether it worked. */
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

  /** Looks at the queue again and again, as long as somebody listens. */
  async #look(): Promise<void> {
    const { signal } = this.#closing;
    this.#isLooking = true;
    while (this.#listeners.size > 0 && !signal.aborted) {
      const begun = performance.now();
      if (this.#connection !== null && !this.#isAway) {
        await this.#lookOnce(this.#connection).catch((error: unknown) => {
          if (signal.aborted || this.#isAway) return;
          // A user of Redis with too few rights, say: the connection is there all the same.
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

  /** Outputs of our own jobs, also of those that were removed meanwhile. */
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
