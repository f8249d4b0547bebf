import { isCoded } from '../../training/pictures/degrade.js';
import { lossText } from '../../training/gradient/loss.js';
import { multiplicationsOf, parameterCount } from '../../model/language/network.js';
import type { TrainPlan } from '../../training/plan/plan.js';

/** What is about to be done, in two lines. */
export function trainingSummary(plan: TrainPlan): string[] {
  const { network, batch, patch, steps, rate, schedule, loss, seed, degradation } = plan;
  const files = (items: TrainPlan['training']) => new Set(items.map((item) => item.file)).size;
  const counts = [plan.training, plan.validation, plan.test].map(files);
  const place = plan.provider
    ? `${plan.provider.name}:${plan.provider.device}`
    : `${plan.workers} threads`;
  const kind = isCoded(degradation)
    ? `${degradation.kind}, CRF ${degradation.crf.join('-')}, ${degradation.clean ?? 0} clean`
    : degradation.kind;
  const expanded = plan.expand ? `, each layer trained through ${plan.expand} channels` : '';
  const firstPass = degradation.after === undefined ? '' : `, through ${degradation.after.name}`;
  return [
    `${network.arch} ${network.scale}x, ${parameterCount(network)} weights, ${multiplicationsOf(network)} multiplications per source sample${expanded}; ${counts.join(' / ')} files to train, validate and test with.`,
    `${steps} steps of ${batch} patches of ${patch}x${patch}; ${kind}${firstPass}, ${degradation.fullRange ?? 0} full range; ${lossText(loss)}; rate ${rate}, ${schedule}; seed ${seed}; ${place}.`,
  ];
}
