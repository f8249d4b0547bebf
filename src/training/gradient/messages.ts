import type { Discriminator } from '../../model/discriminators/discriminator.js';
import type { Network } from '../../model/language/network.js';
import type { ProviderCandidate } from '../../model/runtime/providers.js';
import type { MicroBatch } from './gradient-graph.js';
import type { FeatureSource } from './feature-source.js';
import type { Loss } from './loss.js';
import type { Picture } from '../pictures/picture.js';

/** Memory that the trainer and its workers share for a discriminator. */
export type Judging = {
  /** [its parameters], written by the trainer before each step. */
  readonly weights: Float32Array;
  /** [micro-batches, its parameters], written by the workers. */
  readonly gradients: Float32Array;
  /** [micro-batches]: the share of places on which it was right. */
  readonly rights: Float32Array;
};

/** What a gradient worker is started with. */
export type GradientWorkerData = {
  readonly network: Network;
  readonly batch: MicroBatch;
  readonly loss: Loss;
  readonly features?: FeatureSource | undefined;
  /** Needed by the adversarial loss, together with `judging`. */
  readonly discriminator?: Discriminator | undefined;
  readonly judging?: Judging | undefined;
  readonly seed: number;
  readonly provider: ProviderCandidate;
  /** This worker's number, from 0, and how many there are. */
  readonly worker: number;
  readonly workers: number;
  /** Micro-batches of a step. */
  readonly microBatches: number;
  /** [parameters], written by the trainer before each step. */
  readonly weights: Float32Array;
  /** [micro-batches, parameters], written by the workers. */
  readonly gradients: Float32Array;
  /** [micro-batches], written by the workers. */
  readonly losses: Float32Array;
  /** [1]: the next micro-batch that no worker has taken yet. */
  readonly next: Int32Array;
};

/** What the trainer tells a gradient worker. */
export type GradientOrder =
  | { readonly kind: 'pictures'; readonly pictures: readonly Picture[] }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'validate'; readonly weights: Float32Array; readonly picture: Picture }
  /** Enlarges a chart of `whiteCharts`, by its number. */
  | { readonly kind: 'white'; readonly weights: Float32Array; readonly chart: number };

/** Figures of one validation picture: the network's and plain bicubic's. */
export type PictureScore = {
  readonly name: string;
  /** Y-PSNR in dB, `scale` samples cut from each border. */
  readonly psnr: number;
  readonly ssim: number;
  readonly bicubicPsnr: number;
  readonly bicubicSsim: number;
};

/** What a gradient worker answers; each order gets one answer. */
export type GradientAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'scored'; readonly score: PictureScore }
  | { readonly kind: 'white'; readonly deviation: number }
  | { readonly kind: 'failed'; readonly message: string };
