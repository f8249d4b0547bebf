import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { VsrError } from '../../src/errors.js';
import { probe } from '../../src/library/probe.js';
import { preview, type PreviewOptions } from '../../src/report/preview/preview.js';
import { previewClip } from '../../src/report/preview/preview-clip.js';
import { rgbOfFrame } from '../../src/report/rgb-picture.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { cropFrame } from '../../src/planes/crop-frame.js';
import { frameLayout } from '../../src/planes/pixel-format.js';
import { plan } from '../../src/upscale/plan-files.js';
import { findInputs } from '../../src/upscale/plan/inputs.js';
import { checkOptions } from '../../src/upscale/plan/settings.js';
import { upscale } from '../../src/upscale/upscale.js';
import { noBrowser, openChromium } from '../support/chromium.js';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr } from '../support/run-vsr.js';
import { summaryOf } from '../support/schemas.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeWaves } from '../support/waves.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
let browser: Browser | undefined;

/** A file with the samples of one frame of a clip, as they are stored. */
async function rawFrame(clip: string, number: number): Promise<string> {
  const file = at(`frame-${number}.yuv`);
  const only = ['-vf', `select='eq(n,${number})'`, '-frames:v', '1', '-f', 'rawvideo'];
  await ffmpegRun('-i', clip, ...only, file);
  return file;
}

type Facts = {
  page: string;
  clips: {
    clip: string;
    output: string;
    size: { width: number };
    reason: string;
    frameCount: number;
    bytes: number;
    notes: { event: string; what: string }[];
    ways: { name: string; role: string; asked: string | null; seconds: number | null }[];
    times: number[];
  }[];
};
let facts: Facts;

before(async () => {
  // Three scenes of a second, with a key frame each.
  const sources = ['testsrc2', 'smptebars', 'mandelbrot'].flatMap((name) => [
    ...['-f', 'lavfi', '-t', '1', '-i', `${name}=s=160x120:r=10`],
  ]);
  await ffmpegRun(
    ...[
      ...sources,
      '-filter_complex',
      '[0:v]format=yuv420p,setsar=1[a];[1:v]format=yuv420p,setsar=1[b];[2:v]format=yuv420p,setsar=1[c];[a][b][c]concat=n=3',
    ],
    ...['-c:v', 'libx264', '-crf', '10', '-g', '10', at('clip.mp4')],
  );
  const run = await runVsr('preview', at('clip.mp4'), '--frames', '3', '--json');
  assert.equal(run.code, 0, run.stderr);
  facts = summaryOf(run.stdout).facts as Facts;
});
after(() => browser?.close());

test('a preview shows a frame of each scene, says what would be taken, how long and how large', async () => {
  assert.equal(facts.page, at('clip.mp4.preview.html'));
  const [clip] = facts.clips;
  assert.deepEqual(
    clip!.times.map((time) => Math.floor(time)),
    [0, 1, 2],
  );
  const [planned] = await plan(at('clip.mp4'));
  assert.equal(clip!.output, planned!.output);
  assert.equal(clip!.frameCount, planned!.frames);
  assert.deepEqual(clip!.notes, planned!.notes);
  const [bicubic, taken, ...others] = clip!.ways;
  assert.equal(bicubic!.name, 'bicubic');
  assert.equal(taken!.name, planned!.facts!.models.join(' + '));
  assert.ok(clip!.reason.startsWith(`${taken!.name}: the clip is `), clip!.reason);
  // A machine on which the smaller network takes as long says so instead.
  const smaller = others.find(({ name }) => name.startsWith('espcn-16-lite-'));
  assert.match(smaller!.role, /^(the next faster|smaller, but not faster here)$/);
  assert.ok(clip!.ways.slice(1).every(({ seconds }) => seconds !== null && seconds > 0));
  // What is told of the size is what comes, within a factor of three.
  await runVsr('upscale', at('clip.mp4'), '-m', 'espcn-16-lite-x2', '--no-log', '--quiet');
  const { size } = await stat(at('clip.x2.mp4'));
  assert.ok(clip!.bytes > size / 3 && clip!.bytes < size * 3, `${clip!.bytes}, ${size}`);
});

