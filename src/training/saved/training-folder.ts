import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { isTaken } from '../../files/place-key.js';
import { checkpointMagic } from './checkpoint.js';
import { metricsMark } from './metrics-file.js';

/** Names of the files that a run keeps in its work folder, besides frames that it extracts. */
export const trainingFiles = {
  checkpoint: 'checkpoint.bin',
  metrics: 'metrics.csv',
  lossCurve: 'loss.svg',
  psnrCurve: 'psnr.svg',
  sheet: 'sheet.png',
  recipe: 'recipe.yaml',
} as const;

/** The first line of a recipe that a run wrote. */
export const recipeMark = '# Options of a run of vsr train.';

async function begins(file: string, start: string): Promise<boolean> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  return bytes.toString('latin1', 0, start.length) === start;
}

/**
 * Checks that a run may write into `folder`. Throws VsrError `media` where files of its names lie
 * there that no run of vsr made, and where an earlier run has left a checkpoint, which only
 * `--resume` and `--overwrite` touch.
 */
export async function checkTrainingFolder(folder: string): Promise<void> {
  const names = Object.values(trainingFiles);
  const taken: string[] = [];
  for (const name of names) if (await isTaken(path.join(folder, name))) taken.push(name);
  if (taken.length === 0) return;
  const { checkpoint, metrics, recipe } = trainingFiles;
  const hasCheckpoint = await begins(path.join(folder, checkpoint), checkpointMagic);
  // A run that was refused before its first step has left nothing but its recipe.
  const ours =
    hasCheckpoint ||
    (await begins(path.join(folder, metrics), metricsMark)) ||
    (await begins(path.join(folder, recipe), recipeMark));
  if (!ours) {
    throw new VsrError(
      'media',
      `${folder} holds ${taken.join(', ')}, which no training made. Choose another folder with --work, or replace what is there with --overwrite.`,
    );
  }
  if (hasCheckpoint) {
    throw new VsrError(
      'media',
      `${folder} holds the checkpoint of an earlier run. Go on with it by --resume, or start again with --overwrite.`,
    );
  }
}
