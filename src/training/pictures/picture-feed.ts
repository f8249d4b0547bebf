import type { Network } from '../../model/language/network.js';
import type { Degradation } from './degrade.js';
import type { PictureItem } from './picture-item.js';
import type { PictureJob } from './picture-job.js';
import type { PicturePool } from './picture-pool.js';
import { type Picture } from './picture.js';
import { randomAt, shuffled } from '../base/random.js';

/** How pictures are made ready. */
export type FeedOptions = {
  readonly items: readonly PictureItem[];
  readonly scale: number;
  readonly colour: Network['colour'];
  readonly degradation: Degradation;
  readonly seed: number;
  /** Low-resolution samples each way of a patch. */
  readonly patch: number;
  /** Bytes of pictures in one window. Two are in memory: the next one is made ready meanwhile. */
  readonly windowBytes: number;
  /** Told of each file that cannot be used. */
  readonly onSkip: (reason: string, kind: 'unreadable' | 'too small') => void;
};

/** The pictures in memory at one time, and where the next ones begin. */
export type Window = {
  readonly pictures: readonly Picture[];
  /** Items taken from the endless order before this window. */
  readonly start: number;
  /** Items taken up to its end. */
  readonly end: number;
  /** Whether all items fit, so that no other window is needed. */
  readonly complete: boolean;
};

/** The random stream of picture preparation, apart from that of the patches. */
const pictureStream = 0x70;

/**
 * Pictures in windows that fit memory: all items in a random order, then again in another order,
 * without end. The number of items taken is all that a resumed run needs to go on as before.
 */
export class PictureFeed {
  readonly #options: FeedOptions;
  readonly #pool: PicturePool;

  constructor(pool: PicturePool, options: FeedOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** The jobs from number `start` of the endless order on, one pass over the items long at most. */
  *#jobs(start: number): Generator<PictureJob> {
    const { items, scale, colour, degradation, seed, patch } = this.#options;
    for (let n = start; n < start + items.length; n++) {
      const pass = Math.floor(n / items.length);
      const order = this.#orderOf(pass);
      const item = items[order[n % items.length]!]!;
      const place = [seed, pictureStream, n];
      yield { ...item, scale, colour, degradation, place, least: patch };
    }
  }

  #order: { pass: number; order: readonly number[] } | undefined;

  #orderOf(pass: number): readonly number[] {
    if (this.#order?.pass !== pass) {
      const { items, seed } = this.#options;
      const order = shuffled([...items.keys()], randomAt(seed, pictureStream, pass, 1));
      this.#order = { pass, order };
    }
    return this.#order.order;
  }

  /** Makes the window ready that begins at number `start` of the endless order. */
  async window(start: number): Promise<Window> {
    const { items, windowBytes, onSkip } = this.#options;
    const pictures: Picture[] = [];
    let bytes = 0;
    let end = start;
    for await (const result of this.#pool.make(this.#jobs(start))) {
      end++;
      if ('skipped' in result) {
        onSkip(result.reason, result.skipped);
        continue;
      }
      pictures.push(result.picture);
      const { low, high } = result.picture;
      for (const { data } of [...low, ...high]) bytes += data.length;
      if (bytes >= windowBytes) break;
    }
    return { pictures, start, end, complete: start === 0 && end === items.length };
  }
}
