import path from 'node:path';
import type { Bench } from './setting.js';

/** Clips that repeat themselves, with and without copying what did not change. */
export async function reuse({ root, folder, upscale, say }: Bench): Promise<unknown> {
  const shared = path.join(root, '../shared/data/clips');
  const rows: Record<string, unknown> = {};
  for (const name of ['screen_casting.mp4', 'mediabunny_video_1080p.mp4']) {
    const clip = path.join(shared, name);
    const output = path.join(folder, 'reuse.mp4');
    try {
      const fast = await upscale(clip, output, ['--frames', '40']);
      const full = await upscale(clip, output, ['--frames', '40', '--no-reuse']);
      rows[name] = { fast: fast.cpuSeconds, full: full.cpuSeconds };
      const [whole, reusing] = [full.cpuSeconds.toFixed(2), fast.cpuSeconds.toFixed(2)];
      say(`\n${name}: ${whole} CPU s whole, ${reusing} reusing`);
    } catch (error) {
      say(`\n${name}: not measured (${String(error).split('\n').at(-1)})`);
    }
  }
  return rows;
}
