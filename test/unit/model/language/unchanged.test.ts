import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { networkOf } from '../../../../src/model/architectures/list.js';
import { buildInferenceModel } from '../../../../src/model/networks/network-model.js';
import { type Network, parameterCount } from '../../../../src/model/language/network.js';
import {
  buildForwardModel,
  buildGradientModel,
} from '../../../../src/training/gradient/gradient-graph.js';
import { initialWeights } from '../../../../src/training/optimiser/initial-weights.js';
import { collapsedWeights, initialPairs } from '../../../../src/training/optimiser/expansion.js';
import { buildUpdateModel } from '../../../../src/training/optimiser/update-graph.js';
import { random } from '../../../support/random-model.js';

/** Architecture, scale, options, steps of an 8-bit copy, and the beginnings of hashes. */
type Row = readonly [string, number, object, number, string, string, string, string, string];

// As they were before networks were values: shipped files, checkpoints and trainings go on as they
// began.
const rows: readonly Row[] = [
  [
    'espcn',
    2,
    {},
    0,
    '095cc9d10d80172a',
    'b6ba4ebf50b8661c',
    '0f198e1bf353098b',
    '609b8110a084f9a9',
    '6a6615018d5367d9',
  ],
  [
    'espcn',
    3,
    { activation: 'tanh' },
    0,
    '2dabd0b52bc8488d',
    'e2ca6cce5228767e',
    'a43d9afac9f3368b',
    '2eb085e8bbf23ad2',
    'bb80f101dd51390f',
  ],
  [
    'espcn-58k',
    2,
    {},
    0,
    'aa893cbdd7896208',
    '1956194704946aaa',
    'a7d02c0184c90d8c',
    '4dfbec66ac231979',
    'c2cc3e651b0ad46a',
  ],
  [
    'espcn-16',
    2,
    { depth: 9 },
    0,
    'a53d3575731d9923',
    'bc05c2e06ba1a32e',
    'd6ddeff8447aa6eb',
    'c8da9308cab826fd',
    '9ff1020f1d72510a',
  ],
  [
    'espcn-16',
    3,
    {},
    0,
    '618482e7211e9f56',
    '5628d44b84a7e5fe',
    '4c2419def5819fb1',
    'de76c8a8be224206',
    '2124ac237401d237',
  ],
  [
    'espcn-u32',
    2,
    {},
    0,
    'a664e5c71cf76268',
    '4e350400d17aad12',
    '13ea689635028c92',
    'ac4ec5f6099bc34c',
    '15de833796300e8d',
  ],
  [
    'espcn-16',
    2,
    { depth: 3 },
    3,
    '1d7b69fa3ed5e962',
    '6e3c6a4b7a0fff96',
    '9ab5548d1c41e228',
    'eb6912ebdc2f9581',
    'e294896b08e39498',
  ],
  [
    'espcn-16',
    2,
    { depth: 9 },
    8,
    'b7a1cd62ba8ed608',
    '0af783ae54790104',
    'fa634c37d5d9a5d4',
    '60d4133a8c5dd024',
    '9ff1020f1d72510a',
  ],
  [
    'espcn-u32',
    2,
    {},
    5,
    '87b1513851d7c466',
    '989f543596fd4c0d',
    '61c75fe064f0067a',
    'aeb40d98ceca5bd2',
    '15de833796300e8d',
  ],
  [
    'espcn-32',
    2,
    {},
    5,
    'd4ddff8e297fb564',
    '9a746870fbd30a77',
    'f2b0eacb22c1595b',
    '6bd8d5854bffda9c',
    '5764817e9ece1a26',
  ],
  [
    'espcn-48',
    2,
    { depth: 4 },
    4,
    'fec33628ad43d4d1',
    'e5e132dc1fd81b38',
    'b66b791ce42edabe',
    '38d4a386b7d14df4',
    '1ab1889481c6cb49',
  ],
];

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

for (const [arch, scale, options, steps, file, charbonnier, blocked, forward, first] of rows) {
  const what = `${arch} at ${scale}x ${JSON.stringify(options)}${steps > 0 ? ' in 8 bits' : ''}`;
  test(`model file, training graphs and first weights of ${what} are what they always were`, () => {
    const network: Network = {
      ...networkOf(arch, scale, options),
      ...(steps === 0
        ? {}
        : { activationSteps: Array.from({ length: steps }, (_, i) => (i + 1) / 512) }),
    };
    const next = random(1);
    const weights = Float32Array.from({ length: parameterCount(network) }, next);
    const batch = { patches: 2, patch: 8 };
    assert.equal(hash(buildInferenceModel(network, weights, { a: 'b' })), file);
    assert.equal(hash(buildGradientModel(network, batch, 'charbonnier')), charbonnier);
    assert.equal(hash(buildGradientModel(network, batch, 'mse', 16)), blocked);
    assert.equal(hash(buildForwardModel(network, 8)), forward);
    assert.equal(hash(new Uint8Array(initialWeights(network, 5).buffer)), first);
  });
}

/**
 * Architecture, scale, options, and the beginnings of hashes of what trains it expanded to 96
 * channels.
 */
const expanded: readonly (readonly [string, number, object, string, string, string, string])[] = [
  [
    'espcn-16',
    2,
    { depth: 3 },
    '58b1dace353ddfe8',
    'a10e0e5028a4182c',
    '1b2bc57d62696a46',
    'fdeddddf095f4966',
  ],
  ['espcn', 3, {}, '073459fd85da8bbe', '774359b4f260d25f', '84f95fd0465ab0f3', 'a49e6675b6354dd9'],
  [
    'espcn-u32',
    2,
    { depth: 2 },
    '4d225f578985fb24',
    'bfb7f517d58d7f26',
    '3c107c4afc828e77',
    '8849f2e163b884ac',
  ],
  [
    'espcn-32',
    2,
    {},
    '158501aa1847b753',
    '75f234fed28d5d98',
    '201dbf686820629d',
    'c367611aa7aae6c6',
  ],
  [
    'espcn-48',
    2,
    { depth: 2 },
    '6e695e0e28bbe848',
    'ea2e830aef485400',
    '151873b041387739',
    '989645c9a1ba844b',
  ],
];

for (const [arch, scale, options, update, corrected, fresh, collapsed] of expanded) {
  test(`${arch} at ${scale}x ${JSON.stringify(options)} is expanded as it always was`, () => {
    const network = networkOf(arch, scale, options);
    const expansion = { network, channels: 96 };
    const initial = initialWeights(network, 3);
    const hashOf = (list: Float32Array) => hash(new Uint8Array(list.buffer));
    assert.equal(hash(buildUpdateModel(initial.length, 2, { expansion })), update);
    assert.equal(hashOf(initialPairs(expansion, 4, initial)), corrected);
    const pairs = initialPairs(expansion, 4);
    assert.equal(hashOf(pairs), fresh);
    assert.equal(hashOf(collapsedWeights(expansion, pairs)), collapsed);
  });
}
