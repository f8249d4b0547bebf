// Trains, on equal terms, a network that enlarges what a deinterlacer makes and one that is given
// the fields, and prints what each gains on eight clips over bicubic of the deinterlaced picture:
// node build/scripts/compare-fields.js frame|fields [--steps=n] [--seed=n]
//
// Both see the same clips, as many patches of the same area, and as many steps from random weights.
// Training data and clips are expected in ../shared/data. See docs/adr/0035-networks-and-fields.md.
import { psnr } from '../src/metrics/psnr.js';
import { parameterCount } from '../src/model/language/network.js';
import { randomAt } from '../src/training/base/random.js';
import { floatTensor, openSession } from '../src/training/base/session.js';
import { initialWeights } from '../src/training/optimiser/initial-weights.js';
import { initialState, openOptimiser } from '../src/training/optimiser/optimiser.js';
import { learningRate } from '../src/training/optimiser/schedule.js';
import { fieldTrial } from './fields/field-trial.js';
import { frameTrial } from './fields/frame-trial.js';
import { doubled, type SeenField, seenField } from './fields/seen-field.js';
import {
  border,
  deinterlacedFields,
  ends,
  requireClips,
  testClips,
  truthOf,
} from './fields/test-clips.js';
import { openTrainingFields } from './fields/training-fields.js';
import type { Trial } from './fields/trial.js';

const [, , kind = ''] = process.argv;
const option = (key: string) =>
  process.argv.find((word) => word.startsWith(`--${key}=`))?.slice(key.length + 3);
const [steps, seed] = [Number(option('steps') ?? 8000), Number(option('seed') ?? 1)];
const trials = { frame: frameTrial, fields: fieldTrial } as const;
if (!(kind in trials)) {
  console.error(`Expected one of ${Object.keys(trials).join(', ')} but received ${kind}.`);
  process.exit(2);
}
requireClips();

/** Patches of a step, and how many of them go through the graph at once. */
const [batch, atOnce] = [4, 2] as const;
const rate = 1.5e-3;
/** Fields in memory, steps from one new clip to the next, and steps that the mean covers. */
const [held, stepsPerClip, averaged] = [300, 10, 600] as const;

async function train({ network, model, shapes, cut }: Trial): Promise<Float32Array> {
  const session = await openSession(model);
  const count = parameterCount(network);
  const parts = batch / atOnce;
  const optimise = await openOptimiser(count, parts, averaged);
  const state = initialState(initialWeights(network, seed));
  const [x, t] = [await floatTensor(shapes.x), await floatTensor(shapes.t)];
  const [weights, loss] = [await floatTensor([count]), await floatTensor([1])];
  const gradient = await floatTensor([count]);
  const gradients = new Float32Array(parts * count);
  const feeds = { x: x.tensor, t: t.tensor, weights: weights.tensor };
  const fetches = { loss: loss.tensor, gradient: gradient.tensor };
  const draw = await openTrainingFields();
  const fields: SeenField[] = [];
  let clip = 0;
  const more = () => draw(randomAt(seed, 0x63, clip++));
  while (fields.length < held / 4) fields.push(...(await more()));
  let next = more();
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    if (step % stepsPerClip === stepsPerClip - 1) {
      fields.push(...(await next));
      next = more();
      if (fields.length > held) fields.splice(0, fields.length - held);
    }
    weights.data.set(state.weights);
    for (let part = 0; part < parts; part++) {
      for (let slot = 0; slot < atOnce; slot++) {
        const random = randomAt(seed, 0x70, step, part * atOnce + slot);
        cut(fields[Math.floor(random() * fields.length)]!, random, x.data, t.data, slot);
      }
      await session.run(feeds, fetches);
      gradients.set(gradient.data, part * count);
      sum += loss.data[0]! / parts;
    }
    await optimise(state, gradients, step, learningRate('one-cycle', rate, step, steps));
    if ((step + 1) % 250 === 0) {
      const at = new Date().toISOString();
      console.error(`${at} ${kind}: step ${step + 1} of ${steps}, loss ${(sum / 250).toFixed(5)}`);
      sum = 0;
    }
  }
  (await next).length = 0;
  return state.average;
}

async function measure(trial: Trial, weights: Float32Array): Promise<void> {
  console.log(`| clip | bwdif and bicubic | ${kind} |\n| --- | --- | --- |`);
  const order = 'top';
  const gains: number[] = [];
  for (const clip of testClips) {
    const { high, low } = await truthOf(clip, 40);
    const { frames } = await deinterlacedFields(low, { order, lowPass: false, quality: 0 });
    const sums = [0, 0];
    let count = 0;
    for (let i = ends; i < frames.length - ends; i++, count++) {
      const seen = seenField(i, order, low, frames, high);
      sums[0]! += psnr(high[i]!, doubled(frames[i]!), 8, border);
      sums[1]! += psnr(high[i]!, await trial.enlarge(seen, weights), 8, border);
    }
    const [bicubic, ours] = sums.map((each) => each / count) as [number, number];
    gains.push(ours - bicubic);
    console.log(`| ${clip} | ${bicubic.toFixed(2)} | ${signed(ours - bicubic)} |`);
  }
  console.log(`| mean | | ${signed(gains.reduce((a, b) => a + b, 0) / gains.length)} |`);
}

function signed(dB: number): string {
  return `${dB < 0 ? '' : '+'}${dB.toFixed(2)}`;
}

const trial = await trials[kind as keyof typeof trials](atOnce);
await measure(trial, await train(trial));
