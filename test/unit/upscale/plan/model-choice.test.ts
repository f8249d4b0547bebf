import assert from 'node:assert/strict';
import test from 'node:test';
import { lossless, ofDeinterlaced } from '../../../../src/media/compression/compression.js';
import { chooseChain } from '../../../../src/model/catalogue/chain.js';
import { chainFor, chooseModels, choiceNotes } from '../../../../src/upscale/plan/model-choice.js';
import type { UpscaleOptions } from '../../../../src/upscale/plan/options.js';
import { checkOptions } from '../../../../src/upscale/plan/settings.js';

test('8-bit copies run unasked only of the default, on a processor that is fast with them', async () => {
  const chain = await chooseChain(2, 'default', { kind: 'clean' });
  const names = async (options: UpscaleOptions, isFast = true) =>
    (await chainFor(chain, checkOptions(options), isFast)).names;
  const cpu = { provider: 'cpu' } as const;
  const copy = chain.names.map((name) => name.replace('-x2', '-int8-x2'));
  assert.deepEqual(await names(cpu), copy);
  assert.deepEqual(await names(cpu, false), chain.names);
  assert.deepEqual(await names({ ...cpu, precision: 'fp32' }), chain.names);
  assert.deepEqual(await names({ ...cpu, model: 'espcn-16-x2' }), chain.names);
  assert.deepEqual(await names({ provider: 'webgpu' }), chain.names, 'a GPU computes in float');
  assert.deepEqual(await names({ ...cpu, precision: 'int8' }, false), copy);
});

/** What `chooseModels` takes for a source of this strength. */
async function chosen(options: UpscaleOptions, strength: number, scale = 2) {
  const isCompressed = strength > 0.5;
  const settings = checkOptions({ provider: 'webgpu', steady: 'off', ...options });
  const { model, quality } = settings;
  let looks = 0;
  const { chain, notes } = await chooseModels(
    settings,
    async (kind) => ({
      chain: await chooseChain(scale, model ?? 'default', { kind, quality }),
    }),
    () => {
      looks++;
      return Promise.resolve({ strength, isCompressed, by: 'a look' });
    },
  );
  const all = [...notes, ...choiceNotes(chain, settings)];
  return { names: chain.names, notes: all.map(({ what, why }) => `${what}: ${why}`), looks };
}

test('behind a deinterlacer runs the network that was trained there, its dial turned further', async () => {
  const settings = checkOptions({ provider: 'webgpu', steady: 'off' });
  const { chain, strength, notes } = await chooseModels(
    settings,
    async (kind) => ({ chain: await chooseChain(2, 'default', { kind }) }),
    () => Promise.resolve(ofDeinterlaced(lossless)),
  );
  assert.deepEqual(chain.names, ['espcn-32-fields-x2']);
  assert.equal(strength, 0.3);
  assert.deepEqual(
    notes.map(({ why }) => why),
    ['the source is deinterlaced (lossless, strength 0.30)'],
  );
  // A strength that was asked for turns its dial, and chooses no other network.
  for (const asked of [0, 0.6]) {
    const { chain, strength, notes } = await chooseModels(
      { ...settings, strength: asked },
      async (kind) => ({ chain: await chooseChain(2, 'default', { kind }) }),
      () => assert.fail('nobody needs to look'),
      true,
    );
    assert.deepEqual([chain.names, strength], [['espcn-32-fields-x2'], asked]);
    assert.match(notes[0]!.why, /^the source is deinterlaced \(--strength /);
  }
  // Compression comes on top by squares.
  for (const [compressed, both] of [
    [0.4, 0.5],
    [0.72, 0.78],
    [1, 1],
  ] as const) {
    const { strength, isCompressed } = ofDeinterlaced({ ...lossless, strength: compressed });
    assert.deepEqual([strength, isCompressed], [both, true]);
  }
});

test('the network goes by how strongly the source is compressed, or as --strength says', async () => {
  const [clean, compressed] = [['espcn-32-x2'], ['espcn-16-codec-x2']];
  assert.deepEqual((await chosen({}, 0.4)).names, clean);
  const found = await chosen({}, 0.6);
  assert.deepEqual(found.names, compressed);
  assert.deepEqual(found.notes, ['model espcn-16-codec-x2: the source is compressed (a look)']);
  const best = await chosen({ quality: 'best' }, 0.6);
  assert.deepEqual(best.names, ['espcn-32-strength-x2']);
  assert.deepEqual(best.notes, [
    'model espcn-32-strength-x2: the source is compressed (a look, strength 0.60)',
  ]);
  assert.deepEqual((await chosen({ strength: 0.29 }, 1)).names, clean);
  const told = await chosen({ strength: 0.3 }, 0);
  assert.deepEqual(told.names, compressed);
  assert.equal(told.looks, 0, 'nobody needs to look');
  assert.deepEqual((await chosen({ strength: 0 }, 1)).names, clean);
  const named = await chosen({ model: 'espcn-16-x2' }, 1);
  assert.deepEqual([named.names, named.looks], [['espcn-16-x2'], 0]);
  await assert.rejects(chosen({ model: 'espcn-16-x2', strength: 0.5 }, 1), {
    code: 'option',
    message: /a model with a dial .*, but espcn-16-x2 has none/,
  });
});

test('averaging is said once: with the network that vsr chose, or alone beside a named one', async () => {
  assert.deepEqual((await chosen({ steady: 'auto' }, 0.6)).notes, [
    'model espcn-16-codec-x2, still areas averaged over five frames: the source is compressed (a look)',
  ]);
  assert.deepEqual((await chosen({ steady: 'auto', model: 'espcn-16-codec-x2' }, 0.6)).notes, [
    'still areas are averaged over five frames: the source is compressed, and they would pop at its keyframes',
  ]);
  assert.deepEqual((await chosen({ steady: 'auto' }, 0.4)).notes, []);
});

test('a quality is a family; where a scale lacks it the next lower one runs and says so', async () => {
  assert.deepEqual(await chosen({ quality: 'fast' }, 0), {
    ...{ names: ['espcn-16-lite-x2'], notes: [], looks: 1 },
  });
  assert.deepEqual((await chosen({ quality: 'normal' }, 0)).names, ['espcn-32-x2']);
  const four = await chosen({ quality: 'best' }, 0, 4);
  assert.deepEqual(four.names, ['espcn-32-deep-x2', 'espcn-32-second-x2']);
  assert.deepEqual(four.notes, []);
  const three = await chosen({ quality: 'best' }, 0, 3);
  assert.deepEqual(three.names, ['espcn-32-x3']);
  assert.match(three.notes.join(), /quality best: no model has it at 3x .* normal runs/);
  const lowest = await chosen({ quality: 'fast' }, 0, 3);
  assert.deepEqual(lowest.names, ['espcn-16-x3']);
  assert.deepEqual(lowest.notes, []);
  assert.deepEqual((await chosen({ quality: 'max' }, 0)).names, ['espcn-64-x2']);
  const compressed = await chosen({ quality: 'fast' }, 0.6);
  assert.deepEqual(compressed.names, ['espcn-16-codec-x2']);
  assert.match(compressed.notes.join(), /quality fast: .* normal runs/);
  assert.throws(() => checkOptions({ quality: 'best', model: 'espcn-16-x2' }), {
    code: 'option',
    message: /either a quality or a model, not both/,
  });
});
