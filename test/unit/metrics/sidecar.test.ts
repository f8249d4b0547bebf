import test from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../../src/errors.js';
import { SummaryOfRows } from '../../../src/metrics/log-summary.js';
import {
  readSidecar,
  sidecarPathOf,
  writeSidecar,
  type Sidecar,
} from '../../../src/metrics/sidecar.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

function exampleSidecar(): Sidecar {
  const rows = new SummaryOfRows();
  for (const frame of [0, 1]) {
    const nothing = { psnrY: null, psnrU: null, psnrV: null, psnrYBicubic: null };
    const flicker = { flickerY: null, flickerYBicubic: null, flickerToBicubicY: frame / 8 };
    const standing = { psnrToBicubicY: 40 + frame, psnrToSourceY: Infinity, ...flicker };
    const origin = { sourcePts: frame, field: 'both', scan: 'video' } as const;
    rows.add({ frame, pts: frame, ptsTime: frame / 25, ...nothing, ...standing, ...origin });
  }
  return {
    schemaVersion: 1,
    vsr: '0.1.0',
    job: 'abc',
    source: {
      path: '/clips/a b.mp4',
      sizeBytes: 12345,
      endsSha256: '00ff',
      width: 64,
      height: 36,
      pixelFormat: 'yuv420p',
      firstFrameTime: 0,
      damagedFrames: [],
      streams: [{ index: 0, kind: 'video', codec: 'h264', language: null, title: null }],
    },
    reference: null,
    mask: '/pictures/face.png',
    output: { path: '/clips/a b.x2.mp4', width: 128, height: 72, frames: 2, sizeBytes: 999 },
    model: { passes: [{ name: 'espcn-16-x2', sha256: '11', scale: 2 }] },
    provider: 'cpu',
    precision: 'fp32',
    settings: {
      ...{
        scale: 2,
        precision: 'auto',
        chroma: 'guided',
        mask: 'ff00',
        to: null,
        encoder: 'libx264',
        encoderArgs: ['-crf', '17'],
      },
      ...{ pixelFormat: 'yuv420p', container: 'mp4', start: null, end: 1.5, frames: null },
      ...{
        deinterlace: 'off',
        steady: 'off',
        fieldOrder: 'auto',
        sourceKind: 'auto',
        telecine: 'off',
        repeats: 'keep',
        runs: null,
        crop: null,
        fields: null,
        raw: null,
      },
      asked: {
        ...{
          model: null,
          quality: null,
          strength: null,
          codec: 'auto',
          crf: 17,
          preset: null,
          pixelFormat: null,
        },
        ffmpegArgs: [],
      },
    },
    elapsedSeconds: 1.5,
    stages: { decode: 0.1, wait: 1, encode: 0.3, log: 0, inference: 2, chroma: 0.2, scores: 0.1 },
    fps: 1.33,
    reusedShare: 0,
    ...rows.result(),
    missing: [{ kind: 'missing', what: 'subtitles', why: 'mp4 cannot hold PGS', streamIndex: 3 }],
    log: 'a b.x2.mp4.psnr.csv',
    colourPath: 'yuv',
    created: '2026-11-20T20:00:00.000Z',
  };
}

async function inFolder(work: (file: string, folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  await work(sidecarPathOf(path.join(folder, 'a.mp4')), folder);
}

test('a sidecar is read back as it was written, infinity included', () =>
  inFolder(async (file, folder) => {
    await writeSidecar(file, exampleSidecar());
    assert.deepEqual(await readSidecar(file), exampleSidecar());
    assert.deepEqual(await readdir(folder), ['a.mp4.vsr.json']);
  }));

test('a damaged sidecar is refused with what is wrong and where', () =>
  inFolder(async (file) => {
    await writeSidecar(file, exampleSidecar());
    const text = await readFile(file, 'utf8');
    const refused = async (damaged: string, pattern: RegExp) => {
      await writeFile(file, damaged);
      await assert.rejects(readSidecar(file), (error) => {
        assert.ok(error instanceof VsrError && error.code === 'media');
        assert.match(error.message, pattern);
        return true;
      });
    };
    await refused(text.slice(0, 100), /is no JSON/);
    await refused('[]', /Expected an object/);
    await refused(text.replace('"schemaVersion": 1', '"schemaVersion": 2'), /has version 2/);
    await refused(text.replace('"width": 128', '"width": "128"'), /"width" of "output".*"128"/);
    await refused(text.replace('"kind": "missing"', '"kind": "lost"'), /one of missing, conv/);
    await refused(text.replace('"frames": 2', '"frames": -2'), /a whole number/);
  }));

test('a missing sidecar and one that cannot be written say so', () =>
  inFolder(async (file) => {
    await assert.rejects(readSidecar(file), { code: 'media' });
    const elsewhere = path.join(file, 'a.vsr.json');
    await assert.rejects(writeSidecar(elsewhere, exampleSidecar()), { code: 'disk' });
  }));
