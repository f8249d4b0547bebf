import assert from 'node:assert/strict';
import test from 'node:test';
import type { Scan } from '../../../../src/media/scan/scan.js';
import { chooseCrop } from '../../../../src/upscale/footage/crop-choice.js';
import { chooseFields } from '../../../../src/upscale/footage/field-choice.js';
import { checkFootage } from '../../../../src/upscale/footage/footage-settings.js';
import type { DenoiseChoice } from '../../../../src/upscale/footage/footage-modes.js';
import { chooseNoise, noiseNotes } from '../../../../src/upscale/footage/noise-choice.js';
import { sourceNotes } from '../../../../src/upscale/footage/source-kinds.js';
import { scanLines } from '../../../../src/upscale/footage/scan-lines.js';
import { sampleSource } from '../../media/sample-source.js';

const place = { time: 0, kind: 'interlaced', order: 'top', cadence: null, repeats: null } as const;
const scan: Scan = {
  ...{ kind: 'interlaced', order: 'top', cadence: null, repeats: null, confidence: 1 },
  places: Array.from({ length: 4 }, () => ({ ...place, frames: 75, telling: 70 })),
  ...{ flags: { top: 0, bottom: 1 }, borders: null, headNoise: 0, noise: null },
};
const whole = sampleSource();
const source = { ...whole, video: { ...whole.video, width: 352, height: 288 } };

test('auto acts on what was seen to be interlaced and on nothing else', () => {
  const auto = checkFootage({ deinterlace: true });
  assert.deepEqual(chooseFields(source, scan, auto), { order: 'top', rate: 'frame' });
  for (const kind of ['progressive', 'telecine', 'mixed', 'repeats', 'still', 'unsure'] as const) {
    assert.equal(chooseFields(source, { ...scan, kind }, auto), null, kind);
  }
  assert.equal(chooseFields(source, { ...scan, order: null }, auto), null);
});

test('whoever insists gets frames in the order named, seen, flagged, or usual', () => {
  const order = (scan: Scan, options: Parameters<typeof checkFootage>[0] = {}) =>
    chooseFields(source, scan, checkFootage({ deinterlace: 'field', ...options }))?.order;
  assert.equal(order(scan, { fieldOrder: 'bottom' }), 'bottom');
  assert.equal(order(scan), 'top');
  const unseen = { ...scan, order: null };
  assert.equal(order(unseen), 'bottom');
  assert.equal(order({ ...unseen, flags: { top: 0, bottom: 0 } }), 'top');
});

test('borders are taken off in steps that keep fields and chroma whole', () => {
  const borders = { left: 9, right: 8, top: 39, bottom: 37 };
  const crop = chooseCrop(source, { ...scan, borders }, checkFootage({ crop: 'auto' }));
  const of = { width: 352, height: 288 };
  assert.deepEqual(crop, { x: 8, y: 36, width: 336, height: 216, of });
  assert.equal(chooseCrop(source, scan, checkFootage({ crop: 'auto' })), null);
  assert.equal(chooseCrop(source, { ...scan, borders }, checkFootage({})), null);
  const tape = { ...scan, borders: { ...borders, bottom: 0 }, headNoise: 7 };
  const clean = chooseCrop(source, tape, checkFootage({ source: 'vhs' }));
  // No line of noise stays.
  assert.deepEqual(clean, { x: 8, y: 36, width: 336, height: 244, of });
});

test('a crop outside the picture, or through a chroma sample, is refused by name', () => {
  const crop = (text: string) => chooseCrop(source, scan, checkFootage({ crop: text }));
  assert.throws(
    () => crop('352:200:0:100'),
    /a part of the clip's 352x288, as WIDTH:HEIGHT:X:Y, for crop/,
  );
  assert.throws(() => crop('351:200:0:0'), /even numbers, since yuv420p has one chroma sample/);
  assert.throws(() => crop('middle'), /Expected off, auto or WIDTH:HEIGHT:X:Y for crop/);
  assert.throws(() => checkFootage({ fieldOrder: 'top' }), /deinterlace to be given as well/);
});

