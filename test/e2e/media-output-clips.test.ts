import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test, { before } from 'node:test';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { openEncoder } from '../../src/media/encode/encode.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { planOutput, type OutputPlan } from '../../src/media/output/output-plan.js';
import { probe } from '../../src/media/source/probe.js';
import type { Source } from '../../src/media/source/source.js';
import { packageRoot } from '../../src/package-root.js';
import { joinChecked } from '../support/join-checked.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const clips = path.join(packageRoot(), '..', 'shared', 'data', 'odd');
const skip = existsSync(clips) ? false : `no clips in ${clips}`;
const folder = temporaryFolder();
let ffmpeg: Ffmpeg;

before(async () => {
  ffmpeg = await locateFfmpeg();
});

type Made = { readonly source: Source; readonly plan: OutputPlan; readonly output: Source };

/** Sends the first frames of a clip through, at their own size, and probes what came out. */
async function passThrough(clip: string, name: string, frames = 6): Promise<Made> {
  const source = await probe(ffmpeg, path.join(clips, clip));
  const { width, height } = source.video;
  const output = path.join(folder, name);
  const plan = await planOutput(ffmpeg, source, {
    ...{ output, codec: 'auto', width, height },
    ...(/\.(mp4|mkv|mov)$/.test(name) ? { preset: 'ultrafast' } : {}),
  });
  const segment = path.join(folder, `${name}.part`);
  const encoder = openEncoder(ffmpeg, plan, segment);
  const times: number[] = [];
  for await (const frame of decodeFrames(ffmpeg, source, { maxFrames: frames })) {
    await encoder.write(frame);
    times.push(frame.pts);
  }
  await encoder.finish();
  const made = { files: [segment], frames: times.length, firstPts: times[0]! };
  await joinChecked(ffmpeg, { source, plan, output, ...made });
  return { source, plan, output: await probe(ffmpeg, output) };
}

const codecs = (source: Source): string[] => source.streams.map(({ codec }) => codec);

test('cover art stays cover art in MP4 and in Matroska', { skip }, async () => {
  for (const name of ['cover.mp4', 'cover.mkv']) {
    const { output } = await passThrough('cover_art_metadata.mp4', name);
    const cover = output.streams.find(({ dispositions }) => dispositions.includes('attached_pic'));
    assert.equal(cover?.codec, 'mjpeg', name);
    assert.notEqual(output.video.index, cover?.index);
  }
});

test('VobSub and SSA subtitles keep their form where they can', { skip }, async () => {
  const vobsub = await passThrough('sample_with_vobsub.mp4', 'vobsub.mkv');
  assert.deepEqual(codecs(vobsub.output), ['h264', 'ac3', 'dvd_subtitle']);
  const ssa = await passThrough('sample_with_ssa_subtitles.mkv', 'ssa.mkv');
  assert.deepEqual(codecs(ssa.output), ['h264', 'ac3', 'ass']);
  const text = await passThrough('sample_with_ssa_subtitles.mkv', 'ssa.mp4');
  assert.deepEqual(codecs(text.output), ['h264', 'ac3', 'mov_text']);
  assert.match(text.plan.announcements[0]?.what ?? '', /subtitle stream 2 \(ass\)/);
});

test('HDR10 keeps its static metadata, and the dynamic one is announced', { skip }, async () => {
  const { source, plan, output } = await passThrough(
    'hdr10-video-with-sdr-container.mp4',
    'hdr.mp4',
  );
  assert.equal(plan.encoder, 'libx265');
  assert.deepEqual(output.video.colour, source.video.colour);
  assert.ok(source.video.hdr.masteringDisplay !== null);
  assert.equal(output.video.hdr.masteringDisplay, source.video.hdr.masteringDisplay);
  assert.equal(output.video.hdr.contentLight, source.video.hdr.contentLight);
  assert.ok(plan.announcements.some(({ what }) => what.startsWith('HDR10+')));
});

test('captions inside the video are announced and become subtitles', { skip }, async (t) => {
  const { source, plan, output } = await passThrough('fragmented_captions.mp4', 'captions.mp4', 60);
  assert.ok(source.video.closedCaptions);
  assert.ok(plan.announcements.some(({ what }) => what.startsWith('closed captions')));
  if (ffmpeg.libavcodec < 59) {
    return t.skip('ffmpeg before 5 leaves out the last caption, and this clip has one');
  }
  assert.deepEqual(codecs(output), ['h264', 'mov_text']);
});

test('a turned clip stays turned, to the tick', { skip }, async () => {
  const { source, output } = await passThrough('rotate-buck-bunny.mp4', 'turned.mp4');
  assert.equal(output.video.rotation, source.video.rotation);
  assert.notEqual(output.video.rotation, 0);
  assert.deepEqual(output.video.timeBase, source.video.timeBase);
  assert.equal(output.video.startTime, source.video.startTime);
});
