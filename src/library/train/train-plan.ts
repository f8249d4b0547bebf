import { stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, VsrError } from '../../errors.js';
import { featureSource } from '../../training/gradient/feature-source.js';
import { needsFeatures } from '../../training/gradient/loss.js';
import { openPlace } from '../../files/place.js';
import { candidatesFor } from '../../model/runtime/providers.js';
import type { TrainSettings } from './train-options.js';
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
  settings: TrainSettings,
  workFolder: string,
  signal: AbortSignal | undefined,
): Promise<TrainPlan> {
  const { alsoReduced: reductions, out, seed } = settings;
  if (!out.endsWith('.onnx')) throw badValue('a file ending in .onnx', 'out', out);
  if (!(await exists(path.dirname(path.resolve(out))))) {
    throw badValue('a file in an existing folder', 'out', out);
  }
  const overwrite = settings.overwrite === true;
  const inputs = [settings.from, settings.after, ...settings.data, ...(settings.val ?? [])].filter(
    (file) => file !== undefined,
  );
  const wish = { inputs, overwrite, otherName: 'with --out' };
  await openPlace({ what: 'model', file: out, ...wish });
  await openPlace({ what: 'card', file: cardPathOf(out), ...wish });
  if (!overwrite && settings.resume !== true) await checkTrainingFolder(workFolder);
  const chosen = { name: settings.provider, device: settings.device };
  const provider = settings.provider === 'cpu' ? undefined : candidatesFor(chosen)[0];
  const { networkOfOptions, patchOf } = await import('./network-of-options.js');
  const network = networkOfOptions(settings);
  if (settings.from !== undefined && !(await exists(settings.from))) {
    throw new VsrError('model', `There is no model file ${settings.from}.`);
  }
  const patch = patchOf(network, settings);
  const features = needsFeatures(settings.loss)
    ? await featureSource(settings.features, settings.featureOutputs, patch * network.scale)
    : undefined;
  const { initialWeights } = await import('../../training/optimiser/initial-weights.js');
  const { startFrom } = await import('../../training/start-from.js');
  const { firstPassOf } = await import('../../training/pictures/first-pass.js');
  const lists = await import('../../training/pictures/list-images.js');
  const { framesOfClips } = await import('./frames-of-clips.js');
  const { minSide, square } = settings;
  const framing = {
    ...(minSide === undefined ? {} : { minSide }),
    ...(square === undefined ? {} : { square }),
  };
  const listed = async (places: readonly string[]) =>
    lists.listImages(await framesOfClips(places, path.join(workFolder, 'frames'), signal), framing);
  const [trained, validated, tested] = settings.split;
  const split = { training: trained, validation: validated, test: tested };
  const parts = lists.splitItems(
    await listed(settings.data),
    settings.val === undefined ? split : { ...split, validation: 0 },
    seed,
  );
  const degradation = {
    kind: settings.degrade,
    noise: settings.noise,
    crf: settings.crf,
    clean: settings.clean,
    // RGB is of full range as it is.
    fullRange: network.colour === 'rgb' ? 0 : settings.fullRange,
    ...(settings.after === undefined ? {} : { after: await firstPassOf(settings.after) }),
  };
  const training = lists.alsoReduced(parts.training, reductions);
  const start =
    settings.from === undefined
      ? settings.init.kind === 'he'
        ? { network }
        : { network, initial: initialWeights(network, seed, settings.init) }
      : await startFrom(network, settings.from, {
          ...{ items: training, degradation, seed, int8: settings.int8 === true },
        });
  return {
    ...start,
    training,
    validation: settings.val === undefined ? parts.validation : await listed(settings.val),
    test: parts.test,
    degradation,
    ...{
      loss: settings.loss,
      ...(features === undefined ? {} : { features }),
      schedule: settings.schedule,
      rate: settings.lr,
      optimiser: settings.optimiser,
    },
    ...{ batch: settings.batch, patch, steps: settings.steps, seed },
    ...{ averaged: settings.average, expand: settings.expand, fit: settings.fit },
    ...{ validateEvery: settings.valEvery, keep: settings.keep },
    workers: settings.workers,
    ...(provider === undefined ? {} : { provider }),
    windowBytes: settings.memory * 1e6,
    ...{ out, overwrite, workFolder, resume: settings.resume === true },
    trainedOn: settings.data.map((name) => ({ name, licence: settings.licence ?? 'not stated' })),
    recipe: recipeOf(settings),
  };
}

/** The settings that the card keeps: all that has a say in the weights. */
function recipeOf(settings: TrainSettings): Record<string, unknown> {
  const unimportant = [...['out', 'work', 'resume', 'overwrite', 'workers', 'device', 'licence']];
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !unimportant.includes(name)),
  );
}
