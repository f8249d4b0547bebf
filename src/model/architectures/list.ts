import { badValue, VsrError } from '../../errors.js';
import { checkNetwork, type Network } from '../language/network.js';
import type { Architecture, NetworkOptions } from './architecture.js';
import { espcn } from './espcn.js';
import { espcn16 } from './espcn-16.js';
import { espcn32 } from './espcn-32.js';
import { espcn48 } from './espcn-48.js';
import { espcn64 } from './espcn-64.js';
import { espcn58k } from './espcn-58k.js';
import { espcnU32 } from './espcn-u32.js';
import { patchMlp } from './patch-mlp.js';
import { resnet } from './resnet.js';
import { srcnn } from './srcnn.js';

/** Every architecture, one file each. */
export const architectures: readonly Architecture[] = [
  espcn,
  espcn58k,
  espcn16,
  espcn32,
  espcn48,
  espcn64,
  espcnU32,
  srcnn,
  resnet,
  patchMlp,
];

/** The names `networkOf` knows. */
export const archs: readonly string[] = architectures.map(({ name }) => name);

/** Values given to `build` for the options that an architecture does not use. */
const unused = { depth: 0, width: 0, activation: 'relu', dropout: 0, patch: 0 } as const;

/**
 * The network of an architecture at a scale. Throws VsrError `option` for an unknown name, a scale
 * that it cannot be built for, and an option that does not change it.
 */
export function networkOf(arch: string, scale: number, options: NetworkOptions = {}): Network {
  const found = architectures.find(({ name }) => name === arch);
  if (found === undefined) throw badValue(`one of ${archs.join(', ')}`, 'the architecture', arch);
  if (!found.scales.includes(scale)) {
    throw badValue(`one of ${found.scales.join(', ')}`, `the scale of ${arch}`, scale);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || name in found.defaults) continue;
    throw new VsrError(
      'option',
      `--${name} changes nothing in ${arch}: it can be varied by ${Object.keys(found.defaults).join(', ')}.`,
    );
  }
  const network = {
    arch,
    scale,
    ...found.build(scale, { ...unused, ...found.defaults, ...options }),
  };
  checkNetwork(network);
  return network;
}
