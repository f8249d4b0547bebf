import { networkOf } from '../../src/model/architectures/list.js';
import { parameterCount, reachOf } from '../../src/model/language/network.js';
import { buildGradientModel } from '../../src/training/gradient/gradient-graph.js';
import { initialWeights } from '../../src/training/optimiser/initial-weights.js';
import { floatTensor, openSession } from '../../src/training/base/session.js';
import { randomAt } from '../../src/training/base/random.js';

/**
 * A program: prints, as JSON, the loss and the gradient of one batch, computed by the provider that
 * its argument names.
 */
const name = process.argv[2] === 'webgpu' ? 'webgpu' : 'cpu';
const network = networkOf('espcn-16', 2);
const [patches, patch] = [3, 12];
const side = patch + 2 * reachOf(network);
const model = buildGradientModel(network, { patches, patch }, 'charbonnier');
const session = await openSession(model, { name, device: 0 });
const random = randomAt(7);
const x = await floatTensor([patches, 1, side, side]);
const t = await floatTensor([patches, network.scale ** 2, patch, patch]);
for (const list of [x.data, t.data]) for (let i = 0; i < list.length; i++) list[i] = random();
const weights = await floatTensor([parameterCount(network)]);
weights.data.set(initialWeights(network, 1));
const feeds = { x: x.tensor, t: t.tensor, weights: weights.tensor };
const { loss, gradient } = await session.run(feeds);
const numbers = [loss!, gradient!].flatMap((tensor) => [...(tensor.data as Float32Array)]);
process.stdout.write(JSON.stringify(numbers));
