import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { queueAddress, withoutPassword } from '../../../../src/queue/redis/address.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();

test('an address says host, port, database, user and whether it is encrypted', () => {
  const plain = queueAddress({ url: 'redis://nas' }, {});
  assert.deepEqual(
    [plain.host, plain.port, plain.db, plain.username, plain.password, plain.tls],
    ['nas', 6379, 0, null, null, false],
  );
  const full = queueAddress({ url: 'rediss://vsr:a%40b@[::1]:6380/3' }, {});
  assert.deepEqual(
    [full.host, full.port, full.db, full.username, full.password, full.tls],
    ['::1', 6380, 3, 'vsr', 'a@b', true],
  );
  assert.equal(full.shown, 'rediss://vsr@[::1]:6380/3');
});

test('the password comes from the URL, the environment or a file, and leaves the environment', async () => {
  const file = path.join(folder, 'password');
  await writeFile(file, 'of the file\n');
  const environment = {
    VSR_QUEUE_PASSWORD: 'of the environment',
    VSR_QUEUE_PASSWORD_FILE: file,
  };
  const from = (url: string, own: NodeJS.ProcessEnv) => queueAddress({ url }, own).password;
  assert.equal(from('redis://:of-the-url@nas', { ...environment }), 'of-the-url');
  assert.equal(from('redis://nas', environment), 'of the environment');
  assert.equal(environment.VSR_QUEUE_PASSWORD, undefined, 'children would inherit it');
  assert.equal(from('redis://nas', environment), 'of the file');
  const missing = { url: 'redis://nas', passwordFile: path.join(folder, 'none') };
  assert.throws(() => queueAddress(missing, {}), {
    code: 'queue',
    message: /Cannot read the file .*none: there is no such file\.$/,
  });
});

test('no message holds a password', () => {
  const wrong = [
    'http://user:hush@nas',
    'redis://user:hush@nas/0/1',
    'redis://user:hu@sh@nas:99999',
    'redis://:hush@',
    'redis:///0?password=1',
  ];
  for (const url of wrong) {
    assert.throws(
      () => queueAddress({ url }, {}),
      (error: Error) =>
        /^Expected an address/.test(error.message) && !/hush|hu@sh/.test(error.message),
      url,
    );
  }
  assert.equal(withoutPassword('redis://user:a@b:c@nas:1'), 'redis://user:***@nas:1');
  assert.equal(withoutPassword('redis://nas:6379'), 'redis://nas:6379');
});
