import { stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, VsrError } from '../../errors.js';
import { openPlace } from '../../files/place.js';
import { candidatesFor } from '../../model/runtime/providers.js';
import type { TrainFlags } from './train-flags.js';
import type { TrainPlan } from '../../training/plan/plan.js';
import { checkTrainingFolder } from '../../training/saved/training-folder.js';
import { cardPathOf } from '../../training/saved/write-model.js';

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Checks the call and turns it into a plan; frames of clips are taken out into `workFolder`. */
export async function trainPlanOf(
  flags: TrainFlags,
  workFolder: string,
  signal: AbortSignal,
): Promise<TrainPlan> {
  const { alsoReduced: reductions, out, seed } = flags;
  if (!out.endsWith('.onnx')) throw badValue('a file ending in .onnx', '--out', out);
  if (!(await exists(path.dirname(path.resolve(out))))) {
    throw badValue('a file in an existing folder', '--out', out);
  }
  const overwrite = flags.overwrite === true;
  const inputs = [flags.from, flags.after, ...flags.data, ...(flags.val ?? [])].filter(
    (file) => file !== undefined,
  );
  const wish = { inputs, overwrite, otherName: 'with --out' };
  await openPlace({ what: 'model', file: out, ...wish });
  await openPlace({ what: 'card', file: cardPathOf(out), ...wish });
  if (!overwrite && flags.resume !== true) await checkTrainingFolder(workFolder);
  const chosen = { name: flags.provider, device: flags.device };
  const provider = flags.provider === 'cpu' ? undefined : candidatesFor(chosen)[0];
  const { networkOfFlags, patchOf } = await import('./network-flags.js');
  const network = networkOfFlags(flags);
  if (flags.from !== undefined && !(await exists(flags.from))) {
    throw new VsrError('model', `There is no model file ${flags.from}.`);
  }
  const { initialWeights } = await import('../../training/optimiser/initial-weights.js');
  const { startFrom } = await import('../../training/start-from.js');
  const { firstPassOf } = await import('../../training/pictures/first-pass.js');
  const lists = await import('../../training/pictures/list-images.js');
  const { framesOfClips } = await import('./frames-of-clips.js');
  const listed = async (places: readonly string[]) =>
    lists.listImages(await framesOfClips(places, path.join(workFolder, 'frames'), signal));
  const [trained, validated, tested] = flags.split;
  const split = { training: trained, validation: validated, test: tested };
  const parts = lists.splitItems(
    await listed(flags.data),
    flags.val === undefined ? split : { ...split, validation: 0 },
    seed,
  );
  const degradation = {
    kind: flags.degrade,
    noise: flags.noise,
    crf: flags.crf,
    clean: flags.clean,
    // RGB is of full range as it is.
    fullRange: network.colour === 'rgb' ? 0 : flags.fullRange,
    ...(flags.after === undefined ? {} : { after: await firstPassOf(flags.after) }),
  };
  const training = lists.alsoReduced(parts.training, reductions);
  const start =
    flags.from === undefined
      ? flags.init.kind === 'he'
        ? { network }
        : { network, initial: initialWeights(network, seed, flags.init) }
      : await startFrom(network, flags.from, {
          ...{ items: training, degradation, seed, int8: flags.int8 === true },
        });
  return {
    ...start,
    training,
    validation: flags.val === undefined ? parts.validation : await listed(flags.val),
    test: parts.test,
    degradation,
    ...{ loss: flags.loss, schedule: flags.schedule, rate: flags.lr, optimiser: flags.optimiser },
    ...{ batch: flags.batch, patch: patchOf(network, flags), steps: flags.steps, seed },
    ...{ averaged: flags.average, expand: flags.expand, fit: flags.fit },
    ...{ validateEvery: flags.valEvery, keep: flags.keep },
    workers: flags.workers,
    ...(provider === undefined ? {} : { provider }),
    windowBytes: flags.memory * 1e6,
    ...{ out, overwrite, workFolder, resume: flags.resume === true },
    trainedOn: flags.data.map((name) => ({ name, licence: flags.licence ?? 'not stated' })),
    recipe: recipeOf(flags),
  };
}

/** The settings that the card keeps: all that has a say in the weights. */
function recipeOf(flags: TrainFlags): Record<string, unknown> {
  const unimportant = [
    ...['out', 'work', 'resume', 'overwrite', 'json', 'quiet', 'progress', 'progressFd'],
    ...['workers', 'device', 'licence'],
  ];
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !unimportant.includes(name)));
}
