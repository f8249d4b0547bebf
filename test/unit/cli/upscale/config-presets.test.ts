import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { presetsOf } from '../../../../src/cli/upscale/config-presets.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();
// Nobody's own file has a say here.
process.env['XDG_CONFIG_HOME'] = folder;
process.env['APPDATA'] = folder;

const file = path.join(folder, 'vsr.yaml');
const write = (text: string): void => writeFileSync(file, text);

test('presets come with what they set, and with what is wrong with them', () => {
  write('crf: 18\npresets:\n  archive: {codec: ffv1, audio: [jpn, eng]}\n  odd: {codek: x}\n');
  const presets = presetsOf(file);
  const { sets, wrong, presets: all } = presets.list();
  assert.deepEqual([sets, wrong], [{ crf: '18' }, null]);
  assert.deepEqual(all[0], {
    ...{ name: 'archive', sets: { codec: 'ffv1', audio: 'jpn,eng' } },
    ...{ rest: { crf: '18' }, wrong: null },
  });
  assert.match(all[1]!.wrong!, /unknown word "codek"/);
  assert.deepEqual(presets.setBy('archive'), { codec: 'ffv1', audio: 'jpn,eng', crf: '18' });
  assert.throws(() => presets.setBy('disc'), { code: 'option', message: /It has archive, odd\./ });
  // It is read anew.
  write('presets:\n  disc: {crf: 20}\n');
  assert.deepEqual(presets.setBy('disc'), { crf: '20' });
});

test('of the rest of the file, what a preset says in another way does not hold', () => {
  write('crf: 18\nscale: 3\nchroma: lanczos3\npresets:\n  disc: {size-limit: 4G, to: 1080p}\n');
  const { sets, presets } = presetsOf(file).list();
  assert.deepEqual(presets[0]!.rest, { chroma: 'lanczos3' });
  assert.deepEqual(sets, { crf: '18', scale: '3', chroma: 'lanczos3' });
});

test('what leaves a queue nothing to follow is refused', () => {
  write('presets:\n  look: {dry-run: true}\n  away: {detach: true}\n');
  const presets = presetsOf(file);
  assert.throws(() => presets.setBy('look'), { code: 'option', message: /no dry-run in .*vsr/ });
  assert.throws(() => presets.setBy('away'), { code: 'option', message: /no detach/ });
  write('presets:\n  whole: {dry-run: false}\n');
  assert.deepEqual(presets.setBy('whole'), { 'dry-run': 'false' });
});

test('without the usual file there is nothing to choose; one that is named has to be there', () => {
  const { presets, wrong } = presetsOf(undefined).list();
  assert.deepEqual([presets, wrong], [[], null]);
  assert.deepEqual(presetsOf(undefined).setBy(null), {});
  assert.throws(() => presetsOf(undefined).setBy('disc'), { code: 'option' });
  rmSync(file, { force: true });
  assert.throws(() => presetsOf(file).setBy(null), { code: 'disk', message: /no such file/ });
  write('[1]');
  assert.match(presetsOf(file).list().wrong!, /Expected options by their names/);
});