test('a line says what was found, by how much, and what each option would give', () => {
  assert.deepEqual(
    scanLines({ ...scan, borders: { left: 8, right: 0, top: 0, bottom: 6 } }, null),
    [
      'scan: interlaced, top field first (4 of 4 places; flags say bottom field first). --deinterlace field makes 50 frames a second, --deinterlace frame 25.',
      'borders: 8 left, 6 bottom. --crop auto takes them off.',
    ],
  );
  const sides = { left: 8, right: 8, top: 0, bottom: 0 };
  assert.equal(
    scanLines({ ...scan, borders: sides, headNoise: 8 }, null)[1],
    'borders: 8 left, 8 right, 8 lines of head noise below. --crop auto takes them off.',
  );
  const below = { ...scan, borders: { ...sides, bottom: 6 }, headNoise: 14 };
  assert.equal(
    scanLines(below, null)[1],
    'borders: 8 left, 8 right, 8 lines of head noise and 6 black lines below. --crop auto takes them off.',
  );
  const places = scan.places.with(0, {
    ...place,
    kind: 'telecine',
    cadence: '3:2',
    frames: 75,
    telling: 9,
  });
  const [mixed] = scanLines({ ...scan, kind: 'mixed', places }, null);
  assert.match(
    mixed!,
    /parts of different kinds, top field first \(video in 3 of 4 places, 3:2 in 1\)/,
  );
});

test('a clip is called left as it is only where nothing is made of its fields', () => {
  const unsure: Scan = { ...scan, kind: 'unsure', order: null };
  const marked: Scan = { ...scan, kind: 'progressive', order: null };
  const soft: Scan = { ...scan, kind: 'telecine', cadence: 'soft' };
  for (const [found, said] of [
    [unsure, 'scan: not sure'],
    [marked, 'scan: progressive, marked'],
    [soft, 'scan: film, its frames marked'],
  ] as const) {
    assert.match(scanLines(found, null)[0]!, new RegExp(`^${said}.*: left as it is\\.$`));
    assert.match(scanLines(found, null, true)[0]!, new RegExp(`^${said}.*[^s]\\.$`));
  }
});

test('a kind of source fills in what is not said, says it, and loses to what is', () => {
  const vhs = checkFootage({ source: 'vhs' });
  assert.deepEqual([vhs.deinterlace, vhs.telecine, vhs.crop], ['auto-field', 'auto', 'auto']);
  assert.deepEqual(chooseFields(source, scan, vhs), { order: 'top', rate: 'field' });
  assert.equal(chooseFields(source, { ...scan, kind: 'progressive' }, vhs), null);
  const named = checkFootage({ source: 'vhs', deinterlace: 'frame', crop: 'off' });
  assert.deepEqual([named.deinterlace, named.telecine, named.crop], ['frame', 'auto', 'off']);
  assert.equal(sourceNotes(named)[0]!.why, '--deinterlace frame, --telecine auto, --crop off');
  assert.deepEqual(sourceNotes(checkFootage({})), []);
  const { source: kind, ...nothing } = checkFootage({ source: 'web' });
  assert.equal(kind, 'web');
  assert.deepEqual({ source: 'auto', ...nothing }, checkFootage({}));
  assert.throws(
    () => checkFootage({ source: 'tape' as 'vhs' }),
    /one of auto, vhs, dvd, dv, broadcast, film, web for source/,
  );
});

test('noise is taken out as measured, where it is worth it, or as much as was named', () => {
  const noisy = { ...scan, noise: 6 };
  const chosen = (found: Scan, denoise: DenoiseChoice) =>
    chooseNoise(source, found, checkFootage({ denoise }));
  assert.equal(chosen(noisy, 'off'), null);
  assert.equal(chosen(noisy, 'auto'), 6);
  assert.equal(chosen({ ...scan, noise: 1 }, 'auto'), null);
  assert.equal(chosen(scan, 'auto'), null);
  assert.equal(chosen(scan, 0.4), 10);
  assert.equal(chosen(noisy, 0), null);
  assert.throws(() => chosen(noisy, 1.5), /Expected off, auto or a number from 0 to 1 for denoise/);
  assert.match(scanLines(noisy, null).at(-1)!, /^noise: about 6.0 of 255 grey levels/);
  assert.doesNotMatch(scanLines({ ...scan, noise: 1 }, null).at(-1)!, /noise/);
});

test('noise is taken from samples of 8 to 12 bits, also beside alpha, and of others it is said', () => {
  const from = (request: string) => ({ ...source, video: { ...source.video, request } });
  const noisy = { ...scan, noise: 6 };
  const auto = checkFootage({ denoise: 'auto' });
  const taken = [
    'yuv420p10le',
    'yuv422p10le',
    'yuv444p12le',
    'gray10le',
    'yuva420p',
    'yuva444p10le',
  ];
  for (const request of taken) assert.equal(chooseNoise(from(request), noisy, auto), 6, request);
  const odd = from('yuv440p12le');
  assert.equal(chooseNoise(odd, noisy, auto), null);
  assert.match(noiseNotes(null, odd, noisy, auto)[0]!.why, /of 8, 10 or 12 bits, and the source/);
  assert.throws(
    () => chooseNoise(odd, noisy, checkFootage({ denoise: 0.2 })),
    /from which --denoise cannot take noise: luma and chroma of 8, 10 or 12 bits would/,
  );
});
