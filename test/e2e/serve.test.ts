import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import test from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { size } from '../../src/serve/browser/words.js';
import { noBrowser, openChromium } from '../support/chromium.js';
import { framesOf } from '../support/counted-frames.js';
import { ffmpegRun } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { serveFolder } from '../support/serve.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);

/** Starts `vsr serve` on a free port; returns it with its address. */
async function serve(
  queue: string,
  ...words: string[]
): Promise<{ child: ChildProcess; address: string }> {
  const { vsr, address } = await serveFolder(at('tapes'), at(queue), words);
  return { child: vsr.child, address };
}

async function makeClips(): Promise<void> {
  mkdirSync(at('tapes', 'inner\u202efolder'), { recursive: true });
  mkdirSync(at('elsewhere'));
  const long = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=40', '-pix_fmt', 'yuv420p'];
  await ffmpegRun(...long, '-c:v', 'ffv1', at('tapes', 'a long one.mkv'));
  const short = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=5:d=1', '-pix_fmt', 'yuv420p'];
  await ffmpegRun(...short, '-c:v', 'ffv1', at('tapes', '<img src=x onerror=alert(1)>.mkv'));
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=1'];
  const spoken = ['jpn', 'eng'].flatMap((language, i) => [
    ...['-map', `${i + 1}`, `-metadata:s:a:${i}`, `language=${language}`],
  ]);
  await ffmpegRun(
    ...[...short.slice(0, 4), ...tone, ...tone, ...short.slice(4), '-map', '0', ...spoken],
    ...['-c:v', 'ffv1', '-c:a', 'flac', at('tapes', 'c.mkv')],
  );
  const presets = { archive: { codec: 'ffv1' }, misspelt: { codek: 'ffv1' } };
  writeFileSync(at('vsr.yaml'), JSON.stringify({ chroma: 'lanczos3', presets }));
  await ffmpegRun(...short, '-c:v', 'ffv1', at('elsewhere', 'secret.mkv'));
  symlinkSync(at('elsewhere'), at('tapes', 'way out'));
  symlinkSync(at('elsewhere', 'secret.mkv'), at('tapes', 'secret.mkv'));
  writeFileSync(at('tapes', 'letter.txt'), 'no clip');
}

const names = async (page: Page): Promise<string[]> =>
  page.locator('.job .line > .name').allTextContents();
const second = (page: Page): Promise<void> =>
  page.locator('.job').nth(1).filter({ hasText: 'c.mkv' }).waitFor();
const row = (page: Page, name: string): Locator => page.locator('.job', { hasText: name });

/** Codecs and languages of a clip's streams, as ffprobe's lines. */
function streamsOf(file: string): string {
  const entries = ['-show_entries', 'stream=codec_name:stream_tags=language', '-of', 'csv=p=0'];
  return execFileSync('ffprobe', ['-v', 'error', ...entries, file], { encoding: 'utf8' });
}

