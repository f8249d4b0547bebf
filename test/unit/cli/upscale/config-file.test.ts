import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { applyConfig, usualConfigFile } from '../../../../src/cli/upscale/config-file.js';
import { upscaleCommand } from '../../../../src/cli/upscale/upscale.js';
import type { UpscaleFlags } from '../../../../src/cli/upscale/upscale-flags.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();
// Nobody's own file has a say here.
process.env['XDG_CONFIG_HOME'] = folder;
process.env['APPDATA'] = folder;

let files = 0;
function file(text: string): string {
  const name = path.join(folder, `${++files}.yaml`);
  writeFileSync(name, text);
  return name;
}

function flagsOf(...words: string[]): UpscaleFlags {
  const command = upscaleCommand();
  command.parseOptions(words);
  applyConfig(command, command.opts());
  return command.opts();
}

const text = `
scale: 4
crf: 20
log: false
reuse: false
start: 1:30
audio: [eng, jpn]
deinterlace: true
presets:
  archive:
    codec: ffv1
    scale: 3
  disc:
    size-limit: 4.7G
    to: 1080p
`;

test('a file gives options, a preset goes before it, and the command line before both', () => {
  const config = ['--config', file(text)];
  const plain = flagsOf(...config);
  assert.deepEqual(
    [plain.scale, plain.crf, plain.log, plain.reuse, plain.start, plain.audio, plain.deinterlace],
    [4, 20, false, false, 90, 'eng,jpn', 'auto'],
  );
  assert.equal(plain.codec, 'auto', 'a preset that is not named has no say');
  const archive = flagsOf(...config, '--use', 'archive');
  assert.deepEqual([archive.codec, archive.scale, archive.crf], ['ffv1', 3, 20]);
  const told = flagsOf(
    ...config,
    '--use',
    'archive',
    '--codec',
    'hevc',
    '-s',
    '2',
    '--log',
    'a.csv',
  );
  assert.deepEqual([told.codec, told.scale, told.log], ['hevc', 2, 'a.csv']);
});

test('what says the same in another way is left out as well', () => {
  const config = ['--config', file(text)];
  const disc = flagsOf(...config, '--use', 'disc');
  assert.deepEqual([disc.sizeLimit, disc.crf], [4.7e9, undefined]);
  assert.deepEqual([disc.to, disc.scale], ['1080p', undefined]);
  const rate = flagsOf(...config, '--use', 'disc', '--bitrate', '8M');
  assert.deepEqual([rate.sizeLimit, rate.crf, rate.bitrate], [undefined, undefined, 8e6]);
});

test('the user’s own file is read where none is named', () => {
  assert.equal(flagsOf().scale, undefined);
  mkdirSync(path.join(folder, 'vsr'));
  assert.equal(usualConfigFile(), path.join(folder, 'vsr', 'config.yaml'));
  writeFileSync(usualConfigFile(), 'scale: 3\n');
  assert.equal(flagsOf().scale, 3);
  assert.equal(flagsOf('--config', file('jobs: 2')).scale, undefined);
});

test('unknown words, wrong values and presets that there are not are refused by name', () => {
  for (const [yaml, message] of [
    [
      'codek: hevc',
      /^The configuration .*\.yaml has the unknown word "codek"\. Did you mean codec\?$/,
    ],
    ['json: true', /has "json", which belongs on the command line\.$/],
    ['codec: h256', /has a wrong value for codec: Allowed choices are auto, h264/],
    ['crf: best', /has a wrong value for crf: Expected a number\.$/],
    ['log: true', /has a wrong value for log: Expected a number or a word\.$/],
    ['overwrite: 1', /has a wrong value for overwrite: Expected true or false\.$/],
    ['start: soon', /has a wrong value for start: Expected seconds or/],
    ['[1, 2]', /^Expected options by their names in the configuration .*"codec: hevc"/],
    ['a: b: c', /^Cannot read the configuration .*\.yaml: /],
  ] as const) {
    assert.throws(() => flagsOf('--config', file(yaml)), { code: 'option', message }, yaml);
  }
  const config = ['--config', file(text)];
  assert.throws(() => flagsOf(...config, '--use', 'disk'), {
    code: 'option',
    message: /a preset of .* for --use but received "disk"\. It has archive, disc\.$/,
  });
  assert.throws(() => flagsOf('--config', file('presets:\n  a:\n    x: 1'), '--use', 'a'), {
    message: /unknown word "x"/,
  });
});
