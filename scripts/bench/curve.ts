import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { catalogue } from '../../src/model/catalogue/catalogue.js';
import { originalOf } from '../../src/model/catalogue/in-precision.js';
import { loadModel } from '../../src/model/load/load-model.js';
import { processorFeatures } from '../../src/model/runtime/processor.js';
import { packageRoot } from '../../src/package-root.js';
import { frameMs } from './frame-ms.js';

/*
 * `node build/scripts/bench/curve.js`: measures the speed of each 2x model of the catalogue on this
 * machine and writes it with the quality figures of its card to docs/speed-and-quality.md and .svg.
 */
type Point = {
  readonly name: string;
  readonly arch: string;
  /** For an 8-bit copy, the network that it was made from; otherwise `null`. */
  readonly original: string | null;
  /** CPU milliseconds per frame of 640x360 on one thread. */
  readonly ms: number;
  /** The same for the graph as it is in the file, not optimised for the CPU. */
  readonly plainMs: number;
  /** Mean Y-PSNR in decibels. */
  readonly set5: number;
  readonly set14: number;
};

/**
 * Time of PyTorch 2.13 in bf16, channels last, divided by our float time for the same graph as it
 * is in the file, both on one thread: measured side by side in November 2026, in milliseconds per
 * frame. For architectures that were not measured the smallest of these is taken.
 */
const bfloatShare: Readonly<Record<string, number>> = {
  espcn: 74 / 104,
  'espcn-58k': 148 / 256,
  'espcn-16': 21 / 33,
};
const hardest = Math.min(...Object.values(bfloatShare));

/**
 * Decibels by which one network may be below another on either set and still count as of the same
 * quality: what an 8-bit copy may lose.
 */
const sameQuality = 0.05;

/**
 * Rows of a table, one for each float network: its time in PyTorch's bf16, and our fastest network
 * of that quality.
 */
function barRows(points: readonly Point[]): string[] {
  const floats = points.filter(({ original }) => original === null);
  return floats.map(({ name, arch, plainMs, set5, set14 }) => {
    const bar = plainMs * (bfloatShare[arch] ?? hardest);
    const able = points.filter(
      (other) => other.set5 >= set5 - sameQuality && other.set14 >= set14 - sameQuality,
    );
    const best = able.reduce((a, b) => (b.ms < a.ms ? b : a));
    const verdict = best.ms < bar ? 'yes' : 'no';
    return `| ${name} | ${bar.toFixed(0)} | ${best.name} | ${best.ms.toFixed(0)} | ${(best.ms / bar).toFixed(2)} | ${verdict} |`;
  });
}

/** Where a label stands: its middle, its baseline, and half its width. */
type Box = { readonly cx: number; readonly cy: number; readonly half: number };

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.cy - b.cy) < 13 && Math.abs(a.cx - b.cx) < a.half + b.half + 4;
}

function svgOf(points: readonly Point[], bicubic: number): string {
  const [width, height, left, right, top, bottom] = [720, 460, 64, 690, 44, 410];
  const speeds = points.map(({ ms }) => 1000 / ms);
  const [low, high] = [Math.min(...speeds) / 1.3, Math.max(...speeds) * 1.5];
  const values = [...points.map(({ set14 }) => set14), bicubic];
  const [floor, ceiling] = [Math.min(...values) - 0.2, Math.max(...values) + 0.2];
  const x = (fps: number): number =>
    left + (Math.log(fps / low) / Math.log(high / low)) * (right - left);
  const y = (db: number): number => bottom - ((db - floor) / (ceiling - floor)) * (bottom - top);
  const parts = [
    `<text x="${left}" y="24" class="t">2x models: Set14 against speed, one thread, 640x360 to 1280x720</text>`,
    `<text x="${(left + right) / 2}" y="${height - 10}" text-anchor="middle">frames per second (logarithmic)</text>`,
    `<text transform="rotate(-90 16 200)" x="16" y="200" text-anchor="middle">Y-PSNR, dB</text>`,
  ];
  for (let db = Math.ceil(floor * 2) / 2; db <= ceiling; db += 0.5) {
    parts.push(`<path class="g" d="M${left},${y(db).toFixed(1)}H${right}"/>`);
    parts.push(
      `<text x="${left - 6}" y="${(y(db) + 4).toFixed(1)}" text-anchor="end">${db.toFixed(1)}</text>`,
    );
  }
  for (const fps of [1, 2, 5, 10, 20, 50, 100, 200].filter(
    (value) => value > low && value < high,
  )) {
    parts.push(`<path class="g" d="M${x(fps).toFixed(1)},${top}V${bottom}"/>`);
    parts.push(
      `<text x="${x(fps).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${fps}</text>`,
    );
  }
  parts.push(`<path class="b" d="M${left},${y(bicubic).toFixed(1)}H${right}"/>`);
  parts.push(
    `<text x="${right}" y="${(y(bicubic) - 6).toFixed(1)}" text-anchor="end">plain bicubic</text>`,
  );
  const labels: Box[] = [];
  for (const { name, ms, set14 } of points) {
    const [px, py] = [x(1000 / ms), y(set14)];
    const half = 3.3 * name.length;
    const cx = Math.min(Math.max(px, left + half), right - half);
    // The first place above or below the point where no other label is.
    const boxes = [-10, 20, -26, 36, -42, 52, -58, 68].map((by) => ({ cx, cy: py + by, half }));
    const box = boxes.find((each) => !labels.some((other) => overlap(each, other))) ?? boxes[0]!;
    labels.push(box);
    parts.push(
      `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="4.5"/><text x="${cx.toFixed(1)}" y="${box.cy.toFixed(1)}" text-anchor="middle">${name}</text>`,
    );
  }
  const style =
    'text{font:12px system-ui,sans-serif;fill:#333}.t{font-weight:600}.g{stroke:#e4e4e4}.b{stroke:#999;stroke-dasharray:5 4}circle{fill:#0072b2}';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><style>${style}</style><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}

