import path from 'node:path';
import type { Bench } from './setting.js';

/** Start-up: the help text, and a whole job of one frame. */
export async function start({ vsr, folder, measured, upscale, makeClip, say }: Bench) {
  const clip = makeClip('320x180', 1);
  const help = await measured(process.execPath, [vsr, '--help']);
  const one = await upscale(clip, path.join(folder, 'one.mp4'), ['--no-log']);
  const [helpMs, oneFrameMs] = [help.wallSeconds * 1000, one.wallSeconds * 1000];
  say(
    `\nvsr --help: ${helpMs.toFixed(0)} ms; a whole job of one frame: ${oneFrameMs.toFixed(0)} ms`,
  );
  return { helpMs, oneFrameMs };
}
