// Makes docs/before-after.webp for the README: a frame of samples/scene.mp4, reduced by 2 and
// enlarged again by bicubic (left) and by vsr (right); one part of it, magnified three times.
//
//   node build/scripts/make-before-after.js
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { errorOf } from '../src/errors.js';
import { locateFfmpeg } from '../src/media/program/ffmpeg.js';
import { runProcess } from '../src/media/program/process.js';
import { packageRoot } from '../src/package-root.js';
import { upscale } from '../src/index.js';

const FRAME = 30;
const PART = { left: 205, top: 150, width: 150, height: 120 };
const ZOOM = 3;

const { ffmpeg } = await locateFfmpeg();
const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-before-after-'));
const at = (name: string): string => path.join(folder, name);

async function run(...args: string[]): Promise<void> {
  const { code, stderrTail } = await runProcess(ffmpeg, ['-v', 'error', '-y', '-nostdin', ...args]);
  if (code !== 0) throw new Error(stderrTail.join('\n'));
}

/** The part of a clip's only frame as a PNG, magnified without smoothing. */
async function part(clip: string, png: string): Promise<Buffer> {
  await run('-i', clip, '-frames:v', '1', png);
  const cut = await sharp(png).extract(PART).png().toBuffer();
  return sharp(cut)
    .resize(PART.width * ZOOM, PART.height * ZOOM, { kernel: 'nearest' })
    .png()
    .toBuffer();
}

try {
  const scene = path.join(packageRoot(), 'samples', 'scene.mp4');
  const small = `select=eq(n\\,${FRAME}),scale=iw/2:ih/2:flags=bicubic`;
  await run('-i', scene, '-vf', small, '-frames:v', '1', '-c:v', 'ffv1', at('small.mkv'));
  const large = 'scale=iw*2:ih*2:flags=bicubic';
  await run('-i', at('small.mkv'), '-vf', large, '-c:v', 'ffv1', at('bicubic.mkv'));
  const options = { output: at('vsr.mkv'), codec: 'ffv1' as const, model: 'espcn-32-x2' };
  for await (const event of upscale(at('small.mkv'), options)) {
    if (event.event === 'failed') throw errorOf(event.error);
  }
  const pictures = [
    await part(at('bicubic.mkv'), at('bicubic.png')),
    await part(at('vsr.mkv'), at('vsr.png')),
  ];
  const [width, height] = [PART.width * ZOOM, PART.height * ZOOM];
  const gap = 8;
  await sharp({ create: { width: 2 * width + gap, height, channels: 3, background: '#fff' } })
    .composite(pictures.map((input, i) => ({ input, left: i * (width + gap), top: 0 })))
    .webp({ quality: 90 })
    .toFile(path.join(packageRoot(), 'docs', 'before-after.webp'));
} finally {
  await rm(folder, { recursive: true, force: true });
}
