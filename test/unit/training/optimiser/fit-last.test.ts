import assert from 'node:assert/strict';
import test from 'node:test';
import { networkOf } from '../../../../src/model/architectures/list.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { resizePlane } from '../../../../src/planes/resize.js';
import { openEnlarger } from '../../../../src/training/gradient/enlarge.js';
import { fitLast } from '../../../../src/training/optimiser/fit-last.js';
import { initialWeights } from '../../../../src/training/optimiser/initial-weights.js';
import { solvePositive } from '../../../../src/training/optimiser/solve-positive.js';
import { PatchSource, patchShapeOf } from '../../../../src/training/pictures/patches.js';
import { sharePlane } from '../../../../src/training/pictures/picture.js';
import { random } from '../../../support/random-model.js';
import { seams } from '../../../support/seams.js';

test('equations of a positive definite matrix are solved', () => {
  const [n, m] = [12, 3];
  const next = random(1);
  const wanted = Float64Array.from({ length: n * m }, next);
  const root = Float64Array.from({ length: n * n }, next);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n * n; i++) {
    const [row, column] = [Math.floor(i / n), i % n];
    for (let k = 0; k < n; k++) a[i]! += root[row * n + k]! * root[column * n + k]!;
    if (row === column) a[i]! += 0.1;
  }
  const b = new Float64Array(n * m);
  for (let i = 0; i < n * m; i++) {
    const [row, column] = [Math.floor(i / m), i % m];
    for (let k = 0; k < n; k++) b[i]! += a[row * n + k]! * wanted[k * m + column]!;
  }
  const solved = solvePositive(a, b, n, m);
  solved.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) < 1e-9, `value ${i}`));
  assert.throws(() => solvePositive(new Float64Array(4), new Float64Array(2), 2, 1), RangeError);
});

/** Shapes with edges of every direction and with texture, as photographs have them. */
function drawn(seed: number, size = 180): Plane {
  const next = random(seed);
  const data = new Uint8Array(size * size);
  const discs = Array.from({ length: 40 }, () => {
    const [x, y, r, value] = [next() + 0.5, next() + 0.5, next() + 0.6, next() + 0.5];
    return { x: x * size, y: y * size, r: (r * size) / 6, value: 255 * value };
  });
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    const disc = discs.findLast((each) => Math.hypot(x - each.x, y - each.y) < each.r);
    const texture = 20 * Math.sin(x / (3 + seed) + y / 5.1) + 3 * next();
    data[i] = Math.min(255, Math.max(0, (disc?.value ?? 110) + texture));
  }
  // Drawn sharper than a camera sees.
  return resizePlane({ data, width: size, height: size }, size / 2, size / 2);
}

const pairOf = (high: Plane) => ({
  name: 'drawn',
  low: [sharePlane(resizePlane(high, (high.width * 2) / 3, (high.height * 2) / 3))] as const,
  high: [sharePlane(high)] as const,
  strength: 0,
});

function meanError(a: Plane, b: Plane): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}

test('a network on patches with its last layer fitted beats nearest clearly, and no border shows but without overlap', async () => {
  const network = networkOf('patch-mlp', 1.5, { width: 512 });
  const source = new PatchSource(
    [1, 2, 3, 4, 5, 6].map((seed) => pairOf(drawn(seed))),
    patchShapeOf(network, 10),
  );
  const first = initialWeights(network, 1, { kind: 'xavier' });
  const weights = await fitLast(network, first, 6000, (number, x, t, slot) =>
    source.cut([1, number], x, t, slot),
  );
  const { low, high } = pairOf(drawn(9));
  const { width, height } = high[0];
  const [ours] = await (await openEnlarger(network))(low, weights);
  const errorOf = (kernel: 'nearest') =>
    meanError(high[0], resizePlane(low[0], width, height, 8, { kernel }));
  const error = meanError(high[0], ours!);
  assert.ok(error < 0.65 * errorOf('nearest'), `${error} against ${errorOf('nearest')}`);

  // Border to inner steps, in the mean of several pictures: what is drawn lies anywhere.
  const side = 15;
  const apart = { ...network, patches: { size: 10, step: 10 } };
  const found = { natural: 0, blended: 0, unblended: 0 };
  const unseen = [9, 10, 11, 12, 13, 14].map((seed) => pairOf(drawn(seed)));
  const [blend, noBlend] = [await openEnlarger(network), await openEnlarger(apart)];
  for (const pair of unseen) {
    found.natural += seams(pair.high[0], side, 3) / unseen.length;
    found.blended += seams((await blend(pair.low, weights))[0]!, side, 3) / unseen.length;
    found.unblended += seams((await noBlend(pair.low, weights))[0]!, side, 3) / unseen.length;
  }
  assert.ok(found.blended < 1.05 * found.natural, `blended: ${JSON.stringify(found)}`);
  assert.ok(found.unblended > 1.1 * found.natural, `side by side: ${JSON.stringify(found)}`);
});
