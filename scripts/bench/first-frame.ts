import { upscale } from '../../src/index.js';

/**
 * A process of its own: `first-frame.js <clip> <output>` says how many milliseconds after its start
 * the encoder has taken the first frame, then ends.
 */
const [clip = '', output = ''] = process.argv.slice(2);
const stop = new AbortController();
const options = { output, log: false, provider: 'cpu', signal: stop.signal } as const;
for await (const event of upscale(clip, options)) {
  if (event.type === 'end' && event.outcome.status === 'failed') throw event.outcome.error;
  if (event.type !== 'progress' || event.progress.frames === 0) continue;
  console.log(performance.now());
  break;
}
