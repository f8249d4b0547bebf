import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ModelCard } from '../../model/catalogue/card.js';
import { parameterCount } from '../../model/language/network.js';
import { buildInferenceModel } from '../../model/networks/network-model.js';
import { openPlace } from '../../files/place.js';
import { firstPassFacts } from '../pictures/first-pass.js';
import type { TrainPlan } from '../plan/plan.js';

/** What a card says beyond the plan. */
export type CardExtras = Pick<ModelCard, 'figures' | 'test' | 'white' | 'curve'> & {
  readonly name: string;
};

/** The path of the card beside a model file. */
export function cardPathOf(model: string): string {
  return model.replace(/\.onnx$/i, '') + '.json';
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
  const place = await openPlace({ what: 'model', file: out, ...wish });
  const cardPlace = await openPlace({ what: 'card', file: cardPathOf(out), ...wish });
  await place.write(model);
  await cardPlace.write(`${JSON.stringify(card, null, 2)}\n`);
  return card;
}
