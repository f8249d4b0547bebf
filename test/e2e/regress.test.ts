import test, { before } from 'node:test';
import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { runProcess } from '../../src/media/program/process.js';
import { decodeModel, encodeModel } from '../../src/model/onnx/model-file.js';
import { tensorOf, valuesOf } from '../../src/model/onnx/tensor-values.js';
import { packageRoot } from '../../src/package-root.js';
import { runJob, type JobRunner } from '../../src/report/regress/regress-clip.js';
import {
  manifestName,
  readManifest,
  writeManifest,
} from '../../src/report/regress/regress-manifest.js';
import { regress } from '../../src/report/regress/regress.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const shipped = path.join(packageRoot(), 'models', 'espcn-32-x2.onnx');
const folder = temporaryFolder();
let ffmpeg: Ffmpeg;
let model: string;
let manifest: string;

async function runFfmpeg(...args: string[]): Promise<void> {
  const { code, stderrTail } = await runProcess(ffmpeg.ffmpeg, [
    '-v',
    'error',
    '-nostdin',
    '-y',
    ...args,
  ]);
  assert.equal(code, 0, stderrTail.join('\n'));
}

before(async () => {
  ffmpeg = await locateFfmpeg();
  model = path.join(folder, 'model.onnx');
  manifest = path.join(folder, manifestName);
  await copyFile(shipped, model);
  const sample = path.join(packageRoot(), 'samples', 'odd-size.webm');
  const clip = path.join(folder, 'clip.mkv');
  await runFfmpeg('-i', sample, '-frames:v', '6', '-vf', 'crop=64:48', '-c:v', 'ffv1', clip);
  const update = await runVsr('regress', folder, '--update');
  assert.equal(update.code, 0, update.stderr);
  const made = await readManifest(manifest);
  await writeManifest(manifest, {
    ...made,
    clips: made.clips.map((entry) => ({ ...entry, model: 'model.onnx' })),
  });
});

/** The names of the checks that fail, with the frames that show it. */
async function failing(run: JobRunner = runJob): Promise<Map<string, number | null>> {
  const found = new Map<string, number | null>();
  for await (const { checks, error } of regress(ffmpeg, folder, { run })) {
    assert.equal(error, null);
    // Without those of the 8-bit copy where a changed model is no longer the default.
    assert.ok([16, 22].includes(checks.length), String(checks.length));
    for (const { ok, name, frame } of checks) if (!ok) found.set(name, frame);
  }
  return found;
}

/** The real job, whose output is then passed through ffmpeg once more. */
function spoilt(...args: string[]): JobRunner {
  return async (clip, output, options, onProgress) => {
    const whole = output.replace(/mkv$/, 'whole.mkv');
    await runJob(clip, whole, options, onProgress);
    await runFfmpeg('-i', whole, ...args, '-c:v', 'ffv1', output);
  };
}

/** Runs `work` while the model's last layer is changed. */
async function withModel(
  change: (weights: Float32Array, bias: Float32Array) => void,
  work: () => Promise<void>,
): Promise<void> {
  const net = decodeModel(await readFile(shipped));
  const last = net.graph!.node!.filter(({ opType }) => opType === 'Conv').at(-1)!;
  const tensors = net.graph!.initializer!;
  const places = [1, 2].map((i) => tensors.findIndex(({ name }) => name === last.input![i]));
  const values = places.map((place) => valuesOf(tensors[place]!) as Float32Array);
  change(values[0]!, values[1]!);
  places.forEach((place, i) => {
    const { name, dims } = tensors[place]!;
    tensors[place] = tensorOf(name!, 'float32', dims!.map(Number), values[i]!);
  });
  await writeFile(model, encodeModel(net));
  try {
    await work();
  } finally {
    await copyFile(shipped, model);
  }
}

test('what has not changed passes', async () => {
  assert.deepEqual([...(await failing())], []);
});

test('one changed weight fails', () =>
  withModel(
    (weights) => {
      weights[4] = weights[4]! + 0.05;
    },
    async () => {
      const found = await failing();
      const names = [...found.keys()];
      assert.ok(found.has('exact frames') && names.some((n) => n.includes('PSNR Y')), names.join());
    },
  ));

test('two channels swapped before depth-to-space fail', () =>
  withModel(
    (weights, bias) => {
      const each = weights.length / bias.length;
      const second = weights.slice(each, 2 * each);
      weights.copyWithin(each, 2 * each, 3 * each);
      weights.set(second, 2 * each);
      [bias[1], bias[2]] = [bias[2]!, bias[1]!];
    },
    async () => {
      const found = await failing();
      for (const name of ['PSNR Y', 'worst PSNR Y', 'SSIM', 'exact frames']) {
        assert.ok(found.has(name), `${name} of ${[...found.keys()].join()}`);
      }
    },
  ));

test('a dropped frame fails, from that frame on', async () => {
  const found = await failing(spoilt('-vf', 'select=not(eq(n\\,3))', '-vsync', 'passthrough'));
  for (const name of ['frames', 'timestamps']) assert.ok(found.has(name), name);
  assert.equal(found.get('exact frames'), 3);
});

test('chroma shifted by half a sample fails, by chroma alone', async () => {
  // geq moves luma a little as well, so that only its chroma is taken.
  const shift = 'geq=lum=lum(X\\,Y):cb=cb(X+0.5\\,Y):cr=cr(X+0.5\\,Y)';
  const graph = `split[a][b];[b]${shift}[c];[a][c]mergeplanes=0x001112:yuv420p`;
  const found = await failing(spoilt('-vf', graph));
  for (const name of ['PSNR U to source', 'PSNR V to source']) assert.ok(found.has(name), name);
  assert.equal(found.has('PSNR Y to source'), false);
});

test('a colour range mistaken fails, whether in the samples or in the tag', async () => {
  // Sample by sample: a filter that knows of ranges would change the tag too, in some ffmpegs.
  const chroma = 'clip((val-128)*255/224+128\\,0\\,255)';
  const stretch = `lutyuv=y=clip((val-16)*255/219\\,0\\,255):u=${chroma}:v=${chroma}`;
  const stretched = await failing(spoilt('-vf', stretch));
  assert.ok(
    stretched.has('PSNR Y to source') && !stretched.has('streams'),
    [...stretched.keys()].join(),
  );
  const tagged = await failing(spoilt('-color_range', 'pc'));
  assert.ok(tagged.has('streams'), [...tagged.keys()].join());
});

test('the command line says what differs, and JUnit too', async () => {
  const text = await readFile(manifest, 'utf8');
  try {
    await writeFile(manifest, text.replace('"frames": 6', '"frames": 9'));
    const junit = path.join(folder, 'junit.xml');
    const run = await runVsr('regress', folder, '--junit', junit);
    assert.equal(run.code, 1);
    assert.match(run.stdout, /clip\.mkv +frames +9 +6/);
    assert.match(text, /"name": "espcn-32-int8-x2"/);
    assert.match(await readFile(junit, 'utf8'), /failures="1"/);
    await writeFile(manifest, text.slice(0, 100));
    const damaged = await runVsr('regress', folder);
    assert.equal(damaged.code, 1);
    assert.match(damaged.stderr, /The baseline .*regress\.json cannot be read/);
  } finally {
    await writeFile(manifest, text);
  }
  const unknown = await runVsr('regress', folder, '--only', 'other.mp4');
  assert.equal(unknown.code, 2);
});

test('a gate that measures nothing fails', async () => {
  const empty = temporaryFolder();
  const none = await runVsr('regress', empty);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /there is none\. Make it with/);
  assert.equal((await runVsr('regress', empty, '--update')).code, 1);
});
