import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeLog, endedWell, keptMessages } from '../../../../src/media/decode/decode-log.js';

const base = { num: 1, den: 25 };
const frame = (pts: number): string =>
  `[showinfo@one @ 0x1] [info] n: 0 pts: ${pts} pts_time:0 pos: 1 fmt:gray sar:1/1 s:8x8 i:P iskey:0 type:P`;

test('frames come in order, each with what was said of it', async () => {
  const log = decodeLog('one', base, 59);
  log.onLine('[showinfo@one @ 0x1] [info] config in time_base: 1/50, frame_rate: 50/1');
  log.onLine(frame(0).replace('[info] ', ''));
  log.onLine('[Parsed @ 0x2] [warning] Stream #0: corrupt decoded frame in stream 0');
  log.onLine(frame(4).replace('[info] ', ''));
  log.end();
  const first = await log.next();
  const second = await log.next();
  assert.deepEqual([first?.pts, first?.damaged], [0, false]);
  // Twice as fine a time base on the filter's side: half as many ticks of the stream's.
  assert.deepEqual([second?.pts, second?.damaged], [2, true]);
  assert.equal(await log.next(), null);
});

test('a build before 5 says what it made up when it reads the picture, not when it shows it', async () => {
  const said = '[h264 @ 0x1] [info] concealing 12 DC, 12 AC, 12 MV errors in P frame';
  const kinds = ['B', 'P', 'P'];
  const damaged = async (libavcodec: number): Promise<(boolean | undefined)[]> => {
    const log = decodeLog('one', base, libavcodec);
    // Met while looking for streams: it will be met again.
    log.onLine(said);
    log.onLine('[info] Stream mapping:');
    log.onLine(said);
    kinds.forEach((kind, i) => log.onLine(frame(i).replace('[info] ', '').replace(/.$/, kind)));
    log.end();
    return Promise.all(kinds.map(async () => (await log.next())?.damaged));
  };
  assert.deepEqual(await damaged(58), [false, true, false]);
  assert.deepEqual(await damaged(59), [false, false, false]);
});

test('packets of which nothing became are counted once decoding has begun', () => {
  const log = decodeLog('one', base, 59);
  const lost = '[error] Error while decoding stream #0:0: Invalid data found when processing input';
  log.onLine(lost);
  log.onLine('[info] Stream mapping:');
  log.onLine(lost);
  assert.equal(log.lostPackets, 1);
});

test('a frame that is waited for arrives when its line does', async () => {
  const log = decodeLog('one', base, 59);
  const waiting = log.next();
  log.onLine(frame(3).replace('[info] ', ''));
  assert.equal((await waiting)?.pts, 3);
  const last = log.next();
  log.end();
  assert.equal(await last, null);
});

test('words on a file that breaks off are noticed, others are not', () => {
  for (const words of ['partial file', 'File ended prematurely', 'Truncated packet']) {
    const log = decodeLog('one', base, 59);
    log.onLine(`[mov @ 0x1] [error] ${words}`);
    assert.equal(log.cutShort, true, words);
  }
  const log = decodeLog('one', base, 59);
  log.onLine('[h264 @ 0x1] [error] concealing 12 DC, 12 AC errors');
  log.onLine('[info] partial file');
  assert.equal(log.cutShort, false);
  assert.deepEqual(log.messages, ['concealing 12 DC, 12 AC errors']);
});

test('messages are bounded, and equal neighbours are kept once', () => {
  const log = decodeLog('one', base, 59);
  for (let i = 0; i < 3; i++) log.onLine('[a @ 0x1] [error] same');
  assert.equal(log.messages.length, 1);
  for (let i = 0; i < 1000; i++) log.onLine(`[a @ 0x1] [error] ${i}`);
  assert.equal(log.messages.length, keptMessages);
});

test('a decoder that found more errors than frames ended well, a killed one did not', () => {
  const stderrTail: string[] = [];
  assert.equal(endedWell({ code: 0, signal: null, stderrTail }), true);
  assert.equal(endedWell({ code: 69, signal: null, stderrTail }), true);
  assert.equal(endedWell({ code: 1, signal: null, stderrTail }), false);
  assert.equal(endedWell({ code: null, signal: 'SIGKILL', stderrTail }), false);
});