test(
  'the page has the frames themselves, and one place magnified by every way',
  { skip: noBrowser },
  async () => {
    browser = await openChromium();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    await page.goto(`file://${encodeURI(facts.page)}`);
    assert.deepEqual(
      asked.filter((url) => !/^(file|data):/.test(url)),
      [],
    );
    // The second scene's bicubic is ffmpeg's, as far as WebP and the eye go.
    const uri = await page.evaluate<string>('vsrPreview.clips[0].frames[1].larger[0]');
    const shown = await sharp(Buffer.from(uri.split(',')[1]!, 'base64'))
      .raw()
      .toBuffer();
    const time = facts.clips[0]!.times[1]!;
    await ffmpegRun('-ss', String(time), '-i', at('clip.mp4'), '-frames:v', '1', at('frame.png'));
    const truth = await sharp(at('frame.png'))
      .resize(320, 240, { kernel: 'cubic' })
      .raw()
      .toBuffer();
    const off =
      truth.reduce((sum, value, i) => sum + Math.abs(value - shown[i]!), 0) / truth.length;
    assert.ok(off < 5, `${off} of 255 apart`);

    const places = () =>
      page.evaluate<string[]>(
        "[...document.querySelectorAll('.tile')].map((tile) => tile.style.backgroundPosition)",
      );
    await page.locator('[data-zoom="4"]').click();
    const before = await places();
    assert.equal(before.length, facts.clips[0]!.ways.length);
    await page.locator('.tile').nth(1).press('Shift+ArrowRight');
    const moved = await places();
    assert.equal(new Set(moved).size, 1);
    assert.notEqual(moved[0], before[0]);
    await page.locator('.right').selectOption({ index: 2 });
    assert.equal(await page.locator('.tag.r').textContent(), facts.clips[0]!.ways[2]!.name);
    await page.locator('[data-frame="2"]').click();
    const third = await page.evaluate<string>('vsrPreview.clips[0].frames[2].larger[2]');
    assert.equal(await page.locator('.under').getAttribute('src'), third);
    for (const width of [1400, 420]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(wide <= width, `${wide} in ${width}`);
    }
  },
);

test('parts of frames, averaged over those around, are to the bit what upscale makes of them', async () => {
  const noise = 'noise=alls=6:allf=t+u,format=yuv420p';
  const [byKeys, oneKey] = [at('by-keys.mkv'), at('one-key.mkv')];
  const x264 = ['-c:v', 'libx264', '-crf', '26', '-sc_threshold', '0'];
  const wave = ['-f', 'lavfi', '-i', `testsrc2=s=720x400:r=10:d=1,${noise}`];
  await ffmpegRun(...wave, ...x264, '-g', '5', byKeys);
  // Three scenes behind one key frame.
  const scenes = ['testsrc2', 'smptebars', 'mandelbrot'].flatMap((name) => [
    ...['-f', 'lavfi', '-t', '0.4', '-i', `${name}=s=720x400:r=10`],
  ]);
  const joined = `[0:v]setsar=1[a];[1:v]setsar=1[b];[2:v]setsar=1[c];[a][b][c]concat=n=3,${noise}`;
  await ffmpegRun(...scenes, '-filter_complex', joined, ...x264, '-g', '250', oneKey);
  const model = 'espcn-16-codec-x2';
  const { signal } = new AbortController();
  const ffmpeg = await locateFfmpeg();
  const settings = checkOptions({ log: false });
  for (const [clip, count, times] of [
    [byKeys, 2, []],
    [byKeys, 2, [0, 0.4]],
    [oneKey, 3, []],
  ] as const) {
    const output = `${clip}.x2.mkv`;
    for await (const event of upscale(clip, { model, output, codec: 'ffv1', log: false })) {
      assert.notEqual(event.event, 'failed', JSON.stringify(event));
    }
    const { video } = await probe(output);
    const layout = frameLayout(video.format, video.width, video.height);
    const { inputs } = await findInputs([clip], false, false);
    const request = { ffmpeg, input: inputs[0]!, settings, models: [model], signal };
    const wish = { frames: count, at: times, start: null, end: null };
    const { frames } = await previewClip({ ...request, wish });
    assert.equal(frames.length, count);
    for (const { time, part, larger } of frames) {
      assert.deepEqual([part.width, part.height], [640, 360]);
      const whole = await readFile(await rawFrame(output, Math.round(time * 10)));
      const at2 = { left: 2 * part.left, top: 2 * part.top };
      const cut = cropFrame(whole, layout, 1280, 720, at2);
      const wanted = rgbOfFrame(cut.data, cut.layout, video.colour);
      assert.ok(Buffer.from(wanted.data).equals(larger[1]!.data), `the frame at ${time}`);
    }
  }
});

