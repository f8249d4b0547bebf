import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { writeNearestModel } from '../../scripts/sweep/nearest-model.js';
import { sweepClip } from '../../scripts/sweep/sweep-clip.js';
import { framesOf, refusedFiles, sweptFiles } from '../../scripts/sweep/swept-files.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { packageRoot } from '../../src/package-root.js';
import { isLongForm } from '../support/long-form.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const data = path.join(packageRoot(), '..', 'shared', 'data');

/**
 * Pictures this large, and clips this long, take too much of a test's time, and so would all of the
 * others: every twentieth is enlarged here, in the long form every third; `npm run sweep` does all.
 */
const largeFrames = 4;
const leftToTheScript =
  /8k24fps|clips\/(?:\d\d_|Issue|VID|big|butter|crowd|flower|media|old|screen|small|squirrel)/;

test('every odd clip is enlarged with all that is in it, or refused by one sentence', async (t) => {
  if (!existsSync(data)) return t.skip(`${data} is not there`);
  const { ffprobe } = await locateFfmpeg();
  const folder = temporaryFolder();
  const model = path.join(folder, 'nearest.onnx');
  await writeNearestModel(model);
  const all = (await sweptFiles(data)).filter((file) => !leftToTheScript.test(file));
  assert.ok(all.length > 90);
  const files = all.filter((_, i) => i % (isLongForm ? 3 : 40) === 0);
  const wrong: string[] = [];
  const refused: string[] = [];
  const work = files.values();
  const worker = async (place: string): Promise<void> => {
    for (const file of work) {
      const setting = {
        ...{ ffprobe, scale: 2, options: ['--model', model, '--workers', '1'] },
        ...{ folder: place, frames: await framesOf(ffprobe, file, largeFrames) },
      };
      const result = await sweepClip(file, setting);
      if (result.verdict === 'wrong') wrong.push(`${result.name}: ${result.said}`);
      if (result.verdict === 'refused') refused.push(result.name);
      await rm(place, { recursive: true, force: true });
    }
  };
  await Promise.all(['a', 'b'].map((name) => worker(path.join(folder, name))));
  assert.deepEqual(wrong, []);
  const names = new Set(files.map((file) => path.basename(file)));
  assert.deepEqual(refused.sort(), refusedFiles.filter((name) => names.has(name)).sort());
});
