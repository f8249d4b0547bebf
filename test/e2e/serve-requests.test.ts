import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as rest } from 'node:timers/promises';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { noOptions } from '../../src/serve/queue/job.js';
import type { AddAnswer } from '../../src/serve/web/server.js';
import { noBrowser, openChromium } from '../support/chromium.js';
import { ffmpegRun } from '../support/enlarge.js';
import { serveFolder } from '../support/serve.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);

function asked(body: object, signal: AbortSignal | null = null): RequestInit {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', headers, body: JSON.stringify(body), signal };
}

/** Waits until `isSo`, at most a minute. */
async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 1200 && !isSo(); i++) await rest(50);
  assert.ok(isSo(), what);
}

/** Whether a process runs; one that has ended and waits for its parent's notice does not. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

test(
  'of several clips, one without the ticked language is refused by name; the others are added',
  { skip: noBrowser },
  async () => {
    mkdirSync(at('spoken'));
    const short = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=5:d=1', '-pix_fmt', 'yuv420p'];
    const tone = ['-f', 'lavfi', '-i', 'sine=duration=1'];
    for (const [name, language] of [
      ['english.mkv', 'eng'],
      ['japanese.mkv', 'jpn'],
    ] as const) {
      await ffmpegRun(
        ...[...short.slice(0, 4), ...tone, ...short.slice(4), '-c:v', 'ffv1', '-c:a', 'flac'],
        ...['-metadata:s:a:0', `language=${language}`, at('spoken', name)],
      );
    }
    await ffmpegRun(...short, '-c:v', 'ffv1', at('spoken', 'silent.mkv'));
    const { address } = await serveFolder(at('spoken'), at('queue-spoken'));
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      await page.goto(address);
      await page.getByRole('button', { name: 'Pause all' }).click();
      await page.getByRole('button', { name: 'Resume all' }).waitFor();
      await page.getByLabel(/^all/).check();
      await page.getByText('English (en), in 1 of 3 clips; Japanese (ja)').waitFor();
      await page.getByLabel('Audio to keep').selectOption('some');
      await page.getByLabel('Japanese (ja)').check();
      await page.getByRole('button', { name: 'Add 3 to the queue' }).click();
      await page.getByRole('status').getByText('2 clips were added. 1 clip was refused.').waitFor();
      const refused = await page.locator('.refused li').allInnerTexts();
      assert.equal(refused.length, 1);
      assert.match(
        refused[0]!,
        /^english\.mkv was not added\. Expected a language or number of what .*\(.*eng.*\) for audio but received "ja"/,
      );
      await page.locator('.job').nth(1).waitFor();
      const names = await page.locator('.job .line > .name').allTextContents();
      assert.deepEqual(names, ['japanese.mkv', 'silent.mkv']);
    } finally {
      await browser.close();
    }
    // Where all are refused, none is added, and each is named.
    const inputs = [at('spoken', 'english.mkv')];
    const options = { ...noOptions, audio: 'fr' };
    const answer = await fetch(`${address}api/jobs`, asked({ inputs, options }));
    const { added, refused } = (await answer.json()) as AddAnswer;
    assert.deepEqual([added, refused.map(({ clip }) => clip)], [0, inputs]);
  },
);

test(
  'planning a clip ends, with the program that it waits for, once the browser has gone',
  { skip: process.platform === 'linux' ? false : 'looks into /proc, which Linux has' },
  async () => {
    mkdirSync(at('planned'));
    mkdirSync(at('programs'));
    const clip = at('planned', 'a.mkv');
    const short = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=5:d=1', '-pix_fmt', 'yuv420p'];
    await ffmpegRun(...short, '-c:v', 'ffv1', clip);
    // An ffprobe that hangs where it is to look at a clip, and says who it is and who started it.
    const hangs = at('programs', 'hangs');
    const lines = [
      '#!/bin/sh',
      `for word in "$@"; do if [ "$word" = -show_format ]; then`,
      `  echo "$$ $PPID" > '${hangs}.new'; mv '${hangs}.new' '${hangs}'; exec sleep 1000`,
      'fi; done',
      `exec ${(await locateFfmpeg()).ffprobe} "$@"`,
    ];
    writeFileSync(at('programs', 'ffprobe'), `${lines.join('\n')}\n`);
    chmodSync(at('programs', 'ffprobe'), 0o755);
    const env = { VSR_FFPROBE: at('programs', 'ffprobe') };
    const { address } = await serveFolder(at('planned'), at('queue-planned'), [], { env });
    const browser = new AbortController();
    const body = { input: clip, options: noOptions };
    const plan = fetch(`${address}api/plan`, asked(body, browser.signal));
    await until(() => existsSync(hangs), 'the clip was never looked at');
    const pids = readFileSync(hangs, 'utf8').trim().split(' ').map(Number);
    assert.deepEqual(pids.map(runs), [true, true]);
    browser.abort();
    await assert.rejects(plan, { name: 'AbortError' });
    await until(() => !pids.some(runs), 'planning goes on for nobody');
  },
);