test('times and models as asked; what cannot be is one sentence', async () => {
  const args = ['preview', at('clip.mp4'), '--at', '0:00.5,2.25', '-m', 'espcn-16-lite-x2'];
  const run = await runVsr(
    ...args,
    '-o',
    at('named.html'),
    '--clip',
    '1',
    '--start',
    '1',
    '--encoder',
    'software',
  );
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stdout, `${at('named.html')}\n`);
  assert.match(run.stderr, /espcn-16-lite-x2 \(as asked\): about 0:0\d on \d+ threads/);
  const html = await readFile(at('named.html'), 'utf8');
  assert.match(html, /Show the frame at 0:02/);
  // The second from the in point on, in motion.
  assert.match(html, /0:01 to 0:02, enlarged by espcn-16-lite-x2/);
  await writeFile(
    at('motion.mp4'),
    Buffer.from(/data:video\/mp4;base64,([^"]+)/.exec(html)![1]!, 'base64'),
  );
  const motion = await probe(at('motion.mp4'));
  const { width, height, frameCount, codec } = motion.video;
  assert.deepEqual([width, height, frameCount, codec], [320, 240, 10, 'h264']);
  await mkdir(at('frames'));
  await ffmpegRun('-i', at('clip.mp4'), '-frames:v', '3', at('frames', 'f_%02d.png'));
  const pictures = await preview(at('frames', 'f_%02d.png'), {
    ...{ fps: '10', frames: 1, quality: 'fast' },
  });
  assert.equal(pictures.page, at('frames.preview.html'));
  assert.equal(pictures.clips[0]!.frameCount, 3);
  const taken = pictures.clips[0]!.ways[1]!;
  assert.equal(taken.asked, '--quality fast');
  assert.match(taken.name, /^espcn-16-lite-/);
  await writeFile(at('mine.html'), 'my own page');
  await writeWaves(at('photo.png'), 1);
  // The library's calls are checked as the command's, and start no process of their own.
  const wrong: readonly (readonly [PreviewOptions, code: string, said: RegExp])[] = [
    [{ at: [1], frames: 2 }, 'option', /either --frames or --at/],
    [{ at: [9] }, 'option', /before the clip's end \(3\.000 s\) for --at but received 9/],
    [{ clip: 99 }, 'option', /seconds from 1 to 60 for clip but received 99/],
    [{ frames: 99 }, 'option', /whole number from 1 to 24 for frames but received 99/],
    [{ models: ['espcn-16-x2'], quality: 'best' }, 'option', /either a quality or models/],
    [{ models: ['nonsense'] }, 'option', /Expected the name of a model/],
    [{ page: at('page.txt') }, 'option', /ending in \.html/],
    [{ page: at('mine.html') }, 'media', /mine\.html/],
  ];
  for (const [options, code, said] of wrong) {
    await assert.rejects(
      preview(at('clip.mp4'), { overwrite: options.page === undefined, ...options }),
      (error) => error instanceof VsrError && error.code === code && said.test(error.message),
      String(said),
    );
  }
  await assert.rejects(preview(at('photo.png')), /holds pictures alone/);
  assert.equal(await readFile(at('mine.html'), 'utf8'), 'my own page');
});
