import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { train } from '../src/training/trainer.js';

/** What a short run ends with, on its validation pictures. */
export type ShortRun = {
  /** Mean Y-PSNR over bicubic, in decibels. */
  readonly gain: number;
  /** The same of each picture, by its file. */
  readonly gains: ReadonlyMap<string, number>;
  readonly loss: number;
};

/** Trains in a folder that is removed afterwards; the plan validates once, at its end. */
export async function shortRun(planIn: (folder: string) => TrainPlan): Promise<ShortRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vsr-short-run-'));
  try {
    for await (const event of train(planIn(folder))) {
      if (event.kind !== 'validated') continue;
      const gains = new Map(
        event.scores.map(({ name, psnr, bicubicPsnr }) => [name, psnr - bicubicPsnr]),
      );
      const gain = [...gains.values()].reduce((sum, each) => sum + each, 0) / gains.size;
      return { gain, gains, loss: event.loss };
    }
    throw new Error('the run ended without a validation');
  } finally {
    await rm(folder, { recursive: true });
  }
}
