import { createHash } from 'node:crypto';
import { VsrError } from '../../src/errors.js';
import { precisionNames } from '../../src/model/runtime/precision.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { optionsFor, picture } from './picture.js';

/**
 * Run as a program: enlarges one small frame on the provider, and in the precision, named and
 * prints what became of it.
 */
const name = process.argv[2] === 'webgpu' ? 'webgpu' : 'cpu';
const precision = precisionNames.find((known) => known === process.argv[3]) ?? 'fp32';
const chain = await chooseChain(2, 'default', { codec: false });
const layout = frameLayout(pixelFormats.get('yuv420p')!, 48, 32);
try {
  await using upscaler = await openUpscaler(
    optionsFor(chain, layout, { provider: { name }, precision, workers: 1 }),
  );
  const { frame } = await upscaler.upscale(picture(layout, 0));
  const hash = createHash('md5').update(frame.data).digest('hex');
  process.stdout.write(`${upscaler.provider} ${upscaler.precision} ${hash}\n`);
} catch (error) {
  if (!(error instanceof VsrError)) throw error;
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
