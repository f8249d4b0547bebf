import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelCard } from '../../model/catalogue/card.js';
import { parameterCount } from '../../model/language/network.js';
import { buildInferenceModel } from '../../model/networks/network-model.js';
import { openPlace, type PlaceWish } from '../../files/place.js';
import { firstPassFacts } from '../pictures/first-pass.js';
import type { TrainPlan } from '../plan/plan.js';

/** What a card states that is not in the plan. */
export type CardExtras = Pick<ModelCard, 'figures' | 'test' | 'white' | 'curve'> & {
  readonly name: string;
};

/** The path of the card beside a model file. */
export function cardPathOf(model: string): string {
  return model.replace(/\.onnx$/i, '') + '.json';
}

/** The names of a model and of the card beside it, which may be written to. */
export type ModelPlaces = {
  /**
   * Writes both, the model last: a run that is killed in between leaves a card that nothing reads,
   * and that the next run replaces.
   */
  write(model: Uint8Array, card: ModelCard): Promise<void>;
};

/** Whether a file is the card of a model that is not there. */
async function isCardAlone(file: string, model: string): Promise<boolean> {
  if (existsSync(model)) return false;
  try {
    const card = JSON.parse(await readFile(file, 'utf8')) as Partial<ModelCard> | null;
    return card?.file === path.basename(model) && typeof card.sha256 === 'string';
  } catch {
    return false;
  }
}

/**
 * Opens the places of a model and its card for writing. Throws as `openPlace` does where either
 * must not be replaced; a card whose model is missing may be.
 */
export async function openModelPlaces(
  model: string,
  wish: Pick<PlaceWish, 'inputs' | 'overwrite' | 'otherName'>,
): Promise<ModelPlaces> {
  const place = await openPlace({ what: 'model', file: model, ...wish });
  const isOurs = (file: string): Promise<boolean> => isCardAlone(file, model);
  const cardPlace = await openPlace({ what: 'card', file: cardPathOf(model), isOurs, ...wish });
  return {
    async write(bytes, card) {
      await cardPlace.write(`${JSON.stringify(card, null, 2)}\n`);
      await place.write(bytes);
    },
  };
}

/**
 * Writes the model file of a run and the card beside it; each is there only once whole. Throws
 * VsrError `media` where there is one already and the plan does not say to replace it.
 */
export async function writeModel(
  plan: TrainPlan,
  weights: Float32Array,
  extras: CardExtras,
): Promise<ModelCard> {
  const { network, trainedOn, recipe, seed, out, original } = plan;
  const { after } = plan.degradation;
  const licence = trainedOn.map((data) => `${data.name}: ${data.licence}`).join('; ');
  const metadata = {
    name: extras.name,
    ...(licence === '' ? {} : { licence }),
    ...(original === undefined ? {} : { of: original.sha256 }),
  };
  const model = buildInferenceModel(network, weights, metadata);
  const card: ModelCard = {
    name: extras.name,
    arch: network.arch,
    scale: network.scale,
    file: path.basename(out),
    sha256: createHash('sha256').update(model).digest('hex'),
    parameters: parameterCount(network),
    input: network.colour,
    ...{ trainedOn, seed },
    recipe: { ...recipe, ...(original === undefined ? {} : { quantised: original }) },
    ...(after === undefined ? {} : { after: firstPassFacts(after) }),
    figures: extras.figures,
    ...(extras.test === undefined ? {} : { test: extras.test }),
    ...(extras.white === undefined ? {} : { white: extras.white }),
    ...(extras.curve === undefined ? {} : { curve: extras.curve }),
    created: new Date().toISOString(),
  };
  const wish = { inputs: [], overwrite: plan.overwrite ?? false, otherName: 'with --out' };
  const places = await openModelPlaces(out, wish);
  await places.write(model, card);
  return card;
}