test(
  'add, look, reorder, pause, kill -9, start again, go on, done; two browsers see the same',
  { skip: noBrowser },
  async () => {
    await makeClips();
    const browser: Browser = await openChromium();
    try {
      const first = await serve('queue', '--config', at('vsr.yaml'));
      const [page, other] = await Promise.all([
        browser.newPage(),
        browser.newContext().then((context) => context.newPage()),
      ]);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('dialog', (dialog) => {
        errors.push('a name ran as a script');
        void dialog.dismiss();
      });
      await Promise.all([page.goto(first.address), other.goto(first.address)]);

      // Names are text, and nothing outside the folder is there, links included.
      await page.locator('.files li').first().waitFor();
      const files = await page.locator('.files .name').allTextContents();
      assert.deepEqual(files, ['<img src=x onerror=alert(1)>.mkv', 'a long one.mkv', 'c.mkv']);
      assert.deepEqual(await page.locator('.folder').allTextContents(), ['inner\\u202efolder/']);

      // One is looked at, then all are added.
      await page.getByLabel('a long one.mkv').check();
      await page.getByRole('button', { name: /Show the plan for a long one/ }).click();
      await page.locator('.plan dl').waitFor();
      assert.match(await page.locator('.plan').innerText(), /a long one\.x2\.mkv\s+frames\s+1000/);
      await page.getByRole('button', { name: 'Make a preview' }).click();
      const [preview] = await Promise.all([
        page.context().waitForEvent('page', { timeout: 120_000 }),
        page.getByRole('link', { name: /Open the preview/ }).click({ timeout: 120_000 }),
      ]);
      assert.match(await preview.title(), /a long one/);
      await preview.close();

      // A preset says what it sets, and of the tracks one language is kept; by keys alone.
      await page.getByLabel('Preset').focus();
      await page.keyboard.press('a');
      const sets = page.locator('#preset-sets');
      await sets
        .filter({ hasText: /archive sets codec: ffv1\..* sets chroma: lanczos3\./ })
        .waitFor();
      await page.getByLabel(/^all/).check();
      await page.getByText('English (en), in 1 of 3 clips; Japanese (ja)').waitFor();
      await page.getByLabel('Audio to keep').focus();
      await page.keyboard.press('o');
      const adding = page.getByRole('button', { name: 'Add 3 to the queue' });
      await page.getByText('Tick the audio to keep').waitFor();
      assert.equal(await adding.isDisabled(), true);
      await page.getByLabel('Japanese (ja)').focus();
      await page.keyboard.press('Space');
      await adding.click();
      await other.locator('.job').nth(2).waitFor();
      await page.locator('.job').nth(2).waitFor();

      // The order changes by keys, and the other browser sees it.
      await row(page, 'c.mkv').focus();
      await page.keyboard.press('Alt+ArrowUp');
      const moved = ['<img src=x onerror=alert(1)>.mkv', 'c.mkv', 'a long one.mkv'];
      await second(page);
      await second(other);
      assert.deepEqual([await names(page), await names(other)], [moved, moved]);

      // One waits for a word; the long one is under way when everything is killed.
      const long = row(page, 'a long one.mkv');
      await page.locator('.job.running', { hasText: 'a long one' }).waitFor({ timeout: 120_000 });
      await long
        .locator('.far', { hasText: /[1-9]\d* of 1000 frames/ })
        .waitFor({ timeout: 120_000 });
      await long.getByRole('button', { name: /^Pause/ }).click();
      await page.locator('.job.paused', { hasText: 'a long one' }).waitFor();
      await long.getByRole('button', { name: /^Resume/ }).click();
      await page.locator('.job.running', { hasText: 'a long one' }).waitFor();
      first.child.kill('SIGKILL');
      await page.getByRole('status').filter({ hasText: 'No connection' }).waitFor();

      const again = await serve('queue', '--config', at('vsr.yaml'));
      await page.goto(again.address);
      await page.locator('.job').nth(2).waitFor();
      assert.deepEqual(await names(page), moved);
      await page
        .locator('.job.done')
        .nth(2)
        .waitFor({ timeout: 400_000 })
        .catch(async (error: unknown) => {
          throw new Error(await page.locator('.jobs').innerText(), { cause: error });
        });
      assert.equal(framesOf(at('tapes', 'a long one.x2.mkv')), 1000);
      assert.equal(framesOf(at('tapes', 'c.x2.mkv')), 5);
      assert.equal(streamsOf(at('tapes', 'c.x2.mkv')), 'ffv1\nflac,jpn\n');
      assert.match(await row(page, 'c.mkv').innerText(), /archive, 128x96, .*audio ja/);
      // Its size is the real one now, no estimate.
      const real = size(statSync(at('tapes', 'c.x2.mkv')).size);
      const shown = await row(page, 'c.mkv').innerText();
      assert.ok(shown.includes(`, ${real}\n`), `${shown} without ${real}`);
      assert.equal(await page.locator('.job .note').count(), 0);

      // What was done can be looked at.
      const [report] = await Promise.all([
        page.context().waitForEvent('page'),
        row(page, 'c.mkv').getByRole('link', { name: 'Before and after' }).click(),
      ]);
      await report.locator('.stage').first().waitFor();
      await page.getByRole('button', { name: 'Remove done and cancelled' }).click();
      await page.getByText('The queue is empty').waitFor();
      assert.deepEqual(errors, []);
      again.child.kill('SIGINT');
      const code = await new Promise((resolve) => again.child.once('exit', resolve));
      assert.equal(code, 130);
    } finally {
      await browser.close();
    }
  },
);

