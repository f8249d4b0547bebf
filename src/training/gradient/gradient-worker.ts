// A thread that computes gradients. It cuts its patches itself, so that pictures are never copied.
import type { Tensor } from 'onnxruntime-node';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.js';
import { lumaOfPlanes } from '../../media/still/luma-image.js';
import { psnr } from '../../metrics/psnr.js';
import { ssim } from '../../metrics/ssim.js';
import { parameterCount } from '../../model/language/network.js';
import { nativeWork } from '../../native-work.js';
import { resizePlane } from '../../planes/resize.js';
import { blockSize } from './block-size.js';
import { type Enlarge, openEnlarger } from './enlarge.js';
import {
  buildGradientModel,
  dropoutMasks,
  isShifted,
  sourceShape,
  targetShape,
} from './gradient-graph.js';
import { openFeatures } from './feature-source.js';
import type {
  GradientAnswer,
  GradientOrder,
  GradientWorkerData,
  PictureScore,
} from './messages.js';
import { PatchSource, patchShapeOf } from '../pictures/patches.js';
import type { Picture } from '../pictures/picture.js';
import { randomAt } from '../base/random.js';
import { floatTensor, intTensor, openSession } from '../base/session.js';
import { mostShifted, shiftInput } from './shifted.js';
import { chartDeviation, whiteCharts } from './white.js';

const data = workerData as GradientWorkerData;
const { network, batch, microBatches, seed, provider } = data;
const { scale } = network;
const count = parameterCount(network);
/** Samples cut from each side before comparing. */
const border = Math.ceil(scale);

const features = data.features === undefined ? undefined : await openFeatures(data.features);
const critics = { features, discriminator: data.discriminator };
const session = await nativeWork(async () => {
  const block = provider.name === 'cpu' ? await blockSize() : 0;
  return openSession(buildGradientModel(network, batch, data.loss, block, critics), provider);
});
const x = await floatTensor(sourceShape(network, batch));
const t = await floatTensor(targetShape(network, batch));
const weights = await floatTensor([count]);
const loss = await floatTensor([1]);
const gradient = await floatTensor([count]);
const strength = network.strength === true ? await floatTensor([1]) : null;
const feeds: Record<string, Tensor> = {
  ...{ x: x.tensor, t: t.tensor, weights: weights.tensor },
  ...(strength === null ? {} : { strength: strength.tensor }),
};
const masks: { readonly share: number; readonly data: Float32Array }[] = [];
for (const { name, share, shape } of dropoutMasks(network, batch)) {
  const { tensor, data: factors } = await floatTensor(shape);
  feeds[name] = tensor;
  masks.push({ share, data: factors });
}
const shift = isShifted(network, critics) ? await intTensor([2]) : null;
if (shift !== null) feeds[shiftInput] = shift.tensor;
const fetches: Record<string, Tensor> = { loss: loss.tensor, gradient: gradient.tensor };
const { judging } = data;
const judge = judging === undefined ? null : await floatTensor([judging.weights.length]);
const judgeGradient = judging === undefined ? null : await floatTensor([judging.weights.length]);
const right = judging === undefined ? null : await floatTensor([1]);
if (judge !== null) {
  feeds['judge'] = judge.tensor;
  fetches['judgeGradient'] = judgeGradient!.tensor;
  fetches['right'] = right!.tensor;
}

let source: PatchSource | undefined;
/** Step and micro-batch, as `step/micro-batch`, whose patches already lie in the tensors. */
let cutAhead = '';

function cutPatches(step: number, microBatch: number): void {
  if (source === undefined) throw new Error('a step was ordered before the pictures came');
  for (let patch = 0; patch < batch.patches; patch++) {
    const index = microBatch * batch.patches + patch;
    const compressed = source.cut([seed, step, index], x.data, t.data, patch);
    // A network with a dial has one patch in a micro-batch.
    strength?.data.fill(compressed);
  }
}

/** The random stream of dropout, apart from that of the patches. */
const dropoutStream = 0x64;

