import path from 'node:path';
import { badValue, unusable, VsrError } from '../../errors.js';
import { featureSource } from '../../training/gradient/feature-source.js';
import { isAdversarial, needsFeatures } from '../../training/gradient/loss.js';
import { sideSeen } from '../../training/gradient/shifted.js';
import { discriminatorOf, discriminators } from '../../model/discriminators/list.js';
import { exists } from '../../files/what-is-there.js';
import { candidatesFor } from '../../model/runtime/providers.js';
import { type TrainSettings, usualDiscriminatorRate } from './train-options.js';
import { framesFolder } from './work-folder.js';
import type { TrainPlan } from '../../training/plan/plan.js';
import { checkTrainingFolder } from '../../training/saved/training-folder.js';
import type { Start } from '../../training/start-from.js';
import type { CalibrationOptions } from '../../training/pictures/calibrate.js';
import type { Degradation } from '../../training/pictures/degrade.js';
import type { Network } from '../../model/language/network.js';
import { openModelPlaces } from '../../training/saved/write-model.js';

/** Checks the call and makes a plan of it; frames of clips are extracted into `workFolder`. */
export async function trainPlanOf(
  settings: TrainSettings,
  workFolder: string,
  signal: AbortSignal | undefined,
): Promise<TrainPlan> {
  const { out, seed } = settings;
  const overwrite = settings.overwrite === true;
  await checkPlaces(settings, workFolder);
  const chosen = { name: settings.provider, device: settings.device };
  const provider = settings.provider === 'cpu' ? undefined : candidatesFor(chosen)[0];
  const { networkOfOptions, patchOf } = await import('./network-of-options.js');
  const network = networkOfOptions(settings);
  if (settings.from !== undefined && !(await exists(settings.from))) {
    throw new VsrError('model', `There is no model file ${settings.from}.`);
  }
  const patch = patchOf(network, settings);
  const features = needsFeatures(settings.loss)
    ? await featureSource(settings.features, settings.featureOutputs, sideSeen(network, patch))
    : undefined;
  const { training, validation, test } = await picturesOf(settings, network, workFolder, signal);
  const degradation = await degradationOf(settings, network);
  return {
    ...(await startOf(settings, network, { items: training, degradation })),
    ...{ training, validation, test, degradation },
    ...{
      loss: settings.loss,
      ...(features === undefined ? {} : { features }),
      ...discriminatorPart(settings),
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

/** The discriminator, where the loss needs one. */
function discriminatorPart({
  loss,
  discriminator: name,
  discriminatorLr: rate = usualDiscriminatorRate,
}: TrainSettings): Pick<TrainPlan, 'discriminator'> {
  if (!isAdversarial(loss)) return {};
  const network = name === undefined ? discriminators[0] : discriminatorOf(name);
  return { discriminator: { network, rate } };
}

/** Refuses a path for model, card or work folder that cannot be written, or is taken. */
async function checkPlaces(settings: TrainSettings, workFolder: string): Promise<void> {
  const { out, from, after, data, val = [] } = settings;
  if (!out.endsWith('.onnx')) throw badValue('a file ending in .onnx', 'out', out);
  if (!(await exists(path.dirname(path.resolve(out))))) {
    throw unusable('a file in an existing folder', 'out', out);
  }
  const overwrite = settings.overwrite === true;
  const inputs = [from, after, ...data, ...val].filter((file) => file !== undefined);
  const wish = { inputs, overwrite, otherName: 'with --out' };
  await openModelPlaces(out, wish);
  if (!overwrite && settings.resume !== true) await checkTrainingFolder(workFolder);
}

/** Default share of charts: networks on RGB need colours that photographs lack. */
function usualCharts({ colour }: Network): number {
  return colour === 'rgb' ? 0.1 : 0;
}

/** The pictures to train, validate and test with. */
async function picturesOf(
  settings: TrainSettings,
  network: Network,
  workFolder: string,
  signal: AbortSignal | undefined,
): Promise<Pick<TrainPlan, 'training' | 'validation' | 'test'>> {
  const lists = await import('../../training/pictures/list-images.js');
  const { framesOfClips } = await import('./frames-of-clips.js');
  const { minSide, square, val, charts = usualCharts(network) } = settings;
  const framing = {
    ...(minSide === undefined ? {} : { minSide }),
    ...(square === undefined ? {} : { square }),
  };
  const listed = async (places: readonly string[]) =>
    lists.listImages(
      await framesOfClips(places, path.join(workFolder, framesFolder), signal),
      framing,
    );
  const [training, validation, test] = settings.split;
  const shares = { training, validation: val === undefined ? validation : 0, test };
  const parts = lists.splitItems(await listed(settings.data), shares, settings.seed);
  return {
    training: lists.withCharts(lists.alsoReduced(parts.training, settings.alsoReduced), charts),
    validation: val === undefined ? parts.validation : await listed(val),
    test: parts.test,
  };
}

/** How the low resolution of the pictures is made. */
async function degradationOf(
  { degrade, noise, crf, clean, fields, fullRange, after }: TrainSettings,
  { colour }: Network,
): Promise<Degradation> {
  const { firstPassOf } = await import('../../training/pictures/first-pass.js');
  return {
    ...{ kind: degrade, noise, crf, clean },
    ...(fields === 0 ? {} : { fields }),
    // RGB is full range already.
    fullRange: colour === 'rgb' ? 0 : fullRange,
    ...(after === undefined ? {} : { after: await firstPassOf(after) }),
  };
}

/** The network with its initial weights, where they are not He's. */
async function startOf(
  { from, init, seed, int8 }: TrainSettings,
  network: Network,
  data: Pick<CalibrationOptions, 'items' | 'degradation'>,
): Promise<Start> {
  if (from !== undefined) {
    const { startFrom } = await import('../../training/start-from.js');
    return startFrom(network, from, { ...data, seed, int8: int8 === true });
  }
  if (init.kind === 'he') return { network };
  const { initialWeights } = await import('../../training/optimiser/initial-weights.js');
  return { network, initial: initialWeights(network, seed, init) };
}

/** The settings that the card keeps: all that the weights depend on. */
function recipeOf(settings: TrainSettings): Record<string, unknown> {
  const unimportant = [...['out', 'work', 'resume', 'overwrite', 'workers', 'device', 'licence']];
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !unimportant.includes(name)),
  );
}