const points: Point[] = [];
let bicubic = 0;
for (const { name, scale, card, file } of await catalogue()) {
  const { Set5, Set14 } = card.figures;
  // Models for compressed or interlaced clips, for second passes and for research are not meant for
  // clean pictures.
  if (scale !== 2 || /codec|strength|fields|second|^research/.test(name)) continue;
  if (Set5 === undefined || Set14 === undefined) continue;
  bicubic = Set14.bicubicPsnr;
  const original = originalOf(card)?.name ?? null;
  const model = await loadModel(file, name);
  const ms = await frameMs(model, 40);
  const plainMs = await frameMs(model, 40, 'any');
  points.push({ name, arch: card.arch, original, ms, plainMs, set5: Set5.psnr, set14: Set14.psnr });
}
points.sort((a, b) => a.ms - b.ms);
const rows = points.map(
  ({ name, ms, set5, set14 }) =>
    `| ${name} | ${ms.toFixed(0)} | ${(1000 / ms).toFixed(1)} | ${set5.toFixed(2)} | ${set14.toFixed(2)} |`,
);
const features = processorFeatures();
const known = ['avx2', 'avx512_vnni', 'avx_vnni'].filter((each) => features.has(each));
const machine = `${os.cpus()[0]?.model ?? 'an unknown processor'} (${known.join(', ') || 'no AVX2'})`;
const text = `# Speed and quality of the 2x models

Made by \`node build/scripts/bench/curve.js\`: CPU milliseconds of the bare session on one thread, 640x360 to
1280x720, and the PSNR of the models' cards, on ${machine}. Bicubic has ${bicubic.toFixed(2)} dB on Set14.

![Set14 against frames per second](speed-and-quality.svg)

| model | ms per frame | frames per second | Set5, dB | Set14, dB |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Beside them, published weights for RGB (https://github.com/ECNUSR/ETDS, trained on DIV2K), run in the same convention: ECBSR-M4C16 has 37.15 / 32.70 dB at
2.6 billion multiplications a frame, ECBSR-M4C32 37.37 / 32.94 at 9.5, ECBSR-M6C40 37.60 / 33.09 at 21. Ours: \`espcn-16-lite-x2\` 2.8, \`espcn-32-x2\` 8.8, \`espcn-32-deep-x2\` 15.

## Against what else installs

\`npm run bench -- peers\` measures programs that install from npm or Debian: CPU time on one thread as a multiple of ours. Measured once, in
November 2026, on a busy machine of two cores, before vsr folded the last layer ([decision 17](adr/0017-fold-the-last-layer.md)).

| peer | network | times ours |
| --- | --- | --- |
| OpenCV dnn 4.6.0 | the same, ESPCN 64-32 | 2.4 |
| onnxruntime-web 1.30.0, WebAssembly | the same | 3.9 |
| UpscalerJS 1.0.0, TensorFlow.js 4.11.0 in WebAssembly | its own, ESRGAN Slim on RGB, 222,075 weights | 46 |

ffmpeg's \`sr\` is compared end to end, in elapsed time. UpscalerJS is compared with our default model of that time, luma by the network and chroma by
bicubic, on the same frame of 320x180 in turns, medians of 7: 17.0 against 0.37 microseconds per source pixel (a second run: 49 times). On Set5,
reduced by bicubic in RGB, it gives 33.50 dB, ours 36.82, plain bicubic 33.64; reduced without smoothing, which suits
its network better, it gives 34.07. Its build for Node needs \`tfjs-node\`, whose binary could not be downloaded. So its build for browsers was measured,
with the weights of the package, and \`tfjs-node\` was not. TensorFlow.js without WebAssembly took 29 times as long again.

## Against PyTorch in bf16

None of these peers comes close, so the reference is PyTorch 2.13 in bf16 with the same network on one thread. Its time was measured once, on a processor with AVX-512 and VNNI, as a share of ours for
the graph of the model file in float: 0.71 at channels 64-32, 0.58 at 64-64-32, 0.64 at 16; for shapes that were not measured, 0.58 is
assumed. The table sets it beside our fastest network of the same quality, to within
${sameQuality} dB on both sets.

| quality of | PyTorch in bf16, ms | our fastest | ms | ratio | ours faster |
| --- | --- | --- | --- | --- | --- |
${barRows(points).join('\n')}
`;
const folder = path.join(packageRoot(), 'docs');
await writeFile(path.join(folder, 'speed-and-quality.md'), text);
await writeFile(path.join(folder, 'speed-and-quality.svg'), svgOf(points, bicubic));
process.stdout.write(text);
