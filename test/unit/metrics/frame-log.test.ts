import test from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../../src/errors.js';
import { openFrameLog, readFrameLog, type FrameRow } from '../../../src/metrics/frame-log.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const nothing = {
  ...{ psnrY: null, psnrU: null, psnrV: null, psnrYBicubic: null },
  ...{ flickerY: null, flickerYBicubic: null, flickerToBicubicY: null },
  ...{ sourcePts: null, field: null, scan: null },
};

function row(frame: number, figures: Partial<FrameRow> = {}): FrameRow {
  const times = { frame, pts: frame * 512 - 100, ptsTime: (frame * 512 - 100) / 12800 };
  return { ...times, ...nothing, psnrToBicubicY: 40 + frame, psnrToSourceY: Infinity, ...figures };
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  await work(folder);
}

async function writeRows(file: string, rows: FrameRow[], append = false) {
  await using log = await openFrameLog(file, { append });
  for (const each of rows) await log.write(each);
  return log.finish();
}

async function all(file: string): Promise<FrameRow[]> {
  const rows: FrameRow[] = [];
  for await (const each of readFrameLog(file)) rows.push(each);
  return rows;
}

test('a CSV log has the columns of the design, inf for equal planes and nothing for null', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'a.csv');
    await writeRows(file, [
      row(0),
      row(1, {
        ...{ psnrY: 33.123456, flickerY: -0.01234, flickerToBicubicY: 1.23456 },
        ...{ sourcePts: 206, field: 'bottom', scan: 'video' },
      }),
    ]);
    assert.equal(
      await readFile(file, 'utf8'),
      'frame,pts,pts_time,psnr_y,psnr_u,psnr_v,psnr_y_bicubic,psnr_to_bicubic_y,psnr_to_source_y,' +
        'flicker_y,flicker_y_bicubic,flicker_to_bicubic_y,source_pts,field,scan\n' +
        '0,-100,-0.007812,,,,,40.0000,inf,,,,,,\n' +
        '1,412,0.032188,33.1235,,,,41.0000,inf,-0.0123,,1.2346,206,bottom,video\n',
    );
  }));

test('a JSON lines log has the same names, "inf" as a string and null', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'a.jsonl');
    await writeRows(file, [row(0, { sourcePts: 7, field: 'film', scan: 'film' })]);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), {
      frame: 0,
      pts: -100,
      pts_time: -0.007812,
      psnr_y: null,
      psnr_u: null,
      psnr_v: null,
      psnr_y_bicubic: null,
      psnr_to_bicubic_y: 40,
      psnr_to_source_y: 'inf',
      flicker_y: null,
      flicker_y_bicubic: null,
      flicker_to_bicubic_y: null,
      source_pts: 7,
      field: 'film',
      scan: 'film',
    });
  }));

for (const ending of ['csv', 'jsonl']) {
  test(`what was written as ${ending} is read back, and the summary survives an append`, () =>
    withFolder(async (folder) => {
      const rows = [0, 1, 2, 3].map((i) =>
        row(i, {
          ...{ psnrY: i === 2 ? Infinity : 30 + i / 3 },
          ...(i === 1 ? { sourcePts: -4, field: 'top', scan: 'video' } : {}),
        }),
      );
      const whole = path.join(folder, `whole.${ending}`);
      const joined = path.join(folder, `joined.${ending}`);
      const summary = await writeRows(whole, rows);
      await writeRows(joined, rows.slice(0, 2));
      assert.deepEqual(await writeRows(joined, rows.slice(2), true), summary);
      assert.equal(await readFile(joined, 'utf8'), await readFile(whole, 'utf8'));
      const read = await all(whole);
      assert.deepEqual(
        read.map((each) => each.psnrY),
        [30, 30.3333, Infinity, 31],
      );
      assert.deepEqual(
        read.map((each) => each.pts),
        rows.map((each) => each.pts),
      );
      assert.deepEqual(
        read.map(({ sourcePts, field, scan }) => [sourcePts, field, scan]),
        rows.map(({ sourcePts, field, scan }) => [sourcePts, field, scan]),
      );
    }));
}

