import { createHash } from 'node:crypto';
import { VsrError } from '../../src/errors.js';
import { precisionNames } from '../../src/model/runtime/precision.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { optionsFor, picture } from './picture.js';

/**
 * A program: enlarges frames of a small clip. Arguments: provider, precision, number of threads and
 * time limit for one frame (ms), and `whole` for still areas averaged, a mask, and scores in the
 * hash as well. Prints the provider and precision used and a hash of the result, or the error.
 */
const name = process.argv[2] === 'webgpu' ? 'webgpu' : 'cpu';
const precision = precisionNames.find((known) => known === process.argv[3]) ?? 'fp32';
const workers = Number(process.argv[4] ?? 1);
const deviceFrameMs = Number(process.argv[5] ?? 120_000);
const whole = process.argv[6] === 'whole';
const chain = await chooseChain(2, 'default', { kind: 'clean' });
const layout = frameLayout(pixelFormats.get('yuv420p')!, 48, 32);
const mask = { data: Uint8Array.from({ length: 6 }, (_, i) => 50 * i), width: 3, height: 2 };
try {
  await using upscaler = await openUpscaler(
    optionsFor(chain, layout, {
      ...{ provider: { name }, precision, workers, deviceFrameMs },
      ...(whole ? { scores: true, steady: true, mask } : {}),
    }),
  );
  const hash = createHash('md5');
  // Every second picture is the one before it again, so that there are still areas to average.
  const frames = Array.from({ length: workers + 1 }, (_, i) => ({
    ...picture(layout, whole ? i >> 1 : i),
    index: i,
  }));
  const around = (i: number) => [-2, -1, 1, 2].map((by) => frames[i + by] ?? null);
  const enlarged = await Promise.all(
    frames.map((frame, i) => upscaler.upscale(frame, undefined, whole ? around(i) : [])),
  );
  for (const { frame, scores } of enlarged) {
    hash.update(frame.data);
    if (whole) hash.update(JSON.stringify(scores));
  }
  process.stdout.write(`${upscaler.provider} ${upscaler.precision} ${hash.digest('hex')}\n`);
} catch (error) {
  if (!(error instanceof VsrError)) throw error;
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
