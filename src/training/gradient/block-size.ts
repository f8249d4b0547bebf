import { convolution } from '../../model/blocks/convolution.js';
import { type Network, parameterCount, reachOf } from '../../model/language/network.js';
import { buildGradientModel } from './gradient-graph.js';
import { randomAt } from '../base/random.js';
import { floatTensor, openSession } from '../base/session.js';

/** A network small enough to try, with every kind of convolution that is written in blocks. */
const trial: Network = {
  ...{ arch: 'trial', scale: 2, colour: 'luma', before: 'nothing', after: 'shuffle', skip: 'none' },
  blocks: [convolution(3, 16, 'relu'), convolution(3, 32, 'relu'), convolution(3, 4)],
};

const batch = { patches: 2, patch: 6 };

async function gradientWith(block: number): Promise<Float32Array> {
  const side = batch.patch + 2 * reachOf(trial);
  const count = parameterCount(trial);
  const session = await openSession(buildGradientModel(trial, batch, 'mse', block));
  const x = await floatTensor([batch.patches, 1, side, side]);
  const t = await floatTensor([batch.patches, 4, batch.patch, batch.patch]);
  const weights = await floatTensor([count]);
  const random = randomAt(1);
  for (const { data } of [x, t]) for (let i = 0; i < data.length; i++) data[i] = random();
  // Unlike at the start of a training, biases are not 0: lost ones would otherwise go unnoticed.
  for (let i = 0; i < count; i++) weights.data[i] = (random() - 0.5) / 4;
  const result = await session.run({ x: x.tensor, t: t.tensor, weights: weights.tensor });
  await session.release();
  return result['gradient']!.data as Float32Array;
}

let known: Promise<number> | undefined;

/**
 * Channels in a block of ONNX Runtime's own layout for convolutions on this processor: 16 or 8; 0
 * where it has none.
 *
 * The layout is not documented and depends on the processor, so it is tried: with blocks of the
 * right size, the gradient of a small network is the same as without blocks. With blocks of another
 * size it is entirely different.
 */
export function blockSize(): Promise<number> {
  return (known ??= findBlockSize());
}

async function findBlockSize(): Promise<number> {
  const expected = await gradientWith(0);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const block of [16, 8]) {
    const actual = await gradientWith(block).catch(() => null);
    if (actual?.every((value, i) => Math.abs(value - expected[i]!) < 1e-4 * largest) === true) {
      return block;
    }
  }
  return 0;
}
