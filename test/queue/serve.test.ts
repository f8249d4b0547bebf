import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { queueAddress, queueVariables } from '../../src/queue/redis/address.js';
import { QueueBook } from '../../src/queue/redis/book.js';
import { connectQueue } from '../../src/queue/redis/connection.js';
import { noBrowser, openChromium } from '../support/chromium.js';
import { makeQueueJob, startCommand } from '../support/queue-job.js';
import { startRedis, withoutRedis } from '../support/redis.js';
import type { Vsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const running: Vsr[] = [];
after(() => running.forEach(({ child }) => child.kill('SIGKILL')));

/** Texts of all files in a folder. */
function textsIn(place: string): string[] {
  const names = readdirSync(place, { recursive: true }) as string[];
  const files = names.map((name) => path.join(place, name)).filter((f) => statSync(f).isFile());
  return files.map((file) => readFileSync(file, 'utf8'));
}

/** The command lines of all processes, as every user of the machine can read them. */
function commandLines(): string[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map((id) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8');
    } catch {
      return ''; // Ended meanwhile.
    }
  });
}

test(
  'the page feeds a queue of many machines, shows it, takes clips back, and waits for Redis',
  { skip: withoutRedis || noBrowser },
  async () => {
    const password = `hush-${randomBytes(6).toString('hex')}`;
    const secret = { [queueVariables.password]: password };
    writeFileSync(path.join(folder, 'password'), password);
    const words = ['--requirepass', password, '--appendfsync', 'always'];
    await using redis = await startRedis({ log: true, words });
    const job = await makeQueueJob(folder, 2);
    const [, model, , preset, , seconds] = job.options;
    const settings = { model, preset, 'segment-seconds': seconds };
    writeFileSync(path.join(folder, 'vsr.yaml'), JSON.stringify({ presets: { job: settings } }));
    const there = ['--queue', redis.url, '--root', `m=${job.media}`];
    const queueFolder = path.join(folder, 'queue');
    const served = startCommand([
      ...['serve', '--port', '0', '--queue-folder', queueFolder, ...there],
      ...['--config', path.join(folder, 'vsr.yaml')],
      ...['--queue-password-file', path.join(folder, 'password')],
    ]);
    running.push(served);
    const [, address] = await served.until(/^vsr serves (\S+)$/m);
    const output = path.join(job.media, 'other.mp4');
    const other = startCommand(
      ['upscale', job.clip, '-o', output, ...job.options, ...there, '--detach'],
      { env: secret },
    );
    assert.equal((await other.done).code, 0, other.said());
    await using connection = await connectQueue(queueAddress({ url: redis.url }, { ...secret }));
    const book = new QueueBook(connection.redis);
    const stateOf = async (end: string) =>
      (await book.clips()).find((clip) => clip.output === `m:${end}`)?.state;

    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      await page.goto(address!);
      const machines = page.getByRole('region', { name: 'Machines' });
      const others = machines.getByRole('list', { name: 'Clips of others' });
      await others.getByText('m:clip.mp4').waitFor();
      assert.match(await others.innerText(), /0 of 48 frames/);
      await machines.getByText('There are no workers').waitFor();

      // A clip of the page goes into the queue, and is none of others.
      await page.locator('.files').getByLabel('clip.mp4').check();
      await page.getByLabel('Preset').selectOption('job');
      await page.getByRole('button', { name: 'Add 1 to the queue' }).click();
      const row = page.locator('.job', { hasText: 'clip.mp4' });
      await row.locator('.far', { hasText: '0 of 48 frames' }).waitFor({ timeout: 60_000 });
      assert.equal(await stateOf('clip.x2.mp4'), 'open');
      assert.deepEqual(
        commandLines().filter((line) => line.includes(password)),
        [],
      );
      await machines.getByText('2 open clips').waitFor();
      assert.equal(await others.getByRole('listitem').count(), 1);

      // Paused, it is taken back; those of others stay.
      await row.getByRole('button', { name: /^Pause/ }).click();
      await page.locator('.job.paused').waitFor({ timeout: 60_000 });
      assert.deepEqual(
        [await stateOf('clip.x2.mp4'), await stateOf('other.mp4')],
        ['cancelled', 'open'],
      );

      // Redis goes away and comes back: what is to go on waits for it, and fails nothing.
      await redis.kill();
      const away = machines.getByText(/cannot be reached .*: jobs wait, and go on once it is back/);
      await away.waitFor();
      await row.getByRole('button', { name: /^Resume/ }).click();
      await page.locator('.job.waiting').waitFor();
      await sleep(1000);
      assert.equal(await page.locator('.job.waiting').count(), 1);
      await redis.start();
      await away.waitFor({ state: 'detached' });
      await page.locator('.job.running').waitFor();

      // A worker comes, and makes what one machine alone would have made.
      running.push(await job.worker(redis.url, [], secret));
      await page.locator('.job.done').waitFor({ timeout: 120_000 });
      await job.checkSame('clip.x2.mp4');
      await others.getByText('done').waitFor({ timeout: 60_000 });
      assert.match(
        await machines.getByRole('list', { name: 'Workers' }).innerText(),
        /segments done; has m$/m,
      );
      const said = [served.said(), await page.content(), ...textsIn(queueFolder)];
      assert.equal(said.filter((text) => text.includes(password)).length, 0);
    } finally {
      await browser.close();
    }
  },
);
