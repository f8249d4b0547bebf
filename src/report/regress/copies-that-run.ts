import { compressionOfClip } from '../../media/compression/compression.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { probe } from '../../media/source/probe.js';
import { type Chain, chooseChain, turnedChain } from '../../model/catalogue/chain.js';
import { inCloseCopies } from '../../model/catalogue/in-precision.js';
import type { SourceKind } from '../../model/catalogue/quality.js';
import { nameOfChain, type NamedChain } from '../evaluate/measured-models.js';

/**
 * The 8-bit copies that `vsr upscale` runs instead of `chain`, if that is the default: that of the
 * network for clean sources, and for a compressed clip last that of the network for compressed
 * ones. They are the same on every processor, even where the float models are faster.
 */
export async function copiesThatRun(
  ffmpeg: Ffmpeg,
  clip: string,
  chain: Chain,
  signal: AbortSignal | undefined,
): Promise<NamedChain[]> {
  const byDefault = await chooseChain(chain.scale, 'default', { kind: 'clean' }).catch(() => null);
  if (byDefault?.sha256s.join() !== chain.sha256s.join()) return [];
  const source = await probe(ffmpeg, clip);
  const { isCompressed, strength } = await compressionOfClip(ffmpeg, source, signal);
  const copies: NamedChain[] = [];
  const kinds: readonly SourceKind[] = isCompressed ? ['clean', 'compressed'] : ['clean'];
  for (const kind of kinds) {
    const float = await chooseChain(chain.scale, 'default', { kind });
    const copy = await turnedChain(await inCloseCopies(float), kind === 'clean' ? 0 : strength);
    if (copy.sha256s.join() !== chain.sha256s.join()) {
      copies.push({ name: nameOfChain(copy), chain: copy });
    }
  }
  return copies;
}
