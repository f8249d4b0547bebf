import path from 'node:path';
import { removeJob, type Bench } from './setting.js';

/** Start-up: the help text, the first frame of a clip, and a whole job of one frame. */
export async function start({ vsr, root, folder, measured, upscale, makeClip, say }: Bench) {
  const help = await measured(process.execPath, [vsr, '--help']);
  const script = path.join(root, 'build/scripts/bench/first-frame.js');
  const first: Record<string, number> = {};
  for (const size of ['640x360', '1920x1080']) {
    const output = path.join(folder, `first-${size}.mp4`);
    const words = [script, makeClip(size, 24), output];
    const { stdout } = await measured(process.execPath, words, () => removeJob(output));
    first[size] = Number(stdout);
  }
  const one = await upscale(makeClip('320x180', 1), path.join(folder, 'one.mp4'), ['--no-log']);
  const helpMs = help.wallSeconds * 1000;
  say(`\nvsr --help                       ${helpMs.toFixed(0).padStart(6)} ms (under 150)`);
  for (const [size, ms] of Object.entries(first)) {
    say(`first frame of ${size.padEnd(10)} out ${ms.toFixed(0).padStart(9)} ms (under 1000)`);
  }
  const { wallSeconds, cpuSeconds } = one;
  say(`a whole job of one frame         ${(wallSeconds * 1000).toFixed(0).padStart(6)} ms,`);
  say(`                          of CPU ${(cpuSeconds * 1000).toFixed(0).padStart(6)} ms`);
  return { helpMs, firstFrameMs: first, oneFrame: { wallSeconds, cpuSeconds } };
}
