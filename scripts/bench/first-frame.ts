import { errorOf } from '../../src/errors.js';
import { upscale } from '../../src/index.js';

/**
 * A program: `first-frame.js <clip> <output>` prints how many milliseconds after its start the
 * encoder has taken the first frame, then ends.
 */
const [clip = '', output = ''] = process.argv.slice(2);
const stop = new AbortController();
const options = { output, log: false, provider: 'cpu', signal: stop.signal } as const;
for await (const event of upscale(clip, options)) {
  if (event.event === 'failed') throw errorOf(event.error);
  if (event.event !== 'progress' || event.frames === 0) continue;
  console.log(performance.now());
  break;
}
