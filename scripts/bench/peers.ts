import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildInferenceModel, networkOf, parameterCount } from '../../src/model/network.js';
import { nativeSrModel } from './native-sr-model.js';
import type { Bench } from './setting.js';
import { timed } from './timed-process.js';

/** ffmpeg's `sr` filter with the same network. */
export async function peers({ ffmpeg, folder, makeClip, upscale, say }: Bench): Promise<unknown> {
  const filters = execFileSync(ffmpeg.ffmpeg, ['-v', 'error', '-filters']).toString();
  if (!/ sr /.test(filters)) {
    say('\nThis ffmpeg has no sr filter: no peer measured.');
    return null;
  }
  const network = networkOf('espcn', 2);
  const weights = new Float32Array(parameterCount(network)).fill(0.001);
  const [onnx, native] = [path.join(folder, 'espcn.onnx'), path.join(folder, 'espcn.model')];
  await writeFile(onnx, buildInferenceModel(network, weights));
  await writeFile(native, nativeSrModel(network, weights));
  const frames = 30;
  const clip = makeClip('640x360', frames);
  const ours = await upscale(clip, path.join(folder, 'ours.mp4'), ['--no-log', '--model', onnx]);
  const filter = `sr=dnn_backend=native:scale_factor=2:model=${native}`;
  const sr = await timed(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', clip, '-frames:v', '2', '-vf', filter],
    ...['-c:v', 'libx264', '-crf', '18', path.join(folder, 'sr.mp4')],
  ]);
  const [a, b] = [ours.wallSeconds / frames, sr.wallSeconds / 2];
  say(`\nESPCN 64-32, 640x360 to 1280x720, seconds a frame end to end (${ffmpeg.version})`);
  say(`vsr ${a.toFixed(3)}, ffmpeg's sr ${b.toFixed(2)}: ${(b / a).toFixed(0)} times faster`);
  return { vsrSecondsPerFrame: a, srSecondsPerFrame: b, ratio: b / a };
}