test('the summary states the mean both ways, and the worst and the best frame', () =>
  withFolder(async (folder) => {
    const figures = [40, 20, Infinity, 30];
    const rows = figures.map((psnrY, i) => row(i, { psnrY }));
    const { psnr: summary } = await writeRows(path.join(folder, 'a.csv'), rows);
    assert.equal(summary.frames, 4);
    assert.equal(summary.psnrU, null);
    const column = summary.psnrY!;
    assert.equal(column.mean, 30);
    assert.equal(column.equal, 1);
    assert.ok(Math.abs(column.ofMeanMse - -10 * Math.log10((1e-4 + 1e-2 + 1e-3) / 4)) < 1e-12);
    assert.deepEqual(column.worst, { frame: 1, psnr: 20 });
    assert.deepEqual(column.best, { frame: 2, psnr: Infinity });
    assert.equal(summary.psnrToSourceY!.mean, Infinity);
  }));

test('the summary of flicker has its mean and the five worst frames, the earlier of equal ones', () =>
  withFolder(async (folder) => {
    const figures = [null, 0.1, -0.2, 3, 0.1, 1, 0.1, 0.1];
    const rows = figures.map((flickerY, i) => row(i, { flickerY }));
    const { flicker } = await writeRows(path.join(folder, 'a.csv'), rows);
    assert.equal(flicker.flickerToBicubicY, null);
    assert.equal(flicker.flickerY!.frames, 7);
    assert.ok(Math.abs(flicker.flickerY!.mean - 0.6) < 1e-12);
    assert.deepEqual(
      flicker.flickerY!.worst.map(({ frame }) => frame),
      [3, 5, 1, 4, 6],
    );
  }));

test('logs of earlier versions are read with nothing in the columns that they lack', () =>
  withFolder(async (folder) => {
    const [csv, json] = [path.join(folder, 'a.csv'), path.join(folder, 'a.jsonl')];
    await writeRows(csv, [row(0)]);
    await writeRows(json, [row(0)]);
    const text = await readFile(csv, 'utf8');
    const lines = await readFile(json, 'utf8');
    for (const first of ['flicker_y', 'source_pts']) {
      const lost = first === 'flicker_y' ? /,{6}$/m : /,{3}$/m;
      await writeFile(csv, text.replace(new RegExp(`,${first},.*`), '').replace(lost, ''));
      await writeFile(json, lines.replace(new RegExp(`,"${first}".*}`), '}'));
      assert.deepEqual(await all(csv), [{ ...row(0), ptsTime: -0.007812 }]);
      assert.deepEqual(await all(json), await all(csv));
    }
  }));

test('a log cut off or damaged is refused with its line', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'a.csv');
    await writeRows(file, [row(0), row(1), row(2)]);
    const text = await readFile(file, 'utf8');
    const refused = async (damaged: string, pattern: RegExp) => {
      await writeFile(file, damaged);
      await assert.rejects(all(file), (error) => {
        assert.ok(error instanceof VsrError && error.code === 'media');
        assert.match(error.message, pattern);
        return true;
      });
    };
    await refused(text.slice(0, -3), /line 4: the file is cut off/);
    await refused(text.replace('1,412', '1,4x2'), /line 3: expected a number for pts/);
    await refused(text.replace('1,412', '1'), /line 3: expected 15 columns but found 14/);
    await refused(text.replace(/1,412.*\n/, ''), /line 3: expected frame 1 but found frame 2/);
    await refused(text.replace('psnr_y,', 'psnr,'), /line 1: expected the header/);
    await refused('', /is empty/);
    await refused('x'.repeat(1 << 18), /over 64 KiB/);
  }));

test('an ending that names no format is a wrong call', async () => {
  await assert.rejects(openFrameLog('/tmp/log.txt'), { code: 'option' });
});

test('a folder that does not exist is a disk error', async () => {
  await assert.rejects(openFrameLog('/nowhere/at/all.csv'), { code: 'disk' });
});
