import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { openUpscaler, type Upscaled } from '../../src/enlarge/upscaler.js';
import { networkOf } from '../../src/model/architectures/list.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';
import { type Frame, planeOf } from '../../src/planes/frame.js';
import { frameLayout, type FrameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import type { Plane } from '../../src/planes/plane.js';
import { initialWeights } from '../../src/training/optimiser/initial-weights.js';
import { optionsFor, picture } from '../support/picture.js';
import { plainBicubic } from '../support/plain-bicubic.js';
import { random } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** A network with random weights. */
async function writeModel(arch: string, scale: number): Promise<string> {
  const network = networkOf(arch, scale, arch === 'patch-mlp' ? { width: 24, patch: 10 } : {});
  const file = path.join(folder, `${arch}-x${scale}.onnx`);
  await writeFile(file, buildInferenceModel(network, initialWeights(network, 3)));
  return file;
}

/** The left of `at` shares is black, the right white, with a grey ramp of five columns between. */
function mask(width: number, height: number): Plane {
  const seam = width >> 1;
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.min(255, Math.max(0, 51 * ((i % width) - seam + 2))),
  );
  return { data, width, height };
}

/** Frames that differ in a few places, on both sides of the seam and on it; one is a cut. */
function clip(layout: FrameLayout): Frame[] {
  const frames = [picture(layout, 0)];
  const { width, height } = layout;
  for (const [i, x] of [0, 3, (width >> 1) - 2, width - 6, width >> 1].entries()) {
    const data = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
    data.set(i === 3 ? picture(layout, 9).data : frames.at(-1)!.data);
    const next = random(i + 1);
    const luma = planeOf(data, layout, 0);
    for (let y = i === 0 ? height : 4; y < Math.min(height, 9); y++) {
      for (let column = x; column < x + 5; column++) {
        luma.data[y * width + column]! ^= Math.round(6 * (next() + 0.5));
      }
    }
    frames.push({ index: i + 1, pts: (i + 1) * 512, data });
  }
  // Nothing changes any more, but for grain in one frame that averaging takes out.
  for (const grain of [0, 0, 0, 1, 0, 0]) {
    const data = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
    data.set(frames[5]!.data);
    const luma = planeOf(data, layout, 0);
    for (let at = 0; at < luma.data.length && grain === 1; at += 97) luma.data[at]! ^= 1;
    frames.push({ index: frames.length, pts: frames.length * 512, data });
  }
  return frames;
}

for (const [arch, scale, passes, format, width, height, steady] of [
  ['espcn-16', 2, 1, 'yuv420p', 101, 75, false],
  ['espcn-16', 2, 1, 'yuv420p', 102, 76, true],
  ['espcn-16', 2, 2, 'yuv420p10le', 60, 41, false],
  ['espcn', 3, 1, 'yuv422p', 60, 44, false],
  ['patch-mlp', 1.5, 1, 'yuv420p', 61, 43, false],
  ['patch-mlp', 1, 1, 'yuv420p', 90, 65, true],
  ['srcnn', 2, 1, 'yuv420p', 51, 34, false],
] as const) {
  const total = scale ** passes;
  test(`${arch} at ${total}x, ${format}${steady ? ', steady' : ''}: where the mask is black, bicubic to the bit; where white, the network`, async () => {
    const chain = await chooseChain(total, await writeModel(arch, scale), { kind: 'clean' });
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const frames = clip(layout);
    let larger!: FrameLayout;
    const run = async (masked: boolean, reuse: boolean): Promise<Upscaled[]> => {
      const more = { scores: true, reuse, steady };
      await using upscaler = await openUpscaler(
        optionsFor(chain, layout, { ...more, mask: masked ? mask(width, height) : null }),
      );
      larger = upscaler.layout;
      const around = (i: number) => [-2, -1, 1, 2].map((by) => frames[i + by] ?? null);
      return await Promise.all(
        frames.map((frame, i) => upscaler.upscale(frame, undefined, steady ? around(i) : [])),
      );
    };
    const [plain, made, reused] = [
      await run(false, false),
      await run(true, false),
      await run(true, true),
    ];
    const isRgb = chain.passes[0]!.colour === 'rgb';
    for (const [i, { frame, scores }] of made.entries()) {
      assert.deepEqual(reused[i]!.frame.data, frame.data, `frame ${i} with reuse`);
      assert.deepEqual(reused[i]!.scores, scores, `scores of frame ${i} with reuse`);
      const source = frames[i]!.data;
      const bicubic = total === 1 ? source : plainBicubic(source, layout, larger, total);
      larger.planes.forEach((place, number) => {
        const [ours, network, enlarged] = [frame.data, plain[i]!.frame.data, bicubic].map(
          (data) => planeOf(data, larger, number).data,
        );
        // The ramp's columns in this plane, and what the resampled mask may blur them by.
        const reach = 2.5 * total + (number === 0 ? total : 2);
        const seam = ((width >> 1) * place.width) / width;
        let differing = 0;
        for (let at = 0; at < ours!.length; at++) {
          const x = at % place.width;
          if (number > 0 && !isRgb) assert.equal(ours![at], network![at], 'chroma');
          else if (x < seam - reach) assert.equal(ours![at], enlarged![at], `black, ${x}`);
          else if (x > seam + reach) assert.equal(ours![at], network![at], `white, ${x}`);
          else {
            const [low, high] = [network![at]!, enlarged![at]!].sort((a, b) => a - b);
            assert.ok(ours![at]! >= low! && ours![at]! <= high!, `between, ${x}`);
          }
          if (network![at] !== enlarged![at]) differing++;
        }
        assert.ok(number > 0 || differing > ours!.length / 4, `only ${differing} differ`);
      });
    }
    if (!isRgb && !steady) assert.ok(reused[1]!.reused === 1 && reused[2]!.reused > 0.5);
  });
}

test('a black mask gives bicubic and a white one the network, in every sample', async () => {
  const chain = await chooseChain(2, await writeModel('espcn-16', 2), { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 64, 48);
  const source = picture(layout, 0);
  const run = async (shade: number | null) => {
    const covering = { data: new Uint8Array([shade ?? 0]), width: 1, height: 1 };
    const more = { mask: shade === null ? null : covering, scores: true };
    await using upscaler = await openUpscaler(optionsFor(chain, layout, more));
    return [await upscaler.upscale(source), upscaler.layout] as const;
  };
  const [[black, larger], [white], [plain]] = [await run(0), await run(255), await run(null)];
  assert.deepEqual(white.frame.data, plain.frame.data);
  assert.deepEqual(black.frame.data, plainBicubic(source.data, layout, larger, 2));
  assert.equal(black.scores.toBicubicY, 0);
  assert.ok(plain.scores.toBicubicY! > 1);
});
