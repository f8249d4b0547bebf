// Five pictures of people that no network is trained on: frames of clips in ../shared/data, which
// are for measuring only. Writes them as PNG into a folder, to measure any model on:
//
//   node build/scripts/people.js people/ && vsr evaluate people/ --scale 4 -m resnet-x4
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateFfmpeg } from '../src/media/program/ffmpeg.js';
import { runProcess } from '../src/media/program/process.js';
import { packageRoot } from '../src/package-root.js';

/** A frame of a clip below ../shared/data, reduced so that what compression left is hidden. */
type Frame = { readonly clip: string; readonly frame: number; readonly reducedBy: 1 | 2 };

/** Named in the recipes of the networks that are measured on them. */
export const people: readonly Frame[] = [
  { clip: 'clips/01_dog.mp4', frame: 5, reducedBy: 2 },
  { clip: 'clips/05_default_juggle.mp4', frame: 5, reducedBy: 2 },
  { clip: 'clips/crowd_run_720p_10bit_PPH10I1.264', frame: 5, reducedBy: 2 },
  { clip: 'clips/HCAFR4_HHI.264', frame: 5, reducedBy: 1 },
  { clip: 'odd/bt601.mov', frame: 1, reducedBy: 2 },
];

/** Writes the pictures into `folder`; `data` is ../shared/data. */
export async function writePeople(data: string, folder: string): Promise<void> {
  const { ffmpeg } = await locateFfmpeg();
  await mkdir(folder, { recursive: true });
  for (const { clip, frame, reducedBy } of people) {
    const picture = path.join(folder, `${path.parse(clip).name}.png`);
    const size = `scale=iw/${reducedBy}:ih/${reducedBy}:flags=area`;
    const filters = `select=eq(n\\,${frame}),${size},format=rgb24`;
    const args = ['-i', path.join(data, clip), '-vf', filters, '-frames:v', '1', picture];
    const all = ['-v', 'error', '-y', '-nostdin', ...args];
    const { code, stderrTail } = await runProcess(ffmpeg, all);
    if (code !== 0) throw new Error(`${clip}: ${stderrTail.join('\n')}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = 'people'] = process.argv.slice(2);
  await writePeople(path.join(packageRoot(), '..', 'shared', 'data'), folder);
}
