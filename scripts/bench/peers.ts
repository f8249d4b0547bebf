import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadModel } from '../../src/model/load/load-model.js';
import { networkOf } from '../../src/model/architectures/list.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';
import { parameterCount } from '../../src/model/language/network.js';
import { encodeModel } from '../../src/model/onnx/model-file.js';
import { elementTypes } from '../../src/model/onnx/types.js';
import { withoutBorderPad } from '../../src/model/graph/strip-pad.js';
import { compareUpscalerJs } from './compare-upscaler-js.js';
import { frameMs } from './frame-ms.js';
import { installed } from './installed.js';
import { nativeSrModel } from './native-sr-model.js';
import type { Bench } from './setting.js';
import { reasonOf, timed } from './timed-process.js';

const [width, height, runs] = [640, 360, 5];
/** The paper's ESPCN at 2x: 5-3-3, 64-32. */
const network = networkOf('espcn', 2);
/** Samples that its convolutions take away at each side. */
const reach = 4;

/** The time that another runtime took for a frame, or why it could not be measured. */
type Peer =
  | { readonly name: string; readonly ms: number; readonly ratio: number }
  | { readonly name: string; readonly missing: string };

/**
 * Weights with which values stay finite and no sum is zero: with zeros a runtime could be faster
 * than usual.
 */
function someWeights(): Float32Array {
  return new Float32Array(parameterCount(network)).map(
    (_, i) => (((i * 2654435761) >>> 24) - 127) / 4000,
  );
}

/**
 * Compares vsr with ffmpeg's `sr` filter and other runtimes that read ONNX, all with the same
 * network, and with UpscalerJS and its own network.
 */
export async function peers(bench: Bench): Promise<unknown> {
  const weights = someWeights();
  const onnx = path.join(bench.folder, 'espcn.onnx');
  await writeFile(onnx, buildInferenceModel(network, weights));
  const alone = await runtimes(bench, onnx);
  const upscalerJs = await compareUpscalerJs(bench);
  return { runtimes: alone, upscalerJs, sr: await ffmpegSr(bench, onnx, weights) };
}

async function ffmpegSr(bench: Bench, onnx: string, weights: Float32Array): Promise<unknown> {
  const { ffmpeg, folder, makeClip, upscale, say } = bench;
  const filters = execFileSync(ffmpeg.ffmpeg, ['-v', 'error', '-filters']).toString();
  if (!/ sr /.test(filters)) {
    say('\nThis ffmpeg has no sr filter: not measured.');
    return null;
  }
  const native = path.join(folder, 'espcn.model');
  await writeFile(native, nativeSrModel(network, weights));
  const frames = 30;
  const clip = makeClip(`${width}x${height}`, frames);
  const ours = await upscale(clip, path.join(folder, 'ours.mp4'), ['--no-log', '--model', onnx]);
  const filter = `sr=dnn_backend=native:scale_factor=2:model=${native}`;
  const sr = await timed(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', clip, '-frames:v', '2', '-vf', filter],
    ...['-c:v', 'libx264', '-crf', '18', path.join(folder, 'sr.mp4')],
  ]);
  const [a, b] = [ours.wallSeconds / frames, sr.wallSeconds / 2];
  say(`\nESPCN 64-32, 640x360 to 1280x720, seconds per frame end to end (${ffmpeg.version})`);
  say(`vsr ${a.toFixed(3)}, ffmpeg's sr ${b.toFixed(2)}: ${(b / a).toFixed(0)} times faster`);
  return { vsrSecondsPerFrame: a, srSecondsPerFrame: b, ratio: b / a };
}

/** Measures the network alone, on one thread, in runtimes that read ONNX. */
async function runtimes({ folder, root, say }: Bench, onnx: string): Promise<unknown> {
  const ours = await frameMs(await loadModel(onnx), 40);
  const plain = path.join(folder, 'espcn-valid.onnx');
  await writeFile(plain, await withoutPad(onnx));
  const size = [`${width + 2 * reach}`, `${height + 2 * reach}`, `${runs}`];
  const peer = async (name: string, run: () => Promise<string>): Promise<Peer> => {
    try {
      const { ms, version } = JSON.parse(await run()) as { ms: number; version: string };
      return { name: `${name} ${version}`.trim(), ms, ratio: ms / ours };
    } catch (error) {
      return { name, missing: reasonOf(error) };
    }
  };
  const script = path.join(root, 'scripts/bench/opencv-dnn.py');
  const all = [
    await peer('OpenCV dnn', async () => (await timed(python(), [script, plain, ...size])).stdout),
    await peer('onnxruntime-web (WebAssembly)', async () => {
      const program = path.join(root, 'build/scripts/bench/onnx-web.js');
      const args = [
        program,
        await installed(path.join(folder, 'web'), ['onnxruntime-web']),
        plain,
        ...size,
      ];
      return (await timed(process.execPath, args)).stdout;
    }),
  ];
  say(`\nESPCN 64-32 alone, 640x360 to 1280x720, one thread: CPU milliseconds per frame`);
  say(`${'vsr'.padEnd(36)} ${ours.toFixed(0).padStart(6)}`);
  for (const one of all) {
    const figures =
      'missing' in one
        ? `not measured: ${one.missing}`
        : `${one.ms.toFixed(0).padStart(6)}   ${one.ratio.toFixed(2)} times ours`;
    say(`${one.name.padEnd(36)} ${figures}`);
  }
  return { oursMs: ours, peers: all };
}

/**
 * The network without its leading Pad and for one size of picture: OpenCV 4.6 supports neither that
 * Pad nor dynamic sizes. Its input has to include the border that the Pad would add.
 */
async function withoutPad(onnx: string): Promise<Uint8Array> {
  const { model, input } = await loadModel(onnx);
  const graph = withoutBorderPad(model.graph!, input);
  const dim = [1, 1, height + 2 * reach, width + 2 * reach].map((dimValue) => ({ dimValue }));
  const type = { tensorType: { elemType: elementTypes.float32, shape: { dim } } };
  return encodeModel({ ...model, graph: { ...graph, input: [{ name: input, type }] } });
}

/** The name of a Python that has OpenCV. */
function python(): string {
  for (const name of ['python3', '/usr/bin/python3']) {
    try {
      execFileSync(name, ['-c', 'import cv2'], { stdio: 'ignore' });
      return name;
    } catch {
      // Not this one.
    }
  }
  throw new Error("no python3 with OpenCV here (Debian's package python3-opencv)");
}