/** Draws which values are left out: the same ones at the same step of every run with this seed. */
function drawMasks(step: number, microBatch: number): void {
  masks.forEach(({ share, data: factors }, layer) => {
    const random = randomAt(seed, dropoutStream, step, microBatch, layer);
    const kept = 1 / (1 - share);
    for (let i = 0; i < factors.length; i++) factors[i] = random() < share ? 0 : kept;
  });
}

/** The random stream of shifts, apart from the others. */
const shiftStream = 0x73;

/** Draws by how much critics' pictures are shifted. */
function drawShift(step: number, microBatch: number): void {
  if (shift === null) return;
  const random = randomAt(seed, shiftStream, step, microBatch);
  const most = mostShifted(network) + 1;
  for (const i of shift.data.keys()) shift.data[i] = BigInt(Math.floor(random() * most));
}

/**
 * Computes micro-batches until none is left; the first is always the one of this worker's number.
 */
async function runStep(step: number): Promise<void> {
  weights.data.set(data.weights);
  if (judging !== undefined) judge!.data.set(judging.weights);
  let microBatch = data.worker;
  while (microBatch < microBatches) {
    if (cutAhead !== `${step}/${microBatch}`) cutPatches(step, microBatch);
    cutAhead = '';
    drawMasks(step, microBatch);
    drawShift(step, microBatch);
    await nativeWork(() => session.run(feeds, fetches));
    data.gradients.set(gradient.data, microBatch * count);
    data.losses[microBatch] = loss.data[0]!;
    if (judging !== undefined) {
      judging.gradients.set(judgeGradient!.data, microBatch * judging.weights.length);
      judging.rights[microBatch] = right!.data[0]!;
    }
    microBatch = Atomics.add(data.next, 0, 1);
  }
}

let enlarge: Enlarge | undefined;

async function score(picture: Picture, at: Float32Array): Promise<PictureScore> {
  enlarge ??= await openEnlarger(network, provider);
  const { low, high, strength } = picture;
  const wanted = lumaOfPlanes(high);
  const { width, height } = wanted;
  const ours = lumaOfPlanes(await enlarge(low, at, strength));
  const bicubic = lumaOfPlanes(low.map((plane) => resizePlane(plane, width, height)));
  return {
    name: picture.name,
    psnr: psnr(wanted, ours, 8, border),
    ssim: ssim(wanted, ours),
    bicubicPsnr: psnr(wanted, bicubic, 8, border),
    bicubicSsim: ssim(wanted, bicubic),
  };
}

async function deviationOf(number: number, at: Float32Array): Promise<number> {
  enlarge ??= await openEnlarger(network, provider);
  const chart = whiteCharts[number]!;
  return chartDeviation(chart, await enlarge(chart.planes, at), scale);
}

async function answerTo(order: GradientOrder): Promise<GradientAnswer> {
  switch (order.kind) {
    case 'pictures':
      source = new PatchSource(order.pictures, patchShapeOf(network, batch.patch));
      cutAhead = '';
      return { kind: 'done' };
    case 'step':
      await runStep(order.step);
      return { kind: 'done' };
    case 'validate':
      return { kind: 'scored', score: await nativeWork(() => score(order.picture, order.weights)) };
    case 'white': {
      const deviation = await nativeWork(() => deviationOf(order.chart, order.weights));
      return { kind: 'white', deviation };
    }
  }
}

parentPort!.on('message', (order: GradientOrder | null) => {
  if (order === null) {
    // The thread ends once its port is closed and the runtime has finished its work.
    parentPort!.close();
    return;
  }
  answerTo(order)
    .catch((error: unknown): GradientAnswer => ({ kind: 'failed', message: messageOf(error) }))
    .then((answer) => {
      parentPort!.postMessage(answer);
      if (order.kind !== 'step' || data.worker >= microBatches) return;
      // While the optimiser takes its step, this cuts the patches that come first in the next one.
      cutPatches(order.step + 1, data.worker);
      cutAhead = `${order.step + 1}/${data.worker}`;
    })
    .catch((error: unknown) => {
      throw error;
    });
});
