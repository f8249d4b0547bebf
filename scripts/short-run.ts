import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { train } from '../src/training/trainer.js';
import { mean } from '../src/training/training-run.js';

/** What a short run ends with, on its validation pictures. */
export type ShortRun = {
  /** Mean Y-PSNR over bicubic, in decibels. */
  readonly gain: number;
  /** Mean Y-PSNR, and that of bicubic on the same pictures, in decibels. */
  readonly psnr: number;
  readonly bicubicPsnr: number;
  /** The same of each picture, by its file. */
  readonly gains: ReadonlyMap<string, number>;
  readonly loss: number;
};

/** Trains in a folder that is removed afterwards; the plan validates once, at its end. */
export async function shortRun(
  planIn: (folder: string) => TrainPlan | Promise<TrainPlan>,
): Promise<ShortRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vsr-short-run-'));
  try {
    for await (const event of train(await planIn(folder))) {
      if (event.kind !== 'validated') continue;
      const { scores, loss } = event;
      const gains = new Map(
        scores.map(({ name, psnr, bicubicPsnr }) => [name, psnr - bicubicPsnr]),
      );
      const psnr = mean(scores.map((score) => score.psnr));
      const bicubicPsnr = mean(scores.map((score) => score.bicubicPsnr));
      return { gain: psnr - bicubicPsnr, psnr, bicubicPsnr, gains, loss };
    }
    throw new Error('the run ended without a validation');
  } finally {
    await rm(folder, { recursive: true });
  }
}