test(
  'of many jobs, rows far below are made only once they come near; all are there by name',
  { skip: noBrowser },
  async () => {
    mkdirSync(at('tapes'), { recursive: true });
    writeFileSync(at('tapes', 'one.mkv'), 'never opened');
    const { child, address } = await serve('many');
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      await page.goto(address);
      await page.getByRole('button', { name: 'Pause all' }).click();
      await page.getByRole('button', { name: 'Resume all' }).waitFor();
      const statuses = await page.evaluate(
        async (input: string) => {
          const none = { scale: 2, to: null, model: null, codec: null, preset: null, folder: null };
          const answers: number[] = [];
          for (let crf = 0; crf < 60; crf++) {
            const body = JSON.stringify({ inputs: [input], options: { ...none, crf } });
            const headers = { 'content-type': 'application/json' };
            const asked = { method: 'POST', headers, body };
            answers.push((await fetch('/api/jobs', asked)).status);
          }
          return answers;
        },
        at('tapes', 'one.mkv'),
      );
      assert.deepEqual([...new Set(statuses)], [200]);
      const last = page.locator('.job').nth(59);
      await last.waitFor({ state: 'attached' });
      assert.deepEqual([...new Set(await names(page))], ['one.mkv']);
      assert.equal(await last.getByRole('button').count(), 0);
      await last.scrollIntoViewIfNeeded();
      // A row that has changed is drawn anew.
      await last.getByRole('button', { name: 'Cancel: one.mkv' }).click();
      await last.locator('.far', { hasText: 'cancelled' }).waitFor();
    } finally {
      await browser.close();
      child.kill('SIGKILL');
    }
  },
);

test('other sites, other names and other folders get nothing', async () => {
  mkdirSync(at('tapes'), { recursive: true });
  writeFileSync(at('guarded.yaml'), JSON.stringify({ presets: { misspelt: { codek: 'ffv1' } } }));
  const { child, address } = await serve('guarded', '--token', '--config', at('guarded.yaml'));
  const { origin } = new URL(address);
  const open = `${origin}/api/state`;
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ paused: true });
  const token = new URL(address).searchParams.get('token')!;
  const cookie = `vsr-token=${token}`;
  const cases: [string, RequestInit, number][] = [
    [open, {}, 403],
    [`${open}?token=0123456789abcdef0123456789abcdef`, {}, 403],
    [`${open}?token=${token}`, {}, 200],
    [open, { headers: { cookie } }, 200],
    [open, { headers: { cookie, origin: 'http://elsewhere.example' } }, 403],
    [
      `${origin}/api/queue`,
      { method: 'POST', headers: { cookie, ...json, 'sec-fetch-site': 'cross-site' }, body },
      403,
    ],
    [
      `${origin}/api/queue`,
      { method: 'POST', headers: { cookie, 'content-type': 'text/plain' }, body },
      415,
    ],
    [`${origin}/api/folder?folder=/`, { headers: { cookie } }, 400],
    [
      `${origin}/api/folder?folder=${encodeURIComponent(at('tapes', '..'))}`,
      { headers: { cookie } },
      400,
    ],
    [`${origin}/app/..%2fserver.js`, { headers: { cookie } }, 404],
    [`${origin}/api/jobs/..%2f..%2fqueue/log`, { headers: { cookie } }, 400],
  ];
  for (const [url, init, status] of cases) {
    const response = await fetch(url, init);
    assert.equal(
      response.status,
      status,
      `${url} ${JSON.stringify(init)}: ${await response.text()}`,
    );
  }
  // What vsr upscale would refuse is refused before it is queued, in its words.
  const none = { scale: null, to: null, model: null, codec: null, crf: null, preset: null };
  for (const [wish, sentence] of [
    [{ use: 'film' }, /Expected a preset of .*guarded\.yaml for --use but received "film"/],
    [{ use: 'misspelt' }, /unknown word "codek"\. Did you mean codec\?/],
    [{ audio: 'all,eng' }, /Expected all, none, or by commas languages .* for audio/],
    [{ quality: 'great' }, /Expected one of fast, .* for quality but received "great"/],
    [{ subs: '' }, /Expected all, none, .* for subs but received ""/],
  ] as const) {
    const options = { ...none, folder: null, ...wish };
    const asked = JSON.stringify({ inputs: [], options });
    const answer = await fetch(`${origin}/api/jobs`, {
      ...{ method: 'POST', headers: { cookie, ...json }, body: asked },
    });
    assert.equal(answer.status, 400, asked);
    assert.match(((await answer.json()) as { error: string }).error, sentence);
  }
  // A second one may not work on the same queue.
  await assert.rejects(serve('guarded'), /the queue/);
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(existsSync(at('guarded', 'lock')), false);
  await rest(0);
});
