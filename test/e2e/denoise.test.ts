import assert from 'node:assert/strict';
import path from 'node:path';
import test, { before } from 'node:test';
import { asDecoded } from '../../src/media/decode/as-decoded.js';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { lookAt } from '../../src/media/scan/look.js';
import { probe } from '../../src/media/source/probe.js';
import { readFrameLog } from '../../src/metrics/read-frame-log.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { packageRoot } from '../../src/package-root.js';
import { enlarge, ffmpegRun } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);

/** A ramp of opacity. */
const opacity = "geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='X+Y'";

before(async () => {
  const scene = ['-i', path.join(packageRoot(), 'samples', 'scene.mp4'), '-an'];
  const truth = 'trim=end_frame=12,scale=320:192:flags=lanczos,format=yuv420p';
  await ffmpegRun(
    ...[...scene, '-vf', truth, '-c:v', 'ffv1', file('truth.mkv')],
    ...['-vf', `${truth},scale=160:96,noise=c0s=20:allf=t:c0_seed=7`, '-c:v', 'ffv1'],
    file('noisy.mkv'),
    ...['-vf', `${truth},scale=160:96,noise=c0s=20:allf=t:c0_seed=7,format=yuv420p10le`],
    ...['-c:v', 'ffv1', file('deep.mkv')],
    ...['-vf', `${truth},scale=160:96,noise=c0s=20:allf=t:c0_seed=7,format=yuva420p,${opacity}`],
    ...['-c:v', 'ffv1', file('alpha.mkv')],
    ...['-vf', `${truth},scale=160:96,noise=c0s=20:allf=t:c0_seed=7,format=yuva444p,${opacity}`],
    ...['-c:v', 'prores_ks', '-pix_fmt', 'yuva444p10le', file('alpha.mov')],
    ...['-vf', `${truth},format=yuv420p10le`, '-c:v', 'ffv1', file('truth.deep.mkv')],
  );
  const opaque = ['-pix_fmt', 'yuv420p', '-c:v', 'ffv1', file('opaque.mkv')];
  await ffmpegRun('-i', file('alpha.mkv'), ...opaque);
});

/** Mean luma PSNR to the truth, and what the sidecar says was taken out. */
async function enlarged(name: string, denoise: 'off' | 'auto') {
  const output = file(`${name}.${denoise}.mkv`);
  await enlarge(file(name), {
    ...{ output, model: 'espcn-16-lite-x2', precision: 'fp32', denoise },
    reference: file(name === 'deep.mkv' ? 'truth.deep.mkv' : 'truth.mkv'),
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
  const [off, auto] = [await enlarged('noisy.mkv', 'off'), await enlarged('noisy.mkv', 'auto')];
  assert.ok(auto.mean > off.mean + 2, `${off.mean} to ${auto.mean} dB`);
  assert.ok('fields' in auto.sidecar.settings && 'fields' in off.sidecar.settings);
  assert.equal(auto.sidecar.settings.denoise, auto.sidecar.scan?.noise);
  assert.equal(off.sidecar.settings.denoise, undefined);
});

test('noise is measured and taken out alike of 8 bits and of 10, which stay 10', async () => {
  const [off, auto] = [await enlarged('deep.mkv', 'off'), await enlarged('deep.mkv', 'auto')];
  assert.ok(auto.mean > off.mean + 2, `${off.mean} to ${auto.mean} dB`);
  const ffmpeg = await locateFfmpeg();
  const [shallow, deep] = [
    await probe(ffmpeg, file('noisy.mkv')),
    await probe(ffmpeg, file('deep.mkv')),
  ];
  const look = { stallTimeoutMs: 60_000 };
  const levels = [
    (await lookAt(ffmpeg, shallow, look)).noise!,
    (await lookAt(ffmpeg, deep, look)).noise!,
  ];
  assert.ok(Math.abs(levels[0]! - levels[1]!) < 0.2, levels.join(' and '));
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'color=gray:s=160x96:r=25,format=yuv420p10le'],
    ...['-vf', 'lutyuv=y=403', '-frames:v', '3', '-c:v', 'ffv1', file('flat.mkv')],
  );
  const flat = await probe(ffmpeg, file('flat.mkv'));
  const source = asDecoded(flat, { fields: null, crop: null, runs: null, denoise: 6 });
  for await (const { data } of decodeFrames(ffmpeg, source)) {
    const luma = new Uint16Array(data.slice(0, 2 * 160 * 96).buffer);
    assert.deepEqual([Math.min(...luma), Math.max(...luma)], [403, 403]);
  }
});

test('noise is taken out of colours, and the alpha beside them stays as it is', async () => {
  const ffmpeg = await locateFfmpeg();
  const frames = async (name: string, denoise: number | null) => {
    const probed = await probe(ffmpeg, file(name));
    const source = asDecoded(probed, { fields: null, crop: null, runs: null, denoise });
    const found: Uint8Array[] = [];
    for await (const { data } of decodeFrames(ffmpeg, source)) found.push(data.slice());
    return { found, format: source.video.request };
  };
  const luma = 160 * 96;
  for (const [name, format, bytes] of [
    ['alpha.mkv', 'yuva420p', luma],
    ['alpha.mov', 'yuva444p12le', 2 * luma],
  ] as const) {
    const [plain, clean] = [await frames(name, null), await frames(name, 10)];
    assert.deepEqual([plain.format, clean.format, clean.found.length], [format, format, 12]);
    clean.found.forEach((data, i) => {
      const alike = Buffer.compare(data.subarray(-bytes), plain.found[i]!.subarray(-bytes)) === 0;
      assert.ok(alike, `the alpha of frame ${i} of ${name} changed`);
    });
    assert.notDeepEqual(clean.found[5]!.subarray(0, bytes), plain.found[5]!.subarray(0, bytes));
  }
  // The colours are those of the same clip without alpha.
  const [beside, alone] = [await frames('alpha.mkv', 10), await frames('opaque.mkv', 10)];
  alone.found.forEach((data, i) => {
    assert.deepEqual(beside.found[i]!.subarray(0, data.length), data);
  });
});
