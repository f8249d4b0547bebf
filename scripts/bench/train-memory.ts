import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { timed } from './timed-process.js';

/** Bytes of pictures to train on: many links to the same few files. */
const bytesWanted = 20e9;

/** The peak memory of a training on more pictures than fit into memory. */
export type TrainMemory = {
  readonly files: number;
  readonly bytes: number;
  readonly peakMb: number;
};

/**
 * Peak memory of `vsr train` with its defaults on a folder with 20 GB of pictures; `null` without
 * ../shared/data. The run is long enough that the pictures in use and the next ones are in memory
 * at the same time.
 */
export async function trainMemory(
  root: string,
  say: (line: string) => void,
): Promise<TrainMemory | null> {
  const sources = ['CLIC2025', 'CID22'].map((name) =>
    path.join(root, '../shared/data/train', name),
  );
  if (!sources.every((source) => existsSync(source))) {
    say('Memory over 20 GB of pictures: not measured, ../shared/data/train is absent.');
    return null;
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-bench-'));
  try {
    const files = (
      await Promise.all(
        sources.map(async (source) =>
          (await readdir(source)).map((name) => path.join(source, name)),
        ),
      )
    )
      .flat()
      .filter((file) => /\.(png|jpe?g|webp|avif|tiff?)$/i.test(file));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    let [count, bytes] = [0, 0];
    for (; bytes < bytesWanted; count++) {
      const below = path.join(folder, 'pictures', String(Math.floor(count / 2000)));
      await mkdir(below, { recursive: true });
      const file = files[count % files.length]!;
      await symlink(file, path.join(below, `${count}${path.extname(file)}`));
      bytes += sizes[count % files.length]!;
    }
    const { peakMb } = await timed(process.execPath, [
      ...[path.join(root, 'bin/vsr.js'), 'train', '--data', path.join(folder, 'pictures')],
      ...['--steps', '1500', '--val-every', '500', '--out', path.join(folder, 'model.onnx')],
    ]);
    say(
      `Memory over ${count} pictures of ${(bytes / 1e9).toFixed(0)} GB: ${peakMb?.toFixed(0) ?? 'unknown'} MB at most.`,
    );
    return peakMb === null ? null : { files: count, bytes, peakMb };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
