import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { argumentsOf, noOptions } from '../../../src/serve/queue/job.js';
import { parseWatched } from '../../../src/serve/watch.js';

test('a watched folder may have options, and an equals sign in its name', () => {
  assert.deepEqual(parseWatched('in'), { folder: path.resolve('in'), options: noOptions });
  assert.deepEqual(parseWatched('in=scale=4,codec=hevc,folder=out'), {
    folder: path.resolve('in'),
    options: { ...noOptions, scale: 4, codec: 'hevc', folder: path.resolve('out') },
  });
  assert.deepEqual(parseWatched('in=audio=jpn+eng,subs=none,use=archive').options, {
    ...{ ...noOptions, audio: 'jpn,eng', subs: 'none', use: 'archive' },
  });
  assert.throws(() => parseWatched('in=audio=all+eng'), { code: 'option', message: /for audio/ });
  for (const [words, message] of [
    [
      'in=quality=great',
      /Expected one of fast, normal, best, max for quality but received "great"/,
    ],
    ['in=quality=best,model=srcnn-x2', /a model or a quality, not both/],
  ] as const) {
    assert.throws(() => parseWatched(words), { code: 'option', message });
  }
  assert.equal(parseWatched('a=b').folder, path.resolve('a=b'));
  assert.throws(() => parseWatched('in=size=4'), { code: 'option', message: /scale, to, model/ });
  assert.throws(() => parseWatched('in=scale=x'), { code: 'option', message: /a number/ });
});

test('options become words of the command line that no value can break out of', () => {
  const options = { ...noOptions, scale: 3, model: '--overwrite', crf: 0, folder: '/out' };
  const words = ['--scale=3', '--model=--overwrite', '--crf=0', '--output=/out/'];
  assert.deepEqual(argumentsOf({ options }), words);
  assert.deepEqual(argumentsOf({ options: noOptions }), []);
  const chosen = { ...noOptions, quality: 'max', audio: '--json', subs: 'none', use: 'disc' };
  assert.deepEqual(argumentsOf({ options: chosen }), [
    ...['--use=disc', '--quality=max', '--audio=--json', '--subs=none'],
  ]);
});
