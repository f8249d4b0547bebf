import { badValue } from '../../errors.js';
import type { Discriminator } from './discriminator.js';
import { patches } from './patches.js';
import { patchesLite } from './patches-lite.js';

/** Every discriminator, one file each; the first is the default. */
export const discriminators: readonly [Discriminator, ...Discriminator[]] = [patches, patchesLite];

/** The names `discriminatorOf` knows. */
export const discriminatorNames: readonly string[] = discriminators.map(({ name }) => name);

/** A discriminator by its name. Throws VsrError `option` for an unknown one. */
export function discriminatorOf(name: string): Discriminator {
  const found = discriminators.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw badValue(`one of ${discriminatorNames.join(', ')}`, '--discriminator', name);
}
