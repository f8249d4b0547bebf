import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { catalogue, type CatalogueEntry } from '../../src/model/catalogue.js';
import { chooseChain } from '../../src/model/chain.js';
import { buildInferenceGraph } from '../../src/model/inference-graph.js';
import { openSession } from '../../src/model/session.js';
import { packageRoot } from '../../src/package-root.js';

/*
 * `node build/scripts/bench/curve.js`: each 2x model of the catalogue by its speed here and the figures of
 * its card, as docs/speed-and-quality.md and .svg.
 */
type Point = { name: string; ms: number; set5: number; set14: number };

/** CPU milliseconds of one thread for 640x360 to 1280x720: the least disturbed of many strips, times four. */
async function frameMs(entry: CatalogueEntry): Promise<number> {
  const chain = await chooseChain(2, entry.name, { codec: false });
  const graph = buildInferenceGraph(chain.passes, 8);
  const { session } = await openSession(graph.bytes, [{ name: 'cpu', device: 0 }]);
  const [width, height] = [640 + 2 * graph.halo, 90 + 2 * graph.halo];
  const data = Uint8Array.from({ length: width * height }, (_, i) => (i * 2654435761) >>> 24);
  const x = new ort.Tensor('uint8', data, [1, 1, height, width]);
  let best = Infinity;
  for (let i = 0; i < 24; i++) {
    const before = process.cpuUsage();
    await session.run({ x });
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best * 4;
}

function svgOf(points: readonly Point[], bicubic: number): string {
  const [width, height, left, right, top, bottom] = [720, 400, 64, 690, 44, 350];
  const speeds = points.map(({ ms }) => 1000 / ms);
  const [low, high] = [Math.min(...speeds) / 1.3, Math.max(...speeds) * 1.5];
  const values = [...points.map(({ set14 }) => set14), bicubic];
  const [floor, ceiling] = [Math.min(...values) - 0.2, Math.max(...values) + 0.2];
  const x = (fps: number): number =>
    left + (Math.log(fps / low) / Math.log(high / low)) * (right - left);
  const y = (db: number): number => bottom - ((db - floor) / (ceiling - floor)) * (bottom - top);
  const parts = [
    `<text x="${left}" y="24" class="t">2x models: Set14 against speed, one thread, 640x360 to 1280x720</text>`,
    `<text x="${(left + right) / 2}" y="${height - 10}" text-anchor="middle">frames a second (logarithmic)</text>`,
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
  for (const { name, ms, set14 } of points) {
    const [px, py] = [x(1000 / ms).toFixed(1), y(set14).toFixed(1)];
    parts.push(
      `<circle cx="${px}" cy="${py}" r="4.5"/><text x="${Number(px) + 8}" y="${py}">${name}</text>`,
    );
  }
  const style =
    'text{font:12px system-ui,sans-serif;fill:#333}.t{font-weight:600}.g{stroke:#e4e4e4}.b{stroke:#999;stroke-dasharray:5 4}circle{fill:#0072b2}';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><style>${style}</style><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}

const points: Point[] = [];
let bicubic = 0;
for (const entry of (await catalogue()).filter(({ scale }) => scale === 2)) {
  const { Set5, Set14 } = entry.card.figures;
  if (Set5 === undefined || Set14 === undefined) continue;
  bicubic = Set14.bicubicPsnr;
  points.push({ name: entry.name, ms: await frameMs(entry), set5: Set5.psnr, set14: Set14.psnr });
}
points.sort((a, b) => a.ms - b.ms);
const rows = points.map(
  ({ name, ms, set5, set14 }) =>
    `| ${name} | ${ms.toFixed(0)} | ${(1000 / ms).toFixed(1)} | ${set5.toFixed(2)} | ${set14.toFixed(2)} |`,
);
const text = `# Speed and quality of the 2x models

Made by \`node build/scripts/bench/curve.js\`: CPU milliseconds of the bare session on one thread, 640x360 to
1280x720, and the figures of the models' cards. Bicubic: ${bicubic.toFixed(2)} dB on Set14.

![Set14 against frames a second](speed-and-quality.svg)

| model | ms a frame | frames a second | Set5, dB | Set14, dB |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
const folder = path.join(packageRoot(), 'docs');
await writeFile(path.join(folder, 'speed-and-quality.md'), text);
await writeFile(path.join(folder, 'speed-and-quality.svg'), svgOf(points, bicubic));
process.stdout.write(text);
