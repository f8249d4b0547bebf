import assert from 'node:assert/strict';
import path from 'node:path';
import test, { before } from 'node:test';
import { readFrameLog } from '../../src/metrics/read-frame-log.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { packageRoot } from '../../src/package-root.js';
import { enlarge, ffmpegRun } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);

before(async () => {
  const scene = ['-i', path.join(packageRoot(), 'samples', 'scene.mp4'), '-an'];
  const truth = 'trim=end_frame=12,scale=320:192:flags=lanczos,format=yuv420p';
  await ffmpegRun(
    ...[...scene, '-vf', truth, '-c:v', 'ffv1', file('truth.mkv')],
    ...['-vf', `${truth},scale=160:96,noise=c0s=20:allf=t:c0_seed=7`, '-c:v', 'ffv1'],
    file('noisy.mkv'),
  );
});

/** Mean luma PSNR to the truth, and what the sidecar says was taken out. */
async function enlarged(denoise: 'off' | 'auto') {
  const output = file(`${denoise}.mkv`);
  await enlarge(file('noisy.mkv'), {
    ...{ output, model: 'espcn-16-lite-x2', precision: 'fp32', denoise },
    reference: file('truth.mkv'),
  });
  let [sum, count] = [0, 0];
  for await (const { psnrY } of readFrameLog(`${output}.psnr.csv`)) {
    sum += psnrY!;
    count++;
  }
  const sidecar = await readSidecar(`${output}.vsr.json`);
  return { mean: sum / count, sidecar };
}

test('noise that was measured is taken out before the network', async () => {
  const [off, auto] = [await enlarged('off'), await enlarged('auto')];
  assert.ok(auto.mean > off.mean + 2, `${off.mean} to ${auto.mean} dB`);
  assert.ok('fields' in auto.sidecar.settings && 'fields' in off.sidecar.settings);
  assert.equal(auto.sidecar.settings.denoise, auto.sidecar.scan?.noise);
  assert.equal(off.sidecar.settings.denoise, undefined);
});
