import assert from 'node:assert/strict';
import { cp, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { enlarged, ffmpegRun } from '../support/enlarge.js';
import { isLongForm } from '../support/long-form.js';
import { writeRandomModel } from '../support/random-model.js';
import { startVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeWaves } from '../support/waves.js';
import { skip } from './vsr-process.js';

/**
 * Runs before vsr: its `at`th writing of a file in the folder is killed half-way through, or its
 * `at`th giving of a name just before it.
 */
const killer = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  import path from 'node:path';
  const [call, at, folder] = process.env.VSR_TEST_KILL.split('|');
  const isHere = (file) => typeof file === 'string' && path.resolve(file).startsWith(folder + path.sep);
  const die = () => process.kill(process.pid, 'SIGKILL');
  let seen = 0;
  if (call === 'write') {
    const { writeFile } = fs.promises;
    fs.promises.writeFile = async (file, content, options) => {
      if (!isHere(file) || file.endsWith('owner.json') || ++seen < Number(at)) return writeFile(file, content, options);
      await writeFile(file, content.slice(0, content.length >> 1));
      die();
      await new Promise(() => {});
    };
  }
  if (call === 'name') {
    for (const name of ['rename', 'link']) {
      const plain = fs.promises[name];
      fs.promises[name] = async (from, to) => {
        if (isHere(to) && ++seen >= Number(at)) { die(); await new Promise(() => {}); }
        return plain(from, to);
      };
    }
  }
  syncBuiltinESMExports();
`;

/** How a run ended: its exit code, `null` if it was killed. */
async function runKilled(words: readonly string[], kill: string): Promise<number | null> {
  return (await startVsr(words, { preload: killer, env: { VSR_TEST_KILL: kill } }).done).code;
}

const root = temporaryFolder();
before(async () => {
  if (skip !== false) return;
  const at = (name: string): string => path.join(root, 'given', name);
  await mkdir(at('pictures'), { recursive: true });
  for (let i = 0; i < 3; i++) await writeWaves(at(`pictures/${i}.png`), i, 64);
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=32x32:rate=25:duration=0.2'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('clip.mp4'));
  const model = await writeRandomModel(root, 'espcn-16', 2);
  await enlarged(at('clip.mp4'), { model, preset: 'ultrafast' });
});

const train = [
  ...['train', '--data', 'pictures', '--depth', '1', '--steps', '2', '--batch', '1'],
  ...['--patch', '12', '--val-every', '1', '--workers', '1', '--work', 'work'],
];

/** What writes files beside `upscale`, as its words within the folder of the test. */
const writers: Readonly<Record<string, readonly string[]>> = {
  report: ['report', 'clip.x2.mp4', '-o', 'page.html', '--overwrite'],
  quantize: [
    ...['quantize', 'espcn-16-lite-x2', '--pictures', 'pictures', '-o', 'small.onnx'],
    '--overwrite',
  ],
  extract: ['extract', 'clip.mp4', '-o', 'out', '--every', '2', '--overwrite'],
  compare: ['compare', 'pictures/0.png', 'pictures/1.png', '-o', 'both.png', '--overwrite'],
  'compare of clips': ['compare', 'clip.mp4', 'clip.mp4', '-o', 'both.mp4', '--overwrite'],
  train: [...train, '--out', 'new.onnx', '--overwrite'],
  regress: ['regress', '.', '--update'],
};

/** The short form kills these once each way. */
const short = ['compare', 'extract', 'train'];
const mostKills = isLongForm ? 4 : 1;

/** Files below a folder by their names in it, drafts and what is for a while apart. */
async function filesIn(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const name = path.relative(folder, path.join(entry.parentPath, entry.name));
    const isDraft = /\.(?:part|tmp|partial)$|(?:^|\/)\.?vsr-[a-z]+-\w{6}\//.test(name);
    if (entry.isFile() && !isDraft) found.set(name, await readFile(path.join(folder, name)));
  }
  return found;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a file is as whole as `made`: pages, pictures and texts end as it does; a log has a row
 * less perhaps; all others are as long.
 */
function isWhole(file: string, bytes: Buffer, made: Buffer): boolean {
  if (file.endsWith('.json')) return parses(bytes.toString());
  if (/\.(?:html|svg|png|yaml|csv)$/.test(file)) {
    const end = file.endsWith('.csv') ? 1 : 8;
    return bytes.length > end && bytes.subarray(-end).equals(made.subarray(-end));
  }
  return Math.abs(bytes.length - made.length) <= made.length / 50;
}

for (const [name, words] of Object.entries(writers)) {
  const why = isLongForm || short.includes(name) ? false : 'in the long form: npm run test:long';
  test(
    `${name}: killed while it writes, it leaves files whole or as they were`,
    { skip: skip || why },
    async () => {
      const folder = path.join(root, name.replaceAll(' ', '-'));
      const run = (kill: string): Promise<number | null> => {
        const inside = words.map((word) =>
          /\.(?:png|mp4|html|onnx)$|^(?:pictures|out|work|\.)$/.test(word)
            ? path.join(folder, word)
            : word,
        );
        return runKilled(inside, `${kill}|${folder}`);
      };
      const given = async (): Promise<void> => {
        await rm(folder, { recursive: true, force: true });
        await cp(path.join(root, 'given'), folder, { recursive: true });
      };
      await given();
      assert.equal(await run('none|0'), 0);
      const whole = await filesIn(folder);
      let kills = 0;
      for (const call of ['write', 'name']) {
        for (let at = 1; at <= mostKills; at++) {
          // What is written over lies there; what gets its name is new.
          if (call === 'name') await given();
          const code = await run(`${call}|${at}`);
          for (const [file, bytes] of await filesIn(folder)) {
            const made = whole.get(file);
            assert.ok(made !== undefined, `${call} ${at}: ${file} is new`);
            assert.ok(
              isWhole(file, bytes, made),
              `${call} ${at}: ${file} is not whole (${bytes.length} of ${made.length} bytes)`,
            );
          }
          if (code !== null) break;
          kills++;
        }
      }
      assert.ok(kills > 0, 'it was killed');
      assert.equal(await run('none|0'), 0, 'the same command goes on');
      assert.deepEqual([...(await filesIn(folder)).keys()].sort(), [...whole.keys()].sort());
    },
  );
}
